/**
 * What `browserEngine.ts` has the page do: functions whose inner ones run in harness.html, where `window.autolora` is, and see
 * nothing of what is around them here. Each throws an Error with the sentence that the page says. What the page sends lies with
 * the server then, under its name.
 */
import type { Page } from 'playwright';
import type { ExperimentInput } from '../config/experiment';
import type { Replies, Request, RequestType } from '../runtime/protocol';
import type { HubCommits, Role, TelemetryEvent } from '../telemetry/events';

/** A file as the page can fetch it, and the name that it shall have. */
export interface SharedFile {
  name: string;
  address: string;
}

/** An experiment whose files the page can fetch. */
export interface SharedExperiment {
  config: ExperimentInput;
  model: SharedFile[];
  train: SharedFile[];
  dev: SharedFile[];
  adapter: SharedFile[];
  commits: HubCommits | undefined;
  /** Of a snapshot, whose tensors are one file; else undefined and no file. */
  state: unknown;
  tensors: SharedFile[];
}

/** A failure as its bare sentence, around which Playwright would put its own words and a stack. */
type Answer<T> = { value: T } | { error: string };

function answered<T>(answer: Answer<T>): T {
  if ('error' in answer) throw new Error(answer.error);
  return answer.value;
}

/** Asks the worker. */
export async function ask<T extends RequestType>(
  page: Page,
  request: Extract<Request, { type: T }>,
): Promise<Replies[T]> {
  const answer = await page.evaluate(
    (given) =>
      window.autolora.client.request(given as never).then(
        (value) => ({ value }),
        (error: Error) => ({ error: error.message }),
      ),
    request as Request,
  );
  return answered(answer as Answer<Replies[T]>);
}

export async function loadExperiment(page: Page, experiment: SharedExperiment): Promise<void> {
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
  }, experiment);
  answered(answer);
}

/** What has been heard of the run since it was asked last. */
export const takeNews = (page: Page) =>
  page.evaluate(() => ({
    events: window.autolora.takeTelemetry(),
    progress: window.autolora.progress,
    lost: window.autolora.lost,
  }));

/** Sends the tensors of a snapshot as `snapshot`. @returns its state, and the events up to exactly there */
export async function sendSnapshot(page: Page): Promise<{ state: unknown; events: TelemetryEvent[] }> {
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
  return answered(answer);
}

/** @returns names of the files that were sent */
export async function sendAdapter(page: Page, role: Role): Promise<string[]> {
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
  return answered(answer);
}

/** Compares with a golden folder. */
export async function verifyFiles(
  page: Page,
  given: { folder: string; files: SharedFile[] },
): Promise<Replies['verify']> {
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
}
