/** Linear models on word counts (uni- or bigrams): what a text's words alone give away, the bar a task must clear. */

import { spearmanCorrelation } from '../metrics/correlation';
import { fitLinear, type LinearModel, type Loss, scoresOf } from './linearModel';
import type { SequenceExample } from './task';
import { normalise } from './world/realisation';

interface Fit {
  /** L2 strength with the best dev score: an upper bound, since dev chose it. */
  l2: number;
  features: number;
  /** Of the dev examples: class indices or scores. */
  predictions: number[];
}

export interface BagOfWordsScore extends Fit {
  /** Dev accuracy at the strength chosen. */
  accuracy: number;
  trainAccuracy: number;
}

export interface BagOfWordsCorrelation extends Fit {
  /** Spearman's on dev at the strength chosen. */
  spearman: number;
}

/** From strong to weak: each fit starts where the last one ended. */
const bagOfWordsStrengths = [10, 1, 0.3] as const;

/** Distinct n-grams of a text, n = 1 … `order`. */
function ngrams(text: string, order: number): string[] {
  const words = ['<', ...normalise(text).split(' '), '>'];
  const found = new Set<string>();
  for (let n = 1; n <= order; n++) {
    for (let i = 0; i + n <= words.length; i++) found.add(words.slice(i, i + n).join(' '));
  }
  return [...found];
}

/** Of a pair the n-grams of either text; which of the two, a bag does not know. */
function featuresOf({ text, pair }: SequenceExample, order: number): string[] {
  return ngrams(pair === undefined ? text : `${text} | ${pair}`, order);
}

/** Feature indices of train and dev rows; features that train does not hold are left out. */
function indexed(train: readonly SequenceExample[], dev: readonly SequenceExample[], order: number) {
  const index = new Map<string, number>();
  const trainRows = train.map((example) =>
    featuresOf(example, order).map((feature) => {
      const id = index.get(feature) ?? index.size;
      index.set(feature, id);
      return id;
    }),
  );
  const devRows = dev.map((example) =>
    featuresOf(example, order).flatMap((feature) => index.get(feature) ?? []),
  );
  return { trainRows, devRows, size: index.size };
}

/** Fits at all strengths and gives the one whose dev predictions are best by `judge`. */
function best(
  train: readonly SequenceExample[],
  dev: readonly SequenceExample[],
  order: 1 | 2,
  loss: Loss,
  predict: (scores: Float64Array) => number,
  judge: (predictions: number[]) => number,
) {
  const { trainRows, devRows, size } = indexed(train, dev, order);
  const labels = train.map((example) => example.label);
  let model: LinearModel | undefined;
  let found: (Fit & { score: number; trainPredictions: number[] }) | undefined;
  for (const l2 of bagOfWordsStrengths) {
    const fitted = fitLinear(trainRows, labels, size, loss, l2, model);
    model = fitted;
    const predictions = devRows.map((row) => predict(scoresOf(fitted, row)));
    const score = judge(predictions);
    if (found === undefined || score > found.score) {
      const trainPredictions = trainRows.map((row) => predict(scoresOf(fitted, row)));
      found = { l2, features: size, predictions, score, trainPredictions };
    }
  }
  return found as NonNullable<typeof found>;
}

const share = (predictions: readonly number[], examples: readonly SequenceExample[]) =>
  predictions.filter((prediction, i) => prediction === examples[i]?.label).length / examples.length;

/**
 * Trains logistic regressions (softmax for more than two classes) on the presence of n-grams, one for each L2 strength
 * (penalty l2/2 ‖w‖² on the summed loss, bias free), to a gradient norm below 1e-5 per row, and gives the best on dev.
 * @param order 1 for unigrams, 2 for uni- and bigrams.
 */
export function bagOfWordsBaseline(
  train: readonly SequenceExample[],
  dev: readonly SequenceExample[],
  order: 1 | 2,
): BagOfWordsScore {
  const classes = 1 + Math.max(1, ...train.map((example) => example.label));
  const predict = (scores: Float64Array) =>
    classes === 2 ? Number((scores[0] as number) > 0) : scores.indexOf(Math.max(...scores));
  const loss: Loss = classes === 2 ? { kind: 'logistic' } : { kind: 'softmax', classes };
  const { score, trainPredictions, ...fit } = best(train, dev, order, loss, predict, (predictions) =>
    share(predictions, dev),
  );
  return { ...fit, accuracy: score, trainAccuracy: share(trainPredictions, train) };
}

/** The same by ridge regression on real-valued labels, judged by Spearman's correlation. */
export function bagOfWordsRegression(
  train: readonly SequenceExample[],
  dev: readonly SequenceExample[],
  order: 1 | 2,
): BagOfWordsCorrelation {
  const labels = dev.map((example) => example.label);
  const { score, l2, features, predictions } = best(
    train,
    dev,
    order,
    { kind: 'squares' },
    (scores) => scores[0] as number,
    (guesses) => spearmanCorrelation(guesses, labels),
  );
  return { l2, features, predictions, spearman: score };
}
