/** The experiment in headless Chromium: the built site's own worker, driven through harness.html. */
import { spawnSync } from 'node:child_process';
import { basename, dirname, join } from 'node:path';
import { chromium } from 'playwright';
import type { ExperimentInput } from '../config/experiment';
import type { NamedFile, Replies, Request, RequestType, Snapshot } from '../runtime/protocol';
import type { TelemetryEvent } from '../telemetry/events';
import { chromiumArguments } from './chromiumArguments';
import { type Engine, refusalAdvice } from './engine';
import { adapterPaths, checkpointFiles, type FilePath, projectRoot } from './folders';
import { goldenFiles } from './goldenFiles';
import { versions } from './nodeEngine';
import { startStaticServer } from './staticServer';

/** Runs a script of this project; its last line of output. @throws Error where it fails; it has said why on stderr. */
function script(name: string, ...args: string[]): string {
  const { status, stdout } = spawnSync(process.execPath, [join(projectRoot, 'scripts', name), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`scripts/${name} failed; the reason stands above.`);
  return stdout.trim().split('\n').at(-1) ?? '';
}

/** What the page says: a failure as its bare sentence, around which Playwright would put its own words and a stack. */
type Answer<T> = { value: T } | { error: string };

function answered<T>(answer: Answer<T>): T {
  if ('error' in answer) throw new Error(answer.error);
  return answer.value;
}

/** Milliseconds between two looks at a run. */
const lookEveryMs = 200;

/** Builds the site if it is stale, opens it in Chromium and starts WebGPU there. @throws Error with a sentence. */
export async function startBrowserEngine(): Promise<Engine> {
  script('build.mjs', '--if-stale');
  const server = await startStaticServer(join(projectRoot, 'dist'));
  const browser = await chromium.launch({
    executablePath: script('chromium.mjs'),
    args: [...chromiumArguments],
    // The command saves its run first; Playwright would end the process at once.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
  const close = async () => {
    await browser.close();
    server.close();
  };
  try {
    const page = await browser.newPage();
    await page.goto(`${server.origin}/harness.html`);
    await page.waitForFunction(() => window.autolora !== undefined);

    /** Asks the worker. */
    const ask = async <T extends RequestType>(
      request: Extract<Request, { type: T }>,
    ): Promise<Replies[T]> => {
      const answer = await page.evaluate(
        (given) =>
          window.autolora.client.request(given as never).then(
            (value) => ({ value }),
            (error: Error) => ({ error: error.message }),
          ),
        request as Request,
      );
      return answered(answer as Answer<Replies[T]>);
    };
    /** Files as the page can fetch them: each in its own shared folder, under the name it shall have. */
    const shared = (files: readonly FilePath[]) =>
      files.map(({ name, path }) => ({
        name,
        address: `${server.share(dirname(path))}/${encodeURIComponent(basename(path))}`,
      }));
    const take = (name: string): ArrayBuffer => new Uint8Array(server.take(name)).buffer as ArrayBuffer;

    const backend = await ask<'start-backend'>({
      type: 'start-backend',
      prefer: 'webgpu',
      advice: refusalAdvice,
    });
    if (backend.name !== 'webgpu') {
      throw new Error(
        `WebGPU was refused in Chromium: ${backend.rejected.map(({ reason }) => reason).join(' ')}`,
      );
    }
    let playing = false;
    return {
      backend,
      versions: { ...versions(), chromium: browser.version() },
      async load(config, paths, snapshot) {
        const given = {
          config: config as ExperimentInput,
          model: shared(paths.model ? checkpointFiles(paths.model) : []),
          train: shared(paths.train),
          dev: shared(paths.dev),
          adapter: shared(paths.adapter ? adapterPaths(paths.adapter) : []),
          commits: paths.commits,
          state: snapshot?.state,
          // Not through the debugger, whose messages are strings of 2^29 characters at most.
          tensors: snapshot ? [{ name: 'snapshot', address: server.give('snapshot', snapshot.tensors) }] : [],
        };
        const answer = await page.evaluate(async (asked): Promise<Answer<Replies['load']>> => {
          const { client, fetchBlobs, fetchFiles } = window.autolora;
          try {
            const [tensors] = await fetchFiles(asked.tensors);
            const modelFiles = await fetchBlobs(asked.model);
            const trainFiles = await fetchBlobs(asked.train);
            const devFiles = await fetchBlobs(asked.dev);
            const adapterFiles = await fetchBlobs(asked.adapter);
            const saved = tensors && { state: asked.state, tensors: new Uint8Array(tensors.bytes) };
            const value = await client.request<'load'>({
              type: 'load',
              config: asked.config,
              modelFiles,
              trainFiles,
              devFiles,
              adapterFiles,
              commits: asked.commits,
              snapshot: saved,
            });
            return { value };
          } catch (error) {
            return { error: (error as Error).message };
          }
        }, given);
        answered(answer);
        playing = false;
      },
      async advance() {
        if (!playing) await ask<'play'>({ type: 'play', through: true });
        playing = true;
        await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
        const { events, progress, lost } = await page.evaluate(() => ({
          events: window.autolora.takeTelemetry(),
          progress: window.autolora.progress,
          lost: window.autolora.lost,
        }));
        if (lost) throw new Error(lost);
        if (!progress) throw new Error('The browser says nothing about the run.');
        return { events, progress };
      },
      async snapshot() {
        // One evaluation: no event can come between the snapshot and the telemetry that belongs to it.
        const answer = await page.evaluate(
          async (): Promise<Answer<{ state: unknown; events: TelemetryEvent[] }>> => {
            const { client, takeTelemetry, send } = window.autolora;
            try {
              const { state, tensors } = await client.request<'snapshot'>({ type: 'snapshot' });
              const events = takeTelemetry();
              await send('snapshot', tensors);
              return { value: { state, events } };
            } catch (error) {
              return { error: (error as Error).message };
            }
          },
        );
        const { state, events } = answered(answer);
        const snapshot: Snapshot = { state, tensors: new Uint8Array(take('snapshot')) };
        return { snapshot, events };
      },
      async exportAdapter(role) {
        const answer = await page.evaluate(async (asked): Promise<Answer<string[]>> => {
          const { client, send } = window.autolora;
          try {
            const files = await client.request<'export-adapter'>({ type: 'export-adapter', role: asked });
            for (const { name, bytes } of files) await send(name, new Uint8Array(bytes));
            return { value: files.map(({ name }) => name) };
          } catch (error) {
            return { error: (error as Error).message };
          }
        }, role);
        return answered(answer).map((name): NamedFile => ({ name, bytes: take(name) }));
      },
      async verify(folder) {
        const given = { folder, files: shared(goldenFiles(folder)) };
        const answer = await page.evaluate(async (asked): Promise<Answer<Replies['verify']>> => {
          const { client, fetchFiles } = window.autolora;
          try {
            const files = await fetchFiles(asked.files);
            return { value: await client.request<'verify'>({ type: 'verify', folder: asked.folder, files }) };
          } catch (error) {
            return { error: (error as Error).message };
          }
        }, given);
        return answered(answer);
      },
      bench: (config, steps) => ask<'bench'>({ type: 'bench', config, steps }),
      inspect: (steps, etas) => ask<'inspect'>({ type: 'inspect', steps, etas }),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
