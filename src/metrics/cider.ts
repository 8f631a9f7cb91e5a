/** CIDEr-D: how alike texts are in their n-grams weighted by rarity, as coco-caption counts it. */
import { checkPairs, ngramCounts } from './ngrams';

const ORDERS = [1, 2, 3, 4] as const;
/** Width of the penalty on lengths that differ, in words. */
const SIGMA = 6;

/** TF-IDF of the n-grams of each length, their Euclidean norms, and the text's length as the reference has it. */
interface Vector {
  weights: Map<string, number>[];
  norms: number[];
  length: number;
}

/**
 * CIDEr of each text, 0-10; the corpus's is their mean. Rarity is taken from the references given here, so that one
 * text alone scores 0.
 * @throws Error on lists that do not pair up, and on a text without a reference.
 */
export function cider(
  predictions: readonly (readonly string[])[],
  references: readonly (readonly (readonly string[])[])[],
): number[] {
  checkPairs(predictions, references);
  const frequency = documentFrequency(references);
  const logTexts = Math.log(predictions.length);
  const vectorOf = (tokens: readonly string[]): Vector => {
    const weights = ORDERS.map((n) => {
      const tfidf = new Map<string, number>();
      for (const [gram, count] of ngramCounts(tokens, n))
        tfidf.set(gram, count * (logTexts - Math.log(Math.max(1, frequency.get(gram) ?? 0))));
      return tfidf;
    });
    return {
      weights,
      norms: weights.map((tfidf) => Math.sqrt([...tfidf.values()].reduce((sum, w) => sum + w * w, 0))),
      // The reference counts pairs of words here, one fewer than the words.
      length: Math.max(0, tokens.length - 1),
    };
  };
  return predictions.map((tokens, i) => {
    const vector = vectorOf(tokens);
    const list = references[i] as readonly (readonly string[])[];
    const sum = list.reduce((total, reference) => total + similarity(vector, vectorOf(reference)), 0);
    return (10 * sum) / list.length;
  });
}

/** In how many texts' references each n-gram stands. */
function documentFrequency(references: readonly (readonly (readonly string[])[])[]): Map<string, number> {
  const frequency = new Map<string, number>();
  for (const list of references) {
    const grams = new Set(
      list.flatMap((tokens) => ORDERS.flatMap((n) => [...ngramCounts(tokens, n).keys()])),
    );
    for (const gram of grams) frequency.set(gram, (frequency.get(gram) ?? 0) + 1);
  }
  return frequency;
}

/** Mean over n of the clipped cosine, less where the lengths differ. */
function similarity(prediction: Vector, reference: Vector): number {
  const penalty = Math.exp(-((prediction.length - reference.length) ** 2) / (2 * SIGMA ** 2));
  let sum = 0;
  prediction.weights.forEach((tfidf, i) => {
    const other = reference.weights[i] as Map<string, number>;
    let dot = 0;
    for (const [gram, weight] of tfidf) {
      const theirs = other.get(gram) ?? 0;
      dot += Math.min(weight, theirs) * theirs;
    }
    const norm = (prediction.norms[i] as number) * (reference.norms[i] as number);
    if (norm !== 0) sum += (dot / norm) * penalty;
  });
  return sum / ORDERS.length;
}
