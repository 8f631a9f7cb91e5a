/** The page's end of the worker: typed requests that are answered once, and subscriptions to what is pushed. */
import type { TelemetryEvent } from '../telemetry/events';
import type { AskedModel, FromWorker, Progress, Replies, Request, RequestType } from './protocol';

/** A request that the worker answered with a sentence; `message` is for people. */
export class RunFailure extends Error {
  override readonly name = 'RunFailure';
}

export interface RunClient {
  /**
   * Sends one request and waits for its answer. The bytes of every NamedFile in it are transferred: the caller's
   * ArrayBuffers are empty afterwards; a FileBlob stays readable. Starts a worker where none is running.
   * @throws RunFailure with the worker's sentence.
   */
  request<T extends RequestType>(request: Extract<Request, { type: T }>): Promise<Replies[T]>;
  /** Batches of telemetry, at most ten a second. Returns the function that ends the subscription. */
  onTelemetry(listener: (events: TelemetryEvent[]) => void): () => void;
  onProgress(listener: (progress: Progress) => void): () => void;
  /** What a model has written so far, while a `generate` is under way. */
  onGeneration(listener: (model: AskedModel, text: string) => void): () => void;
  /**
   * The device was lost or the worker died. The worker is already closed and every open request has failed; the
   * next request starts a fresh worker, which needs `start-backend` and `load` (with the last snapshot) again.
   */
  onDeviceLost(listener: (message: string) => void): () => void;
  /** Closes the worker and drops every listener; open requests fail. */
  dispose(): void;
}

/** The part of a Worker that the client uses. */
export interface WorkerPort {
  postMessage(message: unknown, transfer: Transferable[]): void;
  terminate(): void;
  onmessage: ((event: MessageEvent) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  onmessageerror: ((event: MessageEvent) => void) | null;
}

interface OpenRequest {
  resolve(value: Replies[RequestType]): void;
  reject(error: Error): void;
}

const startTrainingWorker = (): WorkerPort =>
  new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'autolora' });

/** Makes a client; the worker itself starts with the first request. */
export function createRunClient(startWorker: () => WorkerPort = startTrainingWorker): RunClient {
  const telemetry = new Set<(events: TelemetryEvent[]) => void>();
  const progress = new Set<(progress: Progress) => void>();
  const generation = new Set<(model: AskedModel, text: string) => void>();
  const lost = new Set<(message: string) => void>();
  const open = new Map<number, OpenRequest>();
  let worker: WorkerPort | undefined;
  let nextId = 1;

  const close = (message: string) => {
    worker?.terminate();
    worker = undefined;
    const failed = [...open.values()];
    open.clear();
    for (const request of failed) request.reject(new RunFailure(message));
  };
  const lose = (message: string) => {
    close(message);
    for (const listener of lost) listener(message);
  };
  const receive = (message: FromWorker) => {
    switch (message.type) {
      case 'telemetry':
        for (const listener of telemetry) listener(message.events);
        return;
      case 'progress':
        for (const listener of progress) listener(message.progress);
        return;
      case 'generation':
        for (const listener of generation) listener(message.model, message.text);
        return;
      case 'device-lost':
        lose(message.message);
        return;
      default: {
        const request = open.get(message.id);
        open.delete(message.id);
        if (message.type === 'reply') request?.resolve(message.value);
        else request?.reject(new RunFailure(message.message));
      }
    }
  };
  const running = (): WorkerPort => {
    if (worker) return worker;
    const started = startWorker();
    worker = started;
    // A worker that has been replaced may still have messages under way; they belong to nobody.
    started.onmessage = (event) => {
      if (worker === started) receive(event.data as FromWorker);
    };
    started.onerror = (event) => {
      if (worker !== started) return;
      lose(
        `The training worker stopped: ${event.message || 'its script could not be loaded'}. Start the run again.`,
      );
    };
    started.onmessageerror = () => {
      if (worker === started)
        lose('A message from the training worker could not be read. Start the run again.');
    };
    return started;
  };
  const subscribe = <T>(listeners: Set<T>, listener: T) => {
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  };

  return {
    request<T extends RequestType>(request: Extract<Request, { type: T }>) {
      const id = nextId++;
      return new Promise<Replies[T]>((resolve, reject) => {
        open.set(id, { resolve: resolve as OpenRequest['resolve'], reject });
        try {
          running().postMessage({ id, ...request }, transferables(request));
        } catch (error) {
          open.delete(id);
          reject(error instanceof Error ? error : new RunFailure(String(error)));
        }
      });
    },
    onTelemetry: (listener) => subscribe(telemetry, listener),
    onProgress: (listener) => subscribe(progress, listener),
    onGeneration: (listener) => subscribe(generation, listener),
    onDeviceLost: (listener) => subscribe(lost, listener),
    dispose() {
      telemetry.clear();
      progress.clear();
      generation.clear();
      lost.clear();
      close('The page closed the training worker.');
    },
  };
}

/** The file bytes of a request; the same buffer may stand in it only once. Blobs travel by reference. */
function transferables(request: Request): Transferable[] {
  return request.type === 'verify' ? [...new Set(request.files.map(({ bytes }) => bytes))] : [];
}
