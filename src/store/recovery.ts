/** The lost device: a fresh worker takes up the last record, but not for ever. */
import type { PlaygroundContext } from './context';
import type { Loading } from './loading';

const mostRecoveries = 3;
const recoveryMemoryMs = 600_000;

/** Goes on after each loss of the device. @returns ends it */
export function startRecovery(context: PlaygroundContext, loading: Loading): () => void {
  let recoveries = 0;
  let recoveredAt = 0;

  /** The worker is gone; the next request starts another, which takes up the last record. */
  const recover = async (message: string) => {
    loading.forgetBackend();
    context.notify('error', message);
    const record = context.lastRecord;
    const { progress, loaded, draft, loadedFiles, viewing } = context.state;
    // A run that is only looked at was not in the worker.
    if (viewing) return;
    if (progress) context.set({ progress: { ...progress, status: 'paused', failure: message } });
    // Losses far apart, as of a laptop that sleeps, are not one that comes again and again.
    if (context.now() - recoveredAt > recoveryMemoryMs) recoveries = 0;
    recoveredAt = context.now();
    recoveries += 1;
    if (recoveries > mostRecoveries) {
      context.set({ backend: { status: 'failed', message } });
      context.notify(
        'error',
        'The device was lost again and again: close other programs that use the GPU, then reload the page.',
      );
      return;
    }
    await context.attempt('Starting again', async () => {
      await loading.load(loaded ?? draft, record, loadedFiles);
      context.notify(
        'info',
        record
          ? `The run stands at step ${record.progress.step}, where it was last stored. Press Play to go on.`
          : 'The run stands at its beginning. Press Play to start it.',
      );
    });
  };

  return context.client.onDeviceLost((message) => void recover(message));
}
