/** Downloads from a server with the Hub’s paths: resumed, stopped, corrupted, moved on. */

import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HubServer, ServedRepository } from '../testing/hubServer';
import {
  commit,
  contentOf,
  failureOf,
  type HubWorld,
  jsonBytes,
  modelFiles,
  newer,
  openHubWorld,
  robertaRequest,
  weights,
} from '../testing/hubWorld';
import { HubCache } from './cache';
import { downloadHub, openCached } from './download';
import type { HubContext } from './plan';
import { estimateHub } from './plan';
import type { HubProgress } from './progress';
import { platformWire } from './wire';

let world: HubWorld;
let server: HubServer;
let context: HubContext;
const request = robertaRequest;

beforeEach(async () => {
  world = await openHubWorld();
  ({ server, context } = world);
});
afterEach(() => world.close());

const served = () => world.repositories[0] as ServedRepository;

describe('downloadHub', () => {
  it('fetches the files of the commit, checks them, and needs no network afterwards', async () => {
    const progress: HubProgress[] = [];
    const first = await downloadHub(context, request, { onProgress: (event) => progress.push(event) });
    expect(first).toMatchObject({ commit, revision: 'main', fromCache: false });
    expect(first.files.map(({ name, check }) => [name, check])).toEqual([
      ['config.json', 'size'],
      ['tokenizer.json', 'size'],
      ['model.safetensors', 'sha256'],
    ]);
    expect((await contentOf(first.files[2]?.blob)).equals(weights)).toBe(true);
    const last = progress.at(-1);
    expect(last).toMatchObject({
      file: 'model.safetensors',
      fileBytes: weights.length,
      bytes: first.bytes,
      total: first.bytes,
    });
    expect(progress.map(({ bytes }) => bytes)).toEqual(
      progress.map(({ bytes }) => bytes).sort((a, b) => a - b),
    );
    expect(
      server.requests.filter(({ path }) => path.includes('/resolve/main/')).map(({ path }) => path),
    ).toEqual(['/FacebookAI/roberta-base/resolve/main/config.json']);

    await server.close();
    const second = await downloadHub(context, request);
    expect(second).toMatchObject({ commit, fromCache: true, bytes: first.bytes });
    expect((await downloadHub(context, { ...request, revision: commit })).fromCache).toBe(true);
    expect(await openCached(context.storage, server.url, request)).toMatchObject({ commit });
    expect((await estimateHub(context, request)).bytesToDownload).toBe(0);
    expect(await openCached(context.storage, server.url, { ...request, revision: 'v/1' })).toBeUndefined();
  });

  it('goes on by itself where the connection is cut', async () => {
    const cuts = [1_000_000, 500_000];
    server.fault = (path) => (path === 'model.safetensors' ? { cutAfter: cuts.shift() } : undefined);
    const retries: number[] = [];
    const { files } = await downloadHub(context, request, {
      onProgress: ({ retrying, fileBytes }) => retrying && retries.push(fileBytes),
    });
    // What was under way when the line was cut may or may not have come.
    expect(retries.length).toBe(2);
    expect(retries[0]).toBeGreaterThan(0);
    expect(retries[0]).toBeLessThanOrEqual(1_000_000);
    expect(retries[1]).toBeGreaterThan(retries[0] as number);
    expect((await contentOf(files[2]?.blob)).equals(weights)).toBe(true);
    expect(files[2]?.check).toBe('sha256');
    expect(world.fetched().map(({ headers }) => headers.range)).toEqual(
      [0, ...retries].map((from) => `bytes=${from}-`),
    );
  });

  it('goes on after being stopped, and after patience has run out', async () => {
    const stop = new AbortController();
    server.fault = (path) => (path === 'model.safetensors' ? { bytesPerSecond: 3_000_000 } : undefined);
    const stopped = await failureOf(
      downloadHub(context, request, {
        signal: stop.signal,
        onProgress: ({ fileBytes, file }) => file === 'model.safetensors' && fileBytes > 0 && stop.abort(),
      }),
    );
    expect([stopped.kind, stopped.message]).toEqual([
      'cancelled',
      'The download of model.safetensors of FacebookAI/roberta-base was stopped; what came is kept, and it goes on from there.',
    ]);
    const [listed] = await new HubCache(context.storage).list();
    const kept = listed?.files[2]?.bytes ?? 0;
    expect(listed?.complete).toBe(false);
    expect(kept).toBeGreaterThan(0);

    server.requests.length = 0;
    server.fault = (path) => (path === 'model.safetensors' ? { cutAfter: 0 } : undefined);
    const given = await failureOf(downloadHub(context, request));
    expect(given.kind).toBe('network');
    expect(given.message).toContain('model.safetensors of FacebookAI/roberta-base');
    expect(world.fetched().length).toBe(6);

    server.requests.length = 0;
    server.fault = () => undefined;
    const estimate = await estimateHub(context, request);
    expect(estimate.bytesToDownload).toBe(weights.length - kept);
    const { files } = await downloadHub(context, request);
    expect(world.fetched().map(({ headers }) => headers.range)).toEqual([`bytes=${kept}-`]);
    expect((await contentOf(files[2]?.blob)).equals(weights)).toBe(true);
  });

  it('starts over where the ETag changed meanwhile, and where the server knows no ranges', async () => {
    let n = 0;
    server.fault = (path) => {
      if (path !== 'model.safetensors') return undefined;
      return n++ === 0 ? { cutAfter: 1_000_000, etag: '"old"' } : undefined;
    };
    const { files, id } = await downloadHub(context, request);
    expect((await contentOf(files[2]?.blob)).equals(weights)).toBe(true);
    expect(world.fetched().map(({ headers }) => headers.range)).toEqual([
      'bytes=0-',
      expect.stringMatching(/^bytes=[1-9]\d+-$/),
      'bytes=0-',
    ]);

    await new HubCache(context.storage).delete(id);
    n = 0;
    server.fault = (path) => {
      if (path !== 'model.safetensors') return undefined;
      return n++ === 0 ? { cutAfter: 1_000_000 } : { ignoreRange: true };
    };
    const again = await downloadHub(context, request);
    expect((await contentOf(again.files[2]?.blob)).equals(weights)).toBe(true);
  });

  it('removes what does not match its checksum or its size, and then fetches it anew', async () => {
    const only = (fault: object) => (path: string) => (path === 'model.safetensors' ? fault : undefined);
    server.fault = only({ corrupt: true });
    const corrupt = await failureOf(downloadHub(context, request));
    expect([corrupt.kind, corrupt.message]).toEqual([
      'content',
      'model.safetensors of FacebookAI/roberta-base does not match the checksum that the Hub gives for it; it was removed, download it again.',
    ]);
    server.fault = only({ length: 1234 });
    expect((await failureOf(downloadHub(context, request))).message).toContain(
      `lists model.safetensors of FacebookAI/roberta-base with ${weights.length} bytes but sends 1234`,
    );
    server.fault = only({ page: true });
    expect((await failureOf(downloadHub(context, request))).message).toContain(
      'a web page instead of model.safetensors',
    );
    server.fault = () => undefined;
    expect((await downloadHub(context, request)).files[2]?.check).toBe('sha256');
  });

  it('notices a cached file that was cut or removed', async () => {
    const { id } = await downloadHub(context, request);
    truncateSync(join(world.folder, id, 'files', 'model.safetensors'), 100);
    expect((await failureOf(downloadHub(context, request))).message).toMatch(
      /model\.safetensors .* was removed or changed/,
    );
    server.requests.length = 0;
    expect((await downloadHub(context, request)).fromCache).toBe(false);
    expect(world.fetched().map(({ headers }) => headers.range)).toEqual(['bytes=100-']);
  });

  it('stays at its commit until asked to look again', async () => {
    await downloadHub(context, request);
    const served = world.repositories[0] as ServedRepository;
    served.revisions.main = newer;
    served.files['tokenizer.json'] = jsonBytes({ model: { new: true } });
    expect((await downloadHub(context, request)).commit).toBe(commit);
    const moved = await downloadHub(context, request, { refresh: true });
    expect(moved).toMatchObject({ commit: newer, fromCache: false });
    expect(JSON.parse(String(await contentOf(moved.files[1]?.blob)))).toEqual({ model: { new: true } });
    const list = await new HubCache(context.storage).list();
    expect(list.map((entry) => [entry.commit, entry.revisions])).toEqual([
      [newer, ['main']],
      [commit, []],
    ]);
    expect((await downloadHub(context, { ...request, revision: commit })).fromCache).toBe(true);
  });

  it('fetches shards that the index names', async () => {
    const { 'model.safetensors': _, ...rest } = modelFiles;
    world.repositories[0] = {
      ...served(),
      files: {
        ...rest,
        'model.safetensors.index.json': jsonBytes({
          weight_map: { a: 'model-00001-of-00002.safetensors', b: 'model-00002-of-00002.safetensors' },
        }),
        'model-00001-of-00002.safetensors': weights.slice(0, 1000),
        'model-00002-of-00002.safetensors': weights.slice(1000, 3000),
      },
    };
    const { files } = await downloadHub(context, request);
    expect(files.map(({ name }) => name)).toEqual([
      'config.json',
      'tokenizer.json',
      'model.safetensors.index.json',
      'model-00001-of-00002.safetensors',
      'model-00002-of-00002.safetensors',
    ]);
  });

  it.each([
    ['only a pickle', ['model.safetensors'], /only pytorch_model\.bin, .* safe_serialization=True/],
    ['no weights', ['model.safetensors', 'pytorch_model.bin'], /holds no model\.safetensors/],
    ['no tokenizer', ['tokenizer.json'], /neither tokenizer\.json nor vocab\.json/],
    ['no configuration', ['config.json'], /holds no config\.json/],
  ])('says what a repository with %s lacks', async (_, absent, sentence) => {
    world.repositories[0] = {
      ...served(),
      files: Object.fromEntries(Object.entries(modelFiles).filter(([name]) => !absent.includes(name))),
    };
    const { kind, message } = await failureOf(downloadHub(context, request));
    expect([kind, message]).toEqual(['unusable', expect.stringMatching(sentence)]);
    server.filesOnly = true;
    expect((await failureOf(downloadHub(context, request))).message).toMatch(sentence);
  });

  it('says what is refused, missing or unreachable', async () => {
    const says = async (change: Partial<typeof request> & object, over: Partial<HubContext> = {}) =>
      (await failureOf(downloadHub({ ...context, ...over }, { ...request, ...change } as typeof request)))
        .message;
    expect(await says({ repo: 'no/such' } as object)).toMatch(
      /shows no no\/such \(401\): it does not exist or is private/,
    );
    expect(await says({ revision: 'v9' } as object)).toMatch(/has no revision "v9"/);
    expect(await says({ repo: 'gpt-2' } as object)).toMatch(
      /"gpt-2" is no name on the Hub; it takes owner\/name/,
    );
    expect(await says({ revision: '../x' } as object)).toMatch(/is no revision/);
    world.repositories[0] = { ...served(), gated: true };
    expect(await says({})).toMatch(/is gated or private .* accept its conditions there and give a token/);
    world.repositories[0] = {
      ...served(),
      gated: false,
      files: { ...modelFiles, 'config.json': jsonBytes({ model_type: 't5' }) },
    };
    expect(await says({})).toMatch(/is of type "t5"; this program finetunes roberta/);
    server.fault = () => ({ status: 503 });
    expect(await says({})).toMatch(/answered 503 for config\.json: it is in trouble/);
    server.fault = () => ({ page: true });
    expect(await says({})).toMatch(/a web page instead of config\.json/);
    const offline = {
      wire: { ...platformWire, online: () => false, fetch: () => Promise.reject(new TypeError('x')) },
    };
    expect(await says({}, offline)).toMatch(/This computer is offline/);
    await server.close();
    expect(await says({})).toMatch(/could not be reached for config\.json .*\(ECONNREFUSED\)/);
  });

  it('asks for room first, and says when there is none', async () => {
    const small = { ...context, storage: { ...context.storage, freeBytes: async () => 1_000_000 } };
    const { kind, message } = await failureOf(downloadHub(small, request));
    expect([kind, message]).toEqual([
      'storage',
      expect.stringMatching(/needs 3\.0 MB more, but the folder .* has room for 1\.0 MB/),
    ]);
    expect(world.fetched()).toEqual([]);
  });
});
