/** Tables and figures from records of runs, worked out by hand. */
import { describe, expect, it } from 'vitest';
import { barFigure } from './barFigure';
import { costTable } from './costs';
import { toMarkdown } from './markdown';
import { planRuns } from './plan';
import { rankFigure } from './rankFigure';
import { rankTable } from './rankTable';
import { recipeByName } from './recipes';
import { lostNotes, type MethodRun, ranksByTask, scoreTable, type TaskRanks } from './records';
import { sumCosts } from './runCost';
import { showTable } from './table';

const record = (method: string, task: string, seed: number, score: number, wallMs = 1000): MethodRun => ({
  method,
  task,
  seed,
  metrics: task === 'cola' ? { matthews: score } : { accuracy: score },
  ranks: [
    { layer: '0.query', rank: seed },
    { layer: '0.value', rank: 2 },
    { layer: '1.query', rank: 8 },
    { layer: '1.value', rank: 3 },
  ],
  adapterParameters: 100 * seed,
  cost: { wallMs, steps: 10, tokens: 50, passes: 20 },
});
const plan = (tasks: string[], methods = ['lora', 'autolora']) =>
  planRuns({ tasks, methods, seeds: [1, 2] }, (task) => ({ data: { task } }));

describe('scoreTable', () => {
  const recipe = recipeByName('table1');
  const records = [
    record('lora', 'cola', 1, 0.4),
    record('lora', 'cola', 2, 0.6),
    record('lora', 'sst2', 1, 0.8),
    record('lora', 'sst2', 2, 0.9),
    record('autolora', 'cola', 1, 0.5),
    record('autolora', 'sst2', 1, 0.7),
    record('autolora', 'sst2', 2, 0.9),
  ];
  const table = scoreTable(recipe, plan(['cola', 'sst2']), records, []);

  it('averages over tasks only the seeds that have them all', () => {
    expect(table.columns.map(({ label }) => label)).toEqual([
      'Params',
      'Total rank',
      'CoLA',
      'SST-2',
      'Avg.',
    ]);
    const [lora, autolora] = showTable(table).map(({ cells }) => cells.map(({ centre }) => centre));
    expect(lora).toEqual(['150', '14.5', '50.0', '85.0', '67.5']);
    expect(autolora).toEqual(['100', '14.0', '50.0', '80.0', '60.0']);
  });

  it('has a dash for the total rank of a method without ranks', () => {
    const full = { ...record('full', 'cola', 1, 0.4), ranks: [] };
    const shown = scoreTable(recipe, plan(['cola'], ['full']), [full], []);
    expect(toMarkdown(shown)).toContain('| Full FT | 100 | – | 40.0 |');
  });

  it('says which metric a column is and that runs are missing', () => {
    const text = toMarkdown(table);
    expect(text).toContain('Metrics, times 100: Matthews correlation (CoLA); Accuracy (SST-2).');
    expect(text).toContain('incomplete: 1 of 8 runs without a result (cola/autolora/seed-2).');
  });

  it('is drawn as bars that speak, and say what holds of all of them and below each what was measured', () => {
    const svg = barFigure(table);
    const texts = [...svg.matchAll(/<text[^>]*>([^<]+)</g)].map(([, text]) => text);
    expect(texts[0]).toBe('Score in percent, mean ± standard deviation over 2 seeds (fewer: in brackets)');
    expect(texts.slice(-5)).toEqual(['CoLA', 'Matthews correlation', 'SST-2', 'Accuracy', 'Avg.']);
    // AutoLoRA has one seed of CoLA, and so of the average.
    expect(texts.filter((text) => text?.startsWith('('))).toEqual(['(1)', '(1)']);
    expect(svg.match(/<rect/g)).toHaveLength(6 + 2);
    expect(svg).toContain('<desc id="table1-desc">LoRA on CoLA: 50.0 ± 14.1 (2 seeds).');
    expect(svg).toContain('prefers-color-scheme:dark');
    expect(() => barFigure({ ...table, rows: [] })).toThrow('no scores to draw');
  });

  it('says of one seed that it is one, and where an axis begins that is not at 0', () => {
    const rows = table.rows.map((row) => ({
      ...row,
      cells: { 'cola/matthews': [{ seed: 1, value: 0.02 }] },
    }));
    expect(barFigure({ ...table, rows })).toContain('>Score in percent, one seed; axis from 1.6<');
  });

  it('gives the unit below each group of bars where not all are shares', () => {
    const nist = { key: 'nist', group: 'E2E', label: 'NIST', better: 'higher', digits: 2 } as const;
    const cells = { 'cola/matthews': [{ seed: 1, value: 0.5 }], nist: [{ seed: 1, value: 6 }] };
    const columns = [...table.columns.filter(({ key }) => key in cells), nist];
    const svg = barFigure({ ...table, columns, rows: [{ key: 'a', label: 'a', cells }] });
    expect(svg).toContain('>Score, one seed');
    const texts = [...svg.matchAll(/<text[^>]*>([^<]+)</g)].map(([, text]) => text);
    expect(texts.slice(-4)).toEqual(['CoLA', 'Matthews correlation, %', 'E2E', 'NIST']);
  });

  it('has the mean of the table, however its digits fall', () => {
    const values = [0.968, 0.984, 0.994, 0.972].map((value, i) => ({ seed: i + 1, value }));
    const one = { ...table, rows: [{ key: 'a', label: 'a', cells: { 'sst2/accuracy': values } }] };
    const sst2 = one.columns.findIndex(({ key }) => key === 'sst2/accuracy');
    const centre = showTable(one)[0]?.cells[sst2]?.centre;
    expect(barFigure(one)).toContain(`a on SST-2: ${centre} ±`);
  });

  it('has no axis above 100 % where a spread would reach there', () => {
    const values = [0.9, 1].map((value, i) => ({ seed: i + 1, value }));
    const cells = { 'sst2/accuracy': values };
    const svg = barFigure({ ...table, rows: [{ key: 'a', label: 'a', cells }] });
    const ticks = [...svg.matchAll(/text-anchor="end"[^>]*>([^<]+)</g)].map(([, tick]) => Number(tick));
    expect(Math.max(...ticks)).toBe(100);
    expect(svg).toContain('95.0 ± 7.1');
  });

  it('is drawn in as many fills as methods, the same in the legend', () => {
    const rows = Array.from({ length: 18 }, (_, i) => ({
      key: `${i}`,
      label: `${i}`,
      cells: { 'sst2/accuracy': [{ seed: 1, value: 0.5 }] },
    }));
    const svg = barFigure({ ...table, rows });
    const [defs = '', drawn = ''] = svg.split('</defs>');
    const fills = [...drawn.matchAll(/<rect[^>]* fill="([^"]+)"/g)].map(([, fill]) => fill as string);
    expect(new Set(fills.slice(0, 18)).size).toBe(18);
    expect(fills.slice(18)).toEqual(fills.slice(0, 18));
    for (const fill of fills.slice(8, 18)) expect(defs).toContain(`<pattern id="${fill.slice(5, -1)}"`);
    // Two series of one colour differ by their stripes.
    expect(
      new Set(defs.match(/<pattern.*?<\/pattern>/g)?.map((one) => one.replace(/ id="[^"]*"/, ''))).size,
    ).toBe(10);
  });
});

it('names runs whose training diverged, the first eight of them', () => {
  const ids = Array.from({ length: 10 }, (_, i) => `sst2/lora-plus/seed-${i + 1}`);
  expect(lostNotes([])).toEqual([]);
  expect(lostNotes(ids.slice(0, 1))[0]).toContain('no score: sst2/lora-plus/seed-1. Means');
  expect(lostNotes(ids)[0]).toContain('seed-8; 2 more.');
});

it('says how much pruning has left, of the methods that prune', () => {
  const [one, other] = [record('adalora', 'sst2', 1, 0.8), record('adalora', 'sst2', 2, 0.8)];
  const records = [
    { ...one, keptParameters: 12_000 },
    { ...other, keptParameters: 12_001 },
    record('lora', 'sst2', 1, 0.8),
  ];
  const { notes } = scoreTable(recipeByName('table1'), plan(['sst2'], ['adalora', 'lora']), records, []);
  expect(notes?.filter((note) => note.includes('pruning'))).toEqual([
    'Of AdaLoRA’s parameters 12,001 are left after pruning (mean over its runs).',
  ]);
});

describe('costTable', () => {
  const recipe = recipeByName('table5');

  it('is relative to AdaLoRA, seed by seed, over all tasks together', () => {
    const asked = { tasks: ['sst2', 'mnli'], methods: ['adalora', 'autolora'], seeds: [1] };
    const both = planRuns(asked, (task) => ({ data: { task } }));
    const records = [
      record('adalora', 'sst2', 1, 0, 1000),
      record('adalora', 'mnli', 1, 0, 3000),
      record('autolora', 'sst2', 1, 0, 4000),
      record('autolora', 'mnli', 1, 0, 6000),
    ];
    const table = costTable(recipe, both, records, []);
    expect(table.columns.map(({ key }) => key)).toEqual([
      'wall/relative',
      'steps/relative',
      'tokens/relative',
      'passes/relative',
      'wall',
      'steps',
      'tokens',
      'passes',
    ]);
    const [adalora, autolora] = showTable(table).map(({ cells }) => cells.map(({ centre }) => centre));
    expect(adalora?.slice(0, 5)).toEqual(['1.00×', '1.00×', '1.00×', '1.00×', '4']);
    expect(autolora?.slice(0, 5)).toEqual(['2.50×', '1.00×', '1.00×', '1.00×', '10']);
    expect(table.notes).toContain('Relative to AdaLoRA = 1.');
  });

  it('falls back to LoRA and says so', () => {
    const table = costTable(recipe, plan(['sst2']), [record('lora', 'sst2', 1, 0)], []);
    expect(table.notes).toContain('Relative to LoRA = 1, since there is no run of AdaLoRA.');
  });

  it('adds candidates up', () => {
    const one = { wallMs: 1, steps: 2, tokens: 3, passes: 4 };
    expect(sumCosts([one, { wallMs: 2, steps: 0, tokens: 7, passes: 5 }])).toEqual({
      wallMs: 3,
      steps: 2,
      tokens: 10,
      passes: 9,
    });
  });
});

describe('figure 3', () => {
  const recipe = recipeByName('figure3');
  const asked = plan(['qqp', 'mnli'], ['autolora']);
  const records = [
    record('autolora', 'qqp', 2, 0),
    record('autolora', 'mnli', 1, 0),
    record('autolora', 'mnli', 2, 0),
  ];
  const tasks = ranksByTask(asked, records, 'autolora');

  it('has a column per block and a row per task and projection', () => {
    const svg = rankFigure('figure3', 'Ranks <of> layers', tasks);
    expect(svg).toContain('<title id="figure3-title">Ranks &lt;of&gt; layers</title>');
    expect(svg).toContain('role="img" aria-labelledby="figure3-title figure3-desc"');
    expect(svg).toContain('MNLI query: 1.5, 8.0.');
    expect(svg).toContain('<title>MNLI, 0.query: rank 1.5 ± 0.7</title>');
    expect(svg.match(/<rect/g)).toHaveLength(2 * 4);
    // Blocks are counted as layers are named, from 0; the heading is not cut off.
    expect([...svg.matchAll(/y="38"[^>]*>(\d)</g)].map(([, block]) => block)).toEqual(['0', '1']);
    const heading = /<text x="0"[^>]*>(Rank by transformer block[^<]*)</.exec(svg)?.[1] ?? '';
    expect(Number(/ width="(\d+)"/.exec(svg)?.[1])).toBeGreaterThan(7 * heading.length);
    // Rank 8 of 8 is the full shade.
    expect(svg).toContain('fill-opacity="1.000"');
    // What sets papers knows no CSS variables.
    expect(svg).not.toContain('var(');
    expect(svg).toContain('.figure3 .rank-cell{fill:');
    expect(svg).not.toMatch(/fill="#000|fill="black|fill="white/);
    expect(() => rankFigure('figure3', '', [])).toThrow('no learned ranks');
  });

  it('shades up to what a layer can have at most, however little was learned', () => {
    const small = { ...record('autolora', 'qqp', 1, 0), ranks: [{ layer: '0.query', rank: 2 }] };
    const [ranks] = ranksByTask(asked, [small], 'autolora');
    expect(ranks?.largest).toBe(8);
    expect(rankFigure('figure3', '', [ranks as TaskRanks])).toContain('the shade goes from 0 to 8.');
    const pruned = plan(['qqp'], ['adalora', 'sora', 'lora']);
    const most = (method: string) => ranksByTask(pruned, [{ ...small, method }], method)[0]?.largest;
    expect(['adalora', 'sora', 'lora'].map(most)).toEqual([6, 8, 4]);
  });

  it('says in its caption whose ranks they are, and which are learned', () => {
    const both = plan(['qqp'], ['adalora', 'dora']);
    const captions = both.methods.map((method) => rankTable(recipe, both, method, [], [], []).caption);
    expect(captions).toEqual([
      'Figure 3: ranks that AdaLoRA learned on {tasks}',
      'Figure 3: ranks of DoRA on {tasks}',
    ]);
  });

  it('has the numbers in a table, under the seeds that they are of, with their agreement', () => {
    const table = rankTable(recipe, asked, asked.methods[0] as never, tasks, records, []);
    expect(table.rows.map(({ label }) => label)).toEqual([
      'QQP query',
      'QQP value',
      'MNLI query',
      'MNLI value',
    ]);
    expect(table.caption).toBe('Figure 3: ranks that AutoLoRA learned on {tasks}');
    expect(table.rows[0]?.cells['0']).toEqual([{ seed: 2, value: 2 }]);
    // (1, 2, 8, 3) and (2, 2, 8, 3): ranks 1 2 4 3 and 1.5 1.5 4 3, Spearman 4.5 / √(5 · 4.5); Kendall 5 / √(6 · 5).
    expect(table.notes[0]).toContain('QQP: one seed');
    expect(table.notes[1]).toContain('Spearman 0.95, Kendall 0.91');
    expect(table.notes.at(-1)).toContain('1 of 4 runs without a result (qqp/autolora/seed-1)');
  });
});
