/** N-grams of token lists as strings that can be counted, which BLEU, NIST and CIDEr share. */

/** No tokeniser leaves this inside a token. */
const JOINT = '\u0001';

/** The n-grams of one length with how often each occurs, in order of first occurrence. */
export function ngramCounts(tokens: readonly string[], n: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (let i = 0; i + n <= tokens.length; i++) {
    const gram = tokens.slice(i, i + n).join(JOINT);
    counts.set(gram, (counts.get(gram) ?? 0) + 1);
  }
  return counts;
}

/** For each n-gram of one length the most often that any one of the texts has it. */
export function largestCounts(texts: readonly (readonly string[])[], n: number): Map<string, number> {
  const largest = new Map<string, number>();
  for (const tokens of texts)
    for (const [gram, count] of ngramCounts(tokens, n))
      largest.set(gram, Math.max(largest.get(gram) ?? 0, count));
  return largest;
}

/** The n-gram without its last token; '' for a single token. */
export function historyOf(gram: string): string {
  const cut = gram.lastIndexOf(JOINT);
  return cut < 0 ? '' : gram.slice(0, cut);
}

/** Words between white space; none for blank text. */
export function words(text: string): string[] {
  const trimmed = text.trim();
  return trimmed === '' ? [] : trimmed.split(/\s+/u);
}

/** @throws Error unless there is one list of at least one reference for every prediction. */
export function checkPairs(
  predictions: readonly unknown[],
  references: readonly (readonly unknown[])[],
): void {
  if (predictions.length === 0) throw new Error('There are no texts to score.');
  if (predictions.length !== references.length)
    throw new Error(
      `There are ${predictions.length} predicted texts for ${references.length} lists of references; each needs one.`,
    );
  const bare = references.findIndex((list) => list.length === 0);
  if (bare >= 0) throw new Error(`Text ${bare + 1} has no reference; each text needs at least one.`);
}
