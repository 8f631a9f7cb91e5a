/**
 * The hypergradient against closed forms and central differences: on a quadratic where it can be written down, and
 * on a small RoBERTa, where the whole unrolled validation loss is differenced in β.
 */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { adaptWithLora, initLora, loraTargets } from '../adapters/lora';
import { initSelection, selectionWeights } from '../adapters/selection';
import {
  createTaskModel,
  initHead,
  type TaskModel,
  taskLogits,
  taskLoss,
  toDevice,
} from '../model/taskModel';
import { ADAM_DEFAULTS, type AdamState, adamInit, adamUpdate } from '../optim/adamw';
import { clipFactor } from '../optim/clip';
import { RandomStream } from '../random/stream';
import { collate } from '../tasks/batches';
import { mapRecord, type TensorRecord, tensorOf, valueAndGradients } from '../tensor/records';
import { expectClose, switchBackend } from '../testing/backends';
import { type PlainAdam, plainAdamSlope, plainAdamStep } from '../testing/plainAdam';
import { tinyModel } from '../testing/tinyModel';
import { type HypergradientOptions, hypergradient } from './hypergradient';
import type { BilevelLoss } from './hypergradient/estimator';
import { samaVector } from './hypergradient/sama';
import { adamInnerStep, type InnerAdam, type InnerStep, sgdInnerStep } from './innerStep';
import { type BilevelStepOptions, bilevelInit, bilevelStep, weightStep } from './steps';

const defaults: HypergradientOptions = {
  estimator: 'exact',
  eta: 0.1,
  unroll: 'sgd',
  perturbAround: 'pre-step',
  implicitScale: 'eta',
  finiteDifferenceRadius: 0.01,
};

const flat = (record: TensorRecord) => Object.values(record).flatMap((tensor) => [...tensor.dataSync()]);

let model: TaskModel;

beforeAll(async () => {
  await switchBackend('wasm');
  const head = { kind: 'classification', outputs: 3 } as const;
  ({ model } = await createTaskModel(tinyModel(), { head, pretrained: true, seed: 1 }));
});

/**
 * L_T = ½ Σ c (w − β)², L_V = ½ Σ (w − t)² + ½ Σ β². Then g = c (w − β), W' = w − η g, v = W' − t,
 * ∂g/∂β = −c, so implicit = −η · (−c) v = η c v and direct = β.
 */
describe('on a quadratic', () => {
  const c = [2, 0.5, 3];
  const w = [1, -2, 0.5];
  const beta = [0.3, 0.2, -0.4];
  const target = [0.7, 0.1, -1];
  const eta = 0.1;
  const tensor = (values: number[]) => tf.tensor1d(values);
  const half = (x: tf.Tensor) => tf.mul(0.5, tf.sum(x)) as tf.Scalar;
  const square = (x: tf.Tensor) => tf.mul(x, x);
  const trainLoss: BilevelLoss = (weights, logits) =>
    half(tf.mul(tensor(c), square(tf.sub(tensorOf(weights, 'w'), tensorOf(logits, 'b')))));
  const validationLoss: BilevelLoss = (weights, logits) =>
    tf.add(
      half(square(tf.sub(tensorOf(weights, 'w'), tensor(target)))),
      half(square(tensorOf(logits, 'b'))),
    ) as tf.Scalar;
  const stepped = w.map((x, i) => x - eta * (c[i] as number) * (x - (beta[i] as number)));
  const vector = stepped.map((x, i) => x - (target[i] as number));
  const implicit = vector.map((v, i) => eta * (c[i] as number) * v);
  const run = (options: Partial<HypergradientOptions>, adam?: InnerAdam) =>
    hypergradient({
      weights: { w: tensor(w) },
      beta: { b: tensor(beta) },
      trainLoss,
      validationLoss,
      options: { ...defaults, eta, ...options },
      adam,
    });

  it.each([
    ['exact', 1e-6],
    // ∂L_T/∂β is linear in w, so differences are exact but for rounding.
    ['finite-difference', 2e-4],
    ['finite-difference-forward', 2e-4],
  ] as const)('%s equals the closed form', (estimator, tolerance) => {
    tf.tidy(() => {
      const result = run({ estimator });
      expectClose(flat(result.steppedWeights), stepped, 1e-6);
      expectClose(flat(result.direct), beta, 1e-6);
      expectClose(flat(result.implicit), implicit, tolerance);
      expectClose(
        flat(result.total),
        implicit.map((x, i) => x + (beta[i] as number)),
        tolerance,
      );
    });
  });

  it('leaves η out on request, and the implicit term out in first order', () => {
    tf.tidy(() => {
      for (const estimator of ['exact', 'finite-difference', 'finite-difference-forward'] as const) {
        const unit = run({ estimator, implicitScale: 'unit', perturbAround: 'post-step' });
        expectClose(
          flat(unit.implicit),
          implicit.map((x) => x / eta),
          2e-4,
        );
      }
      expect(flat(run({ estimator: 'first-order' }).implicit)).toEqual([0, 0, 0]);
    });
  });

  it.each([0, 1])('exact through an AdamW step that clips at %d equals the closed form', (clipNorm) => {
    const moments = { mean: [0.5, 0.3, -0.01], square: [0.2, 0.6, 5e-4] };
    const [learningRate, weightDecay, step] = [0.1, 0.1, 2];
    const entry = (i: number): PlainAdam => ({
      weight: w[i] as number,
      mean: moments.mean[i] as number,
      square: moments.square[i] as number,
      step,
      learningRate,
      weightDecay,
    });
    const gradient = w.map((x, i) => (c[i] as number) * (x - (beta[i] as number)));
    // The factor is held constant while β moves.
    const factor = clipNorm > 0 ? clipNorm / norm(gradient) : 1;
    expect(factor).toBeLessThanOrEqual(1);
    const afterAdam = gradient.map((g, i) => plainAdamStep(entry(i), factor * g));
    const expected = gradient.map((g, i) => {
      const v = (afterAdam[i] as number) - (target[i] as number);
      return -(c[i] as number) * factor * plainAdamSlope(entry(i), factor * g) * v;
    });
    tf.tidy(() => {
      const state = {
        step,
        mean: { w: tensor(moments.mean) },
        square: { w: tensor(moments.square) },
      };
      const options = { ...ADAM_DEFAULTS, weightDecay };
      const result = run({ unroll: 'optimizer' }, { state, options, learningRate, clipNorm });
      expectClose(flat(result.steppedWeights), afterAdam, 1e-6);
      expectClose(flat(result.direct), beta, 1e-6);
      // Each by itself: they differ in size.
      flat(result.implicit).forEach((value, i) => {
        expectClose([value], [expected[i] as number], 1e-5);
      });
    });
  });
});

/**
 * L_T = Σ β w³ / 6, L_V = ½ Σ (w − t)² + ½ Σ β², in two tensors. Then ∇_β L_T = w³ / 6, g = β w² / 2, W' = w − η g and
 * v = W' − t. With ε = r / ‖v‖ over all of W a difference along v at the point w is
 * - central: w² v / 2 + ε² v³ / 6,
 * - forward: w² v / 2 + ε w v² / 2 + ε² v³ / 6.
 */
describe('on a cubic', () => {
  const w = [1, -2, 0.5];
  const beta = [0.3, 0.2, -0.4];
  const target = [0.7, 0.1, -1];
  const eta = 0.1;
  const radius = 0.5;
  const inTwo = (values: readonly number[]) => ({
    x: tf.tensor1d(values.slice(0, 2)),
    y: tf.tensor1d(values.slice(2)),
  });
  const summed = (term: (name: string) => tf.Tensor) =>
    tf.add(tf.sum(term('x')), tf.sum(term('y'))) as tf.Scalar;
  const trainLoss: BilevelLoss = (weights, logits) =>
    summed((name) => {
      const x = tensorOf(weights, name);
      return tf.div(tf.mul(tensorOf(logits, name), tf.mul(x, tf.mul(x, x))), 6);
    });
  const validationLoss: BilevelLoss = (weights, logits) => {
    const targets: TensorRecord = inTwo(target);
    return summed((name) => {
      const [x, b] = [tf.sub(tensorOf(weights, name), tensorOf(targets, name)), tensorOf(logits, name)];
      return tf.mul(0.5, tf.add(tf.mul(x, x), tf.mul(b, b)));
    });
  };
  const stepped = w.map((x, i) => x - (eta * (beta[i] as number) * x * x) / 2);
  const vector = minus(stepped, target);
  const run = (options: Partial<HypergradientOptions>) =>
    hypergradient({
      weights: inTwo(w),
      beta: inTwo(beta),
      trainLoss,
      validationLoss,
      options: { ...defaults, eta, finiteDifferenceRadius: radius, ...options },
    });
  /** Differences of ∇_β L_T along v by their formulas, at one of the two points. */
  const difference = (
    estimator: HypergradientOptions['estimator'],
    point: readonly number[],
    r: number,
  ): number[] => {
    const epsilon = r / norm(vector);
    return point.map((x, i) => {
      const v = vector[i] as number;
      const straight = (x * x * v) / 2;
      if (estimator === 'exact') return straight;
      const central = straight + (epsilon ** 2 * v ** 3) / 6;
      return estimator === 'finite-difference-forward' ? central + (epsilon * x * v * v) / 2 : central;
    });
  };

  it.each(['exact', 'finite-difference', 'finite-difference-forward'] as const)(
    '%s is its formula, around either point, with η and without',
    (estimator) => {
      for (const perturbAround of ['pre-step', 'post-step'] as const)
        for (const implicitScale of ['eta', 'unit'] as const)
          tf.tidy(() => {
            const result = run({ estimator, perturbAround, implicitScale });
            expectClose(flat(result.steppedWeights), stepped, 1e-6);
            const factor = implicitScale === 'unit' ? 1 : eta;
            const along = difference(estimator, perturbAround === 'pre-step' ? w : stepped, radius);
            expectClose(
              flat(result.implicit),
              along.map((x) => -factor * x),
              1e-5,
            );
          });
    },
  );

  it('SAMA where the inner optimizer is SGD is the central difference at radius 1, without η', () => {
    tf.tidy(() => {
      const along = difference('sama', w, 1);
      expectClose(
        flat(run({ estimator: 'sama' }).implicit),
        along.map((x) => -x),
        1e-5,
      );
    });
  });
});

/** A tiny RoBERTa with LoRA and selection variables, moved off its start so that nothing is zero. */
function smallProblem(variant: 'softmax' | 'none' | 'sigmoid', dropoutRate = 0) {
  const layers = loraTargets(model.config).map((target) => ({ ...target, rank: 3, scaling: 2 }));
  const noise = (seed: number, scale: number) => (tensor: tf.Tensor) =>
    tf.add(tensor, tf.tensor(RandomStream.of(seed, 'data').fillNormal(tensor.size, scale), tensor.shape));
  const weights = mapRecord({ ...initLora(layers, 3), ...initHead(model) }, noise(5, 0.3));
  const beta = mapRecord(initSelection(layers, variant), noise(6, 0.3));
  const lossOf = (seed: number): BilevelLoss => {
    const random = RandomStream.of(seed, 'data');
    const rows = Array.from({ length: 4 }, () => ({
      ids: [0, ...Array.from({ length: 3 + random.below(4) }, () => 5 + random.below(59)), 2],
      label: random.below(3),
    }));
    const batch = toDevice(model, collate(rows, 1));
    const dropout =
      dropoutRate > 0
        ? { hidden: dropoutRate, attention: dropoutRate, head: dropoutRate, key: seed }
        : undefined;
    return (w, b) => {
      const adapt = adaptWithLora(layers, { weights: w, selection: selectionWeights(b, variant) });
      const logits = taskLogits(model, w, batch, { adapt, dropout });
      return taskLoss(model, logits, batch);
    };
  };
  return { weights, beta, trainLoss: lossOf(11), validationLoss: lossOf(12) };
}

/** d L_V(W'(β), β) / dβ by central differences of the whole unrolled loss. */
function differenced(
  { weights, beta, trainLoss, validationLoss }: ReturnType<typeof smallProblem>,
  innerStep: InnerStep,
): number[] {
  const unrolled = (logits: TensorRecord): number =>
    tf.tidy(() => {
      const names = Object.keys(weights);
      const gradients = tf.grads((...list: tf.Tensor[]) =>
        trainLoss(Object.fromEntries(names.map((name, i) => [name, list[i] as tf.Tensor])), logits),
      )(Object.values(weights));
      const g = Object.fromEntries(names.map((name, i) => [name, gradients[i] as tf.Tensor]));
      return validationLoss(innerStep.apply(weights, g), logits).dataSync()[0] as number;
    });
  const step = 2e-2;
  return Object.entries(beta).flatMap(([name, tensor]) =>
    [...tensor.dataSync().keys()].map((i) => {
      const moved = (offset: number) => {
        const values = tensor.dataSync().slice() as Float32Array;
        values[i] = (values[i] as number) + offset;
        return { ...beta, [name]: tf.tensor(values, tensor.shape) };
      };
      return (unrolled(moved(step)) - unrolled(moved(-step))) / (2 * step);
    }),
  );
}

/** Moments as they stand after two steps, so that none is zero. */
function warmAdam(weights: TensorRecord, trainLoss: BilevelLoss, beta: TensorRecord): AdamState {
  let state = adamInit(weights);
  for (const scale of [1, 0.7]) {
    const loss = () => tf.mul(scale, trainLoss(weights, beta)) as tf.Scalar;
    const { weights: gradients } = valueAndGradients(loss, { weights }).gradients;
    state = adamUpdate(weights, gradients, state, 0.01, ADAM_DEFAULTS).state;
  }
  return state;
}

describe('on a small RoBERTa', () => {
  it.each(['softmax', 'none', 'sigmoid'] as const)(
    'exact through SGD equals central differences of the unrolled loss (%s)',
    (variant) => {
      tf.tidy(() => {
        const problem = smallProblem(variant);
        const eta = 0.5;
        const result = hypergradient({ ...problem, options: { ...defaults, eta } });
        const total = differenced(problem, sgdInnerStep(eta));
        expectClose(flat(result.total), total, 5e-3);
        expectClose(flat(result.implicit), minus(total, flat(result.direct)), 5e-3);
      });
    },
  );

  it.each([0, 0.02])(
    'exact through AdamW that clips at %d equals central differences of the unrolled loss',
    (clipNorm) => {
      tf.tidy(() => {
        const problem = smallProblem('softmax');
        const options = { ...ADAM_DEFAULTS, weightDecay: 0.01 };
        const learningRate = 0.1;
        const state = warmAdam(problem.weights, problem.trainLoss, problem.beta);
        const adam = { state, options, learningRate, clipNorm };
        const unrolled = { ...defaults, unroll: 'optimizer' } as const;
        const result = hypergradient({ ...problem, options: unrolled, adam });
        // The factor at the point itself: it is held constant while β moves.
        const scale = clipFactor(result.gradients, clipNorm);
        if (scale) expect(scale.dataSync()[0]).toBeLessThan(0.5);
        const expected = differenced(problem, adamInnerStep(adam, scale));
        expectClose(flat(result.total), expected, 3e-3);
        expectClose(flat(result.implicit), minus(expected, flat(result.direct)), 0.1);
        // It is the step that training takes.
        const taken = weightStep(problem.weights, state, result.gradients, {
          clipNorm,
          weightAdam: options,
          weightLearningRate: learningRate,
        });
        expectClose(flat(result.steppedWeights), flat(taken.weights), 1e-6);
      });
    },
  );

  it('finite differences come near the derivative they stand for, with dropout on', () => {
    tf.tidy(() => {
      const problem = smallProblem('softmax', 0.2);
      const run = (estimator: HypergradientOptions['estimator'], radius = 0.01) =>
        hypergradient({ ...problem, options: { ...defaults, estimator, finiteDifferenceRadius: radius } });
      const exact = flat(run('exact').implicit);
      expectClose(flat(run('finite-difference').implicit), exact, 2e-2);
      expectClose(flat(run('finite-difference-forward').implicit), exact, 8e-2);
    });
  });

  it('SAMA takes the derivative of an Adam step without bias correction', () => {
    tf.tidy(() => {
      const problem = smallProblem('softmax');
      const state = warmAdam(problem.weights, problem.trainLoss, problem.beta);
      const learningRate = 0.01;
      const adam = { state, options: ADAM_DEFAULTS, learningRate };
      const { gradients, vector } = hypergradient({ ...problem, options: defaults });
      const preconditioned = samaVector({ ...problem, vector, gradients, adam } as never);
      // lr · m(g) / (√s(g) + ε), differenced in g.
      const update = (g: number, m: number, s: number) =>
        (learningRate * (0.9 * m + 0.1 * g)) / (Math.sqrt(0.999 * s + 0.001 * g * g) + 1e-8);
      const name = 'classifier.out_proj.weight';
      const of = (record: TensorRecord) => [...tensorOf(record, name).dataSync()];
      const [g, m, s, v] = [of(gradients), of(state.mean), of(state.square), of(vector)];
      const expected = g.map((x, i) => {
        const step = 1e-3 * Math.abs(x);
        const at = (y: number) => update(y, m[i] as number, s[i] as number);
        return ((at(x + step) - at(x - step)) / (2 * step)) * (v[i] as number);
      });
      expectClose(of(preconditioned), expected, 1e-3);
      // Of clipped gradients: the derivative at c g, times c.
      const clip = tf.scalar(0.25);
      const clipped = samaVector({ ...problem, vector, gradients, adam, clip } as never);
      const small = samaVector({
        ...problem,
        vector,
        gradients: mapRecord(gradients, (gradient) => tf.mul(gradient, clip)),
        adam,
      } as never);
      expectClose(
        of(clipped),
        of(small).map((x) => 0.25 * x),
        1e-6,
      );
    });
  });

  it('SAMA’s term is the central difference of ∇β L_T along that vector, a step of length 1 either way, negated', () => {
    tf.tidy(() => {
      const problem = smallProblem('softmax');
      const { weights, beta, trainLoss } = problem;
      const adam = {
        state: warmAdam(weights, trainLoss, beta),
        options: ADAM_DEFAULTS,
        learningRate: 0.01,
        clipNorm: 0,
      };
      const options = { ...defaults, estimator: 'sama', unroll: 'optimizer' } as const;
      const { gradients, vector, implicit } = hypergradient({ ...problem, options, adam });
      const along = samaVector({ ...problem, vector, gradients, adam } as never);
      const length = norm(flat(along));
      const slopeAt = (offset: number) => {
        const moved = mapRecord(weights, (weight, name) =>
          tf.add(weight, tf.mul(tensorOf(along, name), offset / length)),
        );
        return flat(valueAndGradients(() => trainLoss(moved, beta), { beta }).gradients.beta);
      };
      const [ahead, behind] = [slopeAt(1), slopeAt(-1)];
      expectClose(
        flat(implicit),
        ahead.map((value, i) => (-length * (value - (behind[i] as number))) / 2),
        1e-4,
      );
      expect(norm(flat(implicit))).toBeGreaterThan(0);
    });
  });
});

describe('bilevelStep', () => {
  const options: BilevelStepOptions = {
    hypergradient: { ...defaults, estimator: 'finite-difference' },
    weightAdam: ADAM_DEFAULTS,
    betaAdam: ADAM_DEFAULTS,
    weightLearningRate: 0.01,
    betaLearningRate: 0.02,
    clipNorm: 0,
    rollback: false,
    half: 'both',
  };

  it('takes either half alone, and both halves are the two', () => {
    const { weights, beta, trainLoss, validationLoss } = smallProblem('softmax');
    const start = bilevelInit(weights, beta);
    const step = (half: BilevelStepOptions['half']) =>
      bilevelStep(start, trainLoss, validationLoss, { ...options, half });
    const both = step('both');
    const onlyWeights = step('weights');
    const onlyBeta = step('selection');
    expect(flat(onlyWeights.state.beta)).toEqual(flat(beta));
    expect(flat(onlyBeta.state.weights)).toEqual(flat(weights));
    expect(flat(onlyWeights.state.weights)).toEqual(flat(both.state.weights));
    expect(flat(onlyBeta.state.beta)).toEqual(flat(both.state.beta));
    expect(onlyWeights.report.validationLoss).toBeUndefined();
  });

  it('with rollback takes the W step under the new β', () => {
    const { weights, beta, trainLoss, validationLoss } = smallProblem('softmax');
    // Adam's first step is as long whatever the gradient, and would hide another one.
    const start = { ...bilevelInit(weights, beta), weightAdam: warmAdam(weights, trainLoss, beta) };
    const rolled = bilevelStep(start, trainLoss, validationLoss, { ...options, rollback: true });
    const plain = bilevelStep(start, trainLoss, validationLoss, options);
    expect(flat(rolled.state.beta)).toEqual(flat(plain.state.beta));
    expect(flat(rolled.state.weights)).not.toEqual(flat(plain.state.weights));
    const second = bilevelStep({ ...start, beta: rolled.state.beta }, trainLoss, validationLoss, {
      ...options,
      half: 'weights',
    });
    expect(flat(rolled.state.weights)).toEqual(flat(second.state.weights));
  });
});

function minus(values: readonly number[], others: readonly number[]): number[] {
  return values.map((value, i) => value - (others[i] as number));
}

function norm(values: readonly number[]): number {
  return Math.sqrt(values.reduce((total, x) => total + x * x, 0));
}
