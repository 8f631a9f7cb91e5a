/** Corpus BLEU: clipped n-gram matches and the brevity penalty, as pymteval, multi-bleu.perl and sacrebleu count them. */
import { checkPairs, largestCounts, ngramCounts } from './ngrams';

const BLEU_ORDER = 4;

/** What BLEU is made from, for n = 1 to 4. */
export interface BleuCounts {
  /** Matching n-grams, clipped at the most that any one reference has. */
  matches: number[];
  /** Predicted n-grams. */
  totals: number[];
  /** The same, but less by what a text is too short for n: pymteval counts so. */
  signedTotals: number[];
  /** Predicted tokens. */
  length: number;
  /** Tokens of the references nearest in length, the shorter one of two. */
  referenceLength: number;
}

/**
 * Counts over tokenised texts.
 * @throws Error on lists that do not pair up, and on a text without a reference.
 */
export function bleuCounts(
  predictions: readonly (readonly string[])[],
  references: readonly (readonly (readonly string[])[])[],
): BleuCounts {
  checkPairs(predictions, references);
  const zeros = () => new Array<number>(BLEU_ORDER).fill(0);
  const counts: BleuCounts = {
    matches: zeros(),
    totals: zeros(),
    signedTotals: zeros(),
    length: 0,
    referenceLength: 0,
  };
  const add = (to: number[], n: number, count: number) => {
    to[n - 1] = (to[n - 1] as number) + count;
  };
  predictions.forEach((tokens, i) => {
    const list = references[i] as readonly (readonly string[])[];
    counts.length += tokens.length;
    counts.referenceLength += nearestLength(tokens.length, list);
    for (let n = 1; n <= BLEU_ORDER; n++) {
      const largest = largestCounts(list, n);
      for (const [gram, count] of ngramCounts(tokens, n))
        add(counts.matches, n, Math.min(count, largest.get(gram) ?? 0));
      add(counts.totals, n, Math.max(0, tokens.length - n + 1));
      add(counts.signedTotals, n, tokens.length - n + 1);
    }
  });
  return counts;
}

function nearestLength(length: number, references: readonly (readonly string[])[]): number {
  return references
    .map((tokens) => tokens.length)
    .reduce((nearest, candidate) => {
      const closer = Math.abs(candidate - length) - Math.abs(nearest - length);
      return closer < 0 || (closer === 0 && candidate < nearest) ? candidate : nearest;
    });
}

/** exp(1 − reference length / length) where the prediction is the shorter one; 0 for an empty prediction. */
export function brevityPenalty({ length, referenceLength }: BleuCounts): number {
  if (length >= referenceLength) return 1;
  return length === 0 ? 0 : Math.exp(1 - referenceLength / length);
}

/** BLEU as multi-bleu.perl counts it, 0-1: 0 where some length has no match. */
export function multiBleu(counts: BleuCounts): number {
  if (counts.matches.some((count) => count === 0)) return 0;
  return brevityPenalty(counts) * geometricMean(counts.matches, counts.totals);
}

/**
 * BLEU as the E2E challenge's pymteval counts it, 0-1: never quite 0, and with `smoothing` added to matches and totals
 * (1 gives its sentence BLEU).
 */
export function pymtevalBleu(counts: BleuCounts, smoothing = 0): number {
  const matches = counts.matches.map((count) => Math.max(count + smoothing, 1e-15));
  const totals = counts.signedTotals.map((count) => Math.max(count + smoothing, 1e-9));
  return brevityPenalty(counts) * geometricMean(matches, totals);
}

/**
 * BLEU as NLTK's corpus_bleu counts it with smoothing method 3, 0-1: the k-th length without a match counts as 1/2^k of
 * one match, and a text too short for n still adds one to that total.
 * @param shortTexts for n = 1 to 4 how many texts are shorter than n words
 */
export function nltkBleu(counts: BleuCounts, shortTexts: readonly number[]): number {
  let empty = 0;
  const matches = counts.matches.map((count) => {
    if (count > 0) return count;
    empty += 1;
    return 1 / 2 ** empty;
  });
  const totals = counts.totals.map((count, i) => count + (shortTexts[i] ?? 0));
  return counts.matches[0] === 0 ? 0 : brevityPenalty(counts) * geometricMean(matches, totals);
}

function geometricMean(matches: readonly number[], totals: readonly number[]): number {
  const logs = matches.reduce((sum, count, i) => sum + Math.log(count / (totals[i] as number)), 0);
  return Math.exp(logs / matches.length);
}
