/** The Hub in real Chromium: a download outlives a reload, the token stays at home, the cache needs no network. */
import { randomBytes } from 'node:crypto';
import { expect, test } from '@playwright/test';
import { type HubServer, startHubServer } from '../src/testing/hubServer';

const weights = new Uint8Array(randomBytes(6_000_000));
const json = (value: unknown) => Buffer.from(JSON.stringify(value));
const token = 'hf_secretSECRETsecret';
const request = { kind: 'model', repo: 'me/tiny-roberta' } as const;
let server: HubServer;

test.beforeEach(async ({ page }) => {
  server = await startHubServer([
    {
      kind: 'model',
      repo: request.repo,
      revisions: { main: 'c'.repeat(40) },
      token,
      files: {
        'config.json': json({
          model_type: 'roberta',
          vocab_size: 320,
          hidden_size: 16,
          num_hidden_layers: 2,
          num_attention_heads: 2,
          intermediate_size: 32,
          max_position_embeddings: 66,
        }),
        'tokenizer.json': json({}),
        'model.safetensors': weights,
      },
    },
  ]);
  await page.goto('./harness.html');
  await page.waitForFunction(() => window.autolora !== undefined);
});
test.afterEach(() => server.close());

const fetched = () =>
  server.requests.filter(({ server: which, method }) => which === 'cdn' && method === 'GET');

test('goes on after a reload, keeps the token at the endpoint, and then works without a network', async ({
  page,
}) => {
  const endpoint = { url: server.url, token };
  // Then nothing more comes: the reload cannot be too late.
  server.fault = (path) =>
    path === 'model.safetensors' ? { bytesPerSecond: 2_000_000, holdAfter: 3_000_000 } : undefined;
  await page.evaluate(
    async ({ endpoint, request }) => {
      await new Promise<void>((resolve, reject) => {
        window.autolora.hub
          .download(endpoint, request, { onProgress: ({ bytes }) => bytes > 2_000_000 && resolve() })
          .catch(reject);
      });
    },
    { endpoint, request },
  );
  await page.reload();
  await page.waitForFunction(() => window.autolora !== undefined);
  const [listed] = await page.evaluate(() => window.autolora.hub.list());
  expect(listed).toMatchObject({ repo: request.repo, complete: false, revisions: ['main'] });
  const kept = listed?.files.at(-1)?.bytes ?? 0;
  expect(kept).toBeGreaterThan(1_000_000);
  expect(kept).toBeLessThan(weights.length);

  server.requests.length = 0;
  server.fault = () => undefined;
  const done = await page.evaluate(
    async ({ endpoint, request }) => {
      const { files, ...rest } = await window.autolora.hub.download(endpoint, request);
      const blob = files.at(-1)?.blob as Blob;
      const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await blob.arrayBuffer()));
      // Posted to another worker and read there by a slice.
      const source =
        'onmessage = async ({data}) => postMessage(new Uint8Array(await data.slice(5, 9).arrayBuffer()))';
      const reader = new Worker(URL.createObjectURL(new Blob([source])));
      const slice = await new Promise<Uint8Array>((resolve) => {
        reader.onmessage = ({ data }) => resolve(data as Uint8Array);
        reader.postMessage(blob);
      });
      const checks = files.map(({ name, check }) => `${name} ${check}`);
      return { ...rest, checks, digest: [...digest], slice: [...slice] };
    },
    { endpoint, request },
  );
  expect(fetched().map(({ headers }) => headers.range)).toEqual([`bytes=${kept}-`]);
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', weights));
  expect(done).toMatchObject({
    commit: 'c'.repeat(40),
    fromCache: false,
    checks: ['config.json size', 'tokenizer.json size', 'model.safetensors sha256'],
    digest: [...digest],
    slice: [...weights.slice(5, 9)],
  });

  // Chromium took the header off when the redirect left the endpoint's origin.
  for (const { headers } of fetched()) expect(headers.authorization).toBeUndefined();
  const carried = server.requests.filter(({ headers }) => headers.authorization);
  expect(carried.length).toBeGreaterThan(1);
  expect(new Set(carried.map(({ server: which }) => which))).toEqual(new Set(['hub']));
  expect(JSON.stringify(server.requests.map(({ path }) => path))).not.toContain('SECRET');
  expect(server.requests.map(({ headers }) => headers.referer).filter(Boolean)).toEqual([]);

  await server.close();
  const cached = await page.evaluate(
    async ({ endpoint, request }) => {
      const { hub } = window.autolora;
      const opened = await hub.open(endpoint.url, request);
      const again = await hub.download(endpoint, request);
      await hub.delete(again.id);
      const left = (await hub.list()).length;
      return { opened: opened?.bytes, bytes: again.bytes, fromCache: again.fromCache, left };
    },
    { endpoint, request },
  );
  expect(cached).toEqual({ opened: done.bytes, bytes: done.bytes, fromCache: true, left: 0 });
  server = await startHubServer([]);
});

test('is stopped by its signal, and the page itself can write the storage too', async ({ page }) => {
  // Then nothing more comes: the signal cannot be too late.
  server.fault = (path) =>
    path === 'model.safetensors' ? { bytesPerSecond: 2_000_000, holdAfter: 1_000_000 } : undefined;
  const stopped = await page.evaluate(
    async ({ endpoint, request }) => {
      const { hub } = window.autolora;
      const stop = new AbortController();
      const onProgress = ({ bytes }: { bytes: number }) => bytes > 500_000 && stop.abort();
      const failure = await hub
        .download(endpoint, request, { signal: stop.signal, onProgress })
        .then(() => undefined)
        .catch((error: Error & { kind?: string }) => [error.kind, error.message]);
      return { failure, kept: (await hub.list())[0]?.bytes };
    },
    { endpoint: { url: server.url, token }, request },
  );
  expect(stopped.failure).toEqual(['cancelled', expect.stringContaining('it goes on from there')]);
  expect(stopped.kept).toBeGreaterThan(500_000);

  const written = await page.evaluate(async () => {
    const { hubStorage } = window.autolora;
    const writer = await hubStorage.append('a/b/c', 0);
    await writer.write(new Uint8Array([1, 2, 3, 4]));
    await writer.close();
    const more = await hubStorage.append('a/b/c', 2);
    await more.write(new Uint8Array([9]));
    await more.close();
    const blob = await hubStorage.blob('a/b/c');
    const bytes = [...new Uint8Array((await blob?.arrayBuffer()) ?? new ArrayBuffer(0))];
    const folders = await hubStorage.folders('a');
    await hubStorage.remove('a');
    return { bytes, folders, size: await hubStorage.size('a/b/c'), free: await hubStorage.freeBytes() };
  });
  expect(written).toEqual({ bytes: [1, 2, 9], folders: ['b'], size: 0, free: expect.any(Number) });
});
