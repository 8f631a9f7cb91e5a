/** `autolora hub` against a server with the Hub's paths: what it prints, keeps and refuses. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type CapturedOutput, captureOutput } from '../testing/capturedOutput';
import { commit, type HubWorld, modelFiles, openHubWorld } from '../testing/hubWorld';
import { parseArguments } from './arguments';
import { describeHubProgress, hubSpec, runHub } from './hub';
import { hubPlace } from './hubOptions';
import { hubDataPaths, hubModelFolder } from './hubPaths';

let world: HubWorld;
let written: CapturedOutput;

beforeEach(async () => {
  world = await openHubWorld();
  written = captureOutput();
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await world.close();
});

const args = (...words: string[]) => parseArguments(hubSpec, [...words, '--cache', world.folder]);
const hub = (...words: string[]) => runHub(args(...words));

describe('autolora hub', () => {
  it('weighs, downloads into a checkpoint folder, lists and deletes', async () => {
    vi.stubEnv('HF_ENDPOINT', world.server.url);
    vi.stubEnv('HF_TOKEN', 'hf_secretSECRET');
    expect(await hub('estimate', 'roberta-base', '--batch', '8', '--length', '64')).toBe(0);
    expect(written.out).toContain(`FacebookAI/roberta-base at main (${commit}), ${world.server.url}`);
    expect(written.out).toContain('3.0 MB  model.safetensors');
    expect(written.out).toContain('parameters: 124.1 M (roberta, 12 layers of 768)');
    expect(written.out).toMatch(/496 MB weights \+ 1\.\d GB for a step of 8 texts of 64 tokens/);
    expect(world.fetched()).toEqual([]);

    written.out = '';
    await hub('download', 'roberta-base');
    const folder = written.out.trim();
    expect(readdirSync(folder).sort()).toEqual(['config.json', 'model.safetensors', 'tokenizer.json']);
    expect(written.err).toMatch(/model\.safetensors .*\/3\.0 MB {2}in all/);
    expect(written.err).toContain('By size only, for want of a checksum: config.json, tokenizer.json.');
    expect(written.err + written.out).not.toContain('SECRET');
    const place = hubPlace(args('list'));
    expect(await hubModelFolder({ name: 'roberta-base', revision: 'main' }, place)).toEqual({
      folder,
      repo: 'FacebookAI/roberta-base',
      commit,
    });

    await world.server.close();
    written.out = '';
    await hub('list');
    expect(written.out).toContain(`FacebookAI/roberta-base  main ${commit}  3.0 MB  last used`);
    await hub('delete', 'roberta-base');
    expect(existsSync(join(folder, 'config.json'))).toBe(false);
    await expect(hub('delete', 'roberta-base')).rejects.toThrow('Nothing of roberta-base at that revision');
  });

  it('prints JSON', async () => {
    await hub('estimate', 'roberta-base', '--json', '--endpoint', world.server.url);
    expect(JSON.parse(written.out)).toMatchObject({ commit, parameters: 124_055_040 });
    written.out = '';
    await hub('download', 'roberta-base', '--json', '--endpoint', world.server.url);
    expect(JSON.parse(written.out)).toMatchObject({
      commit,
      files: [{ name: 'config.json' }, {}, { check: 'sha256' }],
    });
    expect(Object.keys(modelFiles)).toContain('config.json');
  });

  it('says what it takes', async () => {
    await expect(hub()).rejects.toThrow('"hub" takes one of estimate, download, list, delete first.');
    await expect(hub('fetch')).rejects.toThrow('not "fetch"');
    await expect(hub('download')).rejects.toThrow('Which one? hub download OWNER/NAME.');
    await expect(hub('list', 'x')).rejects.toThrow('"x" is too many');
    await expect(hub('list', '--endpoint', 'nowhere')).rejects.toThrow('is no web address');
  });
});

describe('an experiment on the Hub', () => {
  it('finds what was downloaded, and else says with which command to download it', async () => {
    const files = { 'data/a b.csv': new Uint8Array([1]), 'data/dev.csv': new Uint8Array([2]) };
    world.repositories.push({ kind: 'dataset', repo: 'me/own', revisions: { main: commit }, files });
    const place = hubPlace(args('list', '--endpoint', world.server.url));
    const data = {
      task: 'sst2',
      repository: 'me/own',
      revision: 'main',
      trainFile: 'data/a b.csv',
      devFile: 'data/dev.csv',
    };
    await expect(hubDataPaths(data, place)).rejects.toThrow(
      `has not been downloaded (whole) yet; first: autolora hub download me/own --dataset --file "data/a b.csv,data/dev.csv" --endpoint ${world.server.url} --cache ${world.folder}`,
    );
    await hub('download', 'me/own', '--file', 'data/a b.csv,data/dev.csv', '--endpoint', world.server.url);
    const found = await hubDataPaths(data, place);
    expect([found.commit, found.train[0]?.name, found.dev[0]?.name]).toEqual([
      commit,
      data.trainFile,
      data.devFile,
    ]);
    expect(readFileSync(found.train[0]?.path ?? '')).toEqual(Buffer.from([1]));
    await expect(hubModelFolder({ name: 'gpt2', revision: 'v2' }, place)).rejects.toThrow(
      'gpt2 at v2 has not been downloaded (whole) yet; first: autolora hub download gpt2 --revision v2',
    );
  });
});

describe('describeHubProgress', () => {
  it('tells file, sum, pace and time', () => {
    const progress = {
      file: 'a',
      fileBytes: 5e6,
      fileTotal: 1e7,
      bytes: 6e6,
      total: 2e7,
      bytesPerSecond: 2e6,
    };
    expect(describeHubProgress(progress)).toBe(
      'a 5.0 MB/10.0 MB  in all 6.0 MB/20.0 MB  2.0 MB/s  0:07 left',
    );
    const unknown = { ...progress, fileTotal: undefined, total: undefined, bytesPerSecond: 0 };
    expect(describeHubProgress(unknown)).toBe('a 5.0 MB  in all 6.0 MB');
  });
});
