/** The experiment in this Node process, on WASM, the CPU or, where Dawn is installed, the GPU. */
import { openAsBlob, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runBench } from '../experiment/bench';
import { readInputs } from '../experiment/inputs';
import { ExperimentSession } from '../experiment/session';
import { verifyFolder } from '../experiment/verify';
import { deviceLimits, startBackend, watchDevice } from '../runtime/backend';
import type { FileBlob } from '../runtime/protocol';
import { type Engine, refusalAdvice } from './engine';
import {
  adapterPaths,
  checkpointFiles,
  embeddedModelFolder,
  type FilePath,
  projectRoot,
  readNamed,
} from './folders';
import { goldenFiles } from './goldenFiles';
import { openNodeGpu } from './nodeGpu';

/** Files as blobs that are read where they are needed. */
export const openAll = (files: readonly FilePath[]): Promise<FileBlob[]> =>
  Promise.all(files.map(async ({ name, path }) => ({ name, blob: await openAsBlob(path) })));

/** Versions of what computes, for result.json. */
export function versions(): Record<string, string> {
  const versionOf = (path: string) =>
    (JSON.parse(readFileSync(join(projectRoot, path), 'utf8')) as { version: string }).version;
  return {
    autolora: versionOf('package.json'),
    tfjs: versionOf('node_modules/@tensorflow/tfjs/package.json'),
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
  };
}

/** Watches the GPU device of the current backend, if it has one. @returns a check that throws once it is lost or refused work */
function watchForErrors(): () => void {
  let said: string | undefined;
  const keepFirst = (message: string) => {
    said ??= message;
  };
  watchDevice({
    lost: (reason) => keepFirst(`${reason} Start again, or take --backend wasm.`),
    refused: (reason) => keepFirst(`${reason} ${refusalAdvice}`),
  });
  return () => {
    if (said) throw new Error(said);
  };
}

/** @throws Error where the backend cannot be started or is refused. */
export async function startNodeEngine(prefer: 'wasm' | 'cpu' | 'dawn'): Promise<Engine> {
  const backend = await (prefer === 'dawn'
    ? startBackend('webgpu', { openGpu: openNodeGpu })
    : startBackend(prefer));
  const checkDevice = watchForErrors();
  /** What was computed, where the device stood by it. */
  const trusted = async <T>(computed: Promise<T>): Promise<T> => {
    const value = await computed;
    checkDevice();
    return value;
  };
  let session: ExperimentSession | undefined;
  const loaded = () => {
    if (!session) throw new Error('No experiment is loaded.');
    return session;
  };
  return {
    backend,
    versions: versions(),
    async load(config, paths, snapshot) {
      const inputs = await readInputs(
        config,
        {
          model: await openAll(checkpointFiles(paths.model ?? embeddedModelFolder(config.model.name))),
          train: await openAll(paths.train),
          dev: await openAll(paths.dev),
          adapter: await openAll(paths.adapter ? adapterPaths(paths.adapter) : []),
          commits: paths.commits,
        },
        deviceLimits(),
      );
      session?.dispose();
      session = await ExperimentSession.create({ ...inputs, snapshot });
      session.through = true;
    },
    async advance() {
      const events = await loaded().advance();
      // A turn of the event loop, so that Ctrl-C is heard.
      await new Promise((resolve) => setImmediate(resolve));
      checkDevice();
      const { progress, waiting } = loaded();
      return {
        events,
        progress: {
          ...progress,
          status: progress.status === 'finished' || waiting ? progress.status : 'running',
        },
      };
    },
    snapshot: async () => ({ snapshot: await trusted(loaded().snapshot()), events: [] }),
    exportAdapter: async (role) => trusted(loaded().exportAdapter(role)),
    verify: async (folder) =>
      trusted(
        verifyFolder(
          folder,
          goldenFiles(folder).map(({ name, path }) => readNamed(path, name)),
          backend.name,
        ),
      ),
    bench: (config, steps) => trusted(runBench(config, steps, backend)),
    inspect: async (steps, etas) => trusted(loaded().inspect(steps, etas)),
    async close() {
      session?.dispose();
    },
  };
}
