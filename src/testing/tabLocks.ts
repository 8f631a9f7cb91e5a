/** `navigator.locks` as the tabs of one browser share it, for tests: one holder of a name, the others wait until they give up. */
export class TabLocks implements LockManager {
  private readonly tails = new Map<string, Promise<unknown>>();
  private readonly holders = new Set<string>();

  request = async <T>(name: string, ...given: unknown[]): Promise<T> => {
    const act = given.at(-1) as () => Promise<T>;
    const { signal } = (given.length > 1 ? given[0] : {}) as LockOptions;
    const before = this.tails.get(name) ?? Promise.resolve();
    const givenUp = new Promise((_, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason));
    });
    await Promise.race([before, givenUp]);
    const held = act();
    this.holders.add(name);
    const leave = () => this.holders.delete(name);
    this.tails.set(name, held.then(leave, leave));
    return held;
  };

  async query(): Promise<LockManagerSnapshot> {
    return {
      held: [...this.holders].map((name) => ({ name, mode: 'exclusive', clientId: '' })),
      pending: [],
    };
  }
}
