/** The client against a worker that the test plays by hand. */
import { describe, expect, it, vi } from 'vitest';
import { createRunClient, RunFailure, type WorkerPort } from './client';
import type { FromWorker, Progress } from './protocol';

class PlayedWorker implements WorkerPort {
  onmessage: WorkerPort['onmessage'] = null;
  onerror: WorkerPort['onerror'] = null;
  onmessageerror: WorkerPort['onmessageerror'] = null;
  readonly sent: { message: { id: number; type: string }; transfer: Transferable[] }[] = [];
  terminated = false;

  postMessage(message: unknown, transfer: Transferable[]) {
    this.sent.push({ message: message as { id: number; type: string }, transfer });
  }
  terminate() {
    this.terminated = true;
  }
  say(message: FromWorker) {
    this.onmessage?.({ data: message } as MessageEvent);
  }
}

function played() {
  const workers: PlayedWorker[] = [];
  const client = createRunClient(() => {
    const worker = new PlayedWorker();
    workers.push(worker);
    return worker;
  });
  return { client, workers, worker: () => workers.at(-1) as PlayedWorker };
}

const progress: Progress = {
  status: 'running',
  role: 'autolora',
  phase: 'search',
  step: 3,
  steps: 10,
  stepMs: 40,
  remainingMs: 280,
  tensors: 12,
  bytes: 4096,
};

describe('createRunClient', () => {
  it('starts no worker before the first request', () => {
    const { workers } = played();
    expect(workers).toHaveLength(0);
  });

  it('answers requests by id, in whatever order the replies come', async () => {
    const { client, worker } = played();
    const play = client.request<'play'>({ type: 'play', through: false });
    const predict = client.request<'predict'>({ type: 'predict', text: 'good' });
    const [first, second] = worker().sent.map(({ message }) => message.id) as [number, number];
    const answer = [
      {
        kind: 'classification' as const,
        model: 'before' as const,
        logits: [1, 2],
        probabilities: [0.27, 0.73],
      },
    ];
    worker().say({ type: 'reply', id: second, value: answer });
    worker().say({ type: 'reply', id: first, value: null });
    expect(await predict).toEqual(answer);
    expect(await play).toBeNull();
  });

  it('fails with the sentence of the worker', async () => {
    const { client, worker } = played();
    const load = client.request<'load'>({ type: 'load', config: {} });
    worker().say({ type: 'failure', id: 1, message: 'train.tsv, line 7: the label is "2".' });
    await expect(load).rejects.toThrow('train.tsv, line 7: the label is "2".');
    await expect(load).rejects.toBeInstanceOf(RunFailure);
  });

  it('transfers each file buffer once', () => {
    const { client, worker } = played();
    const bytes = new ArrayBuffer(8);
    void client.request<'verify'>({
      type: 'verify',
      folder: 'golden',
      files: [
        { name: 'config.json', bytes },
        { name: 'again.json', bytes },
      ],
    });
    expect(worker().sent[0]?.transfer).toEqual([bytes]);
  });

  it('passes telemetry and progress on until the subscription ends', () => {
    const { client, worker } = played();
    const heard = vi.fn();
    const end = client.onProgress(heard);
    const events = vi.fn();
    client.onTelemetry(events);
    void client.request<'pause'>({ type: 'pause' });
    worker().say({ type: 'progress', progress });
    end();
    worker().say({ type: 'progress', progress });
    worker().say({ type: 'telemetry', events: [{ type: 'done', wallMs: 5 }] });
    expect(heard).toHaveBeenCalledExactlyOnceWith(progress);
    expect(events).toHaveBeenCalledExactlyOnceWith([{ type: 'done', wallMs: 5 }]);
  });

  it('closes a worker whose device is lost, fails what is open, and starts a fresh one', async () => {
    const { client, workers, worker } = played();
    const lost = vi.fn();
    client.onDeviceLost(lost);
    const step = client.request<'step'>({ type: 'step', half: 'both' });
    const dead = worker();
    dead.say({ type: 'device-lost', message: 'The GPU was reset.' });
    await expect(step).rejects.toThrow('The GPU was reset.');
    expect(lost).toHaveBeenCalledExactlyOnceWith('The GPU was reset.');
    expect(dead.terminated).toBe(true);
    void client.request<'pause'>({ type: 'pause' });
    expect(workers).toHaveLength(2);
    dead.say({ type: 'device-lost', message: 'again' });
    expect(worker().terminated).toBe(false);
  });

  it('says so when the script of the worker fails', async () => {
    const { client, worker } = played();
    const start = client.request<'start-backend'>({ type: 'start-backend', prefer: 'auto' });
    worker().onerror?.({ message: 'out of memory' } as ErrorEvent);
    await expect(start).rejects.toThrow('The training worker stopped: out of memory.');
  });

  it('fails open requests when disposed', async () => {
    const { client, worker } = played();
    const pause = client.request<'pause'>({ type: 'pause' });
    client.dispose();
    await expect(pause).rejects.toThrow('closed');
    expect(worker().terminated).toBe(true);
  });
});
