/** Starting over: the same run from its beginning, another one in its place, and the way back. */
import type { PlaygroundContext } from './context';
import type { Loading } from './loading';
import { play } from './playing';
import { hasBegun, needsRestart } from './state';
import type { UndoneRun } from './undoneRun';

export interface StartingOverActions {
  /** Back to step 0 with the same configuration and seed; the run that was left can be resumed until Play. */
  reset(): Promise<void>;
  /** Starts over with what the controls say, and goes on playing if it played; does nothing where they say what is loaded. */
  restart(): Promise<void>;
  /** Takes up the run that the last reset left, else the one that was stored last. */
  resume(): Promise<void>;
}

export function createStartingOver(
  context: PlaygroundContext,
  loading: Loading,
  undone: UndoneRun,
): StartingOverActions {
  return {
    async reset() {
      await context.settled();
      if (!hasBegun(context.state)) return;
      await context.attempt('Resetting', async () => {
        const { loaded, draft, loadedFiles, run } = context.state;
        const left = await undone.setAside();
        // The same run from its beginning: files that were chosen since are for a restart.
        await loading.load(loaded ?? draft, undefined, loaded && loadedFiles);
        undone.offer(left);
        // Only now: a reset that failed must not cost the stored run.
        if (run) await context.storage.clearLastRun(run.id).catch(() => undefined);
      });
    },
    async restart() {
      await context.settled();
      if (!needsRestart(context.state)) return;
      const { progress, draft } = context.state;
      const played = progress?.status === 'running';
      await context.attempt('Loading the model', async () => {
        const left = await undone.setAsideSafely();
        await loading.load(draft);
        undone.offerUnstored(left);
        if (played) await play(context, loading, undone);
      });
    },
    async resume() {
      const asked = context.state.resumable?.id;
      await context.settled();
      // It may have been taken up meanwhile, or another one stand there.
      if (context.state.resumable?.id !== asked) return;
      await context.attempt('Resuming', async () => {
        const { record, isStored } = await undone.offered();
        const left = await undone.setAsideSafely();
        await loading.takeUp(record);
        loading.setDraft(record.config);
        if (!isStored) undone.saveAgain();
        undone.forget();
        undone.offerUnstored(left);
      });
    },
  };
}
