/** Whole experiments on a tiny random RoBERTa: order of phases, repetition, resumption, half steps, leaks. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { readPeftAdapter } from '../adapters/peftRead';
import { type ExperimentInput, parseExperimentConfig } from '../config/experiment';
import { RandomStream } from '../random/stream';
import type { SequenceExample, SequenceTask } from '../tasks/task';
import type {
  EvaluationEvent,
  RanksEvent,
  SearchEvent,
  StartEvent,
  StepHalf,
  TelemetryEvent,
} from '../telemetry/events';
import { expectNoLeak, switchBackend } from '../testing/backends';
import { TINY_SHAPE, tinyModel } from '../testing/tinyModel';
import { finish, ofType, openSession, timeless } from '../testing/tinySession';
import { deriveRanks } from './ranks';
import type { SearchRun } from './search';
import { ExperimentSession, type SessionInput } from './session';

const task: SequenceTask = {
  name: 'toy',
  title: 'Toy',
  description: 'Which word comes last?',
  kind: 'classification',
  labels: ['a', 'b'],
  primaryMetric: 'accuracy',
  embedded: { trainSize: 0, devSize: 0 },
  files: '',
  generate: async () => [],
  parse: async () => ({ examples: [], notes: [] }),
  score: async (predictions, labels) => ({
    values: { accuracy: predictions.filter((p, i) => p === labels[i]).length / labels.length },
    confusion: [],
  }),
};

function examples(count: number, seed: number): SequenceExample[] {
  const random = RandomStream.of(seed, 'data');
  return Array.from({ length: count }, () => {
    const label = random.below(2);
    const words = Array.from({ length: 2 + random.below(4) }, () => `w${random.below(40)}`);
    return { text: `${words.join(' ')} ${label ? 'yes' : 'no'}`, label };
  });
}

const short: ExperimentInput = {
  seed: 3,
  reportEvery: 2,
  data: { trainSize: 0, devSize: 0 },
  adapter: { rank: 3 },
  search: { steps: 7, batchSize: 4, dropout: 0.1 },
  retrain: { steps: 5, batchSize: 4, dropout: 0.1 },
};

const input = (config: ExperimentInput = short, snapshot?: SessionInput['snapshot']): SessionInput => ({
  config: parseExperimentConfig(config),
  model: tinyModel(),
  task,
  train: examples(24, 1),
  dev: examples(40, 2),
  notes: [],
  snapshot,
});

const open = (config?: ExperimentInput, snapshot?: SessionInput['snapshot']) =>
  openSession(input(config, snapshot));

beforeAll(() => switchBackend('wasm'));

const failNextRead = () =>
  vi.spyOn(tf.Tensor.prototype, 'data').mockRejectedValueOnce(new Error('no reading'));

describe('a session', () => {
  it('goes through every phase, and LoRA beside it', async () => {
    const session = await open();
    const events = await finish(session);
    expect(events[0]?.type).toBe('start');
    expect(ofType(events, 'phase').map(({ role, phase, status }) => `${role} ${phase} ${status}`)).toEqual([
      'autolora search begin',
      'autolora search end',
      'autolora threshold end',
      'autolora retrain begin',
      'autolora retrain end',
      'autolora evaluate begin',
      'autolora evaluate end',
      'lora retrain begin',
      'lora retrain end',
      'lora evaluate begin',
      'lora evaluate end',
    ]);
    expect(events.at(-1)?.type).toBe('done');
    const [ranks] = ofType(events, 'ranks') as [RanksEvent];
    expect(ranks.ranks.map(({ layer }) => layer)).toEqual(['0.query', '0.value', '1.query', '1.value']);
    const [autolora, lora] = ofType(events, 'evaluation') as [EvaluationEvent, EvaluationEvent];
    expect(autolora.predictions).toHaveLength(40);
    const size = TINY_SHAPE.hiddenSize;
    expect(autolora.parameters.adapter).toBe(ranks.totalRank * 2 * size);
    expect(autolora.parameters.head).toBe(size * size + size + 2 * size + 2);
    const uniform = Math.max(1, Math.round(ranks.totalRank / 4));
    expect(lora.ranks.every(({ rank }) => rank === uniform)).toBe(true);
    const searches = ofType(events, 'search') as SearchEvent[];
    expect(searches.map(({ step }) => step)).toEqual([2, 4, 6, 7]);
    for (const { layers } of searches) {
      for (const { selection } of layers) expect(selection.reduce((a, b) => a + b)).toBeCloseTo(1, 6);
    }
    session.dispose();
  });

  it('repeats its telemetry number for number, and another seed does not', async () => {
    const [first, again, other] = [await open(), await open(), await open({ ...short, seed: 4 })];
    const events = timeless(await finish(first));
    expect(timeless(await finish(again))).toEqual(events);
    expect(timeless(await finish(other))).not.toEqual(events);
    for (const session of [first, again, other]) session.dispose();
  });

  // Unit 3 lies between two reports of the search, 11 in the retraining, 17 in the evaluation, 21 in the baseline.
  it.each([1, 3, 8, 11, 17, 21])('resumes after unit %i to the same numbers', async (unit) => {
    const whole = await open();
    const expected = timeless(await finish(whole));
    whole.dispose();

    const first = await open();
    const events: TelemetryEvent[] = [];
    for (let i = 0; i < unit; i++) events.push(...(await first.advance()));
    const snapshot = structuredClone(await first.snapshot());
    first.dispose();
    const second = await open(short, snapshot);
    events.push(...(await finish(second)));
    second.dispose();
    expect(timeless(events)).toEqual(expected);
  });

  // Of 18 units 7 to 16 score a batch each, 17 is the evaluation.
  it.each([7, 12, 16, 17])(
    'goes on with its evaluation after unit %i, and scores nothing twice',
    async (unit) => {
      const config: ExperimentInput = { ...short, method: 'lora' };
      const whole = await open(config);
      const expected = timeless(await finish(whole));
      const first = await open(config);
      const events: TelemetryEvent[] = [];
      for (let i = 0; i < unit; i++) events.push(...(await first.advance()));
      const { progress } = first;
      expect(progress).toMatchObject({ phase: 'evaluate', step: Math.min(unit - 6, 10), steps: 10 });
      const { state, tensors } = await first.snapshot();
      // As the command line keeps it.
      const second = await open(config, { state: JSON.parse(JSON.stringify(state)), tensors });
      expect(second.progress.step).toBe(progress.step);
      let units = unit;
      for (; second.progress.status !== 'finished'; units++) events.push(...(await second.advance()));
      expect(units).toBe(18);
      expect(timeless(events)).toEqual(expected);
      for (const session of [whole, first, second]) session.dispose();
    },
  );

  it('begins an evaluation anew that an earlier version has saved, and its time too', async () => {
    const config: ExperimentInput = { ...short, method: 'lora' };
    const first = await open(config);
    while (first.progress.phase !== 'evaluate' || first.progress.step !== 4) await first.advance();
    const { state, tensors } = await first.snapshot();
    const { evaluation: _, ...earlier } = state as { evaluation: unknown; wallMs: Record<string, number> };
    const wallMs = { ...earlier.wallMs, 'lora/evaluate': 1e9 };
    const second = await open(config, { state: { ...earlier, wallMs }, tensors });
    expect(second.progress).toMatchObject({ phase: 'evaluate', step: 0 });
    const events = await finish(second);
    expect(timeless(ofType(events, 'evaluation'))).toEqual(
      timeless(ofType(await finish(first), 'evaluation')),
    );
    expect(ofType(events, 'phase').at(-1)?.wallMs).toBeLessThan(1e9);
    first.dispose();
    second.dispose();
  });

  it('leaves a run as it was when a snapshot is taken', async () => {
    const [watched, alone] = [await open(), await open()];
    const events: TelemetryEvent[] = [];
    while (watched.progress.status !== 'finished') {
      events.push(...(await watched.advance()));
      await watched.snapshot();
    }
    expect(timeless(events)).toEqual(timeless(await finish(alone)));
    watched.dispose();
    alone.dispose();
  });

  it('waits for a person at the threshold and takes ranks set by hand', async () => {
    const session = await open();
    session.through = false;
    for (let i = 0; i < 3; i++) await session.advance();
    const events = await session.thresholdNow();
    expect(session.progress.status).toBe('thresholded');
    expect(ofType(events, 'phase').map(({ status }) => status)).toEqual(['stopped', 'end']);
    expect(await session.advance()).toEqual([]);
    await expect(session.retrain([{ layer: '0.query', rank: 9 }])).rejects.toThrow('from 0 to 3');
    await expect(session.retrain([{ layer: '7.key', rank: 1 }])).rejects.toThrow('7.key');
    const [edited] = ofType(await session.retrain([{ layer: '0.query', rank: 0 }]), 'ranks');
    expect(edited?.edited).toBe(true);
    expect(Object.keys(edited?.rankPattern ?? {})).not.toContain(
      'roberta.encoder.layer.0.attention.self.query',
    );
    const [autolora] = ofType(await finish(session), 'evaluation');
    expect(autolora?.ranks[0]).toEqual({ layer: '0.query', rank: 0 });
    session.dispose();
  });

  it('steps either half by hand', async () => {
    const session = await open();
    const last = async (half: StepHalf) =>
      ofType(await session.advance(half), 'search').at(-1) as SearchEvent;
    const start = await last('both');
    const afterWeights = await last('weights');
    expect(afterWeights.layers.map(({ beta }) => beta)).toEqual(start.layers.map(({ beta }) => beta));
    expect(afterWeights.layers[0]?.magnitude).not.toEqual(start.layers[0]?.magnitude);
    const afterSelection = await last('selection');
    expect(afterSelection.layers.map(({ magnitude }) => magnitude)).toEqual(
      afterWeights.layers.map(({ magnitude }) => magnitude),
    );
    expect(afterSelection.layers[0]?.beta).not.toEqual(afterWeights.layers[0]?.beta);
    // A step of W alone measures neither.
    expect(start).toHaveProperty('directNorm');
    expect(afterSelection).toHaveProperty('directNorm');
    for (const key of ['validationLoss', 'directNorm', 'implicitNorm'])
      expect(afterWeights).not.toHaveProperty(key);
    session.dispose();
  });

  it('tells of every step that is watched, to the same numbers, unless reports decide when the search ends', async () => {
    const searched = async (asked: 'watched' | undefined, stopWhenStable = 0) => {
      const session = await open({ ...short, search: { ...short.search, stopWhenStable } });
      const steps: SearchEvent[] = [];
      for (let i = 0; i < 4; i++) steps.push(...ofType(await session.advance(asked), 'search'));
      session.dispose();
      return steps;
    };
    const watched = await searched('watched');
    const usual = await searched(undefined);
    expect(watched.map(({ step }) => step)).toEqual([1, 2, 3, 4]);
    expect(usual.map(({ step }) => step)).toEqual([2, 4]);
    expect(watched[3]?.layers).toEqual(usual[1]?.layers);
    expect((await searched('watched', 5)).map(({ step }) => step)).toEqual([2, 4]);
  });

  it('says at the end of a search whether half steps were taken by hand, a snapshot between or not', async () => {
    const endAfter = async (...halves: StepHalf[]) => {
      const first = await open();
      for (const half of halves) await first.advance(half);
      const snapshot = structuredClone(await first.snapshot());
      first.dispose();
      const session = await open(short, snapshot);
      const [end] = ofType(await session.thresholdNow(), 'phase');
      session.dispose();
      return end;
    };
    expect(await endAfter('both', 'weights', 'both')).toMatchObject({ phase: 'search', byHand: true });
    expect(await endAfter('selection')).toMatchObject({ phase: 'search', byHand: true });
    expect(await endAfter('both', 'both')).not.toHaveProperty('byHand');
  });

  it('says when the loss is no number, and goes no further', async () => {
    const session = await open({
      ...short,
      search: { ...short.search, learningRate: 1, clipNorm: 0 },
      seed: 3,
    });
    // Blow the frozen weights up: the first loss is already no number.
    const { frozen } = session.context.model;
    const bad = frozen['roberta.embeddings.LayerNorm.weight'] as tf.Tensor;
    (frozen as Record<string, tf.Tensor>)['roberta.embeddings.LayerNorm.weight'] = tf.mul(bad, Number.NaN);
    bad.dispose();
    const events = [...(await session.advance()), ...(await session.advance())];
    expect(ofType(events, 'notice')[0]).toMatchObject({
      message: expect.stringMatching(/stopped being a number at step 2/),
      reason: 'diverged',
    });
    expect(await session.advance()).toEqual([]);
    session.dispose();
  });

  it('scores no model whose answers are no numbers, says so, and goes no further', async () => {
    const config = { ...short, method: 'lora' as const };
    const session = await open(config);
    while (session.progress.phase !== 'evaluate') await session.advance();
    const { frozen } = session.context.model as { frozen: Record<string, tf.Tensor> };
    const name = 'roberta.embeddings.LayerNorm.weight';
    const weight = frozen[name] as tf.Tensor;
    delete frozen[name];
    const tensors = tf.memory().numTensors;
    await expect(session.advance()).rejects.toThrow(name);
    expect(tf.memory().numTensors).toBe(tensors);
    frozen[name] = tf.mul(weight, Number.NaN);
    weight.dispose();
    const events = await session.advance();
    expect(ofType(events, 'notice')[0]).toMatchObject({
      level: 'error',
      message: expect.stringMatching(/^The loss of the trained LoRA model is not a number/),
    });
    expect(ofType(events, 'evaluation')).toEqual([]);
    expect(await session.advance()).toEqual([]);
    const resumed = await open(config, structuredClone(await session.snapshot()));
    expect(resumed.waiting).toBe(true);
    expect(await resumed.advance()).toEqual([]);
    session.dispose();
    resumed.dispose();
  });

  it.each(['retrain', 'evaluate'] as const)(
    'keeps AutoLoRA’s result where the LoRA beside it comes to no number in %s',
    async (phase) => {
      const session = await open();
      session.through = true;
      const events: TelemetryEvent[] = [];
      const advance = async () => void events.push(...(await session.advance()));
      while (session.progress.role !== 'lora' || session.progress.phase !== phase) await advance();
      const { frozen } = session.context.model as { frozen: Record<string, tf.Tensor> };
      const name = 'roberta.embeddings.LayerNorm.weight';
      const weight = frozen[name] as tf.Tensor;
      frozen[name] = tf.mul(weight, Number.NaN);
      while (session.progress.status !== 'finished') await advance();
      expect(ofType(events, 'notice')).toEqual([
        {
          type: 'notice',
          level: 'warning',
          message: expect.stringMatching(
            /^The LoRA beside AutoLoRA has no score; AutoLoRA’s result stands\. The loss .*[a-z0-9]\.$/,
          ),
          reason: 'diverged',
        },
      ]);
      expect(ofType(events, 'evaluation').map(({ role }) => role)).toEqual(['autolora']);
      expect(ofType(events, 'phase').at(-1)).toMatchObject({
        role: 'lora',
        phase,
        status: 'stopped',
        reason: 'diverged',
      });
      expect(events.at(-1)?.type).toBe('done');
      expect(await session.advance()).toEqual([]);
      // It is a finished run like any other: it can be kept, and asked for its adapter.
      frozen[name].dispose();
      frozen[name] = weight;
      const resumed = await open(short, structuredClone(await session.snapshot()));
      expect(resumed.progress).toMatchObject({ status: 'finished', role: 'autolora' });
      expect(await resumed.exportAdapter('autolora')).not.toEqual([]);
      await expect(resumed.exportAdapter('lora')).rejects.toThrow('no trained LoRA');
      const tensors = tf.memory().numTensors;
      session.dispose();
      resumed.dispose();
      expect(tf.memory().numTensors).toBeLessThan(tensors);
    },
  );

  it('keeps ranks marked as set by hand where retraining has to be asked for twice', async () => {
    const session = await open();
    session.through = false;
    await session.advance();
    await session.thresholdNow();
    const model = session.context.model as { headInit: unknown };
    const { headInit } = model;
    model.headInit = undefined;
    const asked = [{ layer: '0.query', rank: 0 }];
    await expectNoLeak(() => expect(session.retrain(asked)).rejects.toThrow());
    model.headInit = headInit;
    const ranks = ofType(await session.retrain(asked), 'ranks');
    expect(ranks.map(({ edited }) => edited)).toEqual([true]);
    const { state } = await session.snapshot();
    expect(state).toMatchObject({ ranks: { edited: true } });
    session.dispose();
  });

  it.each([
    ['search', 0],
    ['search', 1],
    ['retrain', 0],
    ['retrain', 2],
    ['evaluate', 0],
    ['evaluate', 3],
  ])(
    'takes a step of %s after %i that failed again, on the same batch, and loses nothing',
    async (phase, step) => {
      const [whole, broken] = [await open(), await open()];
      const expected = timeless(await finish(whole));
      const events: TelemetryEvent[] = [];
      while (broken.progress.phase !== phase || broken.progress.step !== step)
        events.push(...(await broken.advance()));
      const { frozen } = broken.context.model as { frozen: Record<string, tf.Tensor> };
      const name = 'roberta.encoder.layer.1.output.dense.weight';
      const weight = frozen[name] as tf.Tensor;
      delete frozen[name];
      await expect(broken.advance()).rejects.toThrow(name);
      // What begins with the phase is there now; a second failure adds nothing.
      const tensors = tf.memory().numTensors;
      await expect(broken.advance()).rejects.toThrow(name);
      expect(tf.memory().numTensors).toBe(tensors);
      frozen[name] = weight;
      expect(broken.progress).toMatchObject({ phase, step });
      events.push(...(await finish(broken)));
      expect(timeless(events)).toEqual(expected);
      whole.dispose();
      broken.dispose();
    },
  );

  it.each([
    ['search', 4],
    ['search', 7],
    ['retrain', 2],
    ['retrain', 5],
  ])(
    'of %s reports step %i after all where it could not be read at first, and loses nothing',
    async (phase, step) => {
      await expectNoLeak(async () => {
        const config: ExperimentInput = { ...short, hypergradient: { inspectEvery: 4 } };
        const [whole, broken] = [await open(config), await open(config)];
        const events: TelemetryEvent[] = [];
        while (broken.progress.phase !== phase || broken.progress.step !== step - 1)
          events.push(...(await broken.advance()));
        failNextRead();
        await expect(broken.advance()).rejects.toThrow('no reading');
        const resumed = await open(config, structuredClone(await broken.snapshot()));
        // What an inspection of that step found is lost with the reading.
        const told = (all: TelemetryEvent[]) =>
          timeless(all.filter((event) => event.type !== 'inspection' || event.step !== step));
        const expected = told(await finish(whole));
        for (const session of [broken, resumed])
          expect(told([...events, ...(await finish(session))])).toEqual(expected);
        for (const session of [whole, broken, resumed]) session.dispose();
      });
    },
  );

  it('ends a training again whose ranks could not be read at its end, and loses nothing', async () => {
    const config: ExperimentInput = { ...short, method: 'sora' };
    const [whole, broken] = [await open(config), await open(config)];
    const expected = timeless(await finish(whole));
    const events: TelemetryEvent[] = [];
    while (broken.progress.step !== 5) events.push(...(await broken.advance()));
    failNextRead();
    await expect(broken.advance()).rejects.toThrow('no reading');
    events.push(...(await finish(broken)));
    expect(timeless(events)).toEqual(expected);
    whole.dispose();
    broken.dispose();
  });

  it('reads the ranks of a pruning between two reports after all where they could not be read at first', async () => {
    const config: ExperimentInput = {
      ...short,
      method: 'adalora',
      adalora: { initialFraction: 0, finalFraction: 0.1, maskFraction: 0.2 },
      reportEvery: 7,
      retrain: { steps: 20, batchSize: 4 },
    };
    const [whole, broken] = [await open(config), await open(config)];
    const expected = timeless(await finish(whole));
    const events: TelemetryEvent[] = [];
    while (broken.progress.step === 0) events.push(...(await broken.advance()));
    // Nothing else is read before the first report.
    failNextRead();
    const goOn = async () => {
      while (broken.progress.step < 7) events.push(...(await broken.advance()));
    };
    await expect(goOn()).rejects.toThrow('no reading');
    expect(broken.progress.step).toBe(4);
    events.push(...(await finish(broken)));
    expect(timeless(events)).toEqual(expected);
    whole.dispose();
    broken.dispose();
  });

  it('derives no ranks of selection variables that are no numbers', async () => {
    const session = await open();
    const beta = { a: tf.tensor1d([1, Number.NaN, 0]) };
    const search = { layers: [{ module: 'a', name: '0.query' }], beta } as unknown as SearchRun;
    await expect(deriveRanks(session.context, search)).rejects.toThrow('there are no ranks to derive');
    tf.dispose(beta);
    session.dispose();
  });

  it('answers about a text before and after, and exports what PEFT reads', async () => {
    const session = await open();
    await expect(session.exportAdapter('autolora')).rejects.toThrow('no trained AutoLoRA adapter');
    expect((await session.predict('w1 yes')).map(({ model }) => model)).toEqual(['before']);
    await finish(session);
    const answers = await session.predict('w1 yes');
    expect(answers.map(({ model }) => model)).toEqual(['before', 'autolora', 'lora']);
    for (const answer of answers) {
      const total = 'probabilities' in answer && answer.probabilities.reduce((a, b) => a + b);
      expect(total).toBeCloseTo(1, 6);
    }
    const adapter = readPeftAdapter(await session.exportAdapter('autolora'));
    expect(adapter.layers.map(({ scaling, rank }) => scaling * rank)).toEqual(adapter.layers.map(() => 16));
    expect([...adapter.head.keys()]).toContain('classifier.out_proj.weight');
    session.dispose();
  });

  it('keeps the number of tensors constant and leaves none behind', async () => {
    const before = tf.memory().numTensors;
    const session = await open({ ...short, reportEvery: 1, search: { ...short.search, steps: 30 } });
    const counts: number[] = [];
    for (let i = 0; i < 30; i++) {
      await session.advance();
      counts.push(tf.memory().numTensors);
    }
    expect(new Set(counts.slice(1)).size).toBe(1);
    await finish(session);
    await session.predict('w1');
    await session.snapshot();
    session.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('trains plain LoRA at a rank per layer, and says at once where a layer does not exist', async () => {
    const session = await open({
      ...short,
      method: 'lora',
      adapter: { rank: 3, rankPattern: 'value=1,0.query=0' },
    });
    const [evaluation] = ofType(await finish(session), 'evaluation') as [EvaluationEvent];
    expect(evaluation.ranks).toEqual([
      { layer: '0.query', rank: 0 },
      { layer: '0.value', rank: 1 },
      { layer: '1.query', rank: 3 },
      { layer: '1.value', rank: 1 },
    ]);
    expect(evaluation.parameters.adapter).toBe(5 * (16 + 16));
    session.dispose();
    await expect(open({ ...short, adapter: { rankPattern: '2.query=1' } })).rejects.toThrow(
      'the layer 2.query',
    );
  });

  it('says of one’s own data how much of train is taken, and how much of dev stands in it', async () => {
    const notesOf = async (data: ExperimentInput['data']) => {
      const given = input({ ...short, data: { devSize: 0, ...data } });
      const others = examples(24, 1).map((example) => ({ ...example, text: `other ${example.text}` }));
      const session = await openSession({ ...given, dev: [...given.train.slice(0, 3), ...others] });
      session.dispose();
      return session.context.start.notes.filter((note) => note.includes('examples'));
    };
    const cut = 'Of 24 train examples 8 are taken, drawn by the seed; data.trainSize 0 takes all.';
    expect(await notesOf({ source: 'files', trainSize: 8 })).toContain(cut);
    const overlap = '3 of 27 dev examples stand in train too.';
    expect(await notesOf({ source: 'files', trainSize: 0 })).toEqual([overlap]);
    expect(await notesOf({ source: 'files', trainSize: 0, evaluateOn: 'validation' })).not.toContain(overlap);
    expect(await notesOf({ trainSize: 8 })).toEqual([]);
  });

  it('scores a part of one’s own dev set that is drawn at random, and says so; of embedded data the first', async () => {
    const begun = async (data: ExperimentInput['data']) => {
      const session = await open({ ...short, data });
      const [start] = (await session.advance()) as [StartEvent];
      session.dispose();
      return { ...start, cut: start.notes.filter((note) => note.includes('are scored')) };
    };
    const own = await begun({ source: 'files', devSize: 8 });
    const embedded = await begun({ devSize: 8 });
    for (const { task } of [own, embedded]) expect(task).toMatchObject({ devSize: 8, devAvailable: 40 });
    expect(own.cut).toEqual([expect.stringMatching(/^Of 40 dev examples 8 are scored, drawn at random/)]);
    expect(embedded.cut).toEqual([]);
    expect(own.fingerprint?.data).not.toBe(embedded.fingerprint?.data);
    const all = await begun({ source: 'files', devSize: 40 });
    expect([all.task.devAvailable, all.cut]).toEqual([undefined, []]);
  });

  it('leaves nothing behind of a snapshot that is damaged', async () => {
    const before = tf.memory().numTensors;
    const config = { ...short, method: 'lora' as const };
    const session = await open(config);
    await session.advance();
    const { state, tensors } = await session.snapshot();
    session.dispose();
    const { order, training } = state as { order: string[]; training: object };
    const damaged = (change: object) => open(config, { state: { ...(state as object), ...change }, tensors });
    await expect(damaged({ order: [...order, 'training/weights/lost'] })).rejects.toThrow('lost');
    await expect(damaged({ training: { ...training, ranks: null } })).rejects.toThrow();
    expect(tf.memory().numTensors).toBe(before);
    (await damaged({})).dispose();
  });

  it.each([Number.POSITIVE_INFINITY, Number.NaN])('refuses a checkpoint that holds %s', async (value) => {
    const before = tf.memory().numTensors;
    const model = tinyModel();
    const name = 'roberta.encoder.layer.1.output.dense.weight';
    model.tensors.get(name)?.data.fill(value, 5, 6);
    await expect(ExperimentSession.create({ ...input(), model })).rejects.toThrow(
      `tensor "${name}" holds the value ${value}`,
    );
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses what does not fit before anything runs', async () => {
    const before = tf.memory().numTensors;
    await expect(ExperimentSession.create({ ...input(), dev: [] })).rejects.toThrow('dev set is empty');
    await expect(ExperimentSession.create({ ...input(), train: examples(2, 1) })).rejects.toThrow(
      'at least 4',
    );
    const other = await open({ ...short, method: 'lora' });
    await other.advance();
    const snapshot = await other.snapshot();
    other.dispose();
    await expect(
      ExperimentSession.create({ ...input({ ...short, method: 'lora' }, snapshot), train: examples(30, 1) }),
    ).rejects.toThrow('another data');
    const heavier = { ...input({ ...short, method: 'lora' }, snapshot), model: tinyModel(TINY_SHAPE, 8) };
    await expect(ExperimentSession.create(heavier)).rejects.toThrow('another model');
    expect(tf.memory().numTensors).toBe(before);
  });
});
