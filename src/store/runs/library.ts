/** The list of kept runs as the Runs screen shows it: labels, deletion with a way back, space, files to take away. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { PlaygroundContext } from '../context';
import { readText, type TextStorage, writeText } from '../textStorage';
import { decodeRunFile, encodeRunFile } from './runFile';
import { fileNameOf, runName } from './runNames';
import { type KeptRun, keptRun, type RunLabels, type RunSummary } from './runRecord';
import { sharedRun } from './sharedRun';

export interface LibraryState {
  /** Newest first; undefined before they were read. */
  runs?: RunSummary[];
  /** Deleted, by another page too, and still to be had back. */
  deleted: RunSummary[];
  /** What this page has deleted last. */
  removed?: string;
  /** Bytes that this site uses and may use; undefined where the browser does not say. */
  space?: { used: number; allowed: number };
}

export interface Library {
  store: StoreApi<LibraryState>;
  /** Reads the list and the space again. */
  refresh(): Promise<void>;
  label(id: string, change: Partial<RunLabels>): Promise<void>;
  /** Takes a run off the list; what is kept of it goes after `undoMs`, unless it is called back. */
  remove(id: string): void;
  undoRemove(id: string): void;
  /**
   * Goes on with what other pages have taken off the list, and deletes what is due: a tab that is closed cannot. What a tab
   * has gone on with since stays.
   * @param ofTab the run that this tab had before it was reloaded
   */
  removeNoted(ofTab?: string): Promise<void>;
  removeWeights(ids: readonly string[]): Promise<void>;
  /** A run's numbers, without its weights and files. */
  loadRecord(id: string): Promise<KeptRun | undefined>;
  /** The run as one file. */
  exportRun(id: string): Promise<{ name: string; bytes: Uint8Array<ArrayBuffer> } | undefined>;
  /** Adds runs from such files; what is wrong with one is a notice. */
  importRuns(files: readonly { name: string; blob: Blob }[]): Promise<void>;
}

/** In the browser's own storage: runs that were taken off the list, and when each goes, in milliseconds since 1970. */
const notedKey = 'autolora-removed';

/** Time to think again. */
export const undoMs = 10_000;

/**
 * The runs whose weights make space: finished, not pinned and not on the page, the oldest first, up to half of the bytes that
 * all such runs have.
 */
export function freeable(runs: readonly RunSummary[], onPage: string | undefined): RunSummary[] {
  const candidates = runs
    .filter(
      ({ id, weightBytes, pinned, finished }) => weightBytes > 0 && !pinned && finished && id !== onPage,
    )
    .sort((one, other) => one.createdAt - other.createdAt);
  const half = candidates.reduce((sum, { weightBytes }) => sum + weightBytes, 0) / 2;
  let freed = 0;
  return candidates.filter(({ weightBytes }) => {
    const isWanted = freed < half;
    if (isWanted) freed += weightBytes;
    return isWanted;
  });
}

/** @param settings where pages note for one another what is to go; without it what a closed tab had deleted is there again */
export function createLibrary(context: PlaygroundContext, settings?: TextStorage): Library {
  const { storage } = context;
  const store = createStore<LibraryState>(() => ({ deleted: [] }));
  const timers = new Map<string, ReturnType<typeof setTimeout>>();

  const refresh = async () => {
    await context.attempt(undefined, async () => {
      const runs = await storage.listRuns();
      // A run that is as it was stays the same object: only rows that changed are drawn again.
      const known = new Map(store.getState().runs?.map((run) => [run.id, run]));
      const sameAsKnown = (run: RunSummary) => {
        const before = known.get(run.id);
        return before && JSON.stringify(before) === JSON.stringify(run) ? before : run;
      };
      const estimate = await globalThis.navigator?.storage?.estimate?.().catch(() => undefined);
      const listed = (deleted: readonly RunSummary[], before: RunSummary[] | undefined) => {
        const now = runs.filter(({ id }) => !deleted.some((one) => one.id === id)).map(sameAsKnown);
        // And where none changed, the list: tables over it are not made again.
        return before?.length === now.length && before.every((run, i) => run === now[i]) ? before : now;
      };
      store.setState(({ deleted, runs: before }) => ({
        runs: listed(deleted, before),
        space:
          estimate?.usage !== undefined && estimate.quota !== undefined
            ? { used: estimate.usage, allowed: estimate.quota }
            : undefined,
      }));
    });
  };
  const change = (id: string, part: Partial<RunSummary>) =>
    store.setState(({ runs }) => ({ runs: runs?.map((run) => (run.id === id ? { ...run, ...part } : run)) }));

  /** What the page may still load again. */
  const filesInUse = () => {
    const { files, loadedFiles } = context.state;
    return [files, loadedFiles, context.lastRecord?.files].flatMap((held) => held ?? []);
  };

  const notedRemovals = (): Record<string, number> => {
    try {
      const noted: unknown = JSON.parse(readText(settings, notedKey) ?? '{}');
      return typeof noted === 'object' && !Array.isArray(noted)
        ? { ...(noted as Record<string, number>) }
        : {};
    } catch {
      return {};
    }
  };
  const note = (removals: Record<string, number>) =>
    writeText(settings, notedKey, Object.keys(removals).length > 0 ? JSON.stringify(removals) : undefined);
  const forgetNoted = (id: string) => {
    const { [id]: due, ...others } = notedRemovals();
    if (due !== undefined) note(others);
  };

  /** Acts on a kept run unless a tab has it, which would go on with what is gone. */
  const unlessOpen = async ({ id, name }: RunSummary, act: () => Promise<void>, otherwise: string) => {
    if (!(await context.lock.whileFree(id, act)))
      context.notify('warning', `“${name}” is open in a tab, so ${otherwise}.`);
  };
  /** Takes a run off the list, and deletes it in so many milliseconds unless it is called back, in another tab too. */
  const removeIn = (run: RunSummary, ms: number) => {
    const { id } = run;
    store.setState(({ runs, deleted }) => ({
      runs: runs?.filter((one) => one.id !== id),
      deleted: [...deleted, run],
    }));
    const isNoted = () => id in notedRemovals();
    const wasNoted = isNoted();
    const removeNow = async () => {
      timers.delete(id);
      store.setState(({ deleted }) => ({ deleted: deleted.filter((one) => one.id !== id) }));
      const isCalledBack = wasNoted && !isNoted();
      if (!isCalledBack)
        await context.attempt(undefined, () =>
          unlessOpen(run, () => storage.removeRun(id, filesInUse()), 'it was not deleted'),
        );
      // Forgotten when it is gone: another page would take it for called back.
      forgetNoted(id);
      await refresh();
    };
    timers.set(
      id,
      setTimeout(() => void removeNow(), ms),
    );
  };
  // A run that is taken up again is not to be deleted under the page.
  context.store.subscribe(({ run }, before) => {
    if (run && run.id !== before.run?.id) library.undoRemove(run.id);
  });

  const library: Library = {
    store,
    refresh,
    async label(id, labels) {
      change(id, labels);
      await context.attempt(undefined, () => storage.changeRun(id, labels));
      const { run } = context.state;
      if (run?.id === id && labels.name !== undefined) context.set({ run: { ...run, name: labels.name } });
    },
    remove(id) {
      const run = store.getState().runs?.find((one) => one.id === id);
      if (!run) return;
      // The one on the page would not be deleted either.
      if (id !== context.state.run?.id) note({ ...notedRemovals(), [id]: Date.now() + undoMs });
      removeIn(run, undoMs);
      store.setState({ removed: id });
    },
    undoRemove(id) {
      clearTimeout(timers.get(id));
      timers.delete(id);
      forgetNoted(id);
      const run = store.getState().deleted.find((one) => one.id === id);
      if (!run) return;
      store.setState(({ runs = [], deleted }) => ({
        runs: [...runs, run].sort((one, other) => other.createdAt - one.createdAt),
        deleted: deleted.filter((one) => one.id !== id),
      }));
    },
    async removeNoted(ofTab) {
      const noted = Object.entries(notedRemovals());
      if (noted.length === 0) return;
      await context.attempt(undefined, async () => {
        const kept = new Map((await storage.listRuns()).map((run) => [run.id, run]));
        for (const [id, due] of noted) {
          const run = kept.get(id);
          const left = Math.min(due - Date.now(), undoMs);
          if (!run || id === ofTab || run.savedAt > due - undoMs) forgetNoted(id);
          else if (left > 0) removeIn(run, left);
          else {
            await context.lock.whileFree(id, () => storage.removeRun(id, filesInUse()));
            forgetNoted(id);
          }
        }
      });
    },
    async removeWeights(ids) {
      await context.attempt(undefined, async () => {
        for (const run of store.getState().runs ?? [])
          if (ids.includes(run.id))
            await unlessOpen(run, () => storage.removeWeights(run.id), 'its weights stay');
      });
      await refresh();
    },
    loadRecord: (id) => context.attempt(undefined, () => storage.loadRecord(id)),
    async exportRun(id) {
      return context.attempt('Packing the run', async () => {
        const run = await keptRun(storage, id);
        if (!run.snapshot)
          context.notify(
            'warning',
            `The file of “${run.summary.name}” has its numbers only: its weights were deleted, not stored, or cannot be read.`,
          );
        const name = `${fileNameOf(run.summary.name)}.autolora`;
        return { name, bytes: encodeRunFile(sharedRun(run)) };
      });
    },
    async importRuns(files) {
      const added: string[] = [];
      for (const { name, blob } of files) {
        await context.attempt('Reading the run', async () => {
          const run = decodeRunFile(name, new Uint8Array(await blob.arrayBuffer()));
          if (store.getState().deleted.some(({ id }) => id === run.summary.id)) {
            library.undoRemove(run.summary.id);
            context.notify(
              'info',
              `“${run.summary.name}” was deleted a moment ago and is in your list again.`,
            );
            return;
          }
          const kept = await storage.listRuns();
          if (kept.some(({ id }) => id === run.summary.id))
            throw new Error(`${name}: the run “${run.summary.name}” is in your list already.`);
          const taken = new Set(kept.map((one) => one.name));
          const own = taken.has(run.summary.name) ? runName(Math.random, taken) : run.summary.name;
          const missing = await storage.addRun({ ...run, summary: { ...run.summary, name: own } });
          if (missing) context.notify('warning', missing);
          added.push(own);
        });
      }
      const [first] = added;
      if (first !== undefined)
        context.notify(
          'info',
          added.length === 1
            ? `“${first}” was added to your runs.`
            : `${added.length} runs were added to yours.`,
        );
      await refresh();
    },
  };
  return library;
}
