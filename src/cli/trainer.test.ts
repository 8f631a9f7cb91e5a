/** `autolora run` in processes of their own: what they are given, how they end, how they are stopped. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../testing/temporaryFolder';
import { RunFolder } from './runFolder';
import { spawnTrainer } from './trainer';

const folder = temporaryFolder('trainer');
const { execArgv } = process;

/** A file of the smallest LoRA experiment. */
function experiment(name: string, steps: number): string {
  const file = join(folder, `${name}.json`);
  const settings = {
    method: 'lora',
    data: { trainSize: 8, devSize: 4 },
    retrain: { steps, batchSize: 2 },
  };
  writeFileSync(file, JSON.stringify(settings));
  return file;
}

beforeAll(() => {
  // As `npm run autolora` starts it.
  process.execArgv = ['--import', 'tsx'];
});
afterAll(() => {
  process.execArgv = execArgv;
});

it('trains with the flags that are passed on, and says why it could not', async () => {
  const out = join(folder, 'one');
  const { train } = spawnTrainer(['--resume', '--backend', 'cpu']);
  expect((await train(experiment('one', 1), out)).code).toBe(0);
  const result = JSON.parse(readFileSync(join(out, 'result.json'), 'utf8'));
  expect(result.backend.name).toBe('cpu');
  // Another experiment in the same folder: the flag --resume has it compared.
  const { code, said } = await train(experiment('other', 2), out);
  expect(code).not.toBe(0);
  expect(said).toContain('holds a run of another experiment (retrain.steps is 1 there and 2 here)');
}, 60_000);

it('takes a run for stopped that was only starting, and for failed one that was ended by another', async () => {
  const out = join(folder, 'starting');
  const children = spawnTrainer(['--resume']);
  const first = children.train(experiment('starting', 3000), out);
  children.stop();
  expect((await first).code).toBe(130);
  expect(existsSync(out)).toBe(false);
  const others = spawnTrainer(['--resume']);
  const second = others.train(experiment('starting', 3000), out);
  const pid = await vi.waitFor(() => {
    const found = Number(readFileSync(join(out, 'lock'), 'utf8'));
    // A lock is there before its number; 0 would end the tests themselves.
    expect(found).toBeGreaterThan(0);
    return found;
  }, 50_000);
  process.kill(pid, 'SIGKILL');
  const { code, said } = await second;
  expect(code).toBe(1);
  expect(said).toContain('It was ended by SIGKILL.');
}, 60_000);

it('saves what it stops', async () => {
  const out = join(folder, 'long');
  const children = spawnTrainer(['--resume']);
  const file = experiment('long', 3000);
  const first = children.train(file, out);
  await vi.waitFor(
    () => expect(readFileSync(join(out, 'telemetry.jsonl'), 'utf8')).toContain('"train"'),
    50_000,
  );
  children.stop();
  expect((await first).code).toBe(130);
  expect(existsSync(join(out, 'result.json'))).toBe(false);
  expect(new RunFolder(out).hasSnapshot).toBe(true);
}, 60_000);
