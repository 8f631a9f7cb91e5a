/** `autolora inspect` in this process, on a tiny checkpoint from disk: its tables, its report, what it refuses. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { readInputs } from '../experiment/inputs';
import type { InspectReport } from '../runtime/protocol';
import { captureOutput } from '../testing/capturedOutput';
import { temporaryFolder } from '../testing/temporaryFolder';
import { tinyCheckpoint } from '../testing/tinyCheckpoint';
import { parseArguments } from './arguments';
import { etasOf, inspectSpec, runInspect } from './inspect';

const folder = temporaryFolder('inspect');
const experiment = join(folder, 'experiment.json');

async function inspect(...args: string[]): Promise<string> {
  const written = captureOutput();
  expect(await runInspect(parseArguments(inspectSpec, [experiment, ...args]))).toBe(0);
  return written.out;
}

beforeAll(() => {
  mkdirSync(join(folder, 'model'));
  for (const { name, bytes } of tinyCheckpoint())
    writeFileSync(join(folder, 'model', name), new Uint8Array(bytes));
  writeFileSync(
    experiment,
    JSON.stringify({
      model: { source: 'files', name: 'model', maxLength: 16 },
      data: { trainSize: 40, devSize: 4 },
      search: { steps: 6, batchSize: 4, dropout: 0.1 },
    }),
  );
});
afterEach(() => vi.restoreAllMocks());

describe('inspect', () => {
  it('prints a table per unrolled step', async () => {
    const lines = (await inspect('--steps', '3', '--eta', '0.001,0.5')).trimEnd().split('\n');
    expect(lines[0]).toMatch(/^After 3 search steps, beside the exact/);
    expect(lines.filter((line) => line.startsWith('Unrolled: '))).toEqual([
      "Unrolled: W' = W − η g, η = 0.001",
      "Unrolled: W' = W − η g, η = 0.5",
      "Unrolled: the optimizer's own step, learning rate 0.0010",
    ]);
    expect(lines.filter((line) => line.startsWith('exact '))).toHaveLength(3);
    expect(lines.filter((line) => /^finite-difference /.test(line))).toHaveLength(9);
    expect(lines.filter((line) => /^sama /.test(line))).toHaveLength(2);
  });

  it('reports the same numbers again, of another batch after another step, and by layer', async () => {
    const report = async (steps: string) =>
      JSON.parse(await inspect('--steps', steps, '--json'), (key, value) =>
        key === 'ms' ? undefined : value,
      ) as InspectReport;
    const first = await report('2');
    expect(first).toEqual(await report('2'));
    expect(await report('4')).not.toEqual(first);
    expect(first.rows).toHaveLength(12);
    for (const { eta, unroll, layers } of first.rows) {
      expect(eta).toBe(unroll === 'sgd' ? 1e-3 : undefined);
      expect(layers.map(({ layer }) => layer).slice(0, 2)).toEqual(['0.query', '0.value']);
    }
  });

  it('has a row for what the experiment itself uses, where that is none of the usual ones', async () => {
    const unusual = join(folder, 'unusual.json');
    const given = JSON.parse(readFileSync(experiment, 'utf8'));
    const hypergradient = { estimator: 'finite-difference', unroll: 'optimizer', perturbAround: 'pre-step' };
    writeFileSync(unusual, JSON.stringify({ ...given, hypergradient }));
    let out = '';
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      out += text;
      return true;
    });
    expect(await runInspect(parseArguments(inspectSpec, [unusual, '--steps', '2', '--json']))).toBe(0);
    const { rows } = JSON.parse(out) as InspectReport;
    expect(rows).toHaveLength(13);
    expect(rows.at(-1)).toMatchObject({ ...hypergradient, implicitScale: 'eta' });
  });

  it('says what it cannot do', async () => {
    await expect(inspect('--steps', '7')).rejects.toThrow(
      'no hypergradient after 7 search steps: the method must be autolora, and its search (6 steps)',
    );
    expect(() => etasOf('1e-3,x')).toThrow('--eta is "1e-3,x"; it takes numbers above 0');
    expect(() => etasOf('0')).toThrow('above 0');
  });
});

describe('a model too large for a double backward', () => {
  it('is refused where it is to be inspected, and nowhere else', async () => {
    const model = tinyCheckpoint().map(({ name, bytes }) => ({ name, blob: new Blob([bytes]) }));
    const load = (hypergradient: object, totalBytes: number) =>
      readInputs(
        { model: { source: 'files', name: 'tiny' }, hypergradient },
        { model },
        { device: 'a small device', totalBytes },
      );
    const bytes = 12 * 2 ** 20;
    await load({}, bytes);
    await expect(load({ inspectEvery: 5 }, bytes)).rejects.toThrow(
      /a small device can hold 12 MiB in all.*differentiates twice.*with hypergradient.inspectEvery 0/,
    );
    await expect(load({ estimator: 'exact' }, bytes)).rejects.toThrow('differentiates twice');
    await load({ inspectEvery: 5 }, 10 * bytes);
  });
});
