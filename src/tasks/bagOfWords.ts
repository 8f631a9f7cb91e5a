/** Logistic regression on word counts (uni- or bigrams): what a text's words alone give away, the bar a task must clear. */

import type { Example } from './task';
import { normalise } from './world/realisation';

export interface BagOfWordsScore {
  /** Dev accuracy at the strength chosen. */
  accuracy: number;
  /** L2 strength with the best dev accuracy: an upper bound, since dev chose it. */
  l2: number;
  trainAccuracy: number;
  features: number;
}

export const bagOfWordsStrengths = [0.03, 0.1, 0.3, 1, 3, 10] as const;

/** Distinct n-grams of a text, n = 1 … `order`. */
function ngrams(text: string, order: number): string[] {
  const words = ['<', ...normalise(text).split(' '), '>'];
  const found = new Set<string>();
  for (let n = 1; n <= order; n++) {
    for (let i = 0; i + n <= words.length; i++) found.add(words.slice(i, i + n).join(' '));
  }
  return [...found];
}

/**
 * Trains binary logistic regressions on the presence of n-grams, one for each L2 strength (penalty l2/2 ‖w‖² on the
 * summed loss, bias free), to a gradient norm below 1e-3, and gives the best on dev.
 * @param order 1 for unigrams, 2 for uni- and bigrams.
 */
export function bagOfWordsBaseline(
  train: readonly Example[],
  dev: readonly Example[],
  order: 1 | 2,
): BagOfWordsScore {
  const index = new Map<string, number>();
  const featuresOf = (example: Example, grow: boolean) => {
    const ids: number[] = [];
    for (const gram of ngrams(
      example.pair === undefined ? example.text : `${example.text} | ${example.pair}`,
      order,
    )) {
      const known = index.get(gram) ?? (grow ? index.size : undefined);
      if (known === undefined) continue;
      index.set(gram, known);
      ids.push(known);
    }
    return ids;
  };
  const trainRows = train.map((example) => featuresOf(example, true));
  const devRows = dev.map((example) => featuresOf(example, false));
  let best: BagOfWordsScore | undefined;
  for (const l2 of bagOfWordsStrengths) {
    const model = fitLogistic(
      trainRows,
      train.map((example) => example.label),
      index.size,
      l2,
    );
    const accuracyOn = (rows: number[][], examples: readonly Example[]) =>
      rows.filter((row, i) => (marginOf(model, row) > 0 ? 1 : 0) === examples[i]?.label).length / rows.length;
    const accuracy = accuracyOn(devRows, dev);
    if (best === undefined || accuracy > best.accuracy) {
      best = { accuracy, l2, trainAccuracy: accuracyOn(trainRows, train), features: index.size };
    }
  }
  return best as BagOfWordsScore;
}

interface Logistic {
  weights: Float64Array;
  bias: number;
}

const marginOf = (model: Logistic, row: readonly number[]) =>
  row.reduce((sum, id) => sum + (model.weights[id] as number), model.bias);

/**
 * Minimises Σ log(1 + exp(−y m)) + l2/2 ‖w‖² by Nesterov's accelerated gradient with restarts: smooth and strongly
 * convex, so that it ends at the one minimum whatever the start.
 * @throws Error if the gradient is still long after 20,000 steps.
 */
export function fitLogistic(
  rows: readonly number[][],
  labels: readonly number[],
  size: number,
  l2: number,
): Logistic {
  // The Hessian is at most ¼ XᵀX + l2; the trace of XXᵀ's largest block bounds it poorly, so its norm is iterated.
  const lipschitz = 0.25 * gramNorm(rows, size) + l2;
  let model: Logistic = { weights: new Float64Array(size), bias: 0 };
  let ahead: Logistic = { weights: new Float64Array(size), bias: 0 };
  let momentum = 1;
  for (let step = 0; step < 20_000; step++) {
    const gradient = ahead.weights.map((w) => l2 * w);
    let biasGradient = 0;
    rows.forEach((row, i) => {
      const error = 1 / (1 + Math.exp(-marginOf(ahead, row))) - (labels[i] as number);
      biasGradient += error;
      for (const id of row) gradient[id] = (gradient[id] as number) + error;
    });
    const norm = Math.hypot(biasGradient, Math.sqrt(gradient.reduce((sum, g) => sum + g * g, 0)));
    if (norm < 1e-3) return ahead;
    const next: Logistic = {
      weights: ahead.weights.map((w, j) => w - (gradient[j] as number) / lipschitz),
      bias: ahead.bias - biasGradient / lipschitz,
    };
    // Restart the momentum when it points uphill (O'Donoghue and Candès).
    let uphill = biasGradient * (next.bias - model.bias);
    for (let j = 0; j < size; j++) {
      uphill += (gradient[j] as number) * ((next.weights[j] as number) - (model.weights[j] as number));
    }
    if (uphill > 0) momentum = 1;
    const following = (1 + Math.sqrt(1 + 4 * momentum * momentum)) / 2;
    const push = (momentum - 1) / following;
    ahead = {
      weights: next.weights.map((w, j) => w + push * (w - (model.weights[j] as number))),
      bias: next.bias + push * (next.bias - model.bias),
    };
    model = next;
    momentum = following;
  }
  throw new Error(`The bag-of-words regression did not converge at L2 strength ${l2}.`);
}

/** Largest eigenvalue of XᵀX with the bias column, by power iteration, 5 % above. */
function gramNorm(rows: readonly number[][], size: number): number {
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
