/** The script for the full-size model: valid Python for every task and method, with the run's ranks and alphas in it. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseExperimentConfig } from '../../config/experiment';
import { type MethodName, methodFacts, methodNames } from '../../config/methods';
import { taskExperiment } from '../../config/taskSettings';
import { repeatingTokens } from '../../generation/candidates';
import { classificationMetrics } from '../../metrics/classification';
import { tokeniseLora } from '../../metrics/tokeniseWords';
import { RandomStream } from '../../random/stream';
import { bionlpTask } from '../../tasks/bionlp';
import { e2eTask } from '../../tasks/e2e';
import { taskByName } from '../../tasks/registry';
import { stsbTask } from '../../tasks/stsb';
import { ownTask, readOwnData } from '../../tasks/table/ownTask';
import { readExamples } from '../../tasks/table/readExamples';
import { webnlgTask } from '../../tasks/webnlg';
import type { LayerRank } from '../../telemetry/events';
import { fileOf, parquetOf } from '../../testing/tableFiles';
import { temporaryFolder } from '../../testing/temporaryFolder';
import { alphaOf, type ScriptSource, trainingScript } from './trainingScript';

const ranks: LayerRank[] = [
  { layer: '0.query', rank: 3 },
  { layer: '0.value', rank: 0 },
  { layer: '1.query', rank: 1 },
  { layer: '1.value', rank: 5 },
];

function sourceOf(task: string, role: MethodName, more = {}): ScriptSource {
  const config = parseExperimentConfig({ ...taskExperiment(task), method: role, ...more });
  const { kind, labels } = taskByName(task);
  return {
    config,
    model: { name: 'small', layers: 2 },
    task: { name: task, kind, labels: [...labels] },
    role,
    ranks,
  };
}

const tasks = ['cola', 'sst2', 'mrpc', 'qqp', 'mnli', 'qnli', 'rte', 'stsb', 'bionlp', 'e2e', 'webnlg'];
const methods = methodNames.filter((name) => methodFacts[name].ranks);
const python = spawnSync('python3', ['--version']).status === 0 ? 'python3' : undefined;
if (!python) console.log('Skipped: there is no python3 here to check the scripts with.');

/** Runs a program over scripts; what it prints. */
function runPython(program: string, files: Record<string, string>): string {
  const folder = temporaryFolder('script');
  const paths = Object.entries(files).map(([name, text]) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  });
  const { status, stdout, stderr } = spawnSync('python3', ['-c', program, ...paths], { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return stdout;
}

/**
 * Values of expressions under a script's functions and constants, without the packages that it trains with.
 * @param before statements that stand before them
 * @param files beside which they are evaluated
 */
function evaluate(
  script: string,
  before: readonly string[],
  expressions: readonly string[],
  files: Record<string, string> = {},
): unknown[] {
  const program = `
import argparse, ast, csv, io, json, math, os, re, sys, types
from xml.etree import ElementTree
os.chdir(os.path.dirname(sys.argv[1]))
body = ast.parse(open(sys.argv[1], encoding="utf-8").read()).body
known = [node for node in body if isinstance(node, (ast.FunctionDef, ast.Assign))]
exec(compile(ast.Module(known, []), "script", "exec"))
exec(${JSON.stringify(before.join('\n'))})
print(json.dumps([eval(text) for text in ${JSON.stringify(expressions)}]))
`;
  return JSON.parse(runPython(program, { 'train.py': script, ...files }));
}

/** Drops what a script says, which is flushed. */
const quiet = ['print = lambda *given, **more: None if more else sys.stdout.write(*given)'];

/** `ended(work)` is the sentence that a script ends with, or what the work gives. */
const ended = [
  'def ended(work):',
  '    try:',
  '        return work()',
  '    except SystemExit as end:',
  '        return str(end)',
];

describe('trainingScript', () => {
  it.skipIf(!python)('is Python for every task and every method with ranks', () => {
    const files = Object.fromEntries(
      tasks.flatMap((task) =>
        methods.map((role) => [`${task}_${role}.py`, trainingScript(sourceOf(task, role))]),
      ),
    );
    // py_compile is what `python3 -m py_compile` runs; unknown names are found by comparing what is loaded with what is bound.
    const program = `
import builtins, py_compile, sys, symtable
for path in sys.argv[1:]:
    py_compile.compile(path, doraise=True)
    table = symtable.symtable(open(path, encoding="utf-8").read(), path, "exec")
    known = {s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported() or s.is_namespace()}
    def walk(scope):
        for s in scope.get_symbols():
            if s.is_global() and s.is_referenced() and s.get_name() not in known and not hasattr(builtins, s.get_name()):
                raise SystemExit(f"{path}: {s.get_name()} is not defined")
        for child in scope.get_children():
            walk(child)
    walk(table)
    unused = [s.get_name() for s in table.get_symbols() if s.is_imported()
              and open(path, encoding="utf-8").read().count(s.get_name()) < 2]
    if unused:
        raise SystemExit(f"{path}: {unused} are imported and not used")
print(len(sys.argv) - 1)
`;
    expect(Number(runPython(program, files))).toBe(tasks.length * methods.length);
  });

  it.skipIf(!python)('takes ranks over by relative depth', () => {
    const script = trainingScript(sourceOf('sst2', 'autolora'));
    const take = (blocks: number) => `[learned_block(i, ${blocks}) for i in range(${blocks})]`;
    const [same, deeper, shallower] = evaluate(script, ['LEARNED_BLOCKS = 4'], [take(4), take(12), take(2)]);
    expect(same).toEqual([0, 1, 2, 3]);
    expect(deeper).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]);
    expect(shallower).toEqual([1, 3]);
  });

  it.skipIf(!python)('scores as this program does', async () => {
    const random = RandomStream.of(3, 'data');
    const draw = (count: number, below: number) =>
      Array.from({ length: count }, () => Math.floor(random.uniform() * below));
    const [predicted, gold] = [draw(80, 2), draw(80, 2)];
    const [classes] = evaluate(
      trainingScript(sourceOf('cola', 'lora')),
      [],
      [`class_scores(${JSON.stringify(predicted)}, ${JSON.stringify(gold)}, 2)`],
    ) as [Record<string, number>];
    const own = classificationMetrics(predicted, gold, 2).values;
    for (const name of ['accuracy', 'f1', 'matthews'])
      expect(classes[name]).toBeCloseTo(own[name] as number, 12);

    // Few values, so that many share a rank.
    const [x, y] = [draw(60, 6), draw(60, 6)];
    const [scores] = evaluate(
      trainingScript(sourceOf('stsb', 'lora')),
      [],
      [`regression_scores(${JSON.stringify(x)}, ${JSON.stringify(y)})`],
    ) as [Record<string, number>];
    const ours = await stsbTask.score(x, y);
    expect(scores.pearson).toBeCloseTo(ours.values.pearson as number, 12);
    expect(scores.spearman).toBeCloseTo(ours.values.spearman as number, 12);

    const { labels } = bionlpTask;
    const tags = () => draw(200, labels.length).map((i) => labels[i] as string);
    const [guess, given] = [tags(), tags()];
    const [counts] = evaluate(
      trainingScript(sourceOf('bionlp', 'lora')),
      [`g, t = entities(${JSON.stringify(guess)}), entities(${JSON.stringify(given)})`],
      ['[len(g & t), len(g), len(t)]'],
    ) as [[number, number, number]];
    const [hits, found, expected] = counts;
    const entityScores = (await bionlpTask.score([guess], [given])).values;
    expect(hits / found).toBeCloseTo(entityScores.entityPrecision as number, 12);
    expect(hits / expected).toBeCloseTo(entityScores.entityRecall as number, 12);
    expect(hits).toBeGreaterThan(0);
  });

  it.skipIf(!python)('reads the tasks’ files as this program does', async () => {
    const csv =
      'mr,ref\n"name[The Hut], eatType[coffee shop], priceRange[£20-25], familyFriendly[no]","It is ""there"", dear."\nname[B],B is.\n"name[The Hut], eatType[coffee shop], priceRange[£20-25], familyFriendly[no]",Again.\n';
    const xml =
      '<benchmark><entries><entry category="Food" eid="Id1" size="2"><modifiedtripleset><mtriple>Soup | country | Oz</mtriple><mtriple>Soup | weight | &quot;2.0&quot; | kg</mtriple></modifiedtripleset><lex comment="good" lid="Id1"><text>Soup &amp; Oz\n are one.</text></lex><lex comment="good" lid="Id2">Two.</lex></entry></entries></benchmark>';
    const jsonl = `${JSON.stringify({ eid: 'x', triples: [['A', 'b', 'c']], lex: [{ text: 'A b c.' }] })}\n`;
    const iob = '###MEDLINE:1\n\nIL-2\tI-protein\nkinase\tI-protein\nbinds\tO\n\nNF\tB-DNA\n';
    const generation = trainingScript(sourceOf('e2e', 'lora'));
    const read = (name: string) => `records_of(["${name}"])`;
    const [e2e, webnlg, lines] = evaluate(generation, [], [read('a.csv'), read('b.xml'), read('c.jsonl')], {
      'a.csv': csv,
      'b.xml': xml,
      'c.jsonl': jsonl,
    });
    expect(e2e).toEqual((await e2eTask.parse(csv, 'a.csv')).examples);
    expect(webnlg).toEqual((await webnlgTask.parse(xml, 'b.xml')).examples);
    expect(lines).toEqual((await webnlgTask.parse(jsonl, 'c.jsonl')).examples);
    const labels = `LABELS = ${JSON.stringify(bionlpTask.labels)}`;
    const [sentences] = evaluate(
      trainingScript(sourceOf('bionlp', 'lora')),
      [labels],
      ['sentences_of(["d.iob2"])'],
      { 'd.iob2': iob },
    );
    expect(sentences).toEqual((await bionlpTask.parse(iob, 'd.iob2')).examples);
  });

  it.skipIf(!python)('reads one’s own tables as this program does', async () => {
    const own = ownTask(['-1', '0', '1']);
    const script = (columns = '') =>
      trainingScript({
        ...sourceOf('cola', 'lora', { data: { columns } }),
        task: { name: own.name, kind: own.kind, labels: [...own.labels] },
      });
    const files = {
      'a.jsonl': `${JSON.stringify({ id: 7, premise: 'a', hypothesis: 'b', label: 1 })}\n`,
      'b.csv': 'stars,sentence,sentence2\n-1,"x, y",z\n',
      'c.tsv': 'words, many\tclass\nfine\t0\n',
    };
    const read = (name: string) => `rows_of_files(["${name}"])`;
    expect(evaluate(script(), quiet, [read('a.jsonl'), read('b.csv')], files)).toEqual([
      [{ text: 'a', pair: 'b', label: 2 }],
      [{ text: 'x, y', pair: 'z', label: 0 }],
    ]);
    // A field that the first record lacks is found all the same, and then missed where it is.
    const later = {
      'd.jsonl': '{"premise":"a","label":"0"}\n{"premise":"a","hypothesis":"b","label":"1"}\n',
    };
    expect(evaluate(script(), quiet, ['columns_of(records_in("d.jsonl"), "d.jsonl")'], later)).toEqual([
      { text: 'premise', pair: 'hypothesis', label: 'label' },
    ]);
    const named = script('text=words, many, label=class');
    expect(evaluate(named, quiet, [read('c.tsv')], files)).toEqual([
      [{ text: 'fine', pair: null, label: 1 }],
    ]);
  });

  /** What a task's script reads from files, each by itself, without what it says. */
  const readByScript = (source: ScriptSource, files: Record<string, string>) =>
    evaluate(
      trainingScript(source),
      quiet,
      Object.keys(files).map((name) => `rows_of_files([${JSON.stringify(name)}])`),
      files,
    );

  it.skipIf(!python)('reads tables in every form that this program reads', async () => {
    const files = {
      'a.json': JSON.stringify([
        { text: 'a', label: true },
        { text: 'b', label: 0 },
        { text: 'c' },
        { text: '', label: 1 },
        { text: 12, label: 'Positive' },
      ]),
      'b.json': `{"version": 2, "data": [{"text": "a", "label": 1}]}`,
      'c.json': '{"text": "a", "label": 1}\n{"text": "b", "label": -1}\n',
      'd.csv': 'text;label\r\n"a; ""b""\r\nc";1.0\r\n\r\nd, e;negative\r\n',
      'e.txt': 'label,text\n1,"a, b"\n-,c\n',
      'f.tsv': '\uFEFFsentence\tid\tclass\n"a\t1\tNEGATIVE\n"\t2\tpositive\n',
      'g.tsv': 'text\tlabel\n"a\tb"\t1\n',
      'h.txt': '[{"text": "a", "label": 1}]',
    };
    const task = taskByName('sst2');
    const expected = await Promise.all(
      Object.entries(files).map(async ([name, content]) => {
        const { examples } = await readExamples(task, fileOf(name, content));
        return examples.map((example) => ({ pair: null, ...example }));
      }),
    );
    expect(readByScript(sourceOf('sst2', 'lora'), files)).toEqual(expected);
    expect(expected.flat().length).toBe(12);
    const scores = { 'a.csv': 'sentence1,sentence2,score\na,b,2.50\nc,d,\ne,f,-1\n' };
    expect(readByScript(sourceOf('stsb', 'lora'), scores)).toEqual([[{ text: 'a', pair: 'b', label: 2.5 }]]);
  });

  it.skipIf(!python)(
    'knows one’s own labels in another case and as numbers, and names what it cannot read',
    () => {
      const source = (labels: string[]): ScriptSource => ({
        ...sourceOf('cola', 'lora'),
        task: { name: 'own', kind: 'classification', labels },
      });
      const lines = (...labels: unknown[]) =>
        labels.map((label) => `{"text": "a", "label": ${JSON.stringify(label)}}\n`).join('');
      const indices = (labels: string[], file: string) =>
        (readByScript(source(labels), { 'a.jsonl': file }) as { label: number }[][])[0]?.map(
          ({ label }) => label,
        );
      expect(indices(['No', 'Not sure', 'Yes'], lines('yes', ' NOT_SURE ', 'No'))).toEqual([2, 1, 0]);
      expect(indices(['a', 'A'], lines('A', 'a'))).toEqual([1, 0]);
      expect(indices(['-1', '0', '1'], `${lines(-1, 1, '0')}{"text": "a", "label": 1.0}\n`)).toEqual([
        0, 2, 1, 2,
      ]);
      const wrong = {
        'b.jsonl': lines('c'),
        'c.jsonl': lines(null),
        'd.csv': 'text,label\na,b,c\n',
      };
      const reads = Object.keys(wrong).map((name) => `ended(lambda: rows_of_files(["${name}"]))`);
      expect(evaluate(trainingScript(source(['a', 'b'])), [...quiet, ...ended], reads, wrong)).toEqual([
        'b.jsonl: the label "c" is none of a, b.',
        'c.jsonl: there is no row with a label and a text.',
        expect.stringMatching(/^d\.csv: a row has 3 cells instead of 2/),
      ]);
    },
  );

  it.skipIf(!python)(
    'reads the class indices of Parquet by the file’s names, as this program does',
    async () => {
      // What the library `datasets` gives of a file.
      const datasets = [
        'class ClassLabel:',
        '    def __init__(self, names): self.names = names',
        '    def int2str(self, index): return self.names[index]',
        'class Dataset:',
        '    @staticmethod',
        '    def from_parquet(path):',
        '        held = {"own.parquet": (["pos", "neg"], [0, 1, -1, None]), "other.parquet": (["no", "yes"], [1, 0])}',
        '        names, labels = held[path]',
        '        records = [{"text": "a", "label": label} for label in labels]',
        '        features = {"text": None, "label": ClassLabel(names)}',
        '        return types.SimpleNamespace(features=features, to_list=lambda: records)',
        'sys.modules["datasets"] = types.SimpleNamespace(ClassLabel=ClassLabel, Dataset=Dataset)',
      ];
      const read = (task: ScriptSource['task'], name: string) => {
        const script = trainingScript({ ...sourceOf('sst2', 'lora'), task });
        return evaluate(script, [...quiet, ...datasets], [`rows_of_files(["${name}"])`], { [name]: 'PAR1' });
      };
      const parquet = (name: string, names: string[], label: (bigint | null)[]) =>
        parquetOf(name, { text: label.map(() => 'a'), label }, { label: { _type: 'ClassLabel', names } });
      const withoutPair = (examples: readonly object[]) => examples.map((one) => ({ pair: null, ...one }));

      const named = await readOwnData({
        train: [parquet('own.parquet', ['pos', 'neg'], [0n, 1n, -1n, null])],
        dev: [],
      });
      const own = { name: 'own', kind: named.task.kind, labels: [...named.task.labels] };
      expect(read(own, 'own.parquet')).toEqual([withoutPair(named.train.examples)]);
      expect(named.train.examples.map(({ label }) => label)).toEqual([0, 1]);
      // The same names in another order are meant by name.
      expect(read({ ...own, labels: ['neg', 'pos'] }, 'own.parquet')).toMatchObject([
        [{ label: 1 }, { label: 0 }],
      ]);

      const sst2 = taskByName('sst2');
      const strange = await readExamples(sst2, parquet('other.parquet', ['no', 'yes'], [1n, 0n]));
      const { name, kind, labels } = sst2;
      expect(read({ name, kind, labels: [...labels] }, 'other.parquet')).toEqual([
        withoutPair(strange.examples),
      ]);
    },
  );

  it.skipIf(!python)('counts BLEU over the playground’s tokens', () => {
    const sacrebleu = [
      'class BLEU:',
      '    def __init__(self, **options): self.options = options',
      '    def corpus_score(self, texts, streams):',
      '        self.given = texts, streams',
      '        return types.SimpleNamespace(score=50)',
      '    def get_signature(self): return json.dumps([self.options, *self.given])',
      'sys.modules["sacrebleu"] = sys.modules["sacrebleu.metrics"] = types.SimpleNamespace(BLEU=BLEU)',
    ];
    const texts = ['It’s A_1, isn’t it? Ørsted 2.5 €', 'B.'];
    const references = [['One: two.', 'Three'], ['B']];
    const dev = JSON.stringify(references.map((list) => ({ references: list })));
    const scores = (task: string) => {
      const script = trainingScript(sourceOf(task, 'lora'));
      const [found] = evaluate(script, sacrebleu, [`bleu_scores(${JSON.stringify(texts)}, ${dev})`]) as [
        { sacrebleu: number; signature: string },
      ];
      expect(found.sacrebleu).toBe(0.5);
      return JSON.parse(found.signature);
    };
    const options = { lowercase: true, smooth_method: 'none' };
    const streams = [
      ['One: two.', 'B'],
      ['Three', null],
    ];
    expect(scores('e2e')).toEqual([{ ...options, tokenize: '13a' }, texts, streams]);
    const split = (text: string | null) => text && tokeniseLora(text).join(' ');
    expect(scores('webnlg')).toEqual([
      { ...options, tokenize: 'none' },
      texts.map(split),
      streams.map((stream) => stream.map(split)),
    ]);
  });

  it.skipIf(!python)('weighs dev losses of texts by their labels, as this program does', () => {
    const stand = [
      'import contextlib',
      'class Numbers(list):',
      '    tolist = lambda self: list(self)',
      'class torch: no_grad = contextlib.nullcontext',
      'class model: eval = staticmethod(lambda: None)',
      'class accelerator: prepare = gather_for_metrics = staticmethod(lambda given: given)',
      'class args: batch_size = max_length = 2',
      'partial = lambda *given: None',
      'train_rows = lambda dev, tokenizer, args: dev',
      'DataLoader = lambda rows, batch_size, collate_fn: [rows[:2], rows[2:]]',
      'row_losses = lambda model, rows: (Numbers(a for a, _ in rows), Numbers(b for _, b in rows))',
    ];
    const [scores] = evaluate(trainingScript(sourceOf('e2e', 'lora')), stand, [
      'evaluate(accelerator, model, None, [(2.0, 1), (10.0, 4), (9.0, 9)], args, None, False)',
    ]);
    expect(scores).toEqual({ loss: 21 / 14 });
  });

  it.skipIf(!python)(
    'bans the n-grams of the text, as decoding does here, and not those of its record',
    () => {
      const said = [1, 2, 3, 9, 1, 2, 4, 1, 2];
      const [banned, short] = evaluate(
        trainingScript(sourceOf('e2e', 'lora')),
        [],
        [`repeating_tokens(${JSON.stringify(said)}, 3)`, 'repeating_tokens([1], 3)'],
      ) as [number[], number[]];
      expect(new Set(banned)).toEqual(repeatingTokens(said, 3));
      expect(short).toEqual([]);
    },
  );

  it('holds ranks, alphas, data and method', () => {
    const script = trainingScript(sourceOf('mrpc', 'autolora'));
    expect(script).toContain(
      'RANKS = {\n    "0.query": 3, "0.value": 0,\n    "1.query": 1, "1.value": 5,\n}',
    );
    expect(script).toContain('"1.value": 16');
    expect(script).toContain('GLUE = "mrpc"\nCOLUMNS = ("sentence1", "sentence2")');
    expect(script).toContain('LEARNED_BLOCKS = 2');
    expect(script).toContain('MODEL = "FacebookAI/roberta-base"');
    expect(trainingScript(sourceOf('stsb', 'rslora'))).toMatch(/REGRESSION = True\n.*LABELS = \[\]/);
    expect(trainingScript(sourceOf('sst2', 'rslora'))).toContain('USE_RSLORA = True');
    expect(trainingScript(sourceOf('sst2', 'dora'))).toContain('USE_DORA = True');
    expect(trainingScript(sourceOf('sst2', 'lora-plus'))).toContain('LORA_PLUS_RATIO = 16');
    expect(trainingScript(sourceOf('bionlp', 'lora'))).toContain('"B-protein"');
    expect(trainingScript(sourceOf('e2e', 'lora'))).toContain('"num_beams": 4, "length_penalty": 0.8');
    const hub = { model: { source: 'hub', name: 'me/roberta', revision: 'abc' } };
    expect(trainingScript(sourceOf('sst2', 'lora', hub))).toContain('MODEL = "me/roberta"\nREVISION = "abc"');
    const moved = { ...sourceOf('sst2', 'lora', hub), commits: { model: 'f00d' } };
    expect(trainingScript(moved)).toContain('REVISION = "f00d"');
    expect(script).toContain('MAX_LENGTH = 128');
    const longer = { model: { ...hub.model, maxLength: 200 } };
    expect(trainingScript(sourceOf('sst2', 'lora', longer))).toContain('MAX_LENGTH = 200');
  });

  it.skipIf(!python)('asks for the run’s commit of its own model alone', () => {
    const hub = { model: { source: 'hub', name: 'me/roberta', revision: 'abc' } };
    const revision = (...given: string[]) =>
      `sys.argv.__setitem__(slice(None), ${JSON.stringify(['train.py', ...given])}) or parse_arguments().revision`;
    expect(
      evaluate(
        trainingScript(sourceOf('sst2', 'lora', hub)),
        [],
        [
          revision(),
          revision('--model', 'other/roberta'),
          revision('--revision', 'main'),
          revision('--model', 'other/roberta', '--revision', 'v1'),
        ],
      ),
    ).toEqual(['abc', null, 'main', 'v1']);
  });

  it.skipIf(!python).each(['sst2', 'e2e'])('of %s says where no block of a model has a rank', (task) => {
    const source = sourceOf(task, 'lora');
    const first = {
      ...source,
      ranks: ranks.map(({ layer, rank }) => ({ layer, rank: layer[0] === '0' ? rank : 0 })),
    };
    const stand = [
      'class model:',
      '    class config: num_hidden_layers = n_layer = n_embd = 1',
      'class args: model, strict = "shallow", False',
    ];
    expect(
      evaluate(
        trainingScript(first),
        [...quiet, ...ended, ...stand],
        ['ended(lambda: with_adapter(model, args))'],
      ),
    ).toEqual([expect.stringContaining('no LoRA is left to train')]);
  });

  it.skipIf(!python)('takes as many steps as the epochs that are asked for have', () => {
    const steps = (batches: number, accumulate: number, epochs: number) =>
      `steps_in(${batches}, types.SimpleNamespace(accumulate=${accumulate}, epochs=${epochs}))`;
    expect(
      evaluate(
        trainingScript(sourceOf('sst2', 'lora')),
        [],
        [steps(10, 1, 3), steps(10, 4, 3), steps(3, 4, 0.1), steps(10, 4, 0.5)],
      ),
    ).toEqual([30, 9, 1, 2]);
  });

  it.skipIf(!python)('cuts inputs to what the model has positions for', () => {
    const config = 'class config: n_positions, max_position_embeddings, pad_token_id = 1024, 514, 1';
    for (const [task, longest] of [
      ['sst2', 512],
      ['bionlp', 512],
      ['e2e', 1024],
    ] as const) {
      const script = trainingScript(sourceOf(task, 'lora'));
      expect(evaluate(script, [config], ['longest_input(config)'])).toEqual([longest]);
      expect(script).toContain('args.max_length = min(args.max_length, longest_input(model.config))');
    }
  });

  it.skipIf(!python).each([
    ['sst2', 0.01],
    ['e2e', 0],
  ])(
    'of %s decays DoRA’s magnitudes by %d: as the playground does, but not the fused ones',
    (task, decay) => {
      const names = ['query.lora_B.default.weight', 'query.lora_magnitude_vector.default.weight'];
      const before = [
        'class parameter: requires_grad = True',
        'class args: learning_rate, weight_decay = 1e-3, 0.01',
        'LORA_PLUS_RATIO = 1.0',
        'class model:',
        `    named_parameters = staticmethod(lambda: [(name, type(name, (parameter,), {})) for name in ${JSON.stringify(names)}])`,
      ];
      const decays =
        '{member.__name__: group["weight_decay"] for group in parameter_groups(model, args) for member in group["params"]}';
      const script = trainingScript(sourceOf(task, 'dora'));
      expect(evaluate(script, before, [decays])).toEqual([
        { [names[0] as string]: 0.01, [names[1] as string]: decay },
      ]);
    },
  );

  it('writes alphas that keep the scaling of training', () => {
    const { config } = sourceOf('sst2', 'autolora', { retrain: { scaling: 'constant' } });
    expect(alphaOf('autolora', config, 4)).toBe(8);
    expect(alphaOf('adalora', config, 3)).toBe(4);
    expect(alphaOf('sora', config, 3)).toBe(6);
    expect(alphaOf('lora', config, 3)).toBe(16);
  });

  it('keeps the scaling of an adapter that training began from, layer by layer', () => {
    const scalings = { '0.query': 4, '1.query': 2, '1.value': 1.5 };
    const text = trainingScript({ ...sourceOf('sst2', 'lora', { adapter: { from: 'mine' } }), scalings });
    expect(text).toContain('"0.query": 12, "0.value": 16');
    expect(text).toContain('"1.query": 2, "1.value": 7.5');
    const { config } = sourceOf('sst2', 'rslora');
    expect(alphaOf('rslora', config, 4, 3)).toBe(6);
  });

  it('refuses what has no ranks to train with', () => {
    expect(() => trainingScript({ ...sourceOf('sst2', 'full'), ranks: [] })).toThrow('has no ranks');
    const none = ranks.map(({ layer }) => ({ layer, rank: 0 }));
    expect(() => trainingScript({ ...sourceOf('sst2', 'lora'), ranks: none })).toThrow('Every rank is 0');
    const keys = [...ranks, { layer: '1.key', rank: 2 }];
    expect(() => trainingScript({ ...sourceOf('sst2', 'lora'), ranks: keys })).toThrow('layers on keys');
  });
});
