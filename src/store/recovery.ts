/** The lost device, or one whose numbers cannot be trusted: the last record is taken up again, but not for ever. */
import type { PlaygroundContext } from './context';
import type { Loading } from './loading';

const mostRecoveries = 3;
const recoveryMemoryMs = 600_000;

/** Goes on after each loss of the device, or of trust in it. @returns ends it */
export function startRecovery(context: PlaygroundContext, loading: Loading): () => void {
  let recoveries = 0;
  let recoveredAt = 0;

  const takeUpLast = async () => {
    context.workerIsEmpty = true;
    const others = context.settled();
    await context.attempt('Starting again', async () => {
      await others;
      // A load that was under way has put another run there.
      if (!context.workerIsEmpty) return;
      const { lastRecord } = context;
      await loading.loadAgain();
      context.notify(
        'info',
        !lastRecord
          ? 'The run stands at its beginning. Press Play to start it.'
          : lastRecord.progress.status === 'finished'
            ? 'The run is here again as it was stored.'
            : `The run stands at step ${lastRecord.progress.step}, where it was last stored. Press Play to go on.`,
      );
    });
  };

  /** The worker is gone; the next request starts another. */
  const recover = async (message: string) => {
    loading.forgetBackend();
    context.notify('error', message);
    const { progress, viewing } = context.state;
    // A run that is only looked at was not in the worker.
    if (viewing) return;
    if (progress) context.set({ progress: { ...progress, status: 'paused', failure: message } });
    // Losses far apart, as of a laptop that sleeps, are not one that comes again and again.
    if (context.now() - recoveredAt > recoveryMemoryMs) recoveries = 0;
    recoveredAt = context.now();
    recoveries += 1;
    if (recoveries > mostRecoveries) {
      context.workerIsEmpty = true;
      context.set({ backend: { status: 'failed', message } });
      context.notify(
        'error',
        `${message} This happens again and again: reload the page. If it is the GPU that is lost, close other programs that use it before, or press Backend at the top and reload the page on WASM.`,
      );
      return;
    }
    await takeUpLast();
  };

  const unsubscribe = [
    context.client.onDeviceLost((message) => void recover(message)),
    // Said with every progress until another run is in the worker.
    context.client.onProgress(({ untrusted }) => {
      if (untrusted && !context.workerIsEmpty) void takeUpLast();
    }),
  ];
  return () => {
    for (const end of unsubscribe) end();
  };
}
