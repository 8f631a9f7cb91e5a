/** Linear models on sets of features: logistic, softmax and ridge regression by one accelerated gradient descent. */

/** What is summed over the rows; its derivative by the scores is prediction minus label in every case. */
export type Loss =
  | { readonly kind: 'logistic' | 'squares' }
  | { readonly kind: 'softmax'; readonly classes: number };

export interface LinearModel {
  readonly outputs: number;
  /** [feature, output], row by row, and the biases at the end. */
  readonly weights: Float64Array;
}

/** Scores of a row: the sums of its features' weights and the bias. */
export function scoresOf({ weights, outputs }: LinearModel, row: readonly number[]): Float64Array {
  const scores = weights.slice(weights.length - outputs);
  for (const id of row) {
    for (let k = 0; k < outputs; k++)
      scores[k] = (scores[k] as number) + (weights[id * outputs + k] as number);
  }
  return scores;
}

/** Scores become prediction minus label. */
function toErrors(scores: Float64Array, label: number, loss: Loss): void {
  if (loss.kind !== 'softmax') {
    const score = scores[0] as number;
    scores[0] = (loss.kind === 'logistic' ? 1 / (1 + Math.exp(-score)) : score) - label;
    return;
  }
  let total = 0;
  for (let k = 0; k < scores.length; k++) total += scores[k] = Math.exp(scores[k] as number);
  for (let k = 0; k < scores.length; k++) scores[k] = (scores[k] as number) / total - (k === label ? 1 : 0);
}

/** Upper bounds of the losses' second derivatives by the scores (Böhning's for softmax). */
const curvature: Readonly<Record<Loss['kind'], number>> = { logistic: 0.25, softmax: 0.5, squares: 1 };

/** Norm of the gradient of the summed loss at which a fit ends, for each row. */
const tolerancePerRow = 1e-5;

/**
 * Minimises the summed loss + l2/2 ‖w‖² (biases free) by Nesterov's accelerated gradient with restarts: smooth and
 * strongly convex, so that it ends at the one minimum whatever the start.
 * @param rows Ids of the features each row has, below `size`.
 * @param start A model of the same shape to start from.
 * @throws Error if the gradient's norm is still above 1e-5 for each row after 20,000 steps.
 */
export function fitLinear(
  rows: readonly (readonly number[])[],
  labels: readonly number[],
  size: number,
  loss: Loss,
  l2: number,
  start?: LinearModel,
): LinearModel {
  const outputs = loss.kind === 'softmax' ? loss.classes : 1;
  const bias = size * outputs;
  const step = 1 / (curvature[loss.kind] * gramNorm(rows, size) + l2);
  // One flat list of ids: the loops below are all the time this takes.
  const ids = Int32Array.from(rows.flat());
  const scores = new Float64Array(outputs);
  let model = start?.weights ?? new Float64Array(bias + outputs);
  const ahead = model.slice();
  const gradient = new Float64Array(bias + outputs);
  const tolerance = tolerancePerRow * rows.length;
  let momentum = 1;
  for (let taken = 0; taken < 20_000; taken++) {
    for (let j = 0; j < gradient.length; j++) gradient[j] = j < bias ? l2 * (ahead[j] as number) : 0;
    let at = 0;
    for (let i = 0; i < rows.length; i++) {
      const end = at + (rows[i] as readonly number[]).length;
      for (let k = 0; k < outputs; k++) {
        let score = ahead[bias + k] as number;
        for (let n = at; n < end; n++) score += ahead[(ids[n] as number) * outputs + k] as number;
        scores[k] = score;
      }
      toErrors(scores, labels[i] as number, loss);
      for (let k = 0; k < outputs; k++) {
        const error = scores[k] as number;
        gradient[bias + k] = (gradient[bias + k] as number) + error;
        for (let n = at; n < end; n++) {
          const j = (ids[n] as number) * outputs + k;
          gradient[j] = (gradient[j] as number) + error;
        }
      }
      at = end;
    }
    let squares = 0;
    for (const g of gradient) squares += g * g;
    if (squares < tolerance * tolerance) return { outputs, weights: ahead };
    const next = ahead.map((w, j) => w - step * (gradient[j] as number));
    // Restart the momentum when it points uphill (O'Donoghue and Candès).
    let uphill = 0;
    for (let j = 0; j < next.length; j++) {
      uphill += (gradient[j] as number) * ((next[j] as number) - (model[j] as number));
    }
    if (uphill > 0) momentum = 1;
    const following = (1 + Math.sqrt(1 + 4 * momentum * momentum)) / 2;
    const push = (momentum - 1) / following;
    for (let j = 0; j < next.length; j++) {
      ahead[j] = (next[j] as number) + push * ((next[j] as number) - (model[j] as number));
    }
    model = next;
    momentum = following;
  }
  throw new Error(`The bag-of-words regression did not converge at L2 strength ${l2}.`);
}

/** Largest eigenvalue of XᵀX with the bias column, by power iteration, 5 % above. */
function gramNorm(rows: readonly (readonly number[])[], size: number): number {
  let vector = new Float64Array(size + 1).fill(1 / Math.sqrt(size + 1));
  let norm = 0;
  for (let i = 0; i < 50; i++) {
    const image = new Float64Array(size + 1);
    for (const row of rows) {
      const value = row.reduce((sum, id) => sum + (vector[id] as number), vector[size] as number);
      for (const id of row) image[id] = (image[id] as number) + value;
      image[size] = (image[size] as number) + value;
    }
    norm = Math.sqrt(image.reduce((sum, v) => sum + v * v, 0));
    vector = image.map((v) => v / norm);
  }
  return norm * 1.05;
}
