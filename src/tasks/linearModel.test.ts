import { describe, expect, it } from 'vitest';
import { fitLinear, type LinearModel, type Loss, scoresOf } from './linearModel';

const rows = [[0], [0, 1], [1], [], [0], [1]];
const size = 2;
const l2 = 0.5;

/** Summed loss and penalty, written down independently of the gradient. */
function objective(model: LinearModel, labels: readonly number[], loss: Loss): number {
  const penalised = model.weights.subarray(0, size * model.outputs);
  return rows.reduce(
    (sum, row, i) => {
      const scores = scoresOf(model, row);
      const label = labels[i] as number;
      const score = scores[0] as number;
      if (loss.kind === 'squares') return sum + (score - label) ** 2 / 2;
      if (loss.kind === 'logistic') return sum + Math.log1p(Math.exp(label === 1 ? -score : score));
      return sum + Math.log(scores.reduce((s, x) => s + Math.exp(x), 0)) - (scores[label] as number);
    },
    (l2 / 2) * penalised.reduce((sum, w) => sum + w * w, 0),
  );
}

describe('fitLinear', () => {
  it.each<[Loss, number[]]>([
    [{ kind: 'logistic' }, [1, 1, 0, 0, 0, 1]],
    [{ kind: 'squares' }, [1.5, 2, 0, -1, 0.3, 1]],
    [{ kind: 'softmax', classes: 3 }, [1, 2, 0, 0, 2, 1]],
  ])('ends where no step lowers the loss: %j', (loss, labels) => {
    const model = fitLinear(rows, labels, size, loss, l2);
    const least = objective(model, labels, loss);
    for (let j = 0; j < model.weights.length; j++) {
      for (const change of [-1e-2, 1e-2]) {
        const weights = model.weights.map((w, i) => (i === j ? w + change : w));
        expect(objective({ ...model, weights }, labels, loss)).toBeGreaterThan(least);
      }
    }
  });

  it('ends at the same minimum from another start', () => {
    const labels = [1, 1, 0, 0, 0, 1];
    const cold = fitLinear(rows, labels, size, { kind: 'logistic' }, l2);
    const start = { outputs: 1, weights: Float64Array.of(3, -2, 1) };
    const warm = fitLinear(rows, labels, size, { kind: 'logistic' }, l2, start);
    warm.weights.forEach((w, j) => {
      expect(w).toBeCloseTo(cold.weights[j] as number, 2);
    });
  });

  it('solves a ridge regression exactly', () => {
    // Two rows without features but the bias: the mean.
    const { weights } = fitLinear([[], []], [1, 3], 0, { kind: 'squares' }, 1);
    expect(weights[0]).toBeCloseTo(2, 3);
  });
});
