/** Tables over kept runs: rows, cells by seed, what is told apart, what is not counted twice. */
import { describe, expect, it } from 'vitest';
import { type ExperimentInput, parseExperimentConfig } from '../../config/experiment';
import { barFigure } from '../../report/barFigure';
import { toMarkdown } from '../../report/markdown';
import * as ranks from './ownRanks';
import { divergedResults, resultsOf } from './ownResults';
import * as tables from './ownTables';
import type { RunSummary } from './runRecord';

const ownScoreTable = (runs: readonly RunSummary[], against?: string) =>
  tables.ownScoreTable(resultsOf(runs), against, divergedResults(runs));
const ownCostTable = (runs: readonly RunSummary[]) => tables.ownCostTable(resultsOf(runs));
const ownRanks = (runs: readonly RunSummary[]) => ranks.ownRanks(resultsOf(runs));
const ownAgreement = (runs: readonly RunSummary[]) => ranks.ownAgreement(resultsOf(runs));

const training = { wallMs: 1500, steps: 50, tokens: 9000, passes: 100 };

let made = 0;
function run(input: ExperimentInput, accuracy: number, more: Partial<RunSummary> = {}): RunSummary {
  const config = parseExperimentConfig(input);
  made += 1;
  const score = (role: RunSummary['config']['method'], value: number) => ({
    role,
    primary: 'accuracy',
    metrics: { accuracy: value },
    parameters: { adapter: 100, head: 10, frozen: 1000 },
    ranks: [
      { layer: '0.query', rank: 1 },
      { layer: '0.value', rank: 3 },
    ],
    wallMs: 2000,
    training: { ...training, passes: role === 'autolora' ? 300 : 100 },
  });
  return {
    id: String(made),
    name: `run ${made}`,
    createdAt: made,
    savedAt: made,
    tags: [],
    notes: '',
    pinned: false,
    config,
    finished: true,
    phase: 'evaluate',
    step: 1,
    steps: 1,
    editedRanks: false,
    weightBytes: 1,
    scores: [
      score(config.method, accuracy),
      ...(config.method === 'autolora' && config.baseline.enabled ? [score('lora', 0.5)] : []),
    ],
    ...more,
  };
}

const autolora = (seed: number, accuracy: number, more: Partial<RunSummary> = {}) =>
  run({ seed, method: 'autolora', baseline: { enabled: false } }, accuracy, more);

describe('ownScoreTable', () => {
  it('has a row per method, with mean and spread over seeds and a test against LoRA', () => {
    const table = ownScoreTable([
      autolora(1, 0.8),
      autolora(2, 0.9),
      run({ seed: 1, method: 'lora' }, 0.7),
      run({ seed: 2, method: 'lora' }, 0.75),
    ]);
    expect(table?.rows.map(({ label }) => label)).toEqual(['AutoLoRA', 'LoRA']);
    expect(table?.comparedWith).toBe('LoRA');
    const markdown = toMarkdown(table as NonNullable<typeof table>);
    expect(markdown).toContain('85.0');
    expect(markdown).toContain('7.1');
    expect(markdown).toContain('SST-2');
  });

  it('shows full finetuning for orientation: the best of the others is bold', () => {
    const table = ownScoreTable([
      ...[1, 2].map((seed) => run({ seed, method: 'full' }, 0.95)),
      ...[1, 2].map((seed) => run({ seed, method: 'lora' }, 0.7)),
      ...[1, 2].map((seed) => autolora(seed, 0.8)),
    ]);
    const markdown = toMarkdown(table as NonNullable<typeof table>);
    expect(markdown).toContain('**80.0**');
    expect(markdown).toContain('95.0');
    expect(markdown).not.toContain('**95.0**');
    expect(markdown).toContain('rows for reference left out');
  });

  it('counts a repeated run once, the newest, and parts settings of one task', () => {
    const table = ownScoreTable([
      run({ seed: 1, method: 'lora' }, 0.1),
      run({ seed: 1, method: 'lora' }, 0.7),
      run({ seed: 1, method: 'lora', adapter: { rank: 2 } }, 0.6),
      run({ seed: 1, method: 'lora', data: { task: 'cola' }, retrain: { steps: 7 } }, 0.5),
    ]);
    expect(table?.rows.map(({ label }) => label)).toEqual(['LoRA', 'LoRA (Rank k at search 2)']);
    const [lora] = table?.rows ?? [];
    expect(lora?.cells['sst2/roberta-quick/accuracy']).toEqual([{ seed: 1, value: 0.7 }]);
    expect(lora?.cells['cola/roberta-quick/accuracy']).toEqual([{ seed: 1, value: 0.5 }]);
  });

  it('tells settings of one label and files of one name apart', () => {
    const own = { method: 'lora', adapter: { rank: 4 } } as const;
    const table = ownScoreTable([
      run({ ...own, retrain: { batchSize: 16 } }, 0.4),
      // LoRA does not search: it is the run before, once more.
      run({ ...own, search: { batchSize: 32 }, retrain: { batchSize: 16 } }, 0.5),
      run({ ...own, data: { trainSize: 50 }, retrain: { batchSize: 16 } }, 0.6),
      run({ ...own, retrain: { batchSize: 32 } }, 0.7),
      run({ ...own }, 0.8, { filesKey: 'one' }),
      run({ ...own }, 0.9, { filesKey: 'other' }),
    ]);
    expect(table?.rows.map(({ label }) => label)).toEqual([
      'LoRA',
      'LoRA (Train examples 50)',
      'LoRA (Batch size (retrain) 32)',
      'LoRA (files changed, 1)',
      'LoRA (files changed, 2)',
    ]);
  });

  it('does not part runs by settings that change no number', () => {
    const lora = (seed: number, input: ExperimentInput) => run({ method: 'lora', seed, ...input }, 0.5);
    const labels = (...runs: RunSummary[]) => ownScoreTable(runs)?.rows.map(({ label }) => label);
    expect(labels(lora(1, {}), lora(2, { generation: { beams: 10 }, reportEvery: 9 }))).toEqual(['LoRA']);
    const e2e = { data: { task: 'e2e' } };
    expect(labels(lora(1, e2e), lora(2, { ...e2e, generation: { beams: 10 } }))).toEqual([
      'LoRA',
      'LoRA (Beams 10)',
    ]);
    const inspected = run({ seed: 2, baseline: { enabled: false }, hypergradient: { inspectEvery: 5 } }, 0.8);
    expect(labels(autolora(1, 0.8), inspected)).toEqual(['AutoLoRA']);
  });

  it('never averages what differs from task to task', () => {
    const of = (task: string, adapter: number) => {
      const one = run({ seed: 1, method: 'lora', data: { task } }, 0.5);
      return {
        ...one,
        scores: one.scores.map((score) => ({ ...score, parameters: { ...score.parameters, adapter } })),
      };
    };
    const table = ownScoreTable([of('sst2', 100), of('cola', 900)]);
    expect(table?.rows[0]?.cells['sst2/roberta-quick/params']).toEqual([{ seed: 1, value: 100 }]);
    expect(table?.rows[0]?.cells['cola/roberta-quick/params']).toEqual([{ seed: 1, value: 900 }]);
    expect(table?.columns.map(({ label }) => label)).toEqual([
      ...['Trainable parameters', 'Total rank', 'Accuracy'],
      ...['Trainable parameters', 'Total rank', 'Accuracy'],
      'Avg.',
    ]);
  });

  it('averages over tasks the scores of the seeds that have them all, as Table 1 does', () => {
    const of = (
      method: 'lora' | 'dora',
      task: string,
      seed: number,
      score: number,
      more: ExperimentInput = {},
    ) => run({ ...more, method, seed, data: { ...more.data, task } }, score);
    const runs = [
      ...[of('lora', 'sst2', 1, 0.6), of('lora', 'cola', 1, 0.8), of('lora', 'sst2', 2, 0.9)],
      of('dora', 'sst2', 1, 0.9),
      // Of another model, on validation, and texts: none of the mean.
      of('lora', 'sst2', 1, 0.1, { model: { name: 'roberta-12' } }),
      of('lora', 'rte', 1, 0.1, { data: { evaluateOn: 'validation' } }),
      of('lora', 'e2e', 1, 0.1),
    ];
    const table = ownScoreTable(runs);
    expect(table?.columns.at(-1)).toMatchObject({ label: 'Avg.', better: 'higher' });
    expect(table?.rows.map(({ label, cells }) => [label, cells.average])).toEqual([
      ['LoRA', [{ seed: 1, value: expect.closeTo(0.7, 12) }]],
      ['DoRA', []],
    ]);
    expect(table?.notes.join(' ')).toContain('Avg.: mean over SST-2, roberta-quick; CoLA, roberta-quick of');
    const apart = ownScoreTable([of('lora', 'sst2', 1, 0.6), of('dora', 'cola', 1, 0.8)]);
    expect(apart?.columns.map(({ label }) => label)).not.toContain('Avg.');
  });

  it('names ranks set by hand and LoRA beside AutoLoRA', () => {
    const table = ownScoreTable([
      run({ seed: 1, method: 'autolora' }, 0.8),
      autolora(1, 0.9, { editedRanks: true }),
    ]);
    expect(table?.rows.map(({ label }) => label)).toEqual([
      'AutoLoRA',
      'LoRA of AutoLoRA’s size',
      'AutoLoRA, ranks by hand',
    ]);
  });

  it('sets a search apart that somebody ended early, and leaves it out of the learned ranks', () => {
    const runs = [
      autolora(1, 0.8),
      autolora(1, 0.6, { searchEndedAt: 20 }),
      autolora(1, 0.5, { halfSteps: true }),
    ];
    expect(
      ownScoreTable(runs)?.rows.map(({ label, cells }) => [label, cells['sst2/roberta-quick/accuracy']]),
    ).toEqual([
      ['AutoLoRA', [{ seed: 1, value: 0.8 }]],
      ['AutoLoRA, search ended at step 20', [{ seed: 1, value: 0.6 }]],
      ['AutoLoRA, half steps by hand', [{ seed: 1, value: 0.5 }]],
    ]);
    expect(ownRanks(runs)).toHaveLength(1);
    expect(ownRanks(runs)[0]?.seeds).toEqual([1]);
  });

  it('has a grid search as one row whatever ranks it chose, without its candidates, but with their cost', () => {
    const grid = (seed: number, rankPattern: string) =>
      run({ seed, method: 'lora', adapter: { rank: 4, rankPattern } }, 0.7, {
        comparedAs: { method: 'lora-grid', tried: { ...training, passes: 1600 } },
      });
    const candidate = run(
      {
        seed: 1,
        method: 'lora',
        adapter: { rank: 4, rankPattern: 'query=1' },
        data: { evaluateOn: 'validation' },
      },
      0.99,
      { comparedAs: { method: 'lora-grid', isCandidate: true } },
    );
    const runs = [candidate, grid(1, 'query=2,value=8'), grid(2, 'query=8,value=1')];
    const table = ownScoreTable(runs);
    expect(table?.rows.map(({ label }) => label)).toEqual(['LoRA + grid search']);
    expect(table?.rows[0]?.cells['sst2/roberta-quick/accuracy']).toEqual([
      { seed: 1, value: 0.7 },
      { seed: 2, value: 0.7 },
    ]);
    expect(ownCostTable(runs)?.rows[0]?.cells['sst2/roberta-quick/passes']).toMatchObject([
      { value: 1700 },
      { value: 1700 },
    ]);
  });

  it('is not tested against LoRA+, but against the LoRA that AutoLoRA trains beside itself', () => {
    const table = ownScoreTable([
      run({ seed: 1, method: 'lora-plus' }, 0.9),
      run({ seed: 1, method: 'autolora' }, 0.8),
    ]);
    expect(table?.comparedWith).toBe('LoRA of AutoLoRA’s size');
    expect(ownScoreTable([run({ seed: 1, method: 'lora-plus' }, 0.9)])?.comparedWith).toBeUndefined();
  });

  const comparedAs = (method: string) => ({ comparedAs: { method } });
  const seedsOf = (method: string, input: ExperimentInput, ...scores: number[]) =>
    scores.map((score, i) => run({ ...input, seed: i + 1 }, score, comparedAs(method)));

  it('is tested against the LoRA of the comparison, which keeps its name, whatever was tried before it', () => {
    const table = ownScoreTable([
      run({ seed: 1, method: 'lora', adapter: { rank: 8 } }, 0.9),
      ...seedsOf('lora', { method: 'lora', adapter: { rank: 4 } }, 0.5, 0.6, 0.7),
      ...seedsOf('autolora', { method: 'autolora', baseline: { enabled: false } }, 0.6, 0.71, 0.79),
    ]);
    expect(table?.rows.map(({ label }) => label)).toEqual(['LoRA', 'LoRA (Rank k at search 8)', 'AutoLoRA']);
    expect(table?.rows[0]?.cells['sst2/roberta-quick/accuracy']).toHaveLength(3);
    expect(table?.comparedWith).toBe('LoRA');
    expect(toMarkdown(table as NonNullable<typeof table>)).toContain(
      'paired t-test over the seeds that both have (n = 3)',
    );
  });

  it('has one row for AutoLoRA, whether LoRA was trained beside it or not', () => {
    const table = ownScoreTable([
      run({ seed: 1 }, 0.8),
      ...seedsOf('autolora', { baseline: { enabled: false } }, 0.8, 0.9),
    ]);
    expect(table?.rows.map(({ label }) => label)).toEqual(['AutoLoRA', 'LoRA of AutoLoRA’s size']);
    expect(table?.rows[0]?.cells['sst2/roberta-quick/accuracy']).toHaveLength(2);
  });

  it('is tested against AutoLoRA where a comparison has no LoRA, and against any row that is asked for', () => {
    const runs = [
      ...seedsOf('autolora', { baseline: { enabled: false } }, 0.8, 0.9),
      ...seedsOf('ranks-permuted', { method: 'lora', adapter: { rankPattern: '0.query=1' } }, 0.7, 0.75),
      ...seedsOf('ranks-uniform', { method: 'lora', adapter: { rankPattern: 'query=2' } }, 0.7, 0.75),
    ];
    expect(ownScoreTable(runs)?.comparedWith).toBe('AutoLoRA');
    expect(ownScoreTable(runs, 'Learned ranks, permuted')?.comparedWith).toBe('Learned ranks, permuted');
    expect(ownScoreTable(runs, 'gone')?.comparedWith).toBe('AutoLoRA');
  });

  it('has the metrics of the paper’s table, what pruning leaves, and says where dev was not read', () => {
    const one = run({ seed: 1, method: 'adalora', data: { task: 'e2e', evaluateOn: 'validation' } }, 0.5);
    const [score] = one.scores as [RunSummary['scores'][number]];
    const metrics = { bleu: 0.5, nist: 6, rougeL: 0.6, ter: 0.4 };
    const parameters = { ...score.parameters, kept: 64 };
    const table = ownScoreTable([{ ...one, scores: [{ ...score, primary: 'bleu', metrics, parameters }] }]);
    expect(table?.columns.map(({ key }) => key.split('/').at(-1))).toEqual([
      'params',
      'rank',
      'bleu',
      'nist',
      'rougeL',
    ]);
    const notes = table?.notes.join(' ');
    expect(notes).toContain('Of AdaLoRA’s parameters on E2E 64 are left after pruning');
    expect(notes).toContain('Validation: scored on the held-out part');
  });

  it('keeps what is scored on validation out of the columns of dev', () => {
    const table = ownScoreTable([
      run({ seed: 1, method: 'lora', data: { evaluateOn: 'validation' } }, 0.9),
      run({ seed: 1, method: 'lora' }, 0.5),
      run({ seed: 1, method: 'dora' }, 0.6),
    ]);
    expect(table?.rows.map(({ label }) => label)).toEqual(['LoRA', 'DoRA']);
    const [lora] = table?.rows ?? [];
    expect(lora?.cells['sst2/roberta-quick/validation/accuracy']).toEqual([{ seed: 1, value: 0.9 }]);
    expect(lora?.cells['sst2/roberta-quick/accuracy']).toEqual([{ seed: 1, value: 0.5 }]);
    expect(table?.columns.map(({ group }) => group)).toContain('SST-2, roberta-quick, validation');
    // AutoLoRA reads everything alike in both; its examples differ without anything having changed.
    const learned = (evaluateOn: 'dev' | 'validation', data: number) =>
      run({ seed: 1, data: { evaluateOn } }, 0.5, { fingerprint: { model: 1, data } });
    const both = ownScoreTable([learned('dev', 1), learned('validation', 2)]);
    for (const column of ['sst2/roberta-quick/accuracy', 'sst2/roberta-quick/validation/accuracy'])
      expect(both?.rows[0]?.cells[column]).toHaveLength(1);
    expect(both?.notes.join(' ')).not.toContain('changed in between');
  });

  it('tells ranks apart that were drawn from different searches, or chosen on different splits', () => {
    const drawn = (steps: number) =>
      run({ seed: 1, method: 'lora', search: { steps } }, 0.5, comparedAs('ranks-permuted'));
    expect(ownScoreTable([drawn(100), drawn(200)])?.rows.map(({ label }) => label)).toEqual([
      'Learned ranks, permuted',
      'Learned ranks, permuted (Search steps 200)',
    ]);
    const chosen = (validationFraction: number) =>
      run({ seed: 1, method: 'lora', data: { validationFraction } }, 0.5, comparedAs('lora-grid'));
    expect(ownScoreTable([chosen(0.5), chosen(0.3)])?.rows).toHaveLength(2);
    const plain = (steps: number) => run({ seed: 1, method: 'lora', search: { steps } }, 0.5);
    expect(ownScoreTable([plain(100), plain(200)])?.rows).toHaveLength(1);
  });

  it('does not part AutoLoRA, nor the LoRA beside it, by what neither reads', () => {
    const beside = (seed: number, input: ExperimentInput) => run({ seed, ...input }, 0.8);
    const labels = (...runs: RunSummary[]) => ownScoreTable(runs)?.rows.map(({ label }) => label);
    expect(labels(beside(1, {}), beside(2, { sora: { lambda: 2 } }))).toEqual([
      'AutoLoRA',
      'LoRA of AutoLoRA’s size',
    ]);
    expect(labels(beside(1, {}), beside(2, { adapter: { rankPattern: 'query=4' } }))).toEqual([
      'AutoLoRA',
      'LoRA of AutoLoRA’s size',
      'LoRA beside AutoLoRA, ranks by layer',
    ]);
  });

  it('claims AutoLoRA’s size of the LoRA beside it only where nobody set its ranks', () => {
    const table = ownScoreTable([run({ seed: 1, baseline: { rank: 4 } }, 0.8)]);
    expect(table?.rows.map(({ label }) => label)).toEqual(['AutoLoRA', 'LoRA beside AutoLoRA, rank 4']);
    expect(table?.comparedWith).toBe('LoRA beside AutoLoRA, rank 4');
    const patterns = ['query=4', 'query=2'].map((rankPattern) => run({ adapter: { rankPattern } }, 0.8));
    expect(ownScoreTable(patterns)?.rows.map(({ label }) => label)).toEqual([
      'AutoLoRA',
      'LoRA beside AutoLoRA, ranks by layer',
      'LoRA beside AutoLoRA, ranks by layer (LoRA ranks by layer query=2)',
    ]);
  });

  it('has a column for each source of data and model, named where it is not the page’s own', () => {
    const hub = { data: { source: 'hub' }, model: { source: 'hub', name: 'org/small' } } as const;
    const table = ownScoreTable([
      run({ seed: 1, method: 'lora' }, 0.7),
      run({ seed: 1, method: 'lora', data: hub.data }, 0.8),
      run({ seed: 1, method: 'lora', ...hub }, 0.9),
    ]);
    expect(table?.rows.map(({ label }) => label)).toEqual(['LoRA']);
    expect(table?.columns.flatMap(({ group, label }) => (label === 'Accuracy' ? group : []))).toEqual([
      'SST-2, roberta-quick',
      'SST-2 from the Hub, roberta-quick',
      'SST-2 from the Hub, org/small from the Hub',
    ]);
  });

  it('says which rows were trained or scored on other terms than what they are compared with', () => {
    const learned = (input: ExperimentInput) =>
      run({ ...input, seed: 1, method: 'autolora', baseline: { enabled: false } }, 0.8);
    const lora = (input: ExperimentInput, more: Partial<RunSummary> = {}) =>
      run({ ...input, seed: 1, method: 'lora' }, 0.7, more);
    const unequal = (...runs: RunSummary[]) =>
      [ownScoreTable(runs), ownCostTable(runs)].map((table) =>
        table?.notes.filter((note) => note.startsWith('Not on equal terms')),
      );
    const both = (...notes: string[]) => [notes, notes];
    expect(unequal(lora({}), learned({}))).toEqual(both());
    // What LoRA does not read, and what is a method's own.
    expect(unequal(lora({}), learned({ data: { splitSeed: 3 }, retrain: { learningRate: 0.01 } }))).toEqual(
      both(),
    );
    expect(
      unequal(
        lora({}),
        learned({
          data: { devSize: 100, trainSize: 0 },
          model: { pretrained: false },
          retrain: { steps: 960 },
        }),
      ),
    ).toEqual(
      both(
        'Not on equal terms with LoRA: AutoLoRA (Pretrained weights off instead of on, Train examples all instead of 1000, Dev examples 100 instead of 500, Retrain steps 960 instead of 480).',
      ),
    );
    // A row whose name says it; by task, where there are several; the first of a task that LoRA lacks.
    const rte = { task: 'rte' };
    expect(
      unequal(
        lora({}),
        lora({ retrain: { steps: 960 } }),
        learned({ retrain: { steps: 960 } }),
        learned({ data: rte }),
        run({ seed: 1, method: 'dora', data: { ...rte, devSize: 100 } }, 0.5),
      ),
    ).toEqual(
      both(
        'Not on equal terms with LoRA: AutoLoRA on SST-2 (Retrain steps 960 instead of 480).',
        'Not on equal terms with AutoLoRA: DoRA on RTE (Dev examples 100 instead of 500).',
      ),
    );
    // How train is split is the search's own, unless what it holds out is scored.
    const split = { splitSeed: 7 };
    expect(unequal(learned({}), learned({ data: split, adapter: { selection: 'none' } }))).toEqual(both());
    const held = { evaluateOn: 'validation' } as const;
    expect(unequal(lora({ data: held }), learned({ data: { ...held, ...split } }))).toEqual(
      both('Not on equal terms with LoRA: AutoLoRA (Split seed 7 instead of 0).'),
    );
    const files = { data: { source: 'files', trainFile: 'a.tsv' } } as const;
    const dora = (filesKey: string) => run({ ...files, seed: 1, method: 'dora' }, 0.5, { filesKey });
    expect(unequal(lora(files, { filesKey: 'a b' }), dora('b a'))).toEqual(both());
    expect(unequal(lora(files, { filesKey: 'a b' }), dora('a c'))).toEqual(
      both('Not on equal terms with LoRA: DoRA (other files).'),
    );
  });

  it('says how many examples its runs train on and are scored on', () => {
    const of = (task: string, examples?: RunSummary['examples']) =>
      run({ seed: 1, method: 'lora', data: { task } }, 0.5, { examples });
    const notesOf = (...runs: RunSummary[]) =>
      ownScoreTable(runs)?.notes.filter((note) => note.startsWith('Trained on'));
    const cut = { train: 1000, scored: 500, available: 872 };
    expect(notesOf(of('sst2'))).toEqual([]);
    expect(notesOf(of('sst2', cut), of('cola', cut))).toEqual([
      'Trained on 1,000 examples, scored on 500 of 872.',
    ]);
    expect(notesOf(of('sst2', cut), of('cola', { train: 50, scored: 60 }), of('rte'))).toEqual([
      'Trained on 1,000 examples, scored on 500 of 872: SST-2, roberta-quick.',
      'Trained on 50 examples, scored on 60: CoLA, roberta-quick.',
    ]);
    // The row that others are compared with, as what differs from it is told.
    const other = run({ seed: 1, method: 'dora', data: { devSize: 9 } }, 0.5, {
      examples: { train: 1000, scored: 9 },
    });
    expect(notesOf(other, of('sst2', cut))).toEqual(['Trained on 1,000 examples, scored on 500 of 872.']);
    const onlyScored = run({ seed: 1, method: 'lora', retrain: { steps: 0 } }, 0.5, { examples: cut });
    expect(ownScoreTable([onlyScored])?.notes).toContain('Scored on 500 of 872.');
  });

  it('says which of its seeds diverged, and which methods', () => {
    const diverged = (seed: number, input: ExperimentInput, more: Partial<RunSummary> = {}) => {
      const one = run({ ...input, seed }, 0, { scores: [], ...more });
      return { ...one, diverged: [one.config.method] };
    };
    const notesOf = (...runs: RunSummary[]) =>
      ownScoreTable(runs)?.notes.filter((note) => note.includes('diverged'));
    const lora = [1, 2].map((seed) => run({ seed, method: 'lora' }, 0.5));
    expect(notesOf(...lora, diverged(3, { method: 'lora' }), diverged(1, { method: 'lora-plus' }))).toEqual([
      'Training diverged, so there is no score: LoRA on SST-2, roberta-quick, seed 3; LoRA+ on SST-2, roberta-quick, seed 1. Means are over the seeds that are left.',
    ]);
    // What was tried besides, what has been made up for, and candidates.
    const tried = diverged(1, { method: 'lora', retrain: { learningRate: 1 } });
    const candidate = { comparedAs: { method: 'lora-grid', isCandidate: true } };
    expect(notesOf(...lora, tried, diverged(2, { method: 'lora' }))).toEqual([]);
    expect(notesOf(...lora, diverged(3, { method: 'lora' }, candidate))).toEqual([]);
    const beside = { ...run({ seed: 1, baseline: { enabled: true } }, 0.8), diverged: ['lora' as const] };
    expect(notesOf({ ...beside, scores: beside.scores.slice(0, 1) })?.[0]).toContain(
      'LoRA of AutoLoRA’s size on SST-2, roberta-quick, seed 1',
    );
  });

  it('says that runs of a task began from other weights, on other backends, or saw other data', () => {
    const made = (seed: number, method: 'lora' | 'dora', backend: string, model: number, data: number) =>
      run({ seed, method }, 0.5, { backend, fingerprint: { model, data } });
    const notesOf = (...runs: RunSummary[]) => ownScoreTable(runs)?.notes.join(' ') ?? '';
    expect(notesOf(made(1, 'lora', 'wasm', 7, 1), made(2, 'lora', 'wasm', 7, 2))).not.toContain('began from');
    // Each method from weights of its own.
    expect(notesOf(made(1, 'lora', 'wasm', 7, 1), made(1, 'dora', 'wasm', 8, 1))).toContain(
      'Runs of SST-2 (roberta-quick) began from different weights',
    );
    const mixed = notesOf(
      made(1, 'lora', 'wasm', 7, 1),
      made(2, 'lora', 'webgpu', 8, 2),
      made(1, 'dora', 'wasm', 7, 9),
    );
    expect(mixed).toContain('2 of wasm, 1 of webgpu');
    expect(mixed).toContain('Runs of SST-2 (roberta-quick) began from different weights');
    expect(mixed).toContain('Runs of SST-2 (roberta-quick, seed 1) saw different examples');
  });

  it('expects the same weights of one commit, and of the same files, alone', () => {
    const made = (seed: number, model: ExperimentInput['model'], hash: number, filesKey?: string) =>
      run({ seed, method: 'lora', model }, 0.5, { filesKey, fingerprint: { model: hash, data: seed } });
    const isMixed = (...runs: RunSummary[]) =>
      ownScoreTable(runs)?.notes.some((note) => note.includes('began from different weights'));
    const hub = (revision: string) => ({ source: 'hub', name: 'org/small', revision }) as const;
    expect(isMixed(made(1, hub('main'), 7), made(2, hub('main'), 8))).toBe(true);
    expect(isMixed(made(1, hub('main'), 7), made(2, hub('v2'), 8))).toBe(false);
    const files = { source: 'files', name: 'mine' } as const;
    expect(isMixed(made(1, files, 7, 'a'), made(2, files, 8, 'a'))).toBe(true);
    expect(isMixed(made(1, files, 7, 'a'), made(2, files, 8, 'b'))).toBe(false);
    // The data may be of files of their own.
    expect(isMixed(made(1, {}, 7, 'a'), made(2, {}, 8, 'b'))).toBe(true);
  });

  it('tells of examples that changed under other settings than most runs have', () => {
    const made = (method: 'lora' | 'dora', devSize: number, data: number) =>
      run({ seed: 1, method, data: { devSize } }, 0.5, { fingerprint: { model: 1, data } });
    const notes = ownScoreTable([made('lora', 500, 1), made('lora', 100, 2), made('dora', 100, 3)])?.notes;
    expect(notes?.join(' ')).toContain('Runs of SST-2 (roberta-quick, seed 1) saw different examples');
  });

  it('is nothing without a score', () => {
    expect(ownScoreTable([run({}, 1, { scores: [] })])).toBeUndefined();
    expect(ownCostTable([])).toBeUndefined();
  });
});

describe('ownCostTable', () => {
  it('compares with AdaLoRA where there is one, else with LoRA', () => {
    const withLora = ownCostTable([autolora(1, 0.8), run({ seed: 1, method: 'lora' }, 0.7)]);
    expect(withLora?.columns.map(({ label }) => label).slice(-2)).toEqual([
      'Passes, LoRA = 1',
      'Seconds, LoRA = 1',
    ]);
    expect(withLora?.rows[0]?.cells['sst2/roberta-quick/relative-passes']).toEqual([{ seed: 1, value: 3 }]);
    // Evaluation is left out.
    expect(withLora?.rows[0]?.cells['sst2/roberta-quick/seconds']).toEqual([{ seed: 1, value: 1.5 }]);
    expect(withLora?.rows[0]?.cells['sst2/roberta-quick/tokens']).toEqual([{ seed: 1, value: 9000 }]);
    const both = ownCostTable([
      run({ seed: 1, method: 'lora' }, 0.7),
      run({ seed: 1, method: 'adalora' }, 0.7),
    ]);
    expect(both?.columns.at(-2)?.label).toBe('Passes, AdaLoRA = 1');
  });

  it('says that seconds of several backends are in it', () => {
    const table = ownCostTable([
      autolora(1, 0.8, { backend: 'webgpu' }),
      run({ seed: 1, method: 'lora' }, 0.7, { backend: 'wasm' }),
    ]);
    expect(table?.notes.join(' ')).toContain('1 of webgpu, 1 of wasm');
  });
});

describe('ownBars', () => {
  it('draws of every task the score that it is judged by, under a name that tells it', () => {
    const bars = (...runs: RunSummary[]) =>
      tables.ownBars(ownScoreTable(runs) as NonNullable<ReturnType<typeof ownScoreTable>>, resultsOf(runs));
    const one = run({ method: 'lora', data: { task: 'cola' } }, 0.5);
    const quick = run({ method: 'lora' }, 0.7);
    expect(bars(one, quick)?.columns.map(({ label, group }) => [label, group])).toEqual([
      ['CoLA', undefined],
      ['SST-2', undefined],
    ]);
    const large = run({ method: 'lora', model: { name: 'roberta-12' } }, 0.8);
    const table = bars(quick, large) as NonNullable<ReturnType<typeof bars>>;
    expect(table.columns.map(({ label }) => label)).toEqual(['SST-2, roberta-quick', 'SST-2, roberta-12']);
    expect(barFigure(table)).toContain('LoRA on SST-2, roberta-12: 80.0 (1 seed)');
    // A correlation with what never varies is no number.
    expect(bars(run({ method: 'lora', data: { task: 'stsb' } }, Number.NaN))).toBeUndefined();
  });
});

describe('ownRanks', () => {
  it('takes means over seeds alone: other settings are rows of their own', () => {
    const own = (k: number, seed: number) => run({ method: 'autolora', seed, adapter: { rank: k } }, 0.8);
    const figures = ownRanks([own(4, 1), own(4, 2), own(8, 1)]);
    expect(figures.map(({ seeds, largest }) => [seeds, largest])).toEqual([
      [[1, 2], 4],
      [[1], 8],
    ]);
    expect(figures.map(({ title }) => title)).toEqual(['SST-2', 'SST-2 (Rank k at search 8)']);
  });

  it('calls a compared variant by its name, not by all that it settles', () => {
    const plain = autolora(1, 0.8);
    const sama = run(
      { seed: 1, hypergradient: { estimator: 'sama', unroll: 'optimizer' }, baseline: { enabled: false } },
      0.8,
      { comparedAs: { method: 'autolora-sama' } },
    );
    expect(ownRanks([plain, sama]).map(({ title }) => title)).toEqual(['SST-2', 'SST-2 (SAMA)']);
  });

  it('holds what was learned, seed by seed, not what was set by hand', () => {
    const [ranks] = ownRanks([autolora(1, 0.8), autolora(2, 0.8), autolora(3, 0.8, { editedRanks: true })]);
    expect(ranks).toMatchObject({ title: 'SST-2', seeds: [1, 2], largest: 8 });
    expect(ranks?.layers).toEqual([
      { layer: '0.query', ranks: [1, 1] },
      { layer: '0.value', ranks: [3, 3] },
    ]);
  });
});

describe('ownAgreement', () => {
  it('compares seeds of one setting, and each with its run on another split', () => {
    const learned = (seed: number, ranks: number[], method: string, more: ExperimentInput = {}) => {
      const one = run({ ...more, seed, baseline: { enabled: false } }, 0.8, { comparedAs: { method } });
      const layers = ranks.map((rank, i) => ({ layer: `${i}.query`, rank }));
      return { ...one, scores: one.scores.map((score) => ({ ...score, ranks: layers })) };
    };
    const split = { data: { splitSeed: 5 } };
    const runs = [
      learned(1, [1, 2, 3, 4], 'autolora'),
      learned(2, [1, 2, 3, 5], 'autolora'),
      learned(1, [4, 3, 2, 1], 'autolora-other-split', split),
    ];
    const table = ownAgreement(runs);
    expect(table?.rows.map(({ label, cells }) => [label, cells.seeds, cells.split])).toEqual([
      [
        'SST-2',
        [
          { seed: 1, value: expect.closeTo(1, 12) },
          { seed: 2, value: expect.closeTo(1, 12) },
        ],
        [{ seed: 1, value: expect.closeTo(-1, 12) }],
      ],
    ]);
    expect(table?.notes.join(' ')).toContain('999 random orders');
    expect(table?.notes.join(' ')).not.toContain('backends');
    const moved = ownAgreement(runs.map((one, i) => ({ ...one, backend: i > 1 ? 'webgpu' : 'wasm' })));
    expect(moved?.notes.join(' ')).toContain('2 of wasm, 1 of webgpu');
    // What differs by its split alone is no further seed of the figure.
    expect(ownRanks(runs).map(({ seeds }) => seeds)).toEqual([[1, 2]]);
    expect(ownAgreement(runs.slice(0, 1))).toBeUndefined();
  });
});

describe('ownCostTable of two models', () => {
  it('sets each run against the same model’s', () => {
    const trained = (method: 'lora' | 'autolora', name: string, passes: number) => {
      const one = run({ seed: 1, method, model: { name }, baseline: { enabled: false } }, 0.5);
      return { ...one, scores: one.scores.map((score) => ({ ...score, training: { ...training, passes } })) };
    };
    const table = ownCostTable([
      trained('lora', 'roberta-quick', 100),
      trained('autolora', 'roberta-quick', 300),
      trained('lora', 'roberta-12', 1000),
      trained('autolora', 'roberta-12', 3000),
    ]);
    const cells = (row: string) => table?.rows.find(({ label }) => label === row)?.cells;
    for (const model of ['roberta-quick', 'roberta-12']) {
      expect(cells('LoRA')?.[`sst2/${model}/relative-passes`]).toMatchObject([{ value: 1 }]);
      expect(cells('AutoLoRA')?.[`sst2/${model}/relative-passes`]).toMatchObject([{ value: 3 }]);
    }
    expect(cells('LoRA')?.['sst2/roberta-quick/passes']).toEqual([{ seed: 1, value: 100 }]);
    expect(cells('LoRA')?.['sst2/roberta-12/passes']).toEqual([{ seed: 1, value: 1000 }]);
  });
});
