/** Every single-level method: what it starts as, its size by formula, its gradients, its merged weights, its own rules. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loraAName, loraBName, loraLayers } from '../adapters/lora';
import { type ExperimentInput, parseExperimentConfig } from '../config/experiment';
import { ablations, type MethodName, methodFacts, methodNames, methodTitle } from '../config/methods';
import {
  createTaskModel,
  type DeviceBatch,
  disposeDeviceBatch,
  disposeTaskModel,
  type Head,
  initHead,
  type TaskModel,
  taskLogits,
  taskLoss,
  toDevice,
} from '../model/taskModel';
import { RandomStream } from '../random/stream';
import { totalRank } from '../telemetry/ranks';
import { disposeRecord, mapRecord, type TensorRecord, tensorOf, valueAndGradients } from '../tensor/records';
import { NODE_BACKENDS, switchBackend } from '../testing/backends';
import { relativeError } from '../testing/relativeError';
import { TINY_SHAPE, tinyGpt2, tinyModel } from '../testing/tinyModel';
import { allocate, budgetAt, orthogonality } from './adalora';
import { magnitudeName } from './dora';
import type { FinetuningMethod, MethodInput } from './method';
import { createMethod } from './registry';
import { gateName, softThreshold } from './sora';

const heads: Record<string, { head: Head; labels: (i: number) => number; perToken: boolean }> = {
  'RoBERTa, sequence head': {
    head: { kind: 'classification', outputs: 2 },
    labels: (i) => i % 2,
    perToken: false,
  },
  'RoBERTa, regression head': { head: { kind: 'regression' }, labels: (i) => 5 * (i % 2), perToken: false },
  'RoBERTa, tagging head': { head: { kind: 'tagging', outputs: 3 }, labels: (i) => i % 3, perToken: true },
  'GPT-2': { head: { kind: 'language', labelSmoothing: 0 }, labels: (i) => 5 + (i % 50), perToken: true },
};

const singleLevel = methodNames.filter((name) => name !== 'autolora');
const cases = Object.keys(heads).flatMap((model) => singleLevel.map((method) => ({ model, method })));

async function modelOf(name: string): Promise<TaskModel> {
  const { head } = heads[name] as (typeof heads)[string];
  const arrays = head.kind === 'language' ? tinyGpt2() : tinyModel();
  return (await createTaskModel(arrays, { head, pretrained: true, seed: 1 })).model;
}

function batchOf(name: string, model: TaskModel): DeviceBatch {
  const { labels, perToken } = heads[name] as (typeof heads)[string];
  const [size, length] = [2, 5];
  return toDevice(model, {
    size,
    length,
    inputIds: Int32Array.from({ length: size * length }, (_, i) => 5 + ((7 * i) % 50)),
    attentionMask: new Int32Array(size * length).fill(1),
    labels: perToken
      ? Int32Array.from({ length: size * length }, (_, i) => labels(i))
      : Float32Array.from({ length: size }, (_, i) => labels(i)),
  });
}

const settings: ExperimentInput = {
  adapter: { rank: 3 },
  adalora: { initRank: 3, targetRank: 2 },
  sora: { maxRank: 3 },
  houlsby: { bottleneck: 4 },
  retrain: { steps: 20 },
};

function inputOf(model: TaskModel, more: ExperimentInput = {}, rank = 3): MethodInput {
  const config = parseExperimentConfig({ ...settings, ...more });
  const names = Array.from({ length: model.config.layers }, (_, n) => [`${n}.query`, `${n}.value`]).flat();
  return { config, model, ranks: names.map((layer) => ({ layer, rank })) };
}

/** Another for every tensor, or scores of different layers would tie. */
const streamOf = (name: string, step = 0) =>
  RandomStream.of(step, 'mask', ...[...name].map((letter) => letter.charCodeAt(0)));

/** Weights some way from where they start, so that nothing is zero by luck. */
function moved(weights: TensorRecord, by = 0.1): TensorRecord {
  return mapRecord(weights, (tensor, name) => {
    const random = streamOf(name);
    return tf.tidy(() => tf.add(tensor, tf.tensor(random.fillNormal(tensor.size, by), tensor.shape)));
  });
}

const logitsOf = (model: TaskModel, method: FinetuningMethod, weights: TensorRecord, batch: DeviceBatch) =>
  taskLogits(model, weights, batch, method.hooks(weights));

beforeAll(() => switchBackend('cpu'));

describe.each(cases)('$method on $model', ({ model: name, method: methodName }) => {
  let model: TaskModel;
  let batch: DeviceBatch;
  let method: FinetuningMethod;
  let weights: TensorRecord;
  let before: number;

  beforeEach(async () => {
    before = tf.memory().numTensors;
    model = await modelOf(name);
    batch = batchOf(name, model);
    method = createMethod(methodName, inputOf(model));
    weights = { ...method.init(5), ...initHead(model) };
    return () => {
      disposeRecord(weights);
      disposeDeviceBatch(batch);
      disposeTaskModel(model);
      expect(tf.memory().numTensors).toBe(before);
    };
  });

  it('starts as the model it adapts, with as many parameters as its formula says', () => {
    tf.tidy(() => {
      const plain = taskLogits(model, initHead(model), batch).dataSync();
      // Houlsby's adapters start near the identity, the others at it.
      const bound = methodName === 'adapter' ? 1e-4 : 2e-6;
      expect(relativeError(logitsOf(model, method, weights, batch).dataSync(), plain)).toBeLessThan(bound);
    });
    const own = Object.entries(weights).filter(([key]) => !model.headInit.has(key));
    expect(own.reduce((total, [, tensor]) => total + tensor.size, 0)).toBe(method.parameterCount);
    const { hiddenSize: d, layers } = TINY_SHAPE;
    const lora = 2 * layers * 3 * 2 * d;
    const formulas: Partial<Record<MethodName, number>> = {
      dora: lora + 2 * layers * d,
      adalora: lora + 2 * layers * 3,
      sora: lora + 2 * layers * 3,
      adapter: 2 * layers * (2 * d * 4 + d + 4),
      full: model.parameterCount,
    };
    expect(method.parameterCount).toBe(formulas[methodName] ?? lora);
  });

  it('has the gradients of its loss', () => {
    tf.tidy(() => {
      const at = moved(weights);
      // DoRA's norm is no variable (its §4.3): the loss to differentiate holds it where it is.
      const loss = (w: TensorRecord): tf.Scalar => {
        const task = taskLoss(
          model,
          logitsOf(model, method, methodName === 'dora' ? normHeld(w, at) : w, batch),
          batch,
        );
        const penalty = method.penalty?.(w);
        return penalty ? (tf.add(task, penalty) as tf.Scalar) : task;
      };
      const { gradients } = valueAndGradients(
        () => {
          const task = taskLoss(model, logitsOf(model, method, at, batch), batch);
          const penalty = method.penalty?.(at);
          return penalty ? (tf.add(task, penalty) as tf.Scalar) : task;
        },
        { weights: at },
      );
      const random = RandomStream.of(3, 'mask');
      for (const [key, tensor] of Object.entries(at)) {
        if (methodName === 'full' && random.uniform() > 0.4) continue;
        const direction = tf.tensor(random.fillNormal(tensor.size, 1), tensor.shape);
        const step = 4e-3;
        const value = (factor: number) =>
          loss({ ...at, [key]: tf.add(tensor, tf.mul(direction, factor * step)) }).dataSync()[0] as number;
        const slope = (value(1) - value(-1)) / (2 * step);
        const exact = tf.sum(tf.mul(direction, tensorOf(gradients.weights, key))).dataSync()[0] as number;
        expect(Math.abs(exact - slope), key).toBeLessThan(2e-3 + 1e-2 * Math.abs(slope));
      }
    });
  });

  /** Magnitudes that undo what a change of A and B does to ‖V‖, as if it had stayed as it is at `at`. */
  function normHeld(w: TensorRecord, at: TensorRecord): TensorRecord {
    const changed: Record<string, tf.Tensor> = { ...w };
    for (const module of Object.keys(w).filter((key) => key.endsWith('.lora_magnitude_vector'))) {
      const bare = module.replace('.lora_magnitude_vector', '');
      const now = rowNorms(w, bare);
      changed[module] = tf.mul(tensorOf(w, module), tf.div(now, rowNorms(at, bare)));
    }
    return changed;
  }

  function frozenWeight(bare: string): tf.Tensor {
    const own = model.frozen[`${bare}.weight`];
    if (own) return own;
    const [fused, part] = [bare.replace(/\.\w+$/, ''), bare.endsWith('.query') ? 0 : 2];
    return tf.transpose(tf.split(tensorOf(model.frozen, `${fused}.weight`), 3, 1)[part] as tf.Tensor);
  }

  function rowNorms(w: TensorRecord, bare: string): tf.Tensor {
    const update = tf.matMul(tensorOf(w, `${bare}.lora_B.weight`), tensorOf(w, `${bare}.lora_A.weight`));
    return tf.norm(tf.add(frozenWeight(bare), tf.mul(update, 16 / 3)), 2, 1);
  }

  it('gives the same logits from merged weights', () => {
    const at = moved(weights, 0.05);
    const merged = method.merge?.(model.frozen, at);
    if (!merged) {
      expect(methodName).toBe('adapter');
      disposeRecord(at);
      return;
    }
    tf.tidy(() => {
      const hooked = logitsOf(model, method, at, batch).dataSync();
      const changed = taskLogits(model, { ...merged, ...headOf(at, model) }, batch).dataSync();
      expect(relativeError(changed, hooked)).toBeLessThan(1e-5);
      const plain = taskLogits(model, initHead(model), batch).dataSync();
      expect(relativeError(hooked, plain)).toBeGreaterThan(1e-3);
    });
    const given = new Set([...Object.values(model.frozen), ...Object.values(at)]);
    for (const tensor of Object.values(merged)) if (!given.has(tensor)) tensor.dispose();
    disposeRecord(at);
  });

  const headOf = (record: TensorRecord, { headInit }: TaskModel) =>
    Object.fromEntries(Object.entries(record).filter(([key]) => headInit.has(key)));
});

describe('own rules', () => {
  const withModel = async (work: (model: TaskModel) => Promise<void> | void) => {
    const before = tf.memory().numTensors;
    const model = await modelOf('RoBERTa, sequence head');
    await work(model);
    disposeTaskModel(model);
    expect(tf.memory().numTensors).toBe(before);
  };

  it.each([
    ['adalora', 'lora_A.weight', 0.02],
    ['adalora', 'lora_B.weight', 0.02],
    ['adalora', 'lora_E', 0],
    ['sora', 'lora_A.weight', 1 / Math.sqrt(3 * TINY_SHAPE.hiddenSize)],
    ['sora', 'lora_B.weight', 0],
    ['sora', 'gate', 1],
    ['adapter', 'adapter.down.weight', 0.88e-3],
    ['adapter', 'adapter.up.weight', 0.88e-3],
    ['adapter', 'adapter.up.bias', 0],
  ] as const)('%s starts with %s of mean 0 and its deviation', (name, end, deviation) =>
    withModel((model) => {
      const wide = { adalora: { initRank: 64 }, sora: { maxRank: 64 }, houlsby: { bottleneck: 64 } };
      const weights = createMethod(name, inputOf(model, wide)).init(5);
      const drawn = Object.entries(weights)
        .filter(([key]) => key.endsWith(end))
        .map(([, tensor]) => [...tensor.dataSync()]);
      const values = drawn.flat();
      disposeRecord(weights);
      const square = values.reduce((total, x) => total + x * x, 0) / values.length;
      // Four standard errors of n draws.
      const bound = 4 / Math.sqrt(values.length);
      expect(values.length).toBeGreaterThanOrEqual(64);
      expect(Math.abs(values.reduce((total, x) => total + x, 0) / values.length)).toBeLessThanOrEqual(
        bound * deviation,
      );
      expect(Math.abs(Math.sqrt(square) - deviation)).toBeLessThanOrEqual(bound * deviation);
      if (deviation > 0) expect(new Set(drawn.map(([first]) => first)).size).toBe(4);
    }),
  );

  it('Houlsby’s adapters are x + gelu(x Dᵀ + d) Uᵀ + u, between a sub-layer and its residual', () =>
    withModel((model) => {
      const method = createMethod('adapter', inputOf(model));
      tf.tidy(() => {
        const at = moved(method.init(5), 0.5);
        const module = 'roberta.encoder.layer.1.output.dense';
        const part = (name: string) => tensorOf(at, `${module}.adapter.${name}`);
        const { adaptSublayer } = method.hooks(at);
        const throughAdapter = (x: tf.Tensor) => {
          const narrow = tf.add(tf.matMul(x, part('down.weight'), false, true), part('down.bias'));
          const bent = tf.mul(tf.mul(narrow, 0.5), tf.add(1, tf.erf(tf.div(narrow, Math.SQRT2))));
          const wide = tf.matMul(bent as tf.Tensor2D, part('up.weight') as tf.Tensor2D, false, true);
          return tf.add(x, tf.add(wide, part('up.bias')));
        };
        const x = tf.randomNormal([3, TINY_SHAPE.hiddenSize], 0, 1, 'float32', 1);
        const adapted = adaptSublayer?.(module, x) as tf.Tensor;
        expect(relativeError(adapted.dataSync(), throughAdapter(x).dataSync())).toBeLessThan(2e-6);
        expect(adaptSublayer?.('roberta.encoder.layer.1.intermediate.dense', x)).toBe(x);
      });
    }));

  it('DoRA is m ⊙ V / ‖V‖, with the branch alone seeing dropout', () =>
    withModel((model) => {
      const method = createMethod('dora', inputOf(model));
      const module = 'roberta.encoder.layer.1.attention.self.value';
      tf.tidy(() => {
        const at = moved(method.init(5));
        const x = tf.randomNormal([3, TINY_SHAPE.hiddenSize], 0, 1, 'float32', 1);
        const [weight, bias] = ['weight', 'bias'].map((part) => tensorOf(model.frozen, `${module}.${part}`));
        const [a, b, m] = [`${module}.lora_A.weight`, `${module}.lora_B.weight`, magnitudeName(module)].map(
          (n) => tensorOf(at, n),
        ) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor];
        const v = tf.add(weight as tf.Tensor, tf.mul(tf.matMul(b, a), 16 / 3)); // (out, in)
        const changed = tf.mul(v, tf.expandDims(tf.div(m, tf.norm(v, 2, 1)), 1)) as tf.Tensor2D;
        const output = tf.add(tf.matMul(x, weight as tf.Tensor2D, false, true), bias as tf.Tensor);
        const { adapt } = method.hooks(at);
        const expected = tf.add(tf.matMul(x, changed, false, true), bias as tf.Tensor);
        expect(relativeError(adapt?.(module, x, output).dataSync() ?? [], expected.dataSync())).toBeLessThan(
          2e-6,
        );
        // All of the input is dropped: what is left is the frozen projection.
        const dropped = method.hooks(at, { rate: 0.999999, key: 1 }).adapt?.(module, x, output);
        expect(relativeError(dropped?.dataSync() ?? [], output.dataSync())).toBeLessThan(2e-6);
      });
    }));

  it('DoRA starts as the model does where rows of it are zeros, and those can learn', () =>
    withModel((model) => {
      const module = 'roberta.encoder.layer.1.attention.self.value';
      const frozen = model.frozen as Record<string, tf.Tensor>;
      const whole = tensorOf(frozen, `${module}.weight`);
      const [out, size] = whole.shape as [number, number];
      frozen[`${module}.weight`] = tf.tidy(() =>
        tf.concat([tf.zeros([1, size]), tf.slice(whole, [1, 0], [out - 1, size])]),
      );
      whole.dispose();
      const batch = batchOf('RoBERTa, sequence head', model);
      const method = createMethod('dora', inputOf(model));
      const weights = { ...initHead(model), ...method.init(5) };
      tf.tidy(() => {
        const { value, gradients } = valueAndGradients(
          () => taskLoss(model, logitsOf(model, method, weights, batch), batch),
          { weights },
        );
        const plain = taskLoss(model, taskLogits(model, weights, batch), batch);
        expect(value.dataSync()[0]).toBeCloseTo(plain.dataSync()[0] as number, 6);
        for (const gradient of Object.values(gradients.weights))
          expect(gradient.dataSync().every(Number.isFinite)).toBe(true);
        const ofB = tensorOf(gradients.weights, `${module}.lora_B.weight`);
        expect(
          ofB
            .dataSync()
            .slice(0, 3)
            .some((number) => number !== 0),
        ).toBe(true);
      });
      disposeRecord(weights);
      disposeDeviceBatch(batch);
    }));

  /** Layers of a method as PEFT's LoRA holds them. */
  function layersOf(name: MethodName, input: MethodInput) {
    const method = createMethod(name, input);
    const weights = method.init(1);
    const layers = method.asLora?.(weights).layers ?? [];
    disposeRecord(weights);
    return layers;
  }

  it('LoRA+ lets B learn λ times as fast', () =>
    withModel((model) => {
      const { rateFactor } = createMethod('lora-plus', inputOf(model));
      expect(rateFactor?.('x.lora_B.weight')).toBe(16);
      expect(rateFactor?.('x.lora_A.weight')).toBe(1);
      expect(rateFactor?.('classifier.dense.weight')).toBe(1);
    }));

  it.each([
    ['lora', 16 / 3],
    ['lora-plus', 16 / 3],
    ['dora', 16 / 3],
    ['autolora', 16 / 3],
    ['rslora', 16 / Math.sqrt(3)],
    ['adalora', 16 / (3 + 1e-5)],
    ['sora', 16 / 3],
  ] as const)('%s scales its updates of rank 3 at lora_alpha 16 by %d', (name, scaling) =>
    withModel((model) => {
      const scalings = layersOf(name, inputOf(model)).map((layer) => layer.scaling);
      expect(scalings).toEqual([scaling, scaling, scaling, scaling]);
    }),
  );

  it('AutoLoRA’s retraining scales by lora_alpha over the learned rank, or over k throughout', () =>
    withModel((model) => {
      const ranks = [2, 0, 3, 1];
      const scalingsUnder = (scaling: 'lora' | 'constant') => {
        const input = inputOf(model, { adapter: { rank: 8, loraAlpha: 12 }, retrain: { scaling } });
        const learned = input.ranks.map(({ layer }, i) => ({ layer, rank: ranks[i] as number }));
        return layersOf('autolora', { ...input, ranks: learned }).map((layer) => layer.scaling);
      };
      expect(scalingsUnder('lora')).toEqual([6, 0, 4, 12]);
      expect(scalingsUnder('constant')).toEqual([1.5, 0, 1.5, 1.5]);
    }));

  it('SoRA shrinks its gates alone, by the rate times λ, and counts those that are left', () =>
    withModel(async (model) => {
      tf.tidy(() => {
        const shrunk = softThreshold(tf.tensor1d([0.5, -0.5, 0.2, -0.1, 0]), 0.2).dataSync();
        [0.3, -0.3, 0, 0, 0].forEach((value, i) => {
          expect(shrunk[i]).toBeCloseTo(value, 6);
        });
      });
      const method = createMethod('sora', inputOf(model, { sora: { maxRank: 3, lambda: 2 } }));
      const weights = method.init(4);
      const next = tf.tidy(() => {
        const taken = { weights, gradients: weights, gradientScale: undefined, state: {}, step: 1 };
        const { weights: after } = method.afterStep?.({ ...taken, learningRate: 0.25 }) ?? { weights };
        return mapRecord(after, (tensor) => tf.clone(tensor)) as Record<string, tf.Tensor>;
      });
      for (const [key, tensor] of Object.entries(weights)) {
        const [was, is] = [tensor.dataSync(), tensorOf(next, key).dataSync()];
        const expected = key.endsWith('.gate')
          ? was.map((x) => Math.sign(x) * Math.max(Math.abs(x) - 0.5, 0))
          : was;
        expect(relativeError(is, expected)).toBeLessThan(1e-6);
      }
      const ranks = await method.ranks(next);
      ranks.forEach(({ rank }, i) => {
        const module = `roberta.encoder.layer.${Math.floor(i / 2)}.attention.self.${i % 2 ? 'value' : 'query'}`;
        const was = [...tensorOf(weights, gateName(module)).dataSync()];
        expect(rank).toBe(was.filter((x) => Math.abs(x) > 0.5).length);
      });
      expect(totalRank(ranks)).toBeLessThan(12);
      disposeRecord(weights);
      disposeRecord(next);
    }));

  it('AdaLoRA ends at its budget, prunes nothing where initial and target rank are one, and takes rank 0', () =>
    withModel(async (model) => {
      const trained = async (adalora: ExperimentInput['adalora']) => {
        const method = createMethod('adalora', inputOf(model, { adalora }));
        let weights = tf.tidy(() => {
          const first = method.init(2);
          return mapRecord(moved(first), (tensor) => tf.keep(tensor));
        });
        let state = method.initState?.(weights) ?? {};
        for (let step = 1; step <= 20; step++) {
          const [before, old] = [weights, state];
          tf.tidy(() => {
            const gradients = mapRecord(weights, (tensor, name) => {
              const random = streamOf(name, step);
              return tf.tensor(random.fillNormal(tensor.size, 1), tensor.shape);
            });
            // A masked value grows again, as under an optimizer.
            const stepped = mapRecord(weights, (tensor, name) =>
              tf.add(tensor, tf.mul(tensorOf(gradients, name), 0.01)),
            );
            const taken = {
              weights: stepped,
              gradients,
              gradientScale: undefined,
              state,
              step,
              learningRate: 0,
            };
            const next = method.afterStep?.(taken) ?? taken;
            weights = mapRecord(next.weights, (tensor) => tf.keep(tf.clone(tensor)));
            state = Object.fromEntries(
              Object.entries(next.state).map(([group, record]) => [
                group,
                mapRecord(record, (tensor) => tf.keep(tf.clone(tensor))),
              ]),
            );
          });
          for (const record of [before, ...Object.values(old)]) disposeRecord(record);
        }
        const ranks = await method.ranks(weights);
        const penalty = tf.tidy(() => method.penalty?.(weights)?.dataSync()[0]);
        for (const record of [weights, ...Object.values(state)]) disposeRecord(record);
        return { total: totalRank(ranks), layers: ranks.length, penalty };
      };
      expect(await trained({ initRank: 3, targetRank: 2 })).toMatchObject({ total: 8, layers: 4 });
      expect(await trained({ initRank: 3, targetRank: 3 })).toMatchObject({ total: 12 });
      expect(await trained({ initRank: 3, targetRank: 0 })).toMatchObject({ total: 0 });
      expect(await trained({ initRank: 0, targetRank: 0 })).toEqual({
        total: 0,
        layers: 4,
        penalty: undefined,
      });
      expect(() =>
        createMethod('adalora', inputOf(model, { adalora: { initRank: 2, targetRank: 3 } })),
      ).toThrow('above adalora.initRank 2');
      expect(() =>
        createMethod('adalora', inputOf(model, { adalora: { initialFraction: 0.6, finalFraction: 0.5 } })),
      ).toThrow('leave no steps to prune in');
      expect(() => createMethod('adalora', inputOf(model, { retrain: { steps: 1 } }))).toThrow(
        'give it more steps',
      );
    }));

  it('AdaLoRA measures importance by gradients as they were clipped', () =>
    withModel((model) => {
      const layers = loraLayers(
        model.config,
        () => 3,
        () => 1,
      );
      const method = createMethod('adalora', inputOf(model));
      tf.tidy(() => {
        const weights = moved(method.init(2));
        const gradients = mapRecord(weights, (tensor, name) =>
          tf.tensor(streamOf(name, 1).fillNormal(tensor.size, 1), tensor.shape),
        );
        const schedule = {
          steps: 9,
          initialSteps: 1,
          finalSteps: 3,
          maskEvery: 1,
          initialBudget: 12,
          targetBudget: 4,
        };
        const state = method.initState?.(weights) ?? {};
        const measured = (given: TensorRecord, gradientScale?: tf.Scalar) => {
          const taken = { weights, gradients: given, gradientScale, state, step: 2 };
          const { sensitivity, uncertainty } = allocate(
            layers,
            schedule,
            { beta1: 0.8, beta2: 0.7 },
            taken,
          ).state;
          return [sensitivity, uncertainty].flatMap((record) =>
            Object.values(record).flatMap((tensor) => [...tensor.dataSync()]),
          );
        };
        const halved = measured(mapRecord(gradients, (gradient) => tf.mul(gradient, 0.5)));
        expect(relativeError(measured(gradients, tf.scalar(0.5)), halved)).toBeLessThan(1e-6);
        expect(relativeError(measured(gradients), halved)).toBeGreaterThan(0.5);
      });
    }));

  it('AdaLoRA’s penalty pulls nowhere where A and B are orthogonal already, and is the distance elsewhere', async () => {
    const [layer] = loraLayers(
      tinyModel().config,
      (name) => (name === '0.query' ? 1 : 0),
      () => 1,
    );
    if (!layer) throw new Error('no layer');
    const unit = (at: number, value: number) =>
      Float32Array.from({ length: TINY_SHAPE.hiddenSize }, (_, i) => (i === at ? value : 0));
    for (const backend of NODE_BACKENDS) {
      await switchBackend(backend);
      tf.tidy(() => {
        const weights = {
          [loraAName(layer.module)]: tf.tensor2d(unit(3, 1), [1, layer.inSize]),
          [loraBName(layer.module)]: tf.tensor2d(unit(5, 0.5), [layer.outSize, 1]),
        };
        const { value, gradients } = valueAndGradients(() => orthogonality([layer], weights) as tf.Scalar, {
          weights,
        });
        // A: |1 − 1| = 0; B: |¼ − 1|, with ∂|b² − 1|/∂b = −2b; the mean of both.
        expect(value.dataSync()[0]).toBe(0.75 / 2);
        const [ofA, ofB] = [loraAName, loraBName].map((name) =>
          tensorOf(gradients.weights, name(layer.module)).dataSync(),
        );
        expect([...(ofA ?? [])].map(Math.abs)).toEqual([...unit(3, 0)]);
        expect(ofB).toEqual(unit(5, -0.5));
      });
    }
    await switchBackend('cpu');
  });

  it('AdaLoRA’s penalty is weighed, and none at weight 0', () =>
    withModel((model) => {
      const under = (weight: number) =>
        createMethod(
          'adalora',
          inputOf(model, { adalora: { initRank: 3, targetRank: 2, orthogonality: weight } }),
        );
      tf.tidy(() => {
        const method = under(0.9);
        const weights = moved(method.init(5));
        const layers = method.asLora?.(weights).layers ?? [];
        const distance = orthogonality(layers, weights)?.dataSync()[0] as number;
        expect(distance).toBeGreaterThan(0.1);
        expect(method.penalty?.(weights)?.dataSync()[0]).toBeCloseTo(0.9 * distance, 6);
        expect(under(0).penalty?.(weights)).toBeUndefined();
      });
    }));

  it.each(['lora', 'dora'] as const)('%s leaves nothing behind where one layer cannot be merged', (name) =>
    withModel((model) => {
      const method = createMethod(name, inputOf(model));
      const weights = method.init(1);
      const { 'roberta.encoder.layer.1.attention.self.value.lora_B.weight': last, ...others } = weights;
      const before = tf.memory().numTensors;
      expect(() => method.merge?.(model.frozen, others)).toThrow('1.attention.self.value.lora_B');
      expect(tf.memory().numTensors).toBe(before);
      expect(last).toBeDefined();
      disposeRecord(weights);
    }),
  );

  it('AdaLoRA’s budget falls by a cube', () => {
    const schedule = {
      steps: 100,
      initialSteps: 10,
      finalSteps: 40,
      maskEvery: 5,
      initialBudget: 48,
      targetBudget: 16,
    };
    expect(budgetAt(schedule, 10)).toEqual({ budget: 48, masks: false });
    expect(budgetAt(schedule, 35)).toEqual({ budget: 16 + 4, masks: true });
    expect(budgetAt(schedule, 36)).toMatchObject({ masks: false });
    expect(budgetAt(schedule, 61)).toEqual({ budget: 16, masks: true });
    // Without steps at the end that have the target budget, the last one of all prunes to it.
    const abrupt = { ...schedule, finalSteps: 0, maskEvery: 3, steps: 100 };
    expect(budgetAt(abrupt, 98)).toMatchObject({ masks: false });
    expect(budgetAt(abrupt, 100)).toEqual({ budget: 16, masks: true });
  });

  it('leaves a layer of rank 0 frozen', () =>
    withModel((model) => {
      for (const name of ['lora', 'rslora', 'lora-plus', 'dora'] as const) {
        const input = inputOf(model);
        const ranks = input.ranks.map(({ layer }, i) => ({ layer, rank: i === 0 ? 0 : 2 }));
        const method = createMethod(name, { ...input, ranks });
        const weights = method.init(1);
        expect(Object.keys(weights).some((key) => key.includes('layer.0.attention.self.query'))).toBe(false);
        const { hiddenSize: d } = TINY_SHAPE;
        expect(method.parameterCount).toBe(3 * (2 * 2 * d + (name === 'dora' ? d : 0)));
        disposeRecord(weights);
      }
    }));
});

describe('names', () => {
  it('are told with a source each, and ablations by their own', () => {
    for (const name of methodNames) {
      const { title, explanation, source, section } = methodFacts[name];
      expect([title, explanation, source].every((text) => text.length > 3)).toBe(true);
      if (section) expect(parseExperimentConfig({})).toHaveProperty(section);
    }
    expect(methodTitle(parseExperimentConfig({}))).toBe('AutoLoRA');
    for (const { name, settings } of Object.values(ablations))
      expect(methodTitle(parseExperimentConfig(settings))).toBe(`AutoLoRA (${name})`);
    const both = { ...ablations.sigmoid.settings, ...ablations.firstOrder.settings };
    expect(methodTitle(parseExperimentConfig(both))).toBe('AutoLoRA (sigmoid, η = 0)');
    expect(methodTitle(parseExperimentConfig({ ...both, method: 'lora' }))).toBe('LoRA');
  });
});
