/** The most frequent tag of every word: what a tagger reaches that never looks at a word's neighbours. */
import type { TaggingExample } from './task';

/**
 * Tags of `sentences` (words) by each word's commonest tag in train. Words that train has not seen are taken for such as it
 * has seen once: they get the commonest tag of those.
 */
export function wordTagBaseline(
  train: readonly TaggingExample[],
  sentences: readonly (readonly string[])[],
): string[][] {
  const counts = new Map<string, Map<string, number>>();
  for (const { words, tags } of train) {
    words.forEach((word, i) => {
      const tag = tags[i] as string;
      const ofWord = counts.get(word) ?? new Map<string, number>();
      counts.set(word, ofWord.set(tag, (ofWord.get(tag) ?? 0) + 1));
    });
  }
  const rare = new Map<string, number>();
  for (const ofWord of counts.values()) {
    const [[tag, count] = ['O', 0], ...others] = ofWord;
    if (others.length === 0 && count === 1) rare.set(tag, (rare.get(tag) ?? 0) + 1);
  }
  const commonest = new Map([...counts].map(([word, ofWord]) => [word, commonestOf(ofWord)]));
  const unknown = commonestOf(rare);
  return sentences.map((words) => words.map((word) => commonest.get(word) ?? unknown));
}

/** The first of the tags with the highest count; `O` where there are none. */
function commonestOf(counts: ReadonlyMap<string, number>): string {
  let best: [string, number] = ['O', 0];
  for (const entry of counts) if (entry[1] > best[1]) best = entry;
  return best[0];
}
