/** What the page knows of the Hub: late answers, downloads that end each other or fail, what is cached. */
import { beforeAll, describe, expect, it } from 'vitest';
import { type ExperimentInput, parseExperimentConfig } from '../../config/experiment';
import { HubError } from '../../hub/failure';
import type { HubDownload, HubRequest } from '../../runtime/hubClient';
import { FakeHubClient } from '../../testing/fakeHubClient';
import { settle } from '../../testing/settle';
import { createHubDownloads } from './hubDownloads';

// What it fetches when it is first needed must not come between the calls of a test.
beforeAll(() => import('../../hub/experimentFiles'));

const configOf = (model: string, data: ExperimentInput['data'] = {}) =>
  parseExperimentConfig({ model: { source: 'hub', name: model }, data });

const downloadOf = (request: HubRequest, names: [name: string, split?: string][]): HubDownload => ({
  id: `entry of ${request.repo}`,
  endpoint: 'https://huggingface.co',
  kind: request.kind,
  repo: request.repo,
  revision: 'main',
  commit: 'abc',
  files: names.map(([name, split]) => ({
    name,
    blob: new Blob([name]),
    check: 'none',
    ...(split && { split }),
  })),
  bytes: 3,
  fromCache: false,
});
const modelDownload = (repo: string) => downloadOf({ kind: 'model', repo }, [['config.json']]);

function opened() {
  const client = new FakeHubClient();
  const hub = createHubDownloads(client);
  return { client, hub, model: () => hub.store.getState().model, data: () => hub.store.getState().data };
}

/** Starts a download and waits until the client has it. */
async function begin(
  { client, hub }: ReturnType<typeof opened>,
  part: 'model' | 'data',
  config: ReturnType<typeof configOf>,
) {
  const before = client.downloads.length;
  const done = hub.download(part, config);
  await settle();
  const download = client.downloads[before];
  if (!download) throw new Error('The client was not asked.');
  return { download, done };
}

describe('looking', () => {
  it('asks the cache once for a configuration, and only for what comes from the Hub', async () => {
    const page = opened();
    page.client.openable.set('a/one', modelDownload('a/one'));
    await page.hub.look(configOf('a/one'));
    await page.hub.look(configOf('a/one'));
    expect(page.client.calls).toEqual(['open a/one']);
    expect(page.model()).toMatchObject({
      status: 'cached',
      cached: { repo: 'a/one', files: [{ name: 'config.json' }] },
    });
    expect(page.data().status).toBe('unknown');
    await page.hub.look(configOf('a/two'));
    expect(page.model()).toEqual({ key: expect.stringContaining('a/two'), status: 'missing' });
  });

  it('says why it cannot look, and looks when it is asked again', async () => {
    const page = opened();
    const config = configOf('a/one');
    // As where the script that knows the requests cannot be fetched.
    const { name: _, ...model } = config.model;
    const unfetched = Object.defineProperty(model, 'name', {
      get() {
        throw new Error('The script could not be fetched.');
      },
    }) as typeof config.model;
    await page.hub.look({ ...config, model: unfetched });
    expect(page.model()).toEqual({ key: '', status: 'missing', message: 'The script could not be fetched.' });
    await page.hub.look(config);
    expect(page.model()).toEqual({ key: expect.stringContaining('a/one'), status: 'missing' });
  });

  it('overlooks an answer that comes after another question', async () => {
    const page = opened();
    const answers: ((found: HubDownload | undefined) => void)[] = [];
    page.client.open = () => new Promise((answer) => answers.push(answer));
    const first = page.hub.look(configOf('a/one'));
    await settle();
    const second = page.hub.look(configOf('a/two'));
    await settle();
    answers[1]?.(undefined);
    await second;
    answers[0]?.(modelDownload('a/one'));
    await first;
    expect(page.model()).toEqual({ key: expect.stringContaining('a/two'), status: 'missing' });
  });

  it('overlooks an answer that comes after the download of the same began', async () => {
    const page = opened();
    const answers: ((found: HubDownload | undefined) => void)[] = [];
    page.client.open = () => new Promise((answer) => answers.push(answer));
    const look = page.hub.look(configOf('a/one'));
    await settle();
    const { download, done } = await begin(page, 'model', configOf('a/one'));
    answers[0]?.(undefined);
    await look;
    expect(page.model().status).toBe('downloading');
    download.finish(modelDownload('a/one'));
    await done;
    expect(page.model().status).toBe('cached');
  });
});

it('an estimate that begins before the cache has answered knows that it is cached', async () => {
  const page = opened();
  let answer: (found: HubDownload) => void = () => undefined;
  page.client.open = () =>
    new Promise((resolve) => {
      answer = resolve;
    });
  const look = page.hub.look(configOf('a/one'));
  await settle();
  const estimate = page.client.estimate.bind(page.client);
  page.client.estimate = async (...given) => {
    answer(modelDownload('a/one'));
    await look;
    expect(page.model().status).toBe('estimating');
    return estimate(...given);
  };
  await page.hub.estimate('model', configOf('a/one'));
  expect(page.model()).toMatchObject({ status: 'cached', cached: { repo: 'a/one' } });
});

describe('a download', () => {
  it('tells how far it is, and what is cached then', async () => {
    const page = opened();
    const { download, done } = await begin(page, 'model', configOf('a/one'));
    const progress = { file: 'config.json', fileBytes: 1, bytes: 1, total: 3, bytesPerSecond: 0 };
    download.progress(progress);
    expect(page.model()).toMatchObject({ status: 'downloading', progress });
    download.finish(modelDownload('a/one'));
    await done;
    expect(page.model()).toMatchObject({ status: 'cached', cached: { commit: 'abc' } });
    expect(page.model().progress).toBeUndefined();
    expect(page.client.calls).not.toContain('list');
  });

  it('ends the one before it, of which nothing is heard any more', async () => {
    const page = opened();
    const first = await begin(page, 'model', configOf('a/one'));
    const second = await begin(page, 'model', configOf('a/two'));
    expect(page.client.calls).toEqual(['download a/one', 'cancel a/one', 'download a/two']);
    await first.done;
    first.download.progress({ file: 'late', fileBytes: 1, bytes: 1, bytesPerSecond: 0 });
    expect(page.model()).toEqual({ key: expect.stringContaining('a/two'), status: 'downloading' });
    second.download.finish(modelDownload('a/two'));
    await second.done;
    expect(page.model()).toMatchObject({ status: 'cached', cached: { repo: 'a/two' } });
  });

  it('that fails says why and leaves what was cached before', async () => {
    const page = opened();
    page.client.openable.set('a/one', modelDownload('a/one'));
    await page.hub.look(configOf('a/one'));
    const again = await begin(page, 'model', configOf('a/one'));
    again.download.fail(new HubError('network', 'The Hub did not answer.'));
    await again.done;
    expect(page.model()).toMatchObject({
      status: 'cached',
      cached: { repo: 'a/one' },
      message: 'The Hub did not answer.',
    });
    const fresh = await begin(page, 'model', configOf('a/two'));
    page.hub.cancel('model');
    await fresh.done;
    expect(page.model()).toMatchObject({
      status: 'missing',
      message: expect.stringContaining('was stopped'),
    });
  });

  it('goes on while something else is deleted, and the list is read again at its end', async () => {
    const page = opened();
    await page.hub.list();
    const { download, done } = await begin(page, 'model', configOf('a/one'));
    await page.hub.delete('other', configOf('a/one'));
    expect(page.model().status).toBe('downloading');
    expect(page.client.calls).not.toContain('cancel a/one');
    download.finish(modelDownload('a/one'));
    await done;
    expect(page.model().status).toBe('cached');
    expect(page.client.calls.slice(-3)).toEqual(['delete other', 'list', 'list']);
  });

  it('of the data is apart from the model’s, and gives train and dev by their splits', async () => {
    const page = opened();
    const config = configOf('a/one', { source: 'hub', repository: 'b/set', task: 'sst2' });
    const model = await begin(page, 'model', config);
    const data = await begin(page, 'data', config);
    expect(page.client.calls).toEqual(['download a/one', 'download b/set']);
    const request: HubRequest = { kind: 'dataset', repo: 'b/set' };
    const set = downloadOf(request, [
      ['t.parquet', 'train'],
      ['d.parquet', 'validation'],
    ]);
    await expect(page.hub.openData(config)).rejects.toThrow(
      'The data set b/set is not downloaded yet: press Download under Data',
    );
    page.client.openable.set('b/set', set);
    data.download.finish(set);
    await data.done;
    expect(page.data()).toMatchObject({
      status: 'cached',
      cached: { files: [{ split: 'train' }, { split: 'validation' }] },
    });
    expect(page.model().status).toBe('downloading');
    expect(await page.hub.openData(config)).toEqual({
      train: [{ name: 't.parquet', blob: expect.any(Blob) }],
      dev: [{ name: 'd.parquet', blob: expect.any(Blob) }],
      commit: 'abc',
    });
    page.hub.cancel('model');
    await model.done;
  });
});

it('an estimate leaves what is cached, and fails in a sentence', async () => {
  const page = opened();
  page.client.openable.set('a/one', modelDownload('a/one'));
  await page.hub.look(configOf('a/one'));
  await page.hub.estimate('model', configOf('a/one'));
  expect(page.model()).toMatchObject({ status: 'cached', message: 'No estimate was set.' });
  page.client.nextEstimate = {
    endpoint: 'https://huggingface.co',
    kind: 'model',
    repo: 'a/one',
    revision: 'main',
    files: [],
    bytes: 7,
  };
  await page.hub.estimate('model', configOf('a/one'));
  expect(page.model()).toMatchObject({ status: 'cached', estimate: { bytes: 7 }, cached: { repo: 'a/one' } });
  expect(page.model().message).toBeUndefined();
});

it('deleting looks again, and another endpoint forgets what the first one had', async () => {
  const page = opened();
  page.client.openable.set('a/one', modelDownload('a/one'));
  await page.hub.look(configOf('a/one'));
  page.client.openable.clear();
  await page.hub.delete('entry of a/one', configOf('a/one'));
  expect(page.model().status).toBe('missing');
  expect((await page.hub.openModel(configOf('a/one')).catch(String)) as string).toContain(
    'The model a/one is not downloaded yet: press Download under Model',
  );
  page.hub.setEndpoint({ url: 'https://mirror.example' });
  expect(page.model()).toEqual({ key: '', status: 'unknown' });
});
