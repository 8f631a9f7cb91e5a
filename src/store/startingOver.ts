/** Starting over: the same run from its beginning, another one in its place, and the way back. */
import type { PlaygroundContext } from './context';
import type { Loading } from './loading';
import { play } from './playing';
import { type Stored, setAside } from './recording';
import { recordOf } from './runs/runRecord';
import { hasBegun } from './state';
import type { UndoneRun } from './undoneRun';

export interface StartingOverActions {
  /** Back to step 0 with the same configuration and seed; the run that was left can be resumed until Play. */
  reset(): Promise<void>;
  /** Starts over with what the controls say, and goes on playing if it played. */
  restart(): Promise<void>;
  /** Takes up the run that the last reset left, else the one that was stored last. */
  resume(): Promise<void>;
}

export function createStartingOver(
  context: PlaygroundContext,
  loading: Loading,
  undone: UndoneRun,
  save: () => Promise<Stored>,
): StartingOverActions {
  const { storage } = context;
  return {
    async reset() {
      await context.settled();
      if (!hasBegun(context.state)) return;
      await context.attempt('Resetting', async () => {
        const { loaded, draft, loadedFiles, run } = context.state;
        const stored = await setAside(context, save);
        const left = context.lastRecord;
        // The same run from its beginning: files that were chosen since are for a restart.
        await loading.load(loaded ?? draft, undefined, loaded && loadedFiles);
        undone.offer(left, stored);
        // Only now: a reset that failed must not cost the stored run.
        if (run) await storage.clearLastRun(run.id).catch(() => undefined);
      });
    },
    async restart() {
      await context.settled();
      const { progress, draft } = context.state;
      const played = progress?.status === 'running';
      await context.attempt('Loading the model', async () => {
        const stored = await setAside(context, save);
        const left = context.lastRecord;
        await loading.load(draft);
        undone.offerUnstored(left, stored);
        if (played) await play(context, loading, undone);
      });
    },
    async resume() {
      await context.settled();
      await context.attempt('Resuming', async () => {
        const { resumable } = context.state;
        const kept = !undone.record && resumable && (await storage.loadRun(resumable.id));
        const record = undone.record ?? (kept ? recordOf(kept) : undefined);
        if (!record) throw new Error('There is no stored run any more.');
        const stored = await setAside(context, save);
        const left = context.lastRecord;
        await loading.takeUp(record);
        loading.setDraft(record.config);
        // What a reset left may not be what is stored.
        if (undone.record) {
          context.keptRecord = undefined;
          void save();
        }
        undone.forget();
        undone.offerUnstored(left, stored);
      });
    },
  };
}
