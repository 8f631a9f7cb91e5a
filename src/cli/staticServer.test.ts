/** The little server over real HTTP: what it gives, takes back, and keeps to itself. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../testing/temporaryFolder';
import { type StaticServer, startStaticServer } from './staticServer';

const folder = temporaryFolder('server');
let server: StaticServer;

beforeAll(async () => {
  for (const name of ['site', 'site-secret', 'model/sub']) mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, 'site', 'harness.html'), '<p>harness</p>');
  writeFileSync(join(folder, 'site-secret', 'key'), 'secret');
  writeFileSync(join(folder, 'model', 'sub', 'a b.bin'), new Uint8Array([1, 2, 3]));
  server = await startStaticServer(join(folder, 'site'));
});
afterAll(() => server.close());

describe('startStaticServer', () => {
  it('serves the site, isolated', async () => {
    const response = await fetch(`${server.origin}/harness.html`);
    expect(await response.text()).toBe('<p>harness</p>');
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('cross-origin-embedder-policy')).toBe('require-corp');
  });

  it('serves a shared folder, names with blanks too', async () => {
    const response = await fetch(`${server.origin}${server.share(join(folder, 'model'))}/sub/a%20b.bin`);
    expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([1, 2, 3]);
  });

  it('serves a folder by a path from the working directory, and that directory itself', async () => {
    vi.spyOn(process, 'cwd').mockReturnValue(join(folder, 'model'));
    const addresses = [`${server.share('sub')}/a%20b.bin`, `${server.share('.')}/sub/a%20b.bin`];
    vi.restoreAllMocks();
    for (const address of addresses) expect((await fetch(server.origin + address)).status).toBe(200);
  });

  it.each([
    '/../site-secret/key',
    '/%2e%2e/site-secret/key',
    '/..%2fsite-secret/key',
    '/none',
    '/shared/9/x',
    '/',
  ])('gives nothing for %s', async (path) => {
    expect((await fetch(server.origin + path)).status).toBe(404);
  });

  it('gives bytes once', async () => {
    const address = server.origin + server.give('a run', new Uint8Array([4, 5, 6]).subarray(1));
    const response = await fetch(address);
    expect(response.headers.get('content-length')).toBe('2');
    expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([5, 6]);
    expect((await fetch(address)).status).toBe(404);
  });

  it('takes bytes back once', async () => {
    await fetch(`${server.origin}/sent/snapshot`, { method: 'POST', body: new Uint8Array([7, 8]) });
    expect([...server.take('snapshot')]).toEqual([7, 8]);
    expect(() => server.take('snapshot')).toThrow('sent nothing named snapshot');
  });
});
