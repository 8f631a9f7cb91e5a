/** The experiment in headless Chromium: the built site's own worker, driven through harness.html. */
import { basename, dirname, join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright';
import type { ExperimentInput } from '../config/experiment';
import type { BackendReport, NamedFile, Snapshot } from '../runtime/protocol';
import { chromiumArguments } from './chromiumArguments';
import { type Engine, type ExperimentPaths, refusalAdvice } from './engine';
import { adapterPaths, checkpointFiles, type FilePath, projectRoot } from './folders';
import { goldenFiles } from './goldenFiles';
import {
  ask,
  loadExperiment,
  type SharedExperiment,
  type SharedFile,
  sendAdapter,
  sendSnapshot,
  takeNews,
  verifyFiles,
} from './harnessPage';
import { versions } from './nodeEngine';
import { buildSite, projectScript } from './projectScript';
import { type StaticServer, startStaticServer } from './staticServer';

/** Milliseconds between two looks at a run. */
const lookEveryMs = 200;

/** Files as the page can fetch them: each in its own shared folder, under the name it shall have. */
const shared = (server: StaticServer, files: readonly FilePath[]): SharedFile[] =>
  files.map(({ name, path }) => ({
    name,
    address: `${server.share(dirname(path))}/${encodeURIComponent(basename(path))}`,
  }));

const sharedExperiment = (
  server: StaticServer,
  config: ExperimentInput,
  paths: ExperimentPaths,
  snapshot: Snapshot | undefined,
): SharedExperiment => ({
  config,
  model: shared(server, paths.model ? checkpointFiles(paths.model) : []),
  train: shared(server, paths.train),
  dev: shared(server, paths.dev),
  adapter: shared(server, paths.adapter ? adapterPaths(paths.adapter) : []),
  commits: paths.commits,
  state: snapshot?.state,
  // Not through the debugger, whose messages are strings of 2^29 characters at most.
  tensors: snapshot ? [{ name: 'snapshot', address: server.give('snapshot', snapshot.tensors) }] : [],
});

/** Starts WebGPU in the page. @throws Error where Chromium has none that can be trusted */
async function startWebGpu(page: Page): Promise<BackendReport> {
  const backend = await ask<'start-backend'>(page, {
    type: 'start-backend',
    prefer: 'webgpu',
    advice: refusalAdvice,
  });
  if (backend.name !== 'webgpu')
    throw new Error(
      `WebGPU was refused in Chromium: ${backend.rejected.map(({ reason }) => reason).join(' ')}`,
    );
  return backend;
}

/** What drives the page, on a backend that has been started there. */
function pageEngine(
  page: Page,
  server: StaticServer,
  started: Pick<Engine, 'backend' | 'versions' | 'close'>,
): Engine {
  const take = (name: string): ArrayBuffer => new Uint8Array(server.take(name)).buffer as ArrayBuffer;
  let playing = false;
  return {
    ...started,
    async load(config, paths, snapshot) {
      await loadExperiment(page, sharedExperiment(server, config, paths, snapshot));
      playing = false;
    },
    async advance() {
      if (!playing) await ask<'play'>(page, { type: 'play', through: true });
      playing = true;
      await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
      const { events, progress, lost } = await takeNews(page);
      if (lost) throw new Error(lost);
      if (!progress) throw new Error('The browser says nothing about the run.');
      return { events, progress };
    },
    async snapshot() {
      const { state, events } = await sendSnapshot(page);
      return { snapshot: { state, tensors: new Uint8Array(take('snapshot')) }, events };
    },
    async exportAdapter(role) {
      const names = await sendAdapter(page, role);
      return names.map((name): NamedFile => ({ name, bytes: take(name) }));
    },
    verify: (folder) => verifyFiles(page, { folder, files: shared(server, goldenFiles(folder)) }),
    bench: (config, steps) => ask<'bench'>(page, { type: 'bench', config, steps }),
    inspect: (steps, etas) => ask<'inspect'>(page, { type: 'inspect', steps, etas }),
  };
}

const launchChromium = (): Promise<Browser> =>
  chromium.launch({
    executablePath: projectScript('chromium.mjs'),
    args: [...chromiumArguments],
    // The command saves its run first; Playwright would end the process at once.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });

/** Builds the site if it is stale, opens it in Chromium and starts WebGPU there. @throws Error with a sentence. */
export async function startBrowserEngine(): Promise<Engine> {
  buildSite();
  const server = await startStaticServer(join(projectRoot, 'dist'));
  const browser = await launchChromium();
  const close = async () => {
    await browser.close();
    server.close();
  };
  try {
    const page = await browser.newPage();
    await page.goto(`${server.origin}/harness.html`);
    await page.waitForFunction(() => window.autolora !== undefined);
    const backend = await startWebGpu(page);
    return pageEngine(page, server, {
      backend,
      versions: { ...versions(), chromium: browser.version() },
      close,
    });
  } catch (error) {
    await close();
    throw error;
  }
}
