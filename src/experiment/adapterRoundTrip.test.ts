/** What leaves a run comes back the same: adapters of every low-rank method, merged checkpoints, and training that goes on. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { readPeftAdapter } from '../adapters/peftRead';
import { type ExperimentInput, parseExperimentConfig } from '../config/experiment';
import type { MethodName } from '../config/methods';
import { readConfig, readWeights } from '../model/checkpoint';
import type { NamedFile } from '../runtime/protocol';
import { stsbTask } from '../tasks/stsb';
import type { EvaluationEvent, GenerationPrediction, SequencePrediction } from '../telemetry/events';
import { jsonFile } from '../tensor/fileSet';
import { switchBackend } from '../testing/backends';
import { relativeError } from '../testing/relativeError';
import {
  evaluationOf,
  finish,
  inputFor,
  type Kind,
  kinds,
  lossesOf,
  openSession,
  steps,
  timeless,
} from '../testing/tinySession';
import { mergeAdapter } from './mergeAdapter';
import { ExperimentSession, type SessionInput } from './session';

beforeAll(() => switchBackend('wasm'));

const lowRank = ['autolora', 'lora', 'rslora', 'lora-plus', 'dora', 'adalora', 'sora'] as const;
const cases = (Object.keys(kinds) as Kind[]).flatMap((kind) => lowRank.map((method) => ({ kind, method })));

/** Runs to the end; gives what was scored and what can be taken away. */
async function outcome(input: SessionInput, use?: (session: ExperimentSession) => Promise<void>) {
  const session = await ExperimentSession.create(input);
  const events = await finish(session);
  await use?.(session);
  session.dispose();
  return { evaluation: evaluationOf(events), events };
}

const without: ExperimentInput = { baseline: { enabled: false } };

/** The same data and model, begun from an adapter. */
function continued(kind: Kind, files: NamedFile[], more: ExperimentInput = {}): SessionInput {
  const adapter = readPeftAdapter(files);
  const method = adapter.variant.use_dora ? 'dora' : 'lora';
  return { ...inputFor(kind, method, { adapter: { from: 'mine' }, ...more }), adapter };
}

/** The same data, with the checkpoint that lies in `files` as it is. */
function fromCheckpoint(kind: Kind, files: NamedFile[]): SessionInput {
  const input = inputFor(kind, 'full', { retrain: { steps: 0, batchSize: 4 } });
  const { config, folder } = readConfig(files);
  return { ...input, model: { ...input.model, config, ...readWeights(folder, config) } };
}

const scoring: ExperimentInput = { retrain: { steps: 0, batchSize: 4 } };

/** Logits where the task has them, else loss and texts. */
function expectSame(actual: EvaluationEvent, expected: EvaluationEvent): void {
  expect(relativeError([actual.metrics.loss as number], [expected.metrics.loss as number])).toBeLessThan(
    1e-6,
  );
  if (expected.kind === 'generation') {
    const texts = ({ predictions }: EvaluationEvent) =>
      (predictions as GenerationPrediction[]).map(({ generated }) => generated);
    expect(texts(actual)).toEqual(texts(expected));
  } else if (expected.kind === 'classification' || expected.kind === 'regression') {
    const logits = ({ predictions }: EvaluationEvent) =>
      (predictions as SequencePrediction[]).flatMap((prediction) => prediction.logits);
    expect(relativeError(logits(actual), logits(expected))).toBeLessThan(1e-6);
  } else expect(actual.predictions).toEqual(expected.predictions);
}

describe.each(cases)('$method on $kind', ({ kind, method }) => {
  it('gives the same logits as its exported adapter, and as the checkpoint that it is merged into', async () => {
    const before = tf.memory().numTensors;
    let adapter: NamedFile[] = [];
    let merged: NamedFile[] = [];
    const input = inputFor(kind, method, without);
    const { evaluation } = await outcome(input, async (session) => {
      adapter = await session.exportAdapter(method);
      merged = await session.exportMerged(method);
    });
    const json = JSON.parse(new TextDecoder().decode(adapter[0]?.bytes));
    expect(json).toMatchObject({ use_dora: method === 'dora', use_rslora: method === 'rslora' });

    const unfolded = adapter.filter(({ name }) => name.startsWith('adalora/'));
    expect(unfolded).toHaveLength(method === 'adalora' ? 2 : 0);
    if (method === 'adalora') {
      const own = unfolded.find(({ name }) => name.endsWith('adapter_config.json'));
      // PEFT sees query and value of a GPT-2 as one module of both their ranks.
      const [initRank, targetRank, alpha] =
        kind === 'generation' ? [6, 4, expect.closeTo(32, 3)] : [3, 2, 16];
      expect(JSON.parse(new TextDecoder().decode(own?.bytes))).toMatchObject({
        peft_type: 'ADALORA',
        init_r: initRank,
        target_r: targetRank,
        // Shares of 0.2 before pruning and 0.4 after it, of six steps.
        tinit: 1,
        tfinal: 2,
        deltaT: 1,
        total_step: 6,
        beta1: 0.85,
        beta2: 0.85,
        orth_reg_weight: 0.5,
        lora_alpha: alpha,
      });
    }
    for (const files of unfolded.length > 0 ? [adapter, unfolded] : [adapter]) {
      const again = await outcome(continued(kind, files, scoring));
      expectSame(again.evaluation, evaluation);
      const { events } = again;
      expect(events.some(({ type }) => type === 'train')).toBe(false);
      const found = Object.fromEntries(again.evaluation.ranks.map(({ layer, rank }) => [layer, rank]));
      for (const { layer, rank } of evaluation.ranks) expect(found[layer]).toBe(rank);
    }

    expectSame((await outcome(fromCheckpoint(kind, merged))).evaluation, evaluation);
    // By way of the files, as the command line does it.
    const files = await mergeAdapter({
      model: input.model,
      config: input.config,
      task: input.task,
      adapter,
      role: method,
      name: 'mine',
    });
    expectSame((await outcome(fromCheckpoint(kind, files))).evaluation, evaluation);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('merged checkpoints', () => {
  it('are of full finetuning too, and of bottleneck adapters they are refused', async () => {
    const input = inputFor('tagging', 'full');
    let merged: NamedFile[] = [];
    let tensors: NamedFile[] = [];
    const { evaluation } = await outcome(input, async (session) => {
      merged = await session.exportMerged('full');
      tensors = await session.exportAdapter('full');
    });
    expectSame((await outcome(fromCheckpoint('tagging', merged))).evaluation, evaluation);
    const read = { model: input.model, config: input.config, task: input.task, adapter: tensors };
    const files = await mergeAdapter({ ...read, role: 'full', name: 'mine' });
    expectSame((await outcome(fromCheckpoint('tagging', files))).evaluation, evaluation);
    await outcome(inputFor('sequence', 'adapter'), async (session) => {
      await expect(session.exportMerged('adapter')).rejects.toThrow('cannot be merged');
      await expect(session.exportMerged('lora')).rejects.toThrow('no trained LoRA model');
    });
  });

  it.each(lowRank)('are of a regression too (%s)', async (method) => {
    const pairs = Array.from({ length: 12 }, (_, i) => ({
      text: `a${i}`,
      pair: `b${i}`,
      label: (i % 6) * 0.9,
    }));
    const scores = { task: stsbTask, train: pairs, dev: pairs.slice(0, 5) };
    let merged: NamedFile[] = [];
    const { evaluation } = await outcome(
      { ...inputFor('sequence', method, without), ...scores },
      async (session) => {
        merged = await session.exportMerged(method);
      },
    );
    const json = JSON.parse(new TextDecoder().decode(merged[0]?.bytes));
    expect(json).toMatchObject({
      architectures: ['RobertaForSequenceClassification'],
      problem_type: 'regression',
    });
    expect(Object.keys(json.id2label)).toEqual(['0']);
    expectSame((await outcome({ ...fromCheckpoint('sequence', merged), ...scores })).evaluation, evaluation);
  });

  it('say what transformers shall make of them', async () => {
    const configOf = async (kind: Kind) => {
      let json: Record<string, unknown> = {};
      await outcome(inputFor(kind, 'lora'), async (session) => {
        json = JSON.parse(new TextDecoder().decode((await session.exportMerged('lora'))[0]?.bytes));
      });
      return json;
    };
    expect(await configOf('sequence')).toMatchObject({
      architectures: ['RobertaForSequenceClassification'],
      problem_type: 'single_label_classification',
      id2label: { 0: 'negative', 1: 'positive' },
    });
    const tagging = await configOf('tagging');
    expect(tagging).toMatchObject({ architectures: ['RobertaForTokenClassification'] });
    expect(Object.values(tagging.id2label as object)).toContain('B-protein');
    expect(await configOf('generation')).toMatchObject({ architectures: ['GPT2LMHeadModel'] });
  });
});

describe('training that goes on', () => {
  const trained = async (method: MethodName, kind: Kind = 'sequence') => {
    let files: NamedFile[] = [];
    await outcome(inputFor(kind, method, without), async (session) => {
      files = await session.exportAdapter(method);
    });
    return files;
  };

  it.each(['rslora', 'dora'] as const)(
    'begins where the %s adapter ended, and resumes to the same numbers',
    async (method) => {
      const files = await trained(method);
      const whole = await openSession(continued('sequence', files));
      const first = [];
      while (whole.progress.phase === 'retrain' && whole.progress.step < 3)
        first.push(...(await whole.advance()));
      const snapshot = structuredClone(await whole.snapshot());
      const rest = await finish(whole);
      whole.dispose();
      expect(first.find((event) => event.type === 'start')?.notes.join()).toContain('adapter “mine”');

      const resumed = await ExperimentSession.create({ ...continued('sequence', files), snapshot });
      expect(timeless(await finish(resumed))).toEqual(timeless(rest));
      const exported = readPeftAdapter(await resumed.exportAdapter(resumed.config.method));
      resumed.dispose();
      const given = readPeftAdapter(files);
      expect(exported.layers.map(({ scaling }) => scaling.toPrecision(6))).toEqual(
        given.layers.map(({ scaling }) => scaling.toPrecision(6)),
      );
      expect(exported.layers[0]?.loraB.data).not.toEqual(given.layers[0]?.loraB.data);

      const json = JSON.parse(new TextDecoder().decode(files[0]?.bytes));
      const settings = jsonFile('adapter_config.json', { ...json, alpha_pattern: {} });
      const changed = readPeftAdapter([settings, files[1] as NamedFile]);
      changed.layers[0]?.loraB.data.fill(1);
      const other = { ...continued('sequence', files), adapter: changed, snapshot };
      await expect(ExperimentSession.create(other)).rejects.toThrow('another adapter to start from');
    },
  );

  it('learns: its loss begins where the adapter’s training ended', async () => {
    const files = await trained('lora');
    const fresh = lossesOf((await outcome(inputFor('sequence', 'lora'))).events);
    const on = lossesOf((await outcome(continued('sequence', files))).events);
    expect(fresh).toHaveLength(steps / 2);
    expect(on[0]).toBeLessThan(fresh[0] as number);
  });

  it('refuses what does not fit, in a sentence', async () => {
    const files = await trained('lora');
    const create = (input: SessionInput) => ExperimentSession.create(input);
    const before = tf.memory().numTensors;
    const adapter = readPeftAdapter(files);
    const [layer] = adapter.layers;
    if (!layer) throw new Error('no layer');
    const withLayer = (changed: typeof layer) => ({
      ...continued('sequence', files),
      adapter: { ...adapter, layers: [changed] },
    });
    await expect(create(withLayer({ ...layer, layer: '7.query' }))).rejects.toThrow(
      'has a layer 7.query, but roberta-quick has 2 blocks',
    );
    const narrow = { shape: [3, 8], data: new Float32Array(24) };
    await expect(create(withLayer({ ...layer, loraA: narrow }))).rejects.toThrow(
      'lora_A.weight has shape [3,8]',
    );
    const infinite = {
      shape: layer.loraB.shape,
      data: layer.loraB.data.slice().fill(Number.NEGATIVE_INFINITY, 1, 2),
    };
    await expect(create(withLayer({ ...layer, loraB: infinite }))).rejects.toThrow(
      /^The adapter “mine”: tensor ".*query\.lora_B\.weight" holds the value -Infinity/,
    );
    await expect(create({ ...continued('tagging', files) })).rejects.toThrow(
      'was trained for another task (SEQ_CLS): its head has no classifier.weight, which a tagging head has',
    );
    const wide = new Map(adapter.head).set('classifier.out_proj.weight', {
      shape: [5, 16],
      data: new Float32Array(80),
    });
    await expect(
      create({ ...continued('sequence', files), adapter: { ...adapter, head: wide } }),
    ).rejects.toThrow('classifier.out_proj.weight has shape [5,16], but this task needs [2,16]');
    expect(tf.memory().numTensors).toBe(before);
  });

  it('takes the model’s own head where the adapter brings none', async () => {
    const adapter = { ...readPeftAdapter(await trained('lora')), head: new Map() };
    const { events } = await outcome({ ...continued('sequence', await trained('lora')), adapter });
    const start = events.find((event) => event.type === 'start');
    expect(start?.notes.join()).toContain('brings no head');
    expect(parseExperimentConfig(start?.config).adapter.from).toBe('mine');
  });
});

describe('nothing to train', () => {
  it('is gone through: GPT-2 has no head, and every rank may be 0', async () => {
    const before = tf.memory().numTensors;
    const session = await ExperimentSession.create(inputFor('generation', 'autolora', without));
    while (session.progress.phase === 'search') await session.advance();
    await session.thresholdNow();
    const layers = ['0.query', '0.value', '1.query', '1.value'];
    await session.retrain(layers.map((layer) => ({ layer, rank: 0 })));
    const events = await finish(session);
    const losses = lossesOf(events);
    expect(losses).toHaveLength(steps / 2);
    expect(losses.every(Number.isFinite)).toBe(true);
    expect(evaluationOf(events).parameters).toMatchObject({ adapter: 0, head: 0 });
    session.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
