/** One tab for one run: two that train the same run would overwrite each other's weights. */

/** As much of `navigator.locks` as is used. */
type Locks = Pick<LockManager, 'request' | 'query'>;

export interface RunLock {
  /**
   * Takes a run for this page and lets go of the one before. Where the browser has no locks (plain http) every run is free.
   * @param patienceMs how long another page may take to let go, as one that is just being reloaded does
   * @returns false where another page has it; then this page keeps the run that it had
   */
  take(id: string, patienceMs?: number): Promise<boolean>;
  /** Lets go of the run that this page has. */
  release(): void;
  /** Acts on a run that no page has. @returns false where one has it, this one too; then nothing was done */
  whileFree(id: string, act: () => Promise<void>): Promise<boolean>;
  /** Whether other pages have runs; false where the browser has no locks. */
  othersHaveRuns(): Promise<boolean>;
}

const defaultPatienceMs = 300;

const nameOf = (id: string) => `autolora-run-${id}`;

export function createRunLock(locks: Locks | undefined): RunLock {
  let held: { id: string; letGo: () => void } | undefined;
  const release = () => {
    held?.letGo();
    held = undefined;
  };
  const acquireRun = async (id: string, patienceMs: number) =>
    locks ? acquire(locks, nameOf(id), patienceMs) : () => undefined;
  return {
    release,
    async othersHaveRuns() {
      // Where the browser forbids locks there are none.
      const { held: all = [] } = (await locks?.query().catch(() => undefined)) ?? {};
      const own = held && nameOf(held.id);
      return all.some(({ name }) => name?.startsWith(nameOf('')) && name !== own);
    },
    async whileFree(id, act) {
      const letGo = held?.id === id ? undefined : await acquireRun(id, defaultPatienceMs);
      if (!letGo) return false;
      try {
        await act();
      } finally {
        letGo();
      }
      return true;
    },
    async take(id, patienceMs = defaultPatienceMs) {
      if (held?.id === id) return true;
      const letGo = await acquireRun(id, patienceMs);
      if (!letGo) return false;
      release();
      held = { id, letGo };
      return true;
    },
  };
}

/** @returns what gives the lock back; undefined where it was not free in time. Where the browser forbids locks, every run is free. */
function acquire(locks: Locks, name: string, patienceMs: number): Promise<(() => void) | undefined> {
  return new Promise((settle) => {
    const held = () =>
      new Promise<void>((letGo) => {
        settle(letGo);
      });
    locks.request(name, { signal: AbortSignal.timeout(patienceMs) }, held).catch((error: unknown) => {
      const isTaken = error instanceof DOMException && ['TimeoutError', 'AbortError'].includes(error.name);
      settle(isTaken ? undefined : () => undefined);
    });
  });
}
