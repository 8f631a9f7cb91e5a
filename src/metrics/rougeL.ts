/** ROUGE-L: the longest common subsequence, as coco-caption counts it. */

/** How much recall weighs against precision. */
const BETA = 1.2;

/** Length of the longest common subsequence. */
function longestCommonSubsequence(a: readonly string[], b: readonly string[]): number {
  let row = new Array<number>(b.length + 1).fill(0);
  for (const word of a) {
    const next = [0];
    for (let j = 1; j <= b.length; j++) {
      next.push(
        b[j - 1] === word ? (row[j - 1] as number) + 1 : Math.max(row[j] as number, next[j - 1] as number),
      );
    }
    row = next;
  }
  return row[b.length] as number;
}

/**
 * ROUGE-L of one text, 0-1. The best precision and the best recall may come from two references.
 * @param prediction tokens; none give 0
 */
export function rougeL(prediction: readonly string[], references: readonly (readonly string[])[]): number {
  let precision = 0;
  let recall = 0;
  for (const reference of references) {
    const common = longestCommonSubsequence(prediction, reference);
    if (common === 0) continue;
    precision = Math.max(precision, common / prediction.length);
    recall = Math.max(recall, common / reference.length);
  }
  if (precision === 0) return 0;
  return ((1 + BETA ** 2) * precision * recall) / (recall + BETA ** 2 * precision);
}
