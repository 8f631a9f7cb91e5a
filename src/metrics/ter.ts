/** Translation edit rate of one text against its references, as pyter counts it: edits and shifts per reference word. */

interface Shift {
  gain: number;
  words: string[];
}

/**
 * Edits (insertions, deletions, substitutions) and shifts of a stretch of words, divided by the reference's words.
 * @param prediction tokens; none cost one edit per reference word
 * @throws Error on an empty reference, by whose length nothing can be divided
 */
export function ter(prediction: readonly string[], reference: readonly string[]): number {
  if (reference.length === 0) throw new Error('A reference without words has no edit rate; leave it out.');
  let words = [...prediction];
  let shifts = 0;
  for (;;) {
    const best = bestShift(words, reference);
    if (!best || best.gain <= 0) break;
    shifts += 1;
    words = best.words;
  }
  return (shifts + editDistance(words, reference)) / reference.length;
}

/** The lowest rate over references with words in them. @throws Error where none has. */
export function terOfBest(prediction: readonly string[], references: readonly (readonly string[])[]): number {
  const worded = references.filter(({ length }) => length > 0);
  if (worded.length === 0) throw new Error('All references are without words; TER needs one word at least.');
  return Math.min(...worded.map((reference) => ter(prediction, reference)));
}

/** Levenshtein distance in words. */
function editDistance(a: readonly string[], b: readonly string[]): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  a.forEach((word, i) => {
    const next = [i + 1];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] as number) + (word === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] as number) + 1, (next[j - 1] as number) + 1, replaced));
    }
    row = next;
  });
  return row[b.length] as number;
}

/**
 * The shift that saves the most edits; of equals the one whose words stand last in order, which is how pyter's sort
 * settles it. A stretch that stands in both texts is moved to where the reference has it, whole.
 */
function bestShift(words: readonly string[], reference: readonly string[]): Shift | undefined {
  const before = editDistance(words, reference);
  let best: Shift | undefined;
  for (let from = 0; from < words.length; from++) {
    for (let to = 0; to < reference.length; to++) {
      if (from === to || words[from] !== reference[to]) continue;
      const length = commonLength(words, from, reference, to);
      const rest = [...words.slice(0, from), ...words.slice(from + length)];
      const shifted = [...rest.slice(0, to), ...words.slice(from, from + length), ...rest.slice(to)];
      const gain = before - editDistance(shifted, reference);
      if (!best || gain > best.gain || (gain === best.gain && compareWords(shifted, best.words) > 0)) {
        best = { gain, words: shifted };
      }
    }
  }
  return best;
}

function commonLength(a: readonly string[], i: number, b: readonly string[], j: number): number {
  let length = 1;
  while (i + length < a.length && j + length < b.length && a[i + length] === b[j + length]) length += 1;
  return length;
}

/** Order of equally long lists, word by word, letters by code point as Python compares them. */
function compareWords(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < a.length; i++) {
    const order = compareCodePoints(a[i] as string, b[i] as string);
    if (order !== 0) return order;
  }
  return 0;
}

function compareCodePoints(a: string, b: string): number {
  const left = [...a];
  const right = [...b];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const difference = (left[i]?.codePointAt(0) as number) - (right[i]?.codePointAt(0) as number);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
