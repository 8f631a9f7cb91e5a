/** Showing a kept run again. */
import { sentenceOf } from '../runtime/protocol';
import type { PlaygroundContext } from './context';
import { type Loading, RunElsewhereError } from './loading';
import { identityOf, keptRun, recordOf } from './runs/runRecord';
import type { UndoneRun } from './undoneRun';

/** @throws Error where the run on the page is only looked at: the worker holds another one, or none */
export function refuseViewing({ state }: PlaygroundContext): void {
  if (state.viewing)
    throw new Error(
      'This run can be looked at but not asked: its weights are gone, or what it was loaded from is not at hand. Reset to train it again.',
    );
}

/**
 * Takes the run up where its weights are kept; of one without them, or a finished one that cannot be loaded, shows its
 * numbers alone.
 * @param options.keepsDraft whether the controls stay as they are
 * @returns false where another tab has it: then everything stays as it was
 */
export async function openRun(
  context: PlaygroundContext,
  loading: Loading,
  undone: UndoneRun,
  id: string,
  { keepsDraft = false } = {},
): Promise<boolean> {
  await context.settled();
  let isElsewhere = false;
  await context.attempt('Opening the run', async () => {
    const left = await undone.setAsideSafely();
    const kept = await keptRun(context.storage, id);
    const { summary, progress, history, facts, files } = kept;
    const { config, name, finished } = summary;
    const draftBefore = context.state.draft;
    if (!keepsDraft) loading.setDraft(config);
    const record = recordOf(kept);
    let why = 'is shown without its weights: they were deleted, or cannot be read.';
    if (record) {
      try {
        await loading.takeUp(record);
        return undone.offerUnstored(left);
      } catch (error) {
        if (!finished) {
          isElsewhere = error instanceof RunElsewhereError;
          if (isElsewhere) loading.setDraft(draftBefore);
          throw error;
        }
        why = `is shown, but cannot be asked: ${sentenceOf(error)}`;
      }
    }
    // The worker would go on telling of the run that it held before.
    await context.client.request({ type: 'unload' });
    context.lock.release();
    context.history.restore(history);
    context.lastRecord = undefined;
    context.set({
      loaded: config,
      loadedFiles: undefined,
      files: { ...context.state.files, ...files },
      facts,
      progress: { ...progress, status: finished ? 'finished' : 'paused' },
      run: identityOf(summary),
      viewing: true,
      replayedStep: undefined,
      tried: undefined,
      resumable: undefined,
    });
    undone.offerUnstored(left);
    context.tab.noteRun(id);
    context.notify('info', `“${name}” ${why}`);
  });
  return !isElsewhere;
}
