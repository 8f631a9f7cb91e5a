/** The training worker: a thin switch from requests to one ExperimentSession; everything else lives below it. */
import wasmUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simdUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threadedUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import { runBench } from '../experiment/bench';
import { readInputs } from '../experiment/inputs';
import { ExperimentSession } from '../experiment/session';
import { verifyFolder } from '../experiment/verify';
import { deviceIdle, deviceLimits, startBackend, watchDevice } from './backend';
import { fetchEmbeddedModel } from './embeddedModel';
import {
  type BackendReport,
  type FromWorker,
  type NamedFile,
  type Replies,
  type Request,
  type RequestType,
  sentenceOf,
  type ToWorker,
} from './protocol';
import { RunLoop } from './runLoop';

/** This global, as what it is: the scope of a worker. */
const scope = self as unknown as DedicatedWorkerGlobalScope;
const post = (message: FromWorker, transfer: Transferable[] = []) => scope.postMessage(message, transfer);

let backend: BackendReport | undefined;
let deviceLost = false;
/** Until a person cancels. */
let generating = false;

const loop = new RunLoop<ExperimentSession>(post, (error) => (deviceLost ? undefined : sentenceOf(error)));

async function start({
  prefer,
  advice = 'Take a smaller model or batch, or press WebGPU at the top of the page and reload it on WASM.',
}: Extract<Request, { type: 'start-backend' }>): Promise<BackendReport> {
  loop.replace(undefined);
  backend = await startBackend(prefer, {
    wasmPaths: {
      'tfjs-backend-wasm.wasm': wasmUrl,
      'tfjs-backend-wasm-simd.wasm': simdUrl,
      'tfjs-backend-wasm-threaded-simd.wasm': threadedUrl,
    },
  });
  watchDevice({
    lost(reason) {
      deviceLost = true;
      loop.pause();
      post({ type: 'device-lost', message: `${reason} The run stands at its last snapshot.` });
    },
    refused: (reason) => loop.refused(`${reason} ${advice}`),
  });
  return backend;
}

/** Where `public/models` lies: beside the page, one folder above the worker's own script once built. */
function modelAddress(name: string, file: string): string {
  const path = `models/${encodeURIComponent(name)}/${file}`;
  return import.meta.env.DEV ? `/${path}` : new URL(`../${path}`, scope.location.href).href;
}

async function load(request: Extract<Request, { type: 'load' }>): Promise<Replies['load']> {
  if (!backend) await start({ type: 'start-backend', prefer: 'auto' });
  loop.pause();
  const { source = 'embedded', name = 'roberta-quick' } = request.config.model ?? {};
  const model =
    source === 'embedded'
      ? await fetchEmbeddedModel(name, (file) => modelAddress(name, file))
      : (request.modelFiles ?? []);
  const inputs = await readInputs(
    request.config,
    {
      model,
      train: request.trainFiles,
      dev: request.devFiles,
      adapter: request.adapterFiles,
      commits: request.commits,
    },
    deviceLimits(),
  );
  // What it refused until now is the old run's.
  await deviceIdle();
  await loop.load(async () => {
    const session = await ExperimentSession.create({ ...inputs, snapshot: request.snapshot });
    await deviceIdle();
    return session;
  });
  return { config: inputs.config };
}

/** Answers one request. Whatever needs the device waits until no step is under way. */
function answer(request: Request): Promise<Replies[RequestType]> | Replies[RequestType] {
  switch (request.type) {
    case 'start-backend':
      return loop.exclusively(() => start(request));
    case 'load':
      return loop.exclusively(() => load(request));
    case 'play':
      loop.play(request.through);
      return null;
    case 'through':
      if (loop.current) loop.current.through = request.through;
      return null;
    case 'pause':
      loop.pause();
      // Answered when the step under way has ended.
      return loop.exclusively(async () => null);
    case 'step':
      return loop.step(request.half).then(() => null);
    case 'slow':
      loop.slow(request.restMs);
      return null;
    case 'threshold':
      return loop.ask(async (session) => {
        loop.say(await session.thresholdNow());
        return null;
      });
    case 'retrain':
      return loop.ask(async (session) => {
        loop.say(await session.retrain(request.ranks));
        return null;
      });
    case 'predict':
      return loop.ask((session) => session.predict(request.text, request.pair));
    case 'generate':
      generating = true;
      return loop.ask((session) =>
        session.generate(request.source, (model, text) => {
          post({ type: 'generation', model, text });
          return generating;
        }),
      );
    case 'cancel-generation':
      generating = false;
      return null;
    case 'unload':
      loop.pause();
      return loop.exclusively(async () => {
        loop.replace(undefined);
        return null;
      });
    case 'snapshot':
      return loop.ask((session) => session.snapshot());
    case 'export-adapter':
      return loop.ask((session) => session.exportAdapter(request.role));
    case 'export-merged':
      return loop.ask((session) => session.exportMerged(request.role));
    case 'verify':
      return loop.exclusively(async () =>
        verifyFolder(
          request.folder,
          request.files,
          (backend ?? (await start({ type: 'start-backend', prefer: 'auto' }))).name,
        ),
      );
    case 'bench':
      return loop.exclusively(async () =>
        runBench(
          request.config,
          request.steps,
          backend ?? (await start({ type: 'start-backend', prefer: 'auto' })),
        ),
      );
    case 'inspect':
      return loop.ask((session) => session.inspect(request.steps, request.etas));
  }
}

/** Buffers that may leave this thread with the answer. */
function transferables(request: Request, value: Replies[RequestType]): Transferable[] {
  if (request.type === 'snapshot') return [(value as Replies['snapshot']).tensors.buffer as ArrayBuffer];
  if (request.type === 'export-adapter' || request.type === 'export-merged') {
    return (value as NamedFile[]).map(({ bytes }) => bytes);
  }
  return [];
}

scope.onmessage = async ({ data }: MessageEvent<ToWorker>) => {
  const { id, ...request } = data;
  try {
    const value = await answer(request as Request);
    loop.flush();
    post({ type: 'reply', id, value }, transferables(request as Request, value));
  } catch (error) {
    loop.flush();
    post({ type: 'failure', id, message: sentenceOf(error) });
  }
};
