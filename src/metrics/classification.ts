/** Confusion matrix, accuracy, F1 and Matthews correlation over class indices. */

/** confusion[true][predicted], `classes` × `classes`. @throws Error on unequal lengths, no rows or an index out of range. */
export function confusionMatrix(
  predictions: readonly number[],
  labels: readonly number[],
  classes: number,
): number[][] {
  if (predictions.length !== labels.length) {
    throw new Error(
      `There are ${predictions.length} predictions for ${labels.length} labels; each label needs one.`,
    );
  }
  if (labels.length === 0) throw new Error('There are no examples to score.');
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  labels.forEach((label, i) => {
    const predicted = predictions[i] as number;
    const row = confusion[label];
    if (row?.[predicted] === undefined) {
      throw new Error(
        `Example ${i} has label ${label} and prediction ${predicted}; classes are 0 to ${classes - 1}.`,
      );
    }
    row[predicted] += 1;
  });
  return confusion;
}

const cell = (confusion: readonly (readonly number[])[], i: number, j: number) => confusion[i]?.[j] ?? 0;
const rowSum = (confusion: readonly (readonly number[])[], i: number) =>
  (confusion[i] ?? []).reduce((sum, n) => sum + n, 0);
const columnSum = (confusion: readonly (readonly number[])[], j: number) =>
  confusion.reduce((sum, row) => sum + (row[j] ?? 0), 0);
const total = (confusion: readonly (readonly number[])[]) =>
  confusion.reduce((sum, _, i) => sum + rowSum(confusion, i), 0);

/** Share of right predictions. */
export function accuracy(confusion: readonly (readonly number[])[]): number {
  return confusion.reduce((sum, _, i) => sum + cell(confusion, i, i), 0) / total(confusion);
}

/** F1 of one class; 0 where the class neither occurs nor is predicted (as scikit-learn's zero_division=0). */
function f1OfClass(confusion: readonly (readonly number[])[], k: number): number {
  const denominator = rowSum(confusion, k) + columnSum(confusion, k);
  return denominator === 0 ? 0 : (2 * cell(confusion, k, k)) / denominator;
}

/** F1 of class 1. */
export function binaryF1(confusion: readonly (readonly number[])[]): number {
  return f1OfClass(confusion, 1);
}

/** Mean F1 over the classes that occur or are predicted, as scikit-learn averages. */
export function macroF1(confusion: readonly (readonly number[])[]): number {
  const present = confusion
    .map((_, k) => k)
    .filter((k) => rowSum(confusion, k) + columnSum(confusion, k) > 0);
  return present.reduce((sum, k) => sum + f1OfClass(confusion, k), 0) / present.length;
}

/** Matthews correlation, any number of classes (Gorodkin's R_K); 0 where predictions or labels are all one class. */
export function matthewsCorrelation(confusion: readonly (readonly number[])[]): number {
  const n = total(confusion);
  let right = 0;
  let cross = 0;
  let predictedSquares = 0;
  let trueSquares = 0;
  confusion.forEach((_, k) => {
    const trueCount = rowSum(confusion, k);
    const predictedCount = columnSum(confusion, k);
    right += cell(confusion, k, k);
    cross += trueCount * predictedCount;
    trueSquares += trueCount * trueCount;
    predictedSquares += predictedCount * predictedCount;
  });
  const denominator = Math.sqrt((n * n - predictedSquares) * (n * n - trueSquares));
  return denominator === 0 ? 0 : (right * n - cross) / denominator;
}

/** Everything a classification task reports: `accuracy`, `macroF1`, `matthews`, and `f1` (of class 1) for two classes. */
export function classificationMetrics(
  predictions: readonly number[],
  labels: readonly number[],
  classes: number,
): { values: Record<string, number>; confusion: number[][] } {
  const confusion = confusionMatrix(predictions, labels, classes);
  const values: Record<string, number> = {
    accuracy: accuracy(confusion),
    macroF1: macroF1(confusion),
    matthews: matthewsCorrelation(confusion),
  };
  if (classes === 2) values.f1 = binaryF1(confusion);
  return { values, confusion };
}
