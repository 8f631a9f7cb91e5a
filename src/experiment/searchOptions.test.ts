/** What a search can do besides: be inspected, stop when its ranks are stable, hand its components to retraining. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { adaptWithLora, loraBName } from '../adapters/lora';
import { survivorsOf } from '../adapters/rankRule';
import { selectionWeights } from '../adapters/selection';
import { type ExperimentInput, parseExperimentConfig } from '../config/experiment';
import { retrainedLayers } from '../methods/lora';
import { type DeviceBatch, disposeDeviceBatch, taskLogits, toDevice } from '../model/taskModel';
import { collate } from '../tasks/batches';
import { sst2Task } from '../tasks/sst2';
import type { SequenceExample } from '../tasks/task';
import type {
  InspectionEvent,
  PhaseEvent,
  RanksEvent,
  SearchEvent,
  TelemetryEvent,
} from '../telemetry/events';
import { disposeRecord, mapRecord, type TensorRecord, tensorOf } from '../tensor/records';
import { expectClose, expectNoLeak, switchBackend } from '../testing/backends';
import { tinyModel } from '../testing/tinyModel';
import { finish, ofType, openSession, timeless } from '../testing/tinySession';
import { createContext } from './context';
import { keptWeights } from './keptStart';
import { deriveRanks } from './ranks';
import { SearchRun } from './search';
import { ExperimentSession, type SessionInput } from './session';

/** Milliseconds that exact hypergradients have taken by the clock of a test that stops them. */
const exact = vi.hoisted(() => ({ tookMs: 0 }));
vi.mock('../bilevel/inspection', async (original) => {
  const real = await original<typeof import('../bilevel/inspection')>();
  return {
    ...real,
    exactHypergradient: (asked: Parameters<typeof real.exactHypergradient>[0]) => {
      exact.tookMs += 1e6;
      return real.exactHypergradient(asked);
    },
  };
});

const example = (i: number): SequenceExample => ({ text: `w${i % 7} w${(i * i) % 11}`, label: i % 2 });
const examples = (count: number) => Array.from({ length: count }, (_, i) => example(i));

const input = (config: ExperimentInput, snapshot?: SessionInput['snapshot']): SessionInput => ({
  config: parseExperimentConfig({
    seed: 3,
    reportEvery: 2,
    baseline: { enabled: false },
    data: { trainSize: 0, devSize: 0 },
    ...config,
    adapter: { rank: 4, ...config.adapter },
    search: { steps: 8, batchSize: 4, dropout: 0.1, ...config.search },
    retrain: { steps: 3, batchSize: 4, ...config.retrain },
  }),
  model: tinyModel(),
  task: sst2Task,
  train: examples(24),
  dev: examples(6),
  notes: [],
  snapshot,
});

const open = (config: ExperimentInput, snapshot?: SessionInput['snapshot']) =>
  openSession(input(config, snapshot));

/** All events of a run, cut and resumed after `cut` units where given. */
async function play(config: ExperimentInput, cut = 0): Promise<TelemetryEvent[]> {
  let session = await open(config);
  const events: TelemetryEvent[] = [];
  for (let i = 0; i < cut; i++) events.push(...(await session.advance()));
  if (cut > 0) {
    const snapshot = structuredClone(await session.snapshot());
    session.dispose();
    session = await open(config, snapshot);
  }
  events.push(...(await finish(session)));
  session.dispose();
  return events;
}

/** The events without what the clock decides, and without the configuration that the start repeats. */
const comparable = (events: readonly TelemetryEvent[]) =>
  timeless(events.filter(({ type }) => type !== 'start'));

/** What ended the search. */
const stopOf = (events: readonly TelemetryEvent[]) =>
  ofType(events, 'phase').find(({ phase, status }) => phase === 'search' && status !== 'begin') as PhaseEvent;

beforeAll(() => switchBackend('wasm'));

describe('inspectEvery', () => {
  it.each([
    { hyperEvery: 1, steps: [3, 6] },
    // β steps are 1, 4 and 7: the inspections due at 3 and 6 wait for them.
    { hyperEvery: 3, steps: [4, 7] },
  ])('changes no number of the run (β step every $hyperEvery)', async ({ hyperEvery, steps }) => {
    const unroll = { estimator: 'finite-difference', unroll: 'optimizer', hyperEvery } as const;
    const plain = await play({ hypergradient: unroll });
    const inspected = await play({ hypergradient: { ...unroll, inspectEvery: 3 } });
    const inspections = ofType(inspected, 'inspection');
    expect(inspections.map(({ step }) => step)).toEqual(steps);
    expect(comparable(inspected.filter(({ type }) => type !== 'inspection'))).toEqual(comparable(plain));
    expect(ofType(plain, 'search').length).toBeGreaterThan(2);
    // The cost of the search, which is compared above, among them: of `steps` inspections it holds nothing.
    expect(stopOf(inspected).cost?.steps).toBe(8);
  });

  it('takes no time that counts as the search’s', async () => {
    const now = performance.now.bind(performance);
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now() + exact.tookMs);
    try {
      const before = exact.tookMs;
      const events = await play({ hypergradient: { inspectEvery: 3 } });
      expect(exact.tookMs).toBe(before + 2e6);
      expect(stopOf(events).wallMs).toBeLessThan(1e6);
      for (const { stepMs } of ofType(events, 'search')) expect(stepMs).toBeLessThan(1e5);
    } finally {
      clock.mockRestore();
    }
  });

  it('compares what the step took with the exact terms, over all and by layer', async () => {
    const run = (estimator: 'exact' | 'first-order' | 'finite-difference') =>
      play({ reportEvery: 1, hypergradient: { estimator, eta: 0.5, inspectEvery: 5 } });
    const [exact] = ofType(await run('exact'), 'inspection') as [InspectionEvent];
    expect(exact.total.cosine).toBeCloseTo(1, 12);
    expect(exact.implicit).toEqual({ cosine: expect.closeTo(1, 12), ratio: expect.closeTo(1, 12) });
    expect(exact.share).toBe(exact.exactShare);
    expect(exact.layers.map(({ layer }) => layer)).toEqual(['0.query', '0.value', '1.query', '1.value']);
    const [first] = ofType(await run('first-order'), 'inspection') as [InspectionEvent];
    expect(first.implicit).toEqual({ ratio: 0 });
    expect(first.share).toBe(0);
    expect(first.exactShare).toBeGreaterThan(0);
    const events = await run('finite-difference');
    const [difference] = ofType(events, 'inspection') as [InspectionEvent];
    const search = ofType(events, 'search').find(({ step }) => step === 5) as SearchEvent;
    const { directNorm = 0, implicitNorm = 0 } = search;
    expect(difference.share).toBeCloseTo(implicitNorm / (directNorm + implicitNorm), 6);
    expect(difference.implicit.cosine).toBeGreaterThan(0.99);
    expect(difference.implicit.cosine).not.toBe(1);
  });

  it('resumes to the same inspections and leaves no tensor behind', async () => {
    const config: ExperimentInput = { hypergradient: { inspectEvery: 2 } };
    const whole = comparable(await play(config));
    await expectNoLeak(async () => expect(comparable(await play(config, 3))).toEqual(whole));
  });
});

describe('stopWhenStable', () => {
  // A β rate this small moves the weights off 1/k at once and then never across it.
  const still: ExperimentInput = {
    search: { steps: 40, stopWhenStable: 6, betaLearningRate: 1e-4, dropout: 0 },
  };

  const ranksAt = async (config: ExperimentInput, steps: number) => {
    const events = await play({ ...config, search: { ...config.search, steps, stopWhenStable: 0 } });
    return (ofType(events, 'ranks')[0] as RanksEvent).ranks;
  };

  it('ends the search at the first report after n steps of the same ranks, and says why', async () => {
    const events = await play(still);
    const stop = stopOf(events);
    expect(stop).toMatchObject({ status: 'stopped', reason: 'stable-ranks', steps: 40 });
    const step = stop.step as number;
    // What was searched, not what was planned: two batches of 4 a step.
    expect(stop.cost).toMatchObject({ steps: step, examples: 8 * step });
    expect(step).toBeLessThan(40);
    expect(ofType(events, 'search').at(-1)?.step).toBe(step);
    const [ranks] = ofType(events, 'ranks') as [RanksEvent];
    expect(ranks.step).toBe(step);
    // The ranks at the reports of the last n steps, each by a search of that length, are the same …
    for (const before of [0, 2, 4, 6]) expect(await ranksAt(still, step - before)).toEqual(ranks.ranks);
    // … and the report before them was another: it did not stop at the earliest possible step.
    expect(step).toBeGreaterThan(8);
    expect(await ranksAt(still, step - 8)).not.toEqual(ranks.ranks);
    expect(events.at(-1)?.type).toBe('done');
  });

  it('goes on while ranks change, and is off by default', async () => {
    const moving: ExperimentInput = {
      search: { steps: 12, stopWhenStable: 11, betaLearningRate: 0.5, learningRate: 0.05 },
    };
    const events = await play(moving);
    const seen = new Set(
      await Promise.all([2, 6, 12].map(async (steps) => JSON.stringify(await ranksAt(moving, steps)))),
    );
    expect(seen.size).toBeGreaterThan(1);
    expect(stopOf(events)).toMatchObject({ status: 'end' });
    expect(stopOf(events).reason).toBeUndefined();
    expect(stopOf(await play({ search: { ...still.search, stopWhenStable: 0 } })).status).toBe('end');
  });

  it('does not take ranks for stable that nothing could have moved', async () => {
    const events = await play({ ...still, hypergradient: { hyperEvery: 20 } });
    expect(stopOf(events)).toMatchObject({ status: 'end' });
  });

  it('resumes to the same stop', async () => {
    const whole = comparable(await play(still));
    for (const cut of [3, 7]) expect(comparable(await play(still, cut))).toEqual(whole);
  });

  it('names a stop by hand too', async () => {
    const session = await open({});
    for (let i = 0; i < 3; i++) await session.advance();
    expect((await session.thresholdNow())[0]).toMatchObject({ status: 'stopped', reason: 'asked', step: 3 });
    session.dispose();
  });
});

describe('retrain.init: kept', () => {
  const cases = [
    { selection: 'softmax', scaling: 'lora' },
    { selection: 'softmax', scaling: 'constant' },
    { selection: 'none', scaling: 'lora' },
    { selection: 'sigmoid', scaling: 'lora' },
    { selection: 'softmax', rankRule: 'raw-mean', scaling: 'lora' },
  ] as const;

  it.each(cases)('starts as the searched model restricted to its survivors: %o', async (options) => {
    const { scaling, ...adapter } = options;
    const { selection } = adapter;
    const rankRule = 'rankRule' in adapter ? adapter.rankRule : 'threshold';
    const context = await createContext(
      input({ adapter, search: { steps: 6, betaLearningRate: 0.1 }, retrain: { scaling, init: 'kept' } }),
    );
    const search = SearchRun.begin(context);
    for await (const _ of search.steps());
    const derived = (await deriveRanks(context, search)).ranks;
    expect(new Set(derived.map(({ rank }) => rank))).not.toEqual(new Set([4]));
    // As derived, and with a layer cut to nothing and one to a component more or less.
    const edited = derived.map(({ layer, rank }, i) => ({
      layer,
      rank: i === 0 ? 0 : i === 1 ? (rank % 4) + 1 : rank,
    }));
    const batch = toDevice(context.model, collate(context.dev.slice(0, 5), 1));
    for (const ranks of [derived, edited]) {
      const start = await keptWeights(context, search, ranks);
      const masked = tf.tidy(() =>
        mapRecord(selectionWeights(search.beta, selection), (a, module) => {
          const index = search.layers.findIndex((layer) => layer.module === module);
          const beta = [...tensorOf(search.beta, module).dataSync()];
          const kept = survivorsOf(beta, selection, rankRule, ranks[index]?.rank as number);
          return tf.mul(
            a,
            beta.map((_, j) => Number(kept.includes(j))),
          );
        }),
      );
      const logits = (weights: TensorRecord, layers: typeof search.layers, selected?: TensorRecord) =>
        logitsOf(context.model, batch, weights, adaptWithLora(layers, { weights, selection: selected }));
      const expected = logits(search.weights, search.layers, masked);
      expectClose(logits(start, retrainedLayers({ ...context, ranks })), expected, 1e-6);
      // The restriction is no small thing here, or the comparison would show nothing.
      const unrestricted = logits(search.weights, search.layers, selectionWeights(search.beta, selection));
      expect(unrestricted).not.toEqual(expected);
      disposeRecord(start);
      disposeRecord(masked);
    }
    const last = search.layers.at(-1)?.module ?? '';
    const { [loraBName(last)]: lost, ...others } = search.weights;
    const damaged = { layers: search.layers, beta: search.beta, weights: others } as unknown as SearchRun;
    await expectNoLeak(async () => {
      await expect(
        keptWeights(
          context,
          damaged,
          derived.map(({ layer }) => ({ layer, rank: 1 })),
        ),
      ).rejects.toThrow(loraBName(last));
    });
    expect(lost).toBeDefined();
    disposeDeviceBatch(batch);
    search.dispose();
  });

  const kept: ExperimentInput = {
    search: { steps: 6, betaLearningRate: 0.1 },
    retrain: { init: 'kept', steps: 4 },
  };

  it.each([
    ['lora', 'LoRA'],
    ['dora', 'DoRA'],
  ] as const)('is refused for %s, which searches nothing', async (method, title) => {
    await expectNoLeak(async () => {
      await expect(ExperimentSession.create(input({ method, retrain: { init: 'kept' } }))).rejects.toThrow(
        `${title} has no search whose components could be kept`,
      );
    });
  });

  it('hands over the head and every component where all are kept', async () => {
    const session = await open(kept);
    session.through = false;
    while (session.progress.status !== 'thresholded')
      for (const event of await session.advance())
        if (event.type === 'phase' && event.phase === 'search' && event.status === 'end')
          await session.thresholdNow();
    const answer = async () => {
      const said = (await session.predict('w1 w4')).find(({ model }) => model === 'autolora');
      return (said as { logits: number[] }).logits;
    };
    const searched = await answer();
    await session.retrain(['0.query', '0.value', '1.query', '1.value'].map((layer) => ({ layer, rank: 4 })));
    expectClose(await answer(), searched, 1e-6);
    session.dispose();
  });

  it('resumes, leaves the baseline fresh, and leaves no tensor behind', async () => {
    const beside: ExperimentInput = { ...kept, baseline: { enabled: true, rank: 2 } };
    await expectNoLeak(async () => {
      const whole = comparable(await play(beside));
      // Unit 7 lies before the threshold, 9 in the retraining.
      for (const cut of [7, 9]) expect(comparable(await play(beside, cut))).toEqual(whole);
      const fresh = comparable(await play({ ...beside, retrain: { ...kept.retrain, init: 'fresh' } }));
      const of = (events: TelemetryEvent[], role: string) =>
        ofType(events, 'train').filter((event) => event.role === role);
      expect(of(whole, 'lora')).toEqual(of(fresh, 'lora'));
      expect(of(whole, 'autolora')).not.toEqual(of(fresh, 'autolora'));
    });
  });
});

function logitsOf(
  model: Parameters<typeof taskLogits>[0],
  batch: DeviceBatch,
  weights: TensorRecord,
  adapt: ReturnType<typeof adaptWithLora>,
): number[] {
  return tf.tidy(() => [...taskLogits(model, weights, batch, { adapt }).dataSync()]);
}
