/** Page and worker of the Hub talk as typed: replies, progress, cancelling, failures with their kind, a dead worker. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { HubServer } from '../testing/hubServer';
import { failureOf, type HubWorld, openHubWorld, robertaRequest, weights } from '../testing/hubWorld';
import { createHubClient, type HubClient, type HubPort, type HubProgress } from './hubClient';
import { createHubService } from './hubService';

let world: HubWorld;
let server: HubServer;
let port: HubPort;
let client: HubClient;
const posted: unknown[] = [];

beforeEach(async () => {
  world = await openHubWorld();
  server = world.server;
  posted.length = 0;
  const { storage, wire } = world.context;
  client = createHubClient(() => {
    const service = createHubService(
      storage,
      (data) => {
        posted.push(data);
        port.onmessage?.({ data } as MessageEvent);
      },
      wire,
    );
    port = {
      postMessage: (message) => void service(message as Parameters<typeof service>[0]),
      terminate() {},
      onmessage: null,
      onerror: null,
    };
    return port;
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
  return world.close();
});

describe('createHubClient', () => {
  it('estimates, downloads with progress, opens without network, lists and deletes', async () => {
    const endpoint = { url: server.url };
    const estimate = await client.estimate(endpoint, robertaRequest, { batchSize: 2, length: 32 });
    expect(estimate.memory).toMatchObject({ batchSize: 2, length: 32 });
    const progress: HubProgress[] = [];
    const download = await client.download(endpoint, robertaRequest, {
      onProgress: (event) => progress.push(event),
    });
    expect(download.files.map(({ blob }) => blob.size).at(-1)).toBe(weights.length);
    expect(progress.at(-1)?.bytes).toBe(estimate.bytes);
    await server.close();
    expect((await client.open(server.url, robertaRequest))?.fromCache).toBe(true);
    expect(await client.open('https://huggingface.co', robertaRequest)).toBeUndefined();
    const [listed] = await client.list();
    expect(listed).toMatchObject({ id: download.id, complete: true });
    await client.delete(download.id);
    expect(await client.list()).toEqual([]);
  });

  it('downloads whatever becomes of its wish that the browser keeps what came', async () => {
    for (const persist of [() => new Promise(() => {}), () => Promise.reject(new Error('No.'))]) {
      vi.stubGlobal('navigator', { storage: { persist } });
      const download = await client.download({ url: server.url }, robertaRequest);
      expect(download.files).not.toHaveLength(0);
    }
  });

  it('cancels by signal, and sends no token back', async () => {
    server.fault = (path) => (path === 'model.safetensors' ? { bytesPerSecond: 3_000_000 } : undefined);
    const stop = new AbortController();
    const endpoint = { url: server.url, token: 'hf_secret' };
    const stopped = await failureOf(
      client.download(endpoint, robertaRequest, {
        signal: stop.signal,
        onProgress: ({ file, fileBytes }) => file === 'model.safetensors' && fileBytes > 0 && stop.abort(),
      }),
    );
    expect(stopped.kind).toBe('cancelled');
    expect((await client.list())[0]?.complete).toBe(false);
    const aborted = client.estimate(endpoint, robertaRequest, { signal: AbortSignal.abort(), refresh: true });
    expect((await failureOf(aborted)).kind).toBe('cancelled');
    expect(JSON.stringify(posted)).not.toContain('hf_secret');
  });

  it('passes failures on with their kind, and starts a new worker after a dead one', async () => {
    const request = { kind: 'model', repo: 'no/such' } as const;
    expect((await failureOf(client.estimate({ url: server.url }, request))).kind).toBe('access');
    await expect(client.delete('..')).rejects.toThrow('is nothing that the list of downloads shows');
    const waiting = failureOf(client.list());
    port.onerror?.({ message: 'boom' } as ErrorEvent);
    expect((await waiting).message).toContain('The worker that downloads stopped: boom.');
    expect(await client.list()).toEqual([]);
    client.dispose();
  });
});
