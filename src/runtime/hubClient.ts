/** The page's way to the Hub: estimate, download, cancel, list, delete. Nothing is fetched unless one of them is called. */
import type { CachedRepository } from '../hub/cache';
import type { HubDownload } from '../hub/download';
import type { HubEndpoint } from '../hub/endpoint';
import { HubError } from '../hub/failure';
import type { HubEstimate } from '../hub/plan';
import type { HubProgress } from '../hub/progress';
import type { HubRequest } from '../hub/repository';
import type { FromHubWorker, HubMessage, HubMessageType, HubReplies } from './hubProtocol';

export type { CachedRepository, HubDownload, HubEndpoint, HubEstimate, HubProgress, HubRequest };
export { HubError };

export interface HubClient {
  /**
   * Bytes, parameters and memory before any download; asks the endpoint for config.json and a listing.
   * @throws HubError with one sentence.
   */
  estimate(
    endpoint: HubEndpoint,
    request: HubRequest,
    options?: { batchSize?: number; length?: number; refresh?: boolean; signal?: AbortSignal },
  ): Promise<HubEstimate>;
  /**
   * Downloads what is not cached yet. The files of the result are read when their bytes are needed and may be posted to
   * another worker, which costs nothing. Aborting the signal stops; what came is kept.
   * @throws HubError with one sentence; of kind `cancelled` after the signal.
   */
  download(
    endpoint: HubEndpoint,
    request: HubRequest,
    options?: { onProgress?(progress: HubProgress): void; refresh?: boolean; signal?: AbortSignal },
  ): Promise<HubDownload>;
  /** What is cached whole, without any network; undefined where it is not. */
  open(endpoint: string, request: HubRequest): Promise<HubDownload | undefined>;
  /** Everything that is cached, whole or not, last used first. */
  list(): Promise<CachedRepository[]>;
  /** @param entry `id` of a listed one. */
  delete(entry: string): Promise<void>;
  /** Ends the worker; what is under way fails as cancelled, and what came of it is kept. */
  dispose(): void;
}

/** The part of a Worker that the client uses. */
export interface HubPort {
  postMessage(message: unknown): void;
  terminate(): void;
  onmessage: ((event: MessageEvent) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
}

interface Waiting {
  resolve(value: HubReplies[HubMessageType]): void;
  reject(error: Error): void;
  onProgress?(progress: HubProgress): void;
}

const startHubWorker = (): HubPort =>
  new Worker(new URL('./hubWorker.ts', import.meta.url), { type: 'module', name: 'autolora-hub' });

/** Makes a client; its worker starts with the first call. */
export function createHubClient(startWorker: () => HubPort = startHubWorker): HubClient {
  const waiting = new Map<number, Waiting>();
  let worker: HubPort | undefined;
  let nextId = 1;

  const close = (error: HubError) => {
    worker?.terminate();
    worker = undefined;
    const open = [...waiting.values()];
    waiting.clear();
    for (const { reject } of open) reject(error);
  };
  const receive = (message: FromHubWorker) => {
    const asked = waiting.get(message.id);
    if (message.type === 'progress') return asked?.onProgress?.(message.progress);
    waiting.delete(message.id);
    if (message.type === 'reply') return asked?.resolve(message.value);
    const { kind } = message;
    asked?.reject(kind === 'other' ? new Error(message.message) : new HubError(kind, message.message));
  };
  const running = (): HubPort => {
    if (worker) return worker;
    const started = startWorker();
    worker = started;
    started.onmessage = ({ data }) => receive(data as FromHubWorker);
    started.onerror = ({ message }) =>
      close(
        new HubError(
          'storage',
          `The worker that downloads stopped: ${message || 'its script could not be loaded'}. Try again; what came is kept.`,
        ),
      );
    return started;
  };

  function ask<T extends HubMessageType>(
    message: Extract<HubMessage, { type: T }>,
    signal?: AbortSignal,
    onProgress?: (progress: HubProgress) => void,
  ): Promise<HubReplies[T]> {
    const id = nextId++;
    return new Promise<HubReplies[T]>((resolve, reject) => {
      waiting.set(id, { resolve: resolve as Waiting['resolve'], reject, onProgress });
      const port = running();
      port.postMessage({ id, ...message });
      const cancel = () => port.postMessage({ id, type: 'cancel' });
      if (signal?.aborted) cancel();
      else signal?.addEventListener('abort', cancel, { once: true });
    });
  }

  return {
    estimate: (endpoint, request, { signal, ...options } = {}) =>
      ask<'estimate'>({ type: 'estimate', endpoint, request, ...options }, signal),
    download(endpoint, request, { onProgress, refresh, signal } = {}) {
      // Asks the browser not to clear what is downloaded when room gets short; it may say no, and nothing depends on it.
      if (typeof navigator !== 'undefined') void navigator.storage?.persist?.().catch(() => false);
      return ask<'download'>({ type: 'download', endpoint, request, refresh }, signal, onProgress);
    },
    open: async (endpoint, request) => (await ask<'open'>({ type: 'open', endpoint, request })) ?? undefined,
    list: () => ask<'list'>({ type: 'list' }),
    async delete(entry) {
      await ask<'delete'>({ type: 'delete', entry });
    },
    dispose: () => close(new HubError('cancelled', 'The download was stopped; what came is kept.')),
  };
}
