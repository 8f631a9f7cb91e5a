/** Whole experiments of every kind of task on tiny random models: what is scored, asked, exported and left behind. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { readPeftAdapter } from '../adapters/peftRead';
import { type ExperimentInput, parseExperimentConfig } from '../config/experiment';
import { RandomStream } from '../random/stream';
import { bionlpTask } from '../tasks/bionlp';
import { e2eTask } from '../tasks/e2e';
import { sst2Task } from '../tasks/sst2';
import { stsbTask } from '../tasks/stsb';
import type { GenerationExample, TaggingExample } from '../tasks/task';
import type {
  EvaluationEvent,
  GenerationPrediction,
  TaggingPrediction,
  TelemetryEvent,
} from '../telemetry/events';
import { switchBackend } from '../testing/backends';
import { tinyGpt2, tinyModel } from '../testing/tinyModel';
import { evaluationOf, finish, ofType, timeless } from '../testing/tinySession';
import { ExperimentSession, type SessionInput } from './session';
import { recordsAtOnce } from './writing';

const config = (more: ExperimentInput = {}): ExperimentInput => ({
  seed: 3,
  reportEvery: 2,
  data: { trainSize: 0, devSize: 0 },
  adapter: { rank: 3 },
  search: { steps: 3, batchSize: 4 },
  retrain: { steps: 3, batchSize: 4 },
  generation: { beams: 2, maxNewTokens: 6 },
  ...more,
});

/** Every word that starts with "p" is a protein, of two words where "kinase" follows. */
function sentences(count: number): TaggingExample[] {
  const random = RandomStream.of(1, 'data');
  return Array.from({ length: count }, () => ({
    words: [`p${random.below(9)}`, 'kinase', 'binds', `w${random.below(9)}`],
    tags: ['B-protein', 'I-protein', 'O', 'O'],
  }));
}

const records = (count: number): GenerationExample[] =>
  Array.from({ length: count }, (_, i) => ({
    source: `name : n${i % 7}`,
    references: [`here is n${i % 7}`, `n${i % 7} is here`],
  }));

const tagging = (more?: ExperimentInput): SessionInput => ({
  config: parseExperimentConfig(config(more)),
  model: tinyModel(),
  task: bionlpTask,
  train: sentences(12),
  dev: sentences(35),
  notes: [],
});

const generation = (more?: ExperimentInput): SessionInput => ({
  config: parseExperimentConfig(config(more)),
  model: tinyGpt2(),
  task: e2eTask,
  train: records(12),
  dev: records(18),
  notes: [],
});

beforeAll(() => switchBackend('wasm'));

describe('tagging', () => {
  it('predicts a tag for every word, and scores whole entities', async () => {
    const session = await ExperimentSession.create(tagging({ retrain: { steps: 60, learningRate: 0.02 } }));
    const autolora = evaluationOf(await finish(session));
    expect(autolora.kind).toBe('tagging');
    expect(autolora.predictions).toHaveLength(35);
    for (const { words, tags, predicted } of autolora.predictions as TaggingPrediction[])
      expect([tags.length, predicted.length]).toEqual([words.length, words.length]);
    // The tag is given by the place in the sentence, which a tiny model learns.
    expect(autolora.metrics.entityF1).toBeGreaterThan(0.9);
    const answers = await session.predict('p3 kinase binds, w1');
    expect(answers[0]).toMatchObject({ kind: 'tagging', words: ['p3', 'kinase', 'binds', ',', 'w1'] });
    await expect(session.generate('x', () => true)).rejects.toThrow('it cannot write texts');
    const adapter = readPeftAdapter(await session.exportAdapter('autolora'));
    expect(adapter.taskType).toBe('TOKEN_CLS');
    expect([...adapter.head.keys()].sort()).toEqual(['classifier.bias', 'classifier.weight']);
    session.dispose();
  });
});

describe('tagging of words without a sub-token', () => {
  it('says O of them, and of the others what the model says of them', async () => {
    const plain = tagging({ method: 'lora', retrain: { steps: 60, learningRate: 0.02 } });
    const { tokenizer } = plain.model;
    // A tokenizer that has no piece for "λ".
    const encodeWords: typeof tokenizer.encodeWords = (words, options) => {
      const known = [...words.keys()].filter((i) => words[i] !== 'λ');
      const { ids, wordIds } = tokenizer.encodeWords(
        known.map((i) => words[i] as string),
        options,
      );
      return { ids, wordIds: wordIds.map((word) => (word === null ? null : (known[word] as number))) };
    };
    const dev = sentences(10).map(({ words, tags }) => ({ words: ['λ', ...words], tags: ['O', ...tags] }));
    const lacking = { ...plain, model: { ...plain.model, tokenizer: { ...tokenizer, encodeWords } }, dev };
    const session = await ExperimentSession.create(lacking);
    const { metrics, predictions } = evaluationOf(await finish(session));
    expect((predictions as TaggingPrediction[]).map(({ predicted }) => predicted[0])).toEqual(
      dev.map(() => 'O'),
    );
    // The tag is given by the place among the tokens, which a tiny model learns.
    expect(metrics.entityF1).toBeGreaterThan(0.9);
    const tagsOf = async (text: string) =>
      (await session.predict(text)).map((answer) => 'tags' in answer && answer.tags);
    const without = await tagsOf('p3 kinase binds');
    expect(await tagsOf('p3 λ kinase binds')).toEqual(
      without.map((tags) => tags && [tags[0], 'O', ...tags.slice(1)]),
    );
    session.dispose();
  });
});

describe('generation', () => {
  it('writes a text for every record, and scores it against all references', async () => {
    const session = await ExperimentSession.create(generation());
    const { searchTrainSize, searchValidationSize, trainSize } = session.context.start.task;
    expect([searchTrainSize, searchValidationSize, trainSize]).toEqual([12, 12, 24]);
    const [autolora, lora] = ofType(await finish(session), 'evaluation') as [
      EvaluationEvent,
      EvaluationEvent,
    ];
    expect(lora.role).toBe('lora');
    expect(Object.keys(autolora.metrics).sort()).toEqual(
      ['bleu', 'cider', 'loss', 'meteorExactStem', 'nist', 'rougeL'].sort(),
    );
    const rows = autolora.predictions as GenerationPrediction[];
    expect(rows.map(({ source }) => source)).toEqual(records(18).map(({ source }) => source));
    expect(rows.every(({ generated }) => typeof generated === 'string')).toBe(true);
    expect(autolora.parameters.head).toBe(0);
    await expect(session.predict('x')).rejects.toThrow('ask it to generate');
    const adapter = readPeftAdapter(await session.exportAdapter('lora'));
    expect(adapter.taskType).toBe('CAUSAL_LM');
    session.dispose();
  });

  it('streams the texts of each model, and stops where it is told to', async () => {
    const session = await ExperimentSession.create(generation());
    const seen: string[] = [];
    const before = await session.generate('name : n1', (model) => seen.push(model) > 0);
    expect(before.map(({ model }) => model)).toEqual(['before']);
    expect(new Set(seen)).toEqual(new Set(['before']));
    await finish(session);
    expect((await session.generate('name : n1', () => true)).map(({ model }) => model)).toEqual([
      'before',
      'autolora',
      'lora',
    ]);
    const stopped = await session.generate('name : n1', () => false);
    expect(stopped.map(({ finishReason }) => finishReason)).toEqual(['cancelled']);
    session.dispose();
  });

  it('goes on from a snapshot to the same numbers, and leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    const whole = await ExperimentSession.create(generation());
    const expected = timeless(await finish(whole));
    const first = await ExperimentSession.create(generation());
    first.through = true;
    const events = [...(await first.advance()), ...(await first.advance())];
    const snapshot = await first.snapshot();
    first.dispose();
    const second = await ExperimentSession.create({ ...generation(), snapshot });
    events.push(...(await finish(second)));
    expect(timeless(events)).toEqual(expected);
    await second.generate('name : n1', () => true);
    whole.dispose();
    second.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('goes on with the records that are not written yet', async () => {
    const beams = { method: 'lora' as const, generation: { beams: 8, maxNewTokens: 6 } };
    const whole = await ExperimentSession.create(generation(beams));
    const expected = timeless(await finish(whole));
    const first = await ExperimentSession.create(generation(beams));
    const events: TelemetryEvent[] = [];
    // 36 texts in batches of four, then 18 records, eight at once.
    while (first.progress.phase !== 'evaluate' || first.progress.step !== 11)
      events.push(...(await first.advance()));
    const snapshot = structuredClone(await first.snapshot());
    const second = await ExperimentSession.create({ ...generation(beams), snapshot });
    expect(second.progress).toMatchObject({ step: 11, steps: 12 });
    const left = [await second.advance(), await second.advance(), await second.advance()];
    expect(second.progress.status).toBe('finished');
    expect(timeless([...events, ...left.flat()])).toEqual(expected);
    for (const session of [whole, first, second]) session.dispose();
  });
});

describe('what does not fit', () => {
  it('is refused in a sentence before anything is on the device', async () => {
    const before = tf.memory().numTensors;
    const classify = { ...generation(), task: sst2Task, train: [], dev: [] };
    await expect(ExperimentSession.create(classify)).rejects.toThrow('tiny is a GPT-2, which writes texts');
    const write = { ...generation(), model: tinyModel() };
    await expect(ExperimentSession.create(write)).rejects.toThrow('tiny is a RoBERTa, which cannot write');
    expect(tf.memory().numTensors).toBe(before);
  });

  it('but a regression is a sequence task like any other', async () => {
    const pairs = Array.from({ length: 12 }, (_, i) => ({
      text: `a${i}`,
      pair: `b${i}`,
      label: (i % 6) * 0.9,
    }));
    const session = await ExperimentSession.create({
      ...tagging({ method: 'lora' }),
      task: stsbTask,
      train: pairs,
      dev: pairs,
    });
    const lora = evaluationOf(await finish(session));
    expect(Object.keys(lora.metrics)).toEqual(expect.arrayContaining(['pearson', 'spearman', 'loss']));
    expect(lora.confusion).toEqual([]);
    session.dispose();
  });
});

it('writes few records at once where each takes many beams', () => {
  const { generation: settings } = parseExperimentConfig({});
  expect(recordsAtOnce({ ...settings, decoding: 'greedy' })).toBe(16);
  expect(recordsAtOnce({ ...settings, decoding: 'beam', beams: 10 })).toBe(6);
  expect(recordsAtOnce({ ...settings, decoding: 'beam', beams: 100 })).toBe(1);
});

it('frees the cache of a generation whose watcher throws', async () => {
  const session = await ExperimentSession.create(generation());
  const before = tf.memory().numTensors;
  const watch = () => {
    throw new Error('gone');
  };
  await expect(session.generate('name : n1', watch)).rejects.toThrow('gone');
  expect(tf.memory().numTensors).toBe(before);
  session.dispose();
});

it('says before training that one example has no correlation', async () => {
  const [one] = await stsbTask.generate('dev');
  const train = (await stsbTask.generate('train')).slice(0, 8);
  const input = { ...tagging(), task: stsbTask, train, dev: [one as (typeof train)[0]] };
  await expect(ExperimentSession.create(input)).rejects.toThrow(
    'The dev set has one example; a correlation needs at least two.',
  );
});

it.each([
  // A tenth of eight examples is one.
  [{ validationFraction: 0.1, devSize: 0 }, 'The validation set has one example; a correlation'],
  [
    { validationFraction: 0.5, devSize: 1 },
    'data.devSize takes one of the 4 examples of the validation set;',
  ],
])('names the set that is scored, and the setting that cut it: %j', async (data, message) => {
  const train = (await stsbTask.generate('train')).slice(0, 8);
  const more: ExperimentInput = { data: { trainSize: 0, evaluateOn: 'validation', ...data } };
  const input = { ...tagging(more), task: stsbTask, train, dev: [] };
  await expect(ExperimentSession.create(input)).rejects.toThrow(message);
});

it('carries the commits of what came from the Hub into the record and the adapter', async () => {
  const session = await ExperimentSession.create({ ...tagging(), commits: { model: 'c0ffee' } });
  const [start] = await session.advance();
  expect(start).toMatchObject({ type: 'start', commits: { model: 'c0ffee' } });
  await finish(session);
  const [file] = await session.exportAdapter('lora');
  expect(JSON.parse(new TextDecoder().decode(file?.bytes)).revision).toBe('c0ffee');
  session.dispose();
});
