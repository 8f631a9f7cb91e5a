/** Every recipe at the smallest scale, in this process: what is written, shared, resumed and refused. */

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseExperimentConfig } from '../config/experiment';
import { rankGrid } from '../report/comparedMethods';
import type { StartEvent } from '../telemetry/events';
import { type CapturedOutput, captureOutput } from '../testing/capturedOutput';
import { temporaryFolder } from '../testing/temporaryFolder';
import { parseArguments } from './arguments';
import { buildSite } from './projectScript';
import { reproduce, reproduceSpec } from './reproduce';
import { runExperiment, runSpec } from './run';
import { RunFolder } from './runFolder';
import type { Trainer } from './trainer';

vi.mock('./projectScript', () => ({ buildSite: vi.fn() }));

const folder = temporaryFolder('reproduce');
const out = join(folder, 'out');
let written: CapturedOutput;
const trained: string[] = [];

const inProcess: Trainer = async (file, to) => {
  trained.push(to.slice(out.length + '/runs/smoke/'.length));
  const code = await runExperiment(parseArguments(runSpec, [file, '--out', to, '--resume']));
  // A process of its own, which this stands for, has a stdout of its own.
  written.out = '';
  return { code, said: '' };
};
const make = (recipe: string, ...more: string[]) =>
  reproduce(
    parseArguments(reproduceSpec, [recipe, '--out', out, '--scale', 'smoke', '--seeds', '1', ...more]),
    inProcess,
  );
/** Training that comes to a loss that is no number in the folders with this in their names. */
const divergingOn =
  (lost: string): Trainer =>
  async (file, to) => {
    if (!to.includes(lost)) return inProcess(file, to);
    const run = new RunFolder(to);
    run.begin();
    const config = parseExperimentConfig(JSON.parse(readFileSync(file, 'utf8')));
    const notice = { type: 'notice', level: 'error', message: 'No number.', reason: 'diverged' } as const;
    run.append([{ type: 'start', config } as StartEvent, notice]);
    return { code: 1, said: notice.message };
  };
const read = (name: string) => readFileSync(join(out, name), 'utf8');

beforeEach(() => {
  written = captureOutput();
  trained.length = 0;
});
afterEach(() => vi.restoreAllMocks());

describe('autolora reproduce', () => {
  it('table1: scores by task with their average; a second time nothing is trained', async () => {
    expect(await make('table1', '--tasks', 'qqp,stsb', '--methods', 'lora,autolora')).toBe(0);
    expect(trained).toEqual(
      ['qqp/lora', 'qqp/autolora', 'stsb/lora', 'stsb/autolora'].map((id) => `${id}/seed-1`),
    );
    expect(read('table1.md')).toMatch(/\| Method \| Params \| Total rank \| QQP \| STS-B \| Avg\. \|/);
    // 8 layers of width 96 at rank 4.
    expect(read('table1.md')).toMatch(/\| LoRA \| 6,144 \| 32\.0 \| [\d*.−]+ \| [\d*.−]+ \| [\d*.−]+ \|/);
    expect(read('table1.md')).toContain('One seed: no spread and no test');
    expect(read('table1.md')).toMatch(/^Table 1: AutoLoRA and baselines on QQP and STS-B\n/);
    expect(read('table1.tex')).toContain('\\toprule');
    expect(read('table1-seeds.csv').trim().split('\n')).toHaveLength(1 + 2 * 5);
    const result = JSON.parse(read('runs/smoke/qqp/autolora/seed-1/result.json'));
    const shown = read('table1-seeds.csv').match(/autolora,,QQP,1,(.*)/)?.[1];
    expect(Number(shown)).toBe(result.metrics.accuracy);
    expect(result.models.lora).toBeUndefined();
    const table = written.out;
    trained.length = 0;
    written.out = '';
    expect(await make('table1', '--tasks', 'qqp,stsb', '--methods', 'lora,autolora')).toBe(0);
    expect(trained).toEqual([]);
    expect(written.out).toBe(table);
  });

  it.each([
    [
      'table2',
      ['--methods', 'lora,ranks-uniform,autolora'],
      '| Method | Params | Total rank | E2E BLEU | E2E NIST | E2E METEOR (exact + stem) |',
    ],
    [
      'table3',
      [],
      '| Method | Params | Total rank | BioNLP (JNLPBA) Entity precision | BioNLP (JNLPBA) Entity F1 |',
    ],
    ['table4', ['--tasks', 'qqp'], '| AutoLoRA (w/o cst.) |'],
    ['figure2', ['--tasks', 'qqp'], '| Method | Params | QQP |'],
    ['figure3', ['--tasks', 'qqp,e2e'], '| Block | 0 | 1 | 2 |'],
  ])('%s', async (recipe, more, heading) => {
    expect(await make(recipe, ...more)).toBe(0);
    expect(written.out).toContain(heading);
    expect(read(`${recipe}.md`)).toBe(written.out);
    if (recipe === 'figure3') expect(read('figure3.svg')).toContain('AutoLoRA learned on QQP and E2E<');
    for (const end of ['.tex', '.csv', '-seeds.csv'])
      expect(existsSync(join(out, `${recipe}${end}`))).toBe(true);
    expect(existsSync(join(out, `${recipe}.svg`))).toBe(recipe.startsWith('figure'));
    // Table 1 trained these.
    expect(trained).not.toContain('qqp/lora/seed-1');
    expect(trained).not.toContain('qqp/autolora/seed-1');
  });

  it('figure3: with two methods each figure says whose ranks it has', async () => {
    expect(await make('figure3', '--tasks', 'qqp', '--methods', 'autolora,lora')).toBe(0);
    for (const [method, caption] of [
      ['autolora', 'ranks that AutoLoRA learned'],
      ['lora', 'ranks of LoRA'],
    ]) {
      expect(read(`figure3-${method}.svg`)).toContain(`>Figure 3: ${caption} on QQP<`);
      expect(read(`figure3-${method}.md`)).toContain(`Figure 3: ${caption} on QQP\n`);
    }
  });

  it('table5: a grid search is paid for with all of its candidates, which are scored on validation', async () => {
    expect(await make('table5', '--tasks', 'qqp')).toBe(0);
    expect(read('table5.md')).toContain('| Method | Cost seconds, relative |');
    expect(read('table5.md')).not.toContain('changed in between');
    const passes = (method: string) =>
      Number(read('table5-seeds.csv').match(new RegExp(`^${method},Cost,passes,1,(.*)$`, 'm'))?.[1]);
    expect(passes('lora-grid')).toBe(17 * passes('lora'));
    const resultOf = (id: string) => JSON.parse(read(`runs/smoke/qqp/lora-grid/${id}/result.json`));
    const candidates = rankGrid.map((pattern) => resultOf(`${pattern.replace(/[=,]/g, '-')}/seed-1`));
    expect(candidates.map(({ task }) => task.evaluatedOn)).toEqual(rankGrid.map(() => 'validation'));
    const scores = candidates.map(({ metrics }) => metrics.accuracy);
    const { config, task } = resultOf('seed-1');
    expect(task.evaluatedOn).toBe('dev');
    expect(config.adapter.rankPattern).toBe(rankGrid[scores.indexOf(Math.max(...scores))]);
  });

  it('searches the grid without a candidate that diverged, and says so below the table', async () => {
    const lost = 'qqp/lora-grid/query-1-value-1';
    // Table 5 has trained them all.
    for (const id of [`${lost}/seed-1`, 'qqp/lora-grid/seed-1'])
      rmSync(join(out, 'runs/smoke', id), { recursive: true });
    const args = ['table5', '--out', out, '--scale', 'smoke', '--seeds', '1', '--tasks', 'qqp'];
    const parsed = parseArguments(reproduceSpec, [...args, '--methods', 'lora,lora-grid']);
    // Its training is not tried again.
    for (const trainer of [divergingOn(lost), inProcess]) {
      expect(await reproduce(parsed, trainer)).toBe(0);
      expect(trained).toEqual(['qqp/lora-grid/seed-1']);
      expect(read('table5.md')).toContain(`training diverged with ${lost}/seed-1; it counts as the worst`);
    }
    const passes = (method: string) =>
      Number(read('table5-seeds.csv').match(new RegExp(`^${method},Cost,passes,1,(.*)$`, 'm'))?.[1]);
    expect(passes('lora-grid')).toBe(16 * passes('lora'));
  });

  it('stability: learned ranks against others of their total, and how well two searches agree', async () => {
    expect(await make('stability', '--tasks', 'qqp')).toBe(0);
    const shown = read('stability.md');
    for (const row of ['AutoLoRA', 'Learned ranks, permuted', 'LoRA of AutoLoRA’s size'])
      expect(shown).toMatch(new RegExp(`\\| ${row} \\| [\\d,]+ \\| [\\d.]+ \\| [\\d*.]+ \\|`));
    const runOf = (method: string) => JSON.parse(read(`runs/smoke/qqp/${method}/seed-1/result.json`));
    const [learned, permuted, random] = ['autolora', 'ranks-permuted', 'ranks-random'].map(runOf);
    expect(random.totalRank).toBe(learned.totalRank);
    const sorted = ({ ranks }: { ranks: { rank: number }[] }) => ranks.map(({ rank }) => rank).sort();
    expect(sorted(permuted)).toEqual(sorted(learned));
    expect(read('stability-agreement-seeds.csv')).toMatch(/^qqp,,"ρ, same seed, another split",1,-?[\d.]+$/m);
    expect(written.out).toBe(`${shown}\n${read('stability-agreement.md')}`);
    expect(written.err).toContain('5 runs, 1 of them finished already.');
    // The run's file keeps the ranks that were made for it.
    const file = read('runs/smoke/qqp/ranks-permuted/seed-1.json');
    expect(JSON.parse(file).adapter.rankPattern).toContain('0.query=');
    expect(await make('stability', '--tasks', 'qqp', '--methods', 'ranks-permuted')).toBe(0);
    expect(read('runs/smoke/qqp/ranks-permuted/seed-1.json')).toBe(file);
  });

  it('cost: scores beside passes against AdaLoRA’s, which every search pays for', async () => {
    expect(await make('cost', '--tasks', 'qqp')).toBe(0);
    const cost = (method: string, column: string) =>
      Number(read('cost-seeds.csv').match(new RegExp(`^${method},,${column},1,(.*)$`, 'm'))?.[1]);
    expect(cost('adalora', 'passes / AdaLoRA')).toBe(1);
    // One search step of 4 + 4 passes and four steps of 1 + 1, against those four steps.
    expect(cost('autolora', 'passes / AdaLoRA')).toBe(2);
    expect(cost('autolora-forward', 'passes / AdaLoRA')).toBe(14 / 8);
    expect(cost('autolora-lean', 'passes / AdaLoRA')).toBeLessThan(
      cost('autolora-cheap', 'passes / AdaLoRA'),
    );
    // Six steps read what one search step and four others read.
    expect(cost('adalora-equal-data', 'passes / AdaLoRA')).toBe(1.5);
    expect(cost('autolora', '"passes / AdaLoRA, equal data"')).toBeCloseTo(16 / 12, 12);
  });

  it('estimators: the same search by other hypergradients, each at its own cost', async () => {
    expect(await make('estimators', '--tasks', 'qqp')).toBe(0);
    const passes = (method: string) =>
      Number(read('estimators-seeds.csv').match(new RegExp(`^${method},,passes,1,(.*)$`, 'm'))?.[1]);
    // One search step of 4 + 4, 3 + 4 and, with roll-back, 5 + 5 passes, and four steps of 1 + 1.
    expect(['autolora', 'autolora-exact', 'autolora-released'].map(passes)).toEqual([16, 15, 18]);
    const { config } = JSON.parse(read('runs/smoke/qqp/autolora-released/seed-1/result.json'));
    expect(config).toMatchObject({
      data: { validationFraction: 0.3 },
      adapter: { rankRule: 'raw-mean' },
      hypergradient: { unroll: 'optimizer', implicitScale: 'unit', rollback: true },
    });
  });

  it('rates: a table for each setting that is tried, on validation alone', async () => {
    expect(await make('rates', '--tasks', 'qqp', '--methods', 'full,sora')).toBe(0);
    expect(read('rates-full.md')).toContain('| Full FT, learning rate 0.0005 |');
    expect(read('rates-full.md')).toContain(
      'Today, with the embedded models: Full FT, learning rate 0.0005.',
    );
    expect(existsSync(join(out, 'rates-adapter.md'))).toBe(false);
    const { task, config } = JSON.parse(read('runs/smoke/qqp/sora-lambda-1.5/seed-1/result.json'));
    expect(task.evaluatedOn).toBe('validation');
    expect(config.sora.lambda).toBe(1.5);
    await expect(make('rates', '--methods', 'autolora')).rejects.toThrow(
      'No setting of the method "autolora" is tried; choose among full,',
    );
  });

  it('tests against another method, and takes a task once whatever it is called', async () => {
    const twice = ['--tasks', 'sst2,sentiment', '--methods', 'lora'];
    expect(await make('table1', ...twice)).toBe(0);
    expect(trained).toEqual(['sst2/lora/seed-1']);
    const args = ['--tasks', 'stsb', '--methods', 'lora,dora', '--seeds', '2', '--against', 'dora'];
    expect(await make('table1', ...args)).toBe(0);
    expect(written.out).toContain('differs from DoRA: paired t-test');
    // Both seeds are pairs.
    expect(read('table1.csv')).toMatch(/^lora,,STS-B,2,[^,]+,[^,]+,2,-?[\d.]+,[\d.]+,higher$/m);
    expect(read('table1.csv')).toMatch(/^dora,,STS-B,2,[^,]+,[^,]+,,,,higher$/m);
  });

  it('refuses runs of another experiment, and shows the table without them', async () => {
    const path = join(out, 'runs/smoke/qqp/lora/seed-1/result.json');
    const result = JSON.parse(readFileSync(path, 'utf8'));
    result.config.retrain.steps = 99;
    writeFileSync(path, JSON.stringify(result));
    expect(await make('table1', '--tasks', 'qqp', '--methods', 'lora,autolora')).toBe(1);
    expect(trained).toEqual([]);
    expect(written.err).toMatch(
      /1 of 2 runs are finished, 1 of them before\.\nqqp\/lora\/seed-1 was not run: .* holds a run of another experiment \(retrain\.steps is 99 there and 4 here\)/,
    );
    expect(written.out).toMatch(/\| AutoLoRA \| \d/);
    expect(written.out).toContain('incomplete: 1 of 2 runs without a result');
  });

  it('leaves a run alone that another process trains', async () => {
    const busy = join(out, 'runs/smoke/rte/lora/seed-1');
    mkdirSync(busy, { recursive: true });
    writeFileSync(join(busy, 'lock'), `${process.ppid}\n`);
    const telling: Trainer = async (file, to) => {
      const before = written.err.length;
      const { code } = await inProcess(file, to);
      return { code, said: written.err.slice(before) };
    };
    const args = ['table1', '--out', out, '--scale', 'smoke', '--seeds', '1', '--tasks', 'rte'];
    const parsed = parseArguments(reproduceSpec, [...args, '--methods', 'lora,autolora']);
    expect(await reproduce(parsed, telling)).toBe(75);
    expect(readdirSync(busy)).toEqual(['lock']);
    expect(written.err).toMatch(
      /1 of 2 runs are finished; 1 took [\d:]+\.\nrte\/lora\/seed-1 was not run here: .*seed-1 is being trained by process \d+;/,
    );
    expect(written.err).not.toContain('failed');
    rmSync(join(busy, 'lock'));
    expect(await reproduce(parsed, telling)).toBe(0);
    expect(readdirSync(busy)).not.toContain('lock');
  });

  it('goes on with the others where a run fails', async () => {
    const failing: Trainer = async (file, to) =>
      to.includes('/lora/') ? { code: 1, said: 'No memory.' } : inProcess(file, to);
    const args = [
      'table1',
      '--out',
      out,
      '--scale',
      'smoke',
      '--seeds',
      '1',
      '--tasks',
      'cola',
      '--methods',
      'lora,autolora',
    ];
    expect(await reproduce(parseArguments(reproduceSpec, args), failing)).toBe(1);
    expect(written.err).toMatch(
      /1 of 2 runs are finished; 1 took [\d:]+\.\ncola\/lora\/seed-1 failed: autolora run ended with 1: No memory\.\n/,
    );
    expect(read('table1.md')).toContain('incomplete: 1 of 2 runs without a result');
    expect(read('table1.md')).not.toContain('diverged');
    // AutoLoRA is finished.
    trained.length = 0;
    expect(await reproduce(parseArguments(reproduceSpec, args), divergingOn('/lora/'))).toBe(1);
    expect(trained).toEqual([]);
    expect(read('table1.md')).toContain('Training diverged, so there is no score: cola/lora/seed-1.');
  });

  it('says what the base scale needs before it trains', async () => {
    const args = [
      'table2',
      '--out',
      out,
      '--scale',
      'base',
      '--data',
      folder,
      '--cache',
      join(folder, 'hub'),
    ];
    await expect(reproduce(parseArguments(reproduceSpec, args), inProcess)).rejects.toThrow(
      /^Nothing was trained, since something is not on this machine yet:\n.*: the train file .*e2e\/trainset\.csv does not exist\.\n.*webnlg/s,
    );
    const glue = [
      'table1',
      '--tasks',
      'cola',
      '--out',
      out,
      '--scale',
      'base',
      '--cache',
      join(folder, 'hub'),
    ];
    await expect(reproduce(parseArguments(reproduceSpec, glue), inProcess)).rejects.toThrow(
      'FacebookAI/roberta-base at main has not been downloaded (whole) yet; first: autolora hub download',
    );
    expect(trained).toEqual([]);
  });

  it('misses the dev file too where only candidates of a grid search, which do not read it, stand first', async () => {
    const data = join(folder, 'half');
    mkdirSync(join(data, 'bionlp'), { recursive: true });
    writeFileSync(join(data, 'bionlp', 'train.iob2'), '');
    const args = ['table3', '--methods', 'lora-grid', '--out', out, '--scale', 'base', '--data', data];
    await expect(reproduce(parseArguments(reproduceSpec, args), inProcess)).rejects.toThrow(
      `: the dev file ${join(data, 'bionlp', 'test.iob2')} does not exist.`,
    );
  });

  it('builds the site once before its runs, where they need it', async () => {
    const calls: string[] = [];
    vi.mocked(buildSite).mockImplementation(() => String(calls.push('build')));
    const failing: Trainer = async () => {
      calls.push('train');
      return { code: 1, said: '' };
    };
    for (const backend of ['webgpu', 'wasm']) {
      const args = ['table1', '--out', join(folder, backend), '--scale', 'smoke', '--seeds', '2', '--tasks'];
      const more = ['rte', '--methods', 'lora', '--jobs', '2', '--backend', backend];
      expect(await reproduce(parseArguments(reproduceSpec, [...args, ...more]), failing)).toBe(1);
    }
    expect(calls).toEqual(['build', 'train', 'train', 'train', 'train']);
  });

  it.each([
    [[], 'Which recipe? Give one of table1, table2'],
    [['table9', '--out', out], 'There is no recipe "table9"'],
    [['table1'], 'Where shall the table and its runs go?'],
    [['table1', '--out', join('package.json', 'x')], 'package.json is a file; give a folder'],
    [['table1', '--out', out, '--scale', 'huge'], 'There is no scale "huge"; --scale takes mini or base.'],
    [['table1', '--out', out, '--methods', 'prompt'], 'There is no method "prompt"'],
    [['table1', '--out', out, '--tasks', 'wnli'], 'There is no task "wnli"'],
    [['table1', '--out', out, '--methods', 'lora,lora-rate-x3'], 'scored on validation, and no row beside'],
    [['figure3', '--out', out, '--methods', 'autolora,full'], 'The method "full" has no ranks to show.'],
    [['table1', '--out', out, '--against', 'dora'], '--against takes one of the methods that are run: full,'],
    [['table5', '--out', out, '--against', 'lora'], 'The recipe table5 tests nothing.'],
    [['table1', '--out', out, '--tasks', 'cola,'], '--tasks takes names with commas between'],
  ])('says what is wrong with %j', async (args, sentence) => {
    await expect(reproduce(parseArguments(reproduceSpec, args), inProcess)).rejects.toThrow(sentence);
    expect(readdirSync(folder)).not.toContain('huge');
  });
});
