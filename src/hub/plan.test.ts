/** What is known before a download, and with it what is cached. */

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HubServer } from '../testing/hubServer';
import {
  commit,
  type HubWorld,
  modelFiles,
  openHubWorld,
  robertaRequest,
  weights,
} from '../testing/hubWorld';
import { HubCache } from './cache';
import { downloadHub, openCached } from './download';
import type { HubContext } from './plan';
import { estimateHub } from './plan';

let world: HubWorld;
let server: HubServer;
let context: HubContext;
const request = robertaRequest;

beforeEach(async () => {
  world = await openHubWorld();
  ({ server, context } = world);
});
afterEach(() => world.close());

describe('estimateHub', () => {
  it('weighs a model before anything is downloaded', async () => {
    const estimate = await estimateHub(context, request, { batchSize: 4, length: 64 });
    expect(estimate).toMatchObject({ repo: 'FacebookAI/roberta-base', revision: 'main', commit });
    expect(estimate.files.map(({ path }) => path)).toEqual([
      'config.json',
      'tokenizer.json',
      'model.safetensors',
    ]);
    const bytes = modelFiles['config.json'].length + modelFiles['tokenizer.json'].length + weights.length;
    expect([estimate.bytes, estimate.bytesToDownload]).toEqual([bytes, bytes]);
    // The encoder of roberta-base without pooler and LM head.
    expect(estimate.parameters).toBe(124_055_040);
    expect(estimate.memory?.weightBytes).toBe(4 * 124_055_040);
    expect(estimate.freeBytes).toBeGreaterThan(1e6);
    expect(world.fetched()).toEqual([]);
    expect(readdirSync(world.folder)).toEqual([]);
  });

  it('works on a mirror that serves files alone', async () => {
    server.filesOnly = true;
    const estimate = await estimateHub(context, request);
    expect(estimate.bytes).toBe(
      modelFiles['config.json'].length + modelFiles['tokenizer.json'].length + weights.length,
    );
    expect(estimate.commit).toBe(commit);
    server.bare = true;
    expect((await estimateHub(context, request)).commit).toBeUndefined();
  });
});

describe('HubCache', () => {
  it('lists and deletes, and takes no id from outside', async () => {
    const cache = new HubCache(context.storage);
    expect(await cache.list()).toEqual([]);
    const { id, bytes } = await downloadHub(context, request);
    expect(await cache.list()).toEqual([
      expect.objectContaining({
        id,
        kind: 'model',
        repo: 'FacebookAI/roberta-base',
        bytes,
        total: bytes,
        complete: true,
        revisions: ['main'],
      }),
    ]);
    await expect(cache.delete('../x/y')).rejects.toThrow('is nothing that the list of downloads shows');
    await expect(cache.delete(id.split('/')[0] ?? '')).rejects.toThrow('is nothing that');
    await cache.delete(id);
    expect(await cache.list()).toEqual([]);
    expect(existsSync(join(world.folder, id))).toBe(false);
  });

  it('does not mix endpoints', async () => {
    await downloadHub(context, request);
    expect(await openCached(context.storage, 'https://huggingface.co', request)).toBeUndefined();
  });
});
