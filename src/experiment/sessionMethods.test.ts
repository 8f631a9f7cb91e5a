/** Whole runs of every single-level method, on every head: resumption, leaks, costs, exports, and dev left unread. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { readPeftAdapter } from '../adapters/peftRead';
import { methodNames } from '../config/methods';
import { createMethod } from '../methods/registry';
import type { Example } from '../tasks/task';
import type { GenerationPrediction, PhaseEvent, TelemetryEvent } from '../telemetry/events';
import { totalRank } from '../telemetry/ranks';
import { openSafetensors } from '../tensor/safetensors';
import { switchBackend } from '../testing/backends';
import {
  evaluationOf,
  finish,
  inputFor,
  type Kind,
  kinds,
  ofType,
  openSession,
  steps,
  timeless,
} from '../testing/tinySession';
import { ExperimentSession } from './session';

const costsOf = (events: readonly TelemetryEvent[]) =>
  Object.fromEntries(
    events
      .filter((event): event is PhaseEvent => event.type === 'phase' && event.cost !== undefined)
      .map(({ role, phase, cost }) => [`${role}/${phase}`, cost]),
  );

const singleLevel = methodNames.filter((name) => name !== 'autolora');
const cases = singleLevel.flatMap((method) =>
  (Object.keys(kinds) as Kind[]).map((kind) => ({ method, kind })),
);

beforeAll(() => switchBackend('wasm'));

describe.each(cases)('$method on $kind', ({ method, kind }) => {
  it('trains, goes on from a snapshot to the same numbers, answers, exports and leaves nothing', async () => {
    const before = tf.memory().numTensors;
    const whole = await openSession(inputFor(kind, method));
    const events: TelemetryEvent[] = [];
    let snapshot: Awaited<ReturnType<ExperimentSession['snapshot']>> | undefined;
    let told: TelemetryEvent[] = [];
    const counts: number[] = [];
    while (whole.progress.status !== 'finished') {
      events.push(...(await whole.advance()));
      if (whole.progress.phase === 'retrain') counts.push(tf.memory().numTensors);
      // After a pruning of AdaLoRA and before its last steps.
      if (whole.progress.phase === 'retrain' && whole.progress.step === 3) {
        snapshot = structuredClone(await whole.snapshot());
        told = [...events];
      }
    }
    // The losses of a reporting interval wait on the device: between two reports the count repeats.
    expect(counts.at(-1)).toBe(counts.at(-3));

    const resumed = await ExperimentSession.create({ ...inputFor(kind, method), snapshot });
    expect(timeless([...told, ...(await finish(resumed))])).toEqual(timeless(events));

    const trains = events.filter((event) => event.type === 'train');
    expect(trains.map(({ role, step }) => [role, step])).toEqual([2, 4, 6].map((step) => [method, step]));
    const { role, parameters, ranks } = evaluationOf(events);
    expect(role).toBe(method);
    const { config, model } = resumed.context;
    const given = ['0.query', '0.value', '1.query', '1.value'].map((layer) => ({ layer, rank: 3 }));
    expect(parameters.adapter).toBe(createMethod(method, { config, model, ranks: given }).parameterCount);
    // Of each component that is left a row of A, a column of B and its own number, in a model of width 16.
    const prunes = method === 'adalora' || method === 'sora';
    expect(parameters.kept).toBe(prunes ? totalRank(ranks) * 33 : undefined);
    const totals = trains.map((event) => event.ranks && totalRank(event.ranks));
    if (method === 'adalora') expect(totalRank(ranks)).toBe(8);
    // Its budget: ⌊8 + 4 (1 − (2 − 1) / 3)³⌋ after step 2, the target from step 4 on.
    if (method === 'adalora') expect(totals).toEqual([9, 8, 8]);
    else if (method === 'sora') expect(trains.map((event) => event.ranks?.length)).toEqual([4, 4, 4]);
    else expect(totals).toEqual([undefined, undefined, undefined]);
    if (totals.at(-1) !== undefined) expect(trains.at(-1)?.ranks).toEqual(ranks);
    if (method === 'sora') expect(ranks.some(({ rank }) => rank < 3)).toBe(true);
    expect(ranks).toHaveLength(method === 'adapter' || method === 'full' ? 0 : 4);

    if (kind === 'generation') {
      const answers = await resumed.generate('name : n1', () => true);
      expect(answers.map(({ model: asked }) => asked)).toEqual(['before', method]);
      const [first] = evaluationOf(events).predictions as GenerationPrediction[];
      expect(typeof first?.generated).toBe('string');
    } else {
      expect((await resumed.predict('w1 yes')).map(({ model: asked }) => asked)).toEqual(['before', method]);
    }

    const files = await resumed.exportAdapter(method);
    if (['adapter', 'full'].includes(method)) {
      const file = files.find(({ name }) => name === 'trained.safetensors');
      const tensors = openSafetensors({ name: 'trained', bytes: file?.bytes as ArrayBuffer });
      const size = [...tensors.entries.values()].reduce(
        (total, { shape }) => total + shape.reduce((n, d) => n * d, 1),
        0,
      );
      expect(size).toBe(parameters.adapter + parameters.head);
    } else {
      const adapter = readPeftAdapter(files);
      const exported = Object.fromEntries(adapter.ranks.map(({ layer, rank }) => [layer, rank]));
      for (const { layer, rank } of ranks) expect(exported[layer] ?? 0).toBe(rank);
    }
    whole.dispose();
    resumed.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('ranks while AdaLoRA trains', () => {
  it('are those of the last pruning, after a snapshot too, though the values grow again between two', async () => {
    const adalora = {
      initRank: 3,
      targetRank: 2,
      initialFraction: 0.2,
      finalFraction: 0.2,
      maskFraction: 0.5,
    };
    const input = inputFor('sequence', 'adalora', { adalora });
    const totalsOf = (events: readonly TelemetryEvent[]) =>
      ofType(events, 'train').map(({ ranks }) => ranks && totalRank(ranks));
    const whole = await openSession(input);
    const events: TelemetryEvent[] = [];
    while (whole.progress.phase !== 'retrain' || whole.progress.step < 3)
      events.push(...(await whole.advance()));
    const snapshot = structuredClone(await whole.snapshot());
    events.push(...(await finish(whole)));
    // It prunes after step 3, to ⌊8 + 4 (1 − 2 / 4)³⌋, and after its last one.
    expect(totalsOf(events)).toEqual([undefined, 8, 8]);
    const resumed = await ExperimentSession.create({ ...input, snapshot });
    expect(totalsOf(await finish(resumed))).toEqual([8, 8]);
    whole.dispose();
    resumed.dispose();
  });
});

describe('costs', () => {
  it('are counted by phase and role', async () => {
    const session = await ExperimentSession.create(
      inputFor('sequence', 'autolora', { hypergradient: { hyperEvery: 2 } }),
    );
    const events = await finish(session);
    session.dispose();
    const perExample = 4; // <s>, two words, </s>
    // Two of four steps have a β part: train, validation and two for the difference.
    expect(costsOf(events)).toEqual({
      'autolora/search': {
        steps: 4,
        examples: 24,
        tokens: 24 * perExample,
        forwardPasses: 2 * 4 + 2,
        backwardPasses: 2 * 4 + 2,
      },
      ...Object.fromEntries(
        ['autolora', 'lora'].flatMap((role) => [
          [
            `${role}/retrain`,
            {
              steps,
              examples: 4 * steps,
              tokens: 4 * steps * perExample,
              forwardPasses: steps,
              backwardPasses: steps,
            },
          ],
          [
            `${role}/evaluate`,
            // Batches of four, as in training.
            { steps: 2, examples: 5, tokens: 5 * perExample, forwardPasses: 2, backwardPasses: 0 },
          ],
        ]),
      ),
    });
  });

  it.each([
    ['finite-difference', 4, 4],
    ['finite-difference-forward', 3, 3],
    ['sama', 4, 4],
    ['first-order', 2, 2],
    ['exact', 3, 4],
  ] as const)('of a %s step are %i forward and %i backward passes', async (estimator, forward, backward) => {
    const session = await ExperimentSession.create(
      inputFor('sequence', 'autolora', { search: { steps: 1, batchSize: 4 }, hypergradient: { estimator } }),
    );
    const events = [...(await session.advance()), ...(await session.advance())];
    session.dispose();
    const { forwardPasses, backwardPasses } = costsOf(events)['autolora/search'] ?? {};
    expect([forwardPasses, backwardPasses]).toEqual([forward, backward]);
  });

  it('of writing texts are passes and tokens too', async () => {
    const session = await ExperimentSession.create(
      inputFor('generation', 'lora', { generation: { decoding: 'greedy', maxNewTokens: 3 } }),
    );
    const events = await finish(session);
    session.dispose();
    const cost = costsOf(events)['lora/evaluate'];
    // Two batches for the loss, one that writes at most three tokens: the prompt's pass and one for each but the last.
    expect(cost?.steps).toBe(3);
    expect(cost?.forwardPasses).toBeGreaterThanOrEqual(3);
    expect(cost?.forwardPasses).toBeLessThanOrEqual(5);
    expect(cost?.backwardPasses).toBe(0);
  });
});

describe('evaluation on validation', () => {
  it.each(['lora', 'adalora'] as const)(
    'trains %s on D_tr, scores D_val and never reads dev',
    async (method) => {
      const input = inputFor('sequence', method, {
        data: { trainSize: 0, devSize: 0, evaluateOn: 'validation', validationFraction: 0.25 },
      });
      const dev = new Proxy([] as Example[], {
        get() {
          throw new Error('dev was read');
        },
      });
      const session = await ExperimentSession.create({ ...input, dev });
      const { searchTrain, searchValidation, train, dev: scored, start } = session.context;
      expect([train, scored]).toEqual([searchTrain, searchValidation]);
      expect(start.task).toMatchObject({ trainSize: 9, devSize: 3, evaluatedOn: 'validation' });
      expect(evaluationOf(await finish(session)).predictions).toHaveLength(3);
      session.dispose();
    },
  );
});

describe('settings that do not fit', () => {
  it('are refused in a sentence before anything is on the device', async () => {
    const before = tf.memory().numTensors;
    const input = inputFor('sequence', 'adalora', { adalora: { initRank: 2, targetRank: 4 } });
    await expect(ExperimentSession.create(input)).rejects.toThrow('AdaLoRA only prunes');
    expect(tf.memory().numTensors).toBe(before);
  });
});
