/** What the hub worker does with a message; apart from the worker itself, so that it also runs in tests. */
import { HubCache } from '../hub/cache';
import { downloadHub, openCached } from '../hub/download';
import { HubError } from '../hub/failure';
import { estimateHub } from '../hub/plan';
import type { HubProgress } from '../hub/progress';
import type { HubStorage } from '../hub/storage';
import { platformWire, type Wire } from '../hub/wire';
import type { FromHubWorker, HubMessage, HubMessageType, HubReplies, ToHubWorker } from './hubProtocol';
import { sentenceOf } from './protocol';

/** Answers each message exactly once; downloads run side by side, one file at a time each. */
export function createHubService(
  storage: HubStorage,
  post: (message: FromHubWorker) => void,
  wire: Wire = platformWire,
): (message: ToHubWorker) => Promise<void> {
  const running = new Map<number, AbortController>();

  const answer = async (
    id: number,
    message: HubMessage,
    signal: AbortSignal,
  ): Promise<HubReplies[HubMessageType]> => {
    switch (message.type) {
      case 'estimate': {
        const { endpoint, request, batchSize, length, refresh } = message;
        return estimateHub({ endpoint, storage, wire }, request, { batchSize, length, refresh, signal });
      }
      case 'download': {
        const { endpoint, request, refresh } = message;
        const onProgress = (progress: HubProgress) => post({ type: 'progress', id, progress });
        return downloadHub({ endpoint, storage, wire }, request, { onProgress, refresh, signal });
      }
      case 'open':
        return (await openCached(storage, message.endpoint, message.request)) ?? null;
      case 'list':
        return new HubCache(storage).list();
      case 'delete':
        await new HubCache(storage).delete(message.entry);
        return null;
    }
  };

  return async (message) => {
    const { id } = message;
    if (message.type === 'cancel') {
      running.get(id)?.abort();
      return;
    }
    const controller = new AbortController();
    running.set(id, controller);
    try {
      post({ type: 'reply', id, value: await answer(id, message, controller.signal) });
    } catch (error) {
      const kind = error instanceof HubError ? error.kind : 'other';
      post({ type: 'failure', id, kind, message: sentenceOf(error) });
    } finally {
      running.delete(id);
    }
  };
}
