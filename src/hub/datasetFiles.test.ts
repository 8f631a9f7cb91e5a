/** GLUE by its own paths, any other data set by the Hub’s list of Parquet files. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HubServer, ServedRepository } from '../testing/hubServer';
import { commit, contentOf, failureOf, type HubWorld, newer, openHubWorld } from '../testing/hubWorld';
import { HubCache } from './cache';
import { downloadHub } from './download';
import type { HubContext } from './plan';
import { estimateHub } from './plan';

let world: HubWorld;
let server: HubServer;
let context: HubContext;

beforeEach(async () => {
  world = await openHubWorld();
  ({ server, context } = world);
});
afterEach(() => world.close());

describe('data sets', () => {
  const parquet = (seed: number) => new Uint8Array(1000).fill(seed);
  const glue: ServedRepository = {
    kind: 'dataset',
    repo: 'nyu-mll/glue',
    revisions: { main: commit },
    files: {
      'README.md': new Uint8Array(10),
      'sst2/train-00000-of-00001.parquet': parquet(1),
      'sst2/validation-00000-of-00001.parquet': parquet(2),
      'sst2/test-00000-of-00001.parquet': parquet(3),
      'mnli/train-00000-of-00001.parquet': parquet(4),
      'mnli/validation_matched-00000-of-00001.parquet': parquet(5),
      'mnli/validation_mismatched-00000-of-00001.parquet': parquet(6),
    },
  };
  const own: ServedRepository = {
    kind: 'dataset',
    repo: 'me/reviews',
    revisions: { main: commit, 'refs/convert/parquet': newer },
    files: {
      'default/train/0000.parquet': parquet(7),
      'default/train/0001.parquet': parquet(8),
      'default/dev/0000.parquet': parquet(9),
    },
    parquet: {
      default: {
        train: ['default/train/0000.parquet', 'default/train/0001.parquet'],
        dev: ['default/dev/0000.parquet'],
      },
    },
  };
  beforeEach(() => world.repositories.push(glue, own));
  const names = (files: readonly { name: string; split?: string }[]) =>
    files.map(({ name, split }) => `${split}: ${name}`);

  it.each([false, true])(
    'knows the splits of GLUE that have labels (mirror of files alone: %s)',
    async (filesOnly) => {
      server.filesOnly = filesOnly;
      const sst2 = await downloadHub(context, { kind: 'dataset', repo: 'nyu-mll/glue', config: 'sst2' });
      expect(sst2).toMatchObject({ commit, config: 'sst2' });
      expect(names(sst2.files)).toEqual([
        'train: sst2/train-00000-of-00001.parquet',
        'validation: sst2/validation-00000-of-00001.parquet',
      ]);
      const mnli = await estimateHub(context, { kind: 'dataset', repo: 'nyu-mll/glue', config: 'mnli' });
      expect([mnli.files.length, mnli.bytesToDownload]).toEqual([3, 3000]);
      const test = { kind: 'dataset', repo: 'nyu-mll/glue', config: 'sst2', splits: ['test'] } as const;
      expect(names((await downloadHub(context, test)).files)).toEqual([
        'test: sst2/test-00000-of-00001.parquet',
      ]);
      expect((await new HubCache(context.storage).list()).length).toBe(2);
    },
  );

  it('reads the list of Parquet files of any other, through a mirror too', async () => {
    const data = await downloadHub(context, { kind: 'dataset', repo: 'me/reviews' });
    expect(names(data.files)).toEqual([
      'train: default/train/0.parquet',
      'train: default/train/1.parquet',
      'dev: default/dev/0.parquet',
    ]);
    expect(await Promise.all(data.files.map(async ({ blob }) => (await contentOf(blob))[0]))).toEqual([
      7, 8, 9,
    ]);
    const pinned = {
      kind: 'dataset',
      repo: 'me/reviews',
      revision: 'refs/convert/parquet',
      splits: ['dev'],
    } as const;
    const dev = await downloadHub(context, pinned);
    expect([dev.commit, ...names(dev.files)]).toEqual([newer, 'dev: default/dev/0000.parquet']);
  });

  it('finds files by path, also those of a configuration that is cached', async () => {
    const glueRequest = { kind: 'dataset', repo: 'nyu-mll/glue' } as const;
    await downloadHub(context, { ...glueRequest, config: 'sst2' });
    const train = await downloadHub(context, {
      ...glueRequest,
      paths: ['sst2/train-00000-of-00001.parquet'],
    });
    expect([train.fromCache, ...train.files.map(({ name }) => name)]).toEqual([
      true,
      'sst2/train-00000-of-00001.parquet',
    ]);
    const paths = ['mnli/train-00000-of-00001.parquet', 'README.md'];
    const two = await downloadHub(context, { ...glueRequest, paths });
    expect([two.fromCache, ...two.files.map(({ name }) => name)]).toEqual([false, ...paths]);
    const listed = { kind: 'dataset', repo: 'me/reviews', paths: ['default/train/1.parquet'] } as const;
    expect((await contentOf((await downloadHub(context, listed)).files[0]?.blob))[0]).toBe(8);
    for (const path of ['../x', '/x', 'a//b', 'a/./b', 'x?y'])
      expect((await failureOf(downloadHub(context, { ...glueRequest, paths: [path] }))).kind).toBe('request');
    expect((await failureOf(downloadHub(context, { ...glueRequest, paths: ['no.tsv'] }))).message).toMatch(
      /has no no\.tsv at revision main/,
    );
  });

  it('finds the whole configuration though a part of the same files lies beside it', async () => {
    const glueRequest = { kind: 'dataset', repo: 'nyu-mll/glue' } as const;
    const paths = ['sst2/train-00000-of-00001.parquet', 'sst2/test-00000-of-00001.parquet'];
    server.fault = (path) => (path === paths[1] ? { cutAfter: 0 } : undefined);
    await failureOf(downloadHub(context, { ...glueRequest, paths }));
    server.fault = () => undefined;
    await downloadHub(context, { ...glueRequest, config: 'sst2', splits: ['train', 'test'] });
    const list = await new HubCache(context.storage).list();
    expect(list.map(({ complete }) => complete).sort()).toEqual([false, true]);
    expect((await downloadHub(context, { ...glueRequest, paths })).fromCache).toBe(true);
  });

  it('gives the Hub’s conversions for the newest revision alone', async () => {
    const repository = world.repositories.find(({ repo }) => repo === 'me/reviews') as ServedRepository;
    repository.revisions = { ...repository.revisions, v1: newer };
    const path = 'default/train/0.parquet';
    const request = { kind: 'dataset', repo: 'me/reviews' } as const;
    const old = await failureOf(downloadHub(context, { ...request, revision: 'v1', paths: [path] }));
    expect(old.message).toMatch(/is a conversion by the Hub, .* leave the revision v1 out/);
    // Pinned to what main is now.
    const pinned = await downloadHub(context, { ...request, revision: commit, paths: [path] });
    expect((await contentOf(pinned.files[0]?.blob))[0]).toBe(7);
    const whole = await downloadHub(context, { ...request, revision: commit });
    expect(names(whole.files)).toEqual([
      'train: default/train/0.parquet',
      'train: default/train/1.parquet',
      'dev: default/dev/0.parquet',
    ]);
  });

  it('names configurations and splits', async () => {
    const says = async (repo: string, change: object) =>
      (await failureOf(downloadHub(context, { kind: 'dataset', repo, ...change }))).message;
    expect(await says('nyu-mll/glue', {})).toMatch(/several configurations; choose one of "cola", "sst2"/);
    expect(await says('nyu-mll/glue', { config: 'ax' })).toMatch(/has no configuration "ax"/);
    expect(await says('me/reviews', { splits: ['valid'] })).toMatch(
      /has no split "valid"; it has "train", "dev"/,
    );
  });
});
