/** What a configuration does to a run: each setting reaches the optimizer, the loss or the data that it speaks of. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BilevelState } from '../bilevel/steps';
import { type ExperimentConfig, type ExperimentInput, parseExperimentConfig } from '../config/experiment';
import { fields } from '../config/fields';
import type { MethodName } from '../config/methods';
import { gateName } from '../methods/sora';
import { type DeviceBatch, disposeTaskModel } from '../model/taskModel';
import { ADAM_DEFAULTS } from '../optim/adamw';
import type { EncodedExample } from '../tasks/encoding';
import type { SearchEvent, SequencePrediction, TelemetryEvent, TrainEvent } from '../telemetry/events';
import { switchBackend } from '../testing/backends';
import { evaluationOf, finish, inputFor, ofType, timeless } from '../testing/tinySession';
import { createContext, type ExperimentContext } from './context';
import { CostMeter } from './cost';
import { SearchRun } from './search';
import { SearchProblem } from './searchProblem';
import { ExperimentSession } from './session';
import { beginTraining } from './trainingStart';

/** Three steps of each phase, each reported; nothing clips, drops or warms up. */
const short: ExperimentInput = {
  reportEvery: 1,
  data: { trainSize: 0, devSize: 0, validationFraction: 0.25 },
  adapter: { rank: 3 },
  search: { steps: 3, batchSize: 4, clipNorm: 0, warmupFraction: 0 },
  retrain: { steps: 3, batchSize: 4, clipNorm: 0, warmupFraction: 0, learningRate: 0.01 },
};

let context: ExperimentContext;

beforeAll(async () => {
  await switchBackend('wasm');
  context = await createContext(inputFor('sequence', 'autolora', short));
});

afterAll(() => disposeTaskModel(context.model));

/** The configuration of `context` with other values at paths such as `search.clipNorm`. */
function changed(values: Record<string, unknown>): ExperimentConfig {
  const config = structuredClone(context.config) as unknown as Record<string, Record<string, unknown>>;
  for (const [path, value] of Object.entries(values)) {
    const [section, field] = path.split('.') as [string, string];
    const fields = config[section] as Record<string, unknown>;
    expect(fields).toHaveProperty(field);
    expect(fields[field], path).not.toBe(value);
    fields[field] = value;
  }
  return parseExperimentConfig(config);
}

async function eventsOf<E extends TelemetryEvent>(steps: AsyncGenerator<TelemetryEvent[]>): Promise<E[]> {
  const events: TelemetryEvent[] = [];
  for await (const some of steps) events.push(...some);
  return timeless(events);
}

async function searched(changes: Partial<ExperimentContext> = {}): Promise<SearchEvent[]> {
  const search = SearchRun.begin({ ...context, ...changes });
  const events = await eventsOf<SearchEvent>(search.steps());
  search.dispose();
  return events;
}

async function trained(
  method: MethodName,
  changes: Partial<ExperimentContext> = {},
): Promise<Omit<TrainEvent, 'role'>[]> {
  const training = await beginTraining({ ...context, ...changes }, method, [], undefined);
  const events = await eventsOf<TrainEvent>(training.steps());
  training.dispose();
  return events.map(({ role, ...event }) => event);
}

const relabelled = ([first, ...others]: EncodedExample[]): EncodedExample[] => [
  { ...(first as EncodedExample), label: 1 - (first?.label as number) },
  ...others,
];

/** Settings of a search, each with a value that must change what it computes, and what else is set for that to show. */
const searchSettings: [path: string, value: unknown, given?: Record<string, unknown>][] = [
  ['adapter.rank', 4],
  ['search.batchSize', 2],
  ['search.learningRate', 0.002],
  ['search.weightDecay', 0.9],
  ['search.betaLearningRate', 0.03],
  ['search.betaWeightDecay', 0.9],
  ['search.betaAdamBeta1', 0.5],
  ['search.schedule', 'linear'],
  ['search.warmupFraction', 1, { 'search.schedule': 'linear' }],
  ['search.clipNorm', 0.01],
  ['search.dropout', 0.2],
  ['adapter.dropout', 0.2],
  ['adapter.loraAlpha', 8],
  ['adapter.selection', 'sigmoid'],
  ['adapter.selection', 'none'],
  ['adapter.rankRule', 'raw-mean'],
  ['hypergradient.estimator', 'first-order'],
  ['hypergradient.eta', 0.5],
  ['hypergradient.unroll', 'optimizer'],
  ['hypergradient.perturbAround', 'post-step'],
  ['hypergradient.implicitScale', 'unit'],
  ['hypergradient.finiteDifferenceRadius', 1],
  ['hypergradient.rollback', true],
  ['hypergradient.hyperEvery', 2],
];

/** The same of a training by a method. */
const trainingSettings: [method: MethodName, path: string, value: unknown][] = [
  ['lora', 'retrain.batchSize', 2],
  ['lora', 'retrain.learningRate', 0.02],
  ['lora', 'retrain.schedule', 'constant'],
  ['lora', 'retrain.warmupFraction', 0.5],
  ['lora', 'retrain.weightDecay', 0.9],
  ['lora', 'retrain.clipNorm', 0.01],
  ['lora', 'retrain.dropout', 0.2],
  ['lora', 'adapter.dropout', 0.2],
  ['lora', 'adapter.loraAlpha', 8],
  ['lora', 'adapter.rank', 4],
  ['lora', 'adapter.rankPattern', 'query=1'],
  ['autolora', 'retrain.scaling', 'constant'],
  ['lora-plus', 'loraPlus.ratio', 2],
  ['adalora', 'adalora.initRank', 4],
  ['adalora', 'adalora.targetRank', 1],
  ['adalora', 'adalora.initialFraction', 0.5],
  ['adalora', 'adalora.finalFraction', 0.1],
  ['adalora', 'adalora.maskFraction', 0.25],
  ['adalora', 'adalora.beta1', 0.1],
  ['adalora', 'adalora.beta2', 0.1],
  ['adalora', 'adalora.orthogonality', 5],
  ['sora', 'sora.maxRank', 2],
  ['sora', 'sora.lambda', 20],
  ['adapter', 'houlsby.bottleneck', 5],
];

/** Settings of these sections that change no step, by where a test holds them. */
const elsewhere: Record<string, string> = {
  'adapter.from': 'chooses files: adapterRoundTrip.test.ts trains on from an adapter',
  'search.steps': 'says when it ends: “a report says …” below counts the steps',
  'search.stopWhenStable': 'says when it ends: searchOptions.test.ts',
  'search.stableTolerance': 'says when it ends: stableRanks.test.ts',
  'hypergradient.inspectEvery': 'looks on: searchOptions.test.ts',
  'retrain.steps': 'says when it ends: “learns at the rates …” below counts the steps',
  'retrain.init': 'hands tensors over: searchOptions.test.ts',
};

it('no setting of a search, an adapter or a training is without a test that it does something', () => {
  const tested = [
    ...searchSettings.map(([path]) => path),
    ...trainingSettings.map(([, path]) => path),
    ...Object.keys(elsewhere),
  ];
  const sections = /^(adapter|loraPlus|adalora|sora|houlsby|search|hypergradient|retrain)\./;
  const settings = fields.map(({ path }) => path).filter((path) => sections.test(path));
  expect([...new Set(tested)].sort()).toEqual(settings.sort());
});

describe('a search', () => {
  let plain: SearchEvent[];
  beforeAll(async () => {
    plain = await searched();
  });

  /** What was computed, without what a report says of the settings: a rate that it says need not be the one taken. */
  const withoutRate = (events: SearchEvent[]) =>
    events.map(({ learningRate, layers, ...event }) => ({
      ...event,
      layers: layers.map(({ selection, ...layer }) => layer),
    }));
  const betasOf = (event?: SearchEvent) => event?.layers.map(({ beta }) => beta);
  const magnitudesOf = (event?: SearchEvent) => event?.layers.map(({ magnitude }) => magnitude);

  it('draws for W from D_tr and for β from D_val', async () => {
    const search = SearchRun.begin(context);
    await search.steps().next();
    expect([context.searchTrain.length, context.searchValidation.length]).toEqual([9, 3]);
    expect(search.drawn).toMatchObject({ weights: { of: 9 }, selection: { of: 3, count: 3 } });
    search.dispose();
  });

  it('scales by lora_alpha / k', () => {
    const scalingsOf = (config: ExperimentConfig) =>
      new SearchProblem({ ...context, config }).layers.map(({ scaling }) => scaling);
    expect(scalingsOf(context.config)).toEqual([16 / 3, 16 / 3, 16 / 3, 16 / 3]);
    expect(scalingsOf(changed({ 'adapter.rank': 4 }))).toEqual([4, 4, 4, 4]);
  });

  it.each([
    [{}, 0],
    [{ 'adapter.selection': 'sigmoid' }, 0],
    [{ 'adapter.selection': 'none' }, Math.fround(1 / 3)],
    [{ 'adapter.rankRule': 'raw-mean' }, 1],
  ])('starts under %o with β = %d', (values, start) => {
    const search = SearchRun.begin({ ...context, config: changed(values) });
    const betas = Object.values(search.beta).map((beta) => [...beta.dataSync()]);
    search.dispose();
    expect(betas).toEqual(Array.from({ length: 4 }, () => [start, start, start]));
  });

  it('moves β, and not W, by the labels of D_val', async () => {
    const [before] = plain;
    const [after] = await searched({ searchValidation: relabelled(context.searchValidation) });
    expect(after?.validationLoss).not.toBe(before?.validationLoss);
    expect(betasOf(after)).not.toEqual(betasOf(before));
    expect(after?.trainLoss).toBe(before?.trainLoss);
    expect(magnitudesOf(after)).toEqual(magnitudesOf(before));
  });

  it('gives each option of its steps its own setting', () => {
    const config = changed({
      'search.steps': 10,
      'search.learningRate': 0.02,
      'search.weightDecay': 0.03,
      'search.betaLearningRate': 0.04,
      'search.betaWeightDecay': 0.05,
      'search.betaAdamBeta1': 0.6,
      'search.clipNorm': 0.7,
      'search.schedule': 'linear',
      'search.warmupFraction': 0.4,
      'hypergradient.rollback': true,
    });
    const problem = new SearchProblem({ ...context, config });
    const at = { step: 1, half: 'both', cost: new CostMeter() } as const;
    const [, , , options] = problem.at({} as BilevelState, { train: {} as DeviceBatch }, at);
    expect(options).toEqual({
      hypergradient: config.hypergradient,
      weightAdam: { ...ADAM_DEFAULTS, weightDecay: 0.03 },
      betaAdam: { ...ADAM_DEFAULTS, beta1: 0.6, weightDecay: 0.05 },
      // The second of four steps of warm-up.
      weightLearningRate: expect.closeTo(0.01, 12),
      betaLearningRate: 0.04,
      clipNorm: 0.7,
      rollback: true,
      half: 'both',
    });
  });

  it.each(searchSettings)('goes another way under another %s', async (path, value, given) => {
    const before = given ? await searched({ config: changed(given) }) : plain;
    const after = await searched({ config: changed({ ...given, [path]: value }) });
    expect(withoutRate(after)).not.toEqual(withoutRate(before));
  });
});

it('a report says the mean loss of the steps since the last one', async () => {
  const meanOf = (losses: (number | undefined)[]) =>
    losses.reduce<number>((sum, loss) => sum + (loss as number), 0) / losses.length;
  const config = { ...context.config, reportEvery: 2 };
  const [each, paired] = [await searched(), await searched({ config })];
  expect(paired.map(({ step }) => step)).toEqual([2, 3]);
  for (const key of ['trainLoss', 'validationLoss'] as const) {
    expect(paired[0]?.[key]).toBeCloseTo(meanOf(each.slice(0, 2).map((event) => event[key])), 12);
    expect(paired[1]?.[key]).toBe(each[2]?.[key]);
  }
  const [steps, pairs] = [await trained('lora'), await trained('lora', { config })];
  expect(pairs[0]?.trainLoss).toBeCloseTo(meanOf(steps.slice(0, 2).map((event) => event.trainLoss)), 12);
});

describe('a training', () => {
  /** As a search may have found them: not k everywhere. */
  const learned = ['0.query', '0.value', '1.query', '1.value'].map((layer, i) => ({
    layer,
    rank: [2, 0, 3, 1][i] as number,
  }));

  it.each(trainingSettings)('of %s goes another way under another %s', async (method, path, value) => {
    // Long enough for AdaLoRA to measure, to prune and to go on.
    const steps = method === 'adalora' ? { 'retrain.steps': 12 } : {};
    const endOf = async (config: ExperimentConfig) => {
      const own = { ...context, config: { ...config, method } };
      const training = await beginTraining(own, method, learned, undefined);
      await eventsOf(training.steps());
      const numbers = Object.values(training.tensors).map((record) =>
        Object.values(record).map((tensor) => [...tensor.dataSync()]),
      );
      training.dispose();
      return numbers;
    };
    expect(await endOf(changed({ ...steps, [path]: value }))).not.toEqual(await endOf(changed(steps)));
  });

  it('learns at the rates of its schedule', async () => {
    const ratesUnder = async (values: Record<string, unknown>) =>
      (await trained('lora', { config: changed(values) })).map(({ learningRate }) => learningRate);
    expect(await ratesUnder({ 'retrain.schedule': 'constant' })).toEqual([0.01, 0.01, 0.01]);
    const warmed = await ratesUnder({ 'retrain.steps': 4, 'retrain.warmupFraction': 0.5 });
    [0.005, 0.01, 0.01, 0.005].forEach((rate, i) => {
      expect(warmed[i]).toBeCloseTo(rate, 12);
    });
    expect(warmed).toHaveLength(4);
  });

  it('of LoRA+ is LoRA’s where B learns at A’s rate, and another at the authors’ ratio', async () => {
    const lora = await trained('lora');
    expect(await trained('lora-plus', { config: changed({ 'loraPlus.ratio': 1 }) })).toEqual(lora);
    expect(await trained('lora-plus')).not.toEqual(lora);
  });

  it('of AdaLoRA learns by its penalty, which is not in the loss that it reports', async () => {
    const under = (orthogonality: number) =>
      trained('adalora', {
        config: changed({
          'adalora.targetRank': 3,
          'adalora.orthogonality': orthogonality,
        }),
      });
    const [free, held] = [await under(0), await under(0.9)];
    expect(held[0]).toEqual(free[0]);
    expect(held[2]).not.toEqual(free[2]);
  });

  it('of SoRA shrinks its gates by λ times the rate of each step', async () => {
    const config = changed({
      'sora.lambda': 100,
      'retrain.steps': 4,
      'retrain.learningRate': 1e-3,
    });
    const training = await beginTraining({ ...context, config }, 'sora', [], undefined);
    const gates = () =>
      Object.entries(training.weights).flatMap(([name, tensor]) =>
        name.endsWith(gateName('')) ? [...tensor.dataSync()] : [],
      );
    const before = gates();
    await eventsOf(training.steps());
    const after = gates();
    training.dispose();
    const open = [...before.keys()].filter((i) => Math.abs(before[i] as number) > 0.5);
    expect(open.length).toBeGreaterThan(4);
    // λ Σ η_t of a schedule that falls to 0; the optimizer itself moves a gate by at most Σ η_t or so.
    for (const i of open) {
      const shrunk = Math.abs(before[i] as number) - Math.abs(after[i] as number);
      expect(Math.abs(shrunk - 0.25)).toBeLessThan(0.005);
    }
  });

  it('smooths its labels', async () => {
    const firstLoss = async (labelSmoothing: number) => {
      const retrain = { ...short.retrain, steps: 1 };
      const generation = { labelSmoothing, decoding: 'greedy', maxNewTokens: 1 } as const;
      const session = await ExperimentSession.create(
        inputFor('generation', 'lora', { ...short, retrain, generation }),
      );
      const [event] = ofType(await finish(session), 'train');
      session.dispose();
      return event?.trainLoss as number;
    };
    expect(Math.abs((await firstLoss(0.2)) - (await firstLoss(0)))).toBeGreaterThan(1e-3);
  });
});

describe('an evaluation', () => {
  const evaluated = async (...[kind, method, more]: Parameters<typeof inputFor>) => {
    const session = await ExperimentSession.create(inputFor(kind, method, { ...short, ...more }));
    const event = evaluationOf(await finish(session));
    session.dispose();
    return event;
  };

  it('says the mean cross-entropy of all dev examples, the last batch being shorter', async () => {
    const { metrics, predictions } = await evaluated('sequence', 'lora');
    const losses = (predictions as SequencePrediction[]).map(
      ({ logits, label }) =>
        Math.log(logits.reduce((sum, x) => sum + Math.exp(x), 0)) - (logits[label] as number),
    );
    // Batches of four and one.
    expect(losses).toHaveLength(5);
    const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
    expect(metrics.loss).toBeCloseTo(mean, 5);
    const meanOfBatches =
      (losses.slice(0, 4).reduce((sum, loss) => sum + loss, 0) / 4 + (losses[4] as number)) / 2;
    expect(Math.abs(meanOfBatches - mean)).toBeGreaterThan(1e-3);
  });

  it('smooths no labels', async () => {
    const lossAt = async (labelSmoothing: number) => {
      const retrain = { ...short.retrain, steps: 0 };
      const generation = { labelSmoothing, decoding: 'greedy', maxNewTokens: 1 } as const;
      return (await evaluated('generation', 'lora', { retrain, generation })).metrics.loss;
    };
    expect(await lossAt(0.2)).toBe(await lossAt(0));
  });
});
