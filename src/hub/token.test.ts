/** The token is seen by the endpoint and by nobody else. */

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HubServer, ServedRepository } from '../testing/hubServer';
import { failureOf, type HubWorld, openHubWorld, robertaRequest } from '../testing/hubWorld';
import { HubCache } from './cache';
import { downloadHub } from './download';
import { folderStorage } from './folderStorage';
import type { HubContext } from './plan';
import { estimateHub } from './plan';

const token = 'hf_secretSECRETsecret';

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

describe('the token', () => {
  it('goes to the endpoint alone, and into nothing that is kept, shown or thrown', async () => {
    world.repositories[0] = { ...served(), token };
    const hub = { ...context, endpoint: { url: server.url, token: ` ${token}\n` } };
    const said: unknown[] = [];
    expect((await failureOf(downloadHub(context, request))).message).toMatch(
      /if it is private, give a token/,
    );
    const cuts = [1_000_000];
    server.fault = (path) => (path === 'model.safetensors' ? { cutAfter: cuts.shift() } : undefined);
    said.push(await estimateHub(hub, request));
    const { files, ...download } = await downloadHub(hub, request, {
      onProgress: (event) => said.push(event),
    });
    expect(files.length).toBe(3);
    said.push(download, await new HubCache(hub.storage).list());

    const carried = server.requests.filter(({ headers }) => headers.authorization);
    expect(carried.length).toBeGreaterThan(4);
    expect(new Set(carried.map((seen) => seen.headers.authorization))).toEqual(new Set([`Bearer ${token}`]));
    expect(new Set(carried.map((seen) => seen.server))).toEqual(new Set(['hub']));
    expect(world.fetched().length).toBeGreaterThan(1);
    for (const seen of world.fetched()) expect(JSON.stringify(seen)).not.toContain(token);
    expect(server.requests.filter(({ path }) => path.includes('secret'))).toEqual([]);

    const wrong = { url: server.url, token: 'hf_wrongSECRET' };
    for (const fault of [
      { status: 503 },
      { status: 403 },
      { page: true },
      { cutAfter: 0 },
      { corrupt: true },
    ]) {
      server.fault = () => fault;
      const fresh = { ...hub, storage: folderStorage(join(world.folder, JSON.stringify(fault))) };
      said.push((await failureOf(downloadHub(fresh, request))).message);
    }
    said.push(
      (await failureOf(downloadHub({ ...hub, endpoint: wrong }, { ...request, revision: 'v/1' }))).message,
    );
    await server.close();
    said.push((await failureOf(downloadHub(hub, { ...request, revision: 'v/1' }))).message);
    for (const bad of ['hf_se cret', 'hf_secret\u0000', 'hf_sécret'])
      said.push(
        (await failureOf(downloadHub({ ...hub, endpoint: { url: server.url, token: bad } }, request)))
          .message,
      );
    for (const url of [
      'http://example.org',
      'https://u:hf_secret@example.org',
      'ftp://x',
      'https://e.org/?token=hf_secret',
      'hf_secret',
    ])
      said.push((await failureOf(downloadHub({ ...hub, endpoint: { url, token } }, request))).message);
    expect(said.length).toBeGreaterThan(18);
    expect(JSON.stringify(said)).not.toMatch(/secret|SECRET|sécret/);

    const kept = readdirSync(world.folder, { recursive: true, encoding: 'utf8' }).map((name) =>
      join(world.folder, name),
    );
    const paths = kept.filter((path) => statSync(path).isFile());
    expect(paths.length).toBeGreaterThan(3);
    for (const path of [...paths]) expect(path + readFileSync(path, 'latin1')).not.toContain('SECRET');
  });
});
