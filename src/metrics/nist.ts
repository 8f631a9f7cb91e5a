/** NIST: matching n-grams weighted by their information in the references, as the E2E challenge's scripts count it. */
import { checkPairs, historyOf, largestCounts, ngramCounts } from './ngrams';

const ORDER = 5;

/** The length penalty is ½ where the prediction has two thirds of the reference's length. */
const BETA = Math.log(2) / Math.log(1.5) ** 2;

/**
 * Whose count: `mteval` is mteval-v13a.pl, which leaves out texts that are too short for n and takes one mean over all
 * references; `pymteval` lets such a text lessen the total, and sums each text's own mean.
 */
export type NistScript = 'pymteval' | 'mteval';

/**
 * NIST over tokenised texts, 0 or more; lengths that no prediction has add nothing.
 * @throws Error on lists that do not pair up, and on a text without a reference.
 */
export function nist(
  predictions: readonly (readonly string[])[],
  references: readonly (readonly (readonly string[])[])[],
  script: NistScript = 'pymteval',
): number {
  checkPairs(predictions, references);
  const seen = referenceCounts(references);
  const information = (gram: string) =>
    Math.log2((seen.get(historyOf(gram)) as number) / (seen.get(gram) as number));
  let sum = 0;
  for (let n = 1; n <= ORDER; n++) {
    let weight = 0;
    let total = 0;
    predictions.forEach((tokens, i) => {
      const largest = largestCounts(references[i] as readonly (readonly string[])[], n);
      for (const [gram, count] of ngramCounts(tokens, n)) {
        const hits = Math.min(count, largest.get(gram) ?? 0);
        if (hits > 0) weight += hits * information(gram);
      }
      const windows = tokens.length - n + 1;
      total += script === 'mteval' ? Math.max(0, windows) : windows;
    });
    if (weight > 0 && total > 0) sum += weight / total;
  }
  return sum * lengthPenalty(predictions, meanLength(references, script));
}

/** How often each n-gram stands in all references; '' counts all tokens. */
function referenceCounts(references: readonly (readonly (readonly string[])[])[]): Map<string, number> {
  const seen = new Map<string, number>();
  const add = (gram: string, count: number) => seen.set(gram, (seen.get(gram) ?? 0) + count);
  for (const tokens of references.flat()) {
    add('', tokens.length);
    for (let n = 1; n <= ORDER; n++) for (const [gram, count] of ngramCounts(tokens, n)) add(gram, count);
  }
  return seen;
}

/** Words that the references would have with one for each text. */
function meanLength(references: readonly (readonly (readonly string[])[])[], script: NistScript): number {
  const mean = (list: readonly (readonly string[])[]) =>
    list.reduce((sum, tokens) => sum + tokens.length, 0) / list.length;
  return script === 'mteval'
    ? mean(references.flat()) * references.length
    : references.reduce((sum, list) => sum + mean(list), 0);
}

function lengthPenalty(predictions: readonly (readonly string[])[], wanted: number): number {
  const length = predictions.reduce((sum, tokens) => sum + tokens.length, 0);
  if (length >= wanted) return 1;
  return length === 0 ? 0 : Math.exp(-BETA * Math.log(length / wanted) ** 2);
}
