/** TER as TERCOM 0.10 and sacrebleu count it, which only `verify` compares (runs are scored by ter.ts): edits of the best reference over the mean length, within a beam. */

/** The two differ in which edits they leave out of account to save time, so only in texts far from their reference. */
export type TercomBeam = 'tercom' | 'sacrebleu';

/** Longest phrase that is shifted, and farthest move, in words. */
const MAX_SHIFT_SIZE = 10;
const MAX_SHIFT_DISTANCE = 50;
/** After so many tries sacrebleu does not shift a sentence further; TERCOM has no such limit. */
const MAX_CANDIDATES: Record<TercomBeam, number> = { tercom: Number.POSITIVE_INFINITY, sacrebleu: 1000 };
/** TERCOM: edits above the best replacement of the word before. sacrebleu: words to each side of the diagonal. */
const BEAM_WIDTH: Record<TercomBeam, number> = { tercom: 20, sacrebleu: 25 };

type Operation = 'match' | 'replace' | 'insert' | 'delete';

interface Edits {
  distance: number;
  /** From the first word on; `insert` adds a word of the reference, `delete` drops one of the text. */
  operations: Operation[];
}

export interface TercomResult {
  /** Edits against the reference that needs fewest. */
  edits: number;
  /** Mean over the references. */
  referenceLength: number;
}

/** Of one text against all of its references. @throws Error where there is none */
export function tercomOfText(
  words: readonly string[],
  references: readonly (readonly string[])[],
  beam: TercomBeam = 'tercom',
): TercomResult {
  if (references.length === 0) throw new Error('TER needs at least one reference for each text.');
  const edits = Math.min(...references.map((reference) => editsWithShifts(words, reference, beam)));
  const length = references.reduce((sum, reference) => sum + reference.length, 0);
  return { edits, referenceLength: length / references.length };
}

/** All edits over all mean lengths; where the references are empty 1 for any edit and 0 for none, as in sacrebleu. */
export function tercom(
  predictions: readonly (readonly string[])[],
  references: readonly (readonly (readonly string[])[])[],
  beam: TercomBeam = 'tercom',
): number {
  const results = predictions.map((words, i) => tercomOfText(words, references[i] ?? [], beam));
  const edits = results.reduce((sum, result) => sum + result.edits, 0);
  const length = results.reduce((sum, result) => sum + result.referenceLength, 0);
  return length > 0 ? edits / length : Math.min(edits, 1);
}

function editsWithShifts(words: readonly string[], reference: readonly string[], beam: TercomBeam): number {
  if (reference.length === 0) return words.length;
  const editsOf = beam === 'tercom' ? prunedEdits : diagonalEdits;
  let current = words;
  let shifts = 0;
  const tries = { left: MAX_CANDIDATES[beam] };
  for (;;) {
    const shift = bestShift(current, reference, editsOf, tries);
    if (tries.left <= 0 || !shift || shift.gain <= 0) break;
    shifts += 1;
    current = shift.words;
  }
  return shifts + editsOf(current, reference).distance;
}

interface Shift {
  gain: number;
  length: number;
  from: number;
  to: number;
  words: readonly string[];
}

/** Greatest gain first, then the longest phrase, the earliest, and the earliest target. */
function isBetter(a: Shift, b: Shift): boolean {
  if (a.gain !== b.gain) return a.gain > b.gain;
  if (a.length !== b.length) return a.length > b.length;
  if (a.from !== b.from) return a.from < b.from;
  return a.to < b.to;
}

function bestShift(
  words: readonly string[],
  reference: readonly string[],
  editsOf: (words: readonly string[], reference: readonly string[]) => Edits,
  tries: { left: number },
): Shift | undefined {
  const before = editsOf(words, reference);
  const { position, wrongWord, wrongReference } = alignmentOf(before.operations);
  let best: Shift | undefined;
  for (const [from, at, length] of sharedPhrases(words, reference)) {
    if (!wrongWord.slice(from, from + length).some(Boolean)) continue;
    if (!wrongReference.slice(at, at + length).some(Boolean)) continue;
    const aligned = position[at] as number;
    if (from <= aligned && aligned < from + length) continue;
    let last = -1;
    for (let offset = -1; offset < length; offset++) {
      const neighbour = position[at + offset];
      if (at + offset >= 0 && neighbour === undefined) break;
      const to = neighbour === undefined ? 0 : neighbour + 1;
      if (to === last) continue;
      last = to;
      const shifted = moved(words, from, length, to);
      const gain = before.distance - editsOf(shifted, reference).distance;
      tries.left -= 1;
      const shift = { gain, length, from, to, words: shifted };
      if (!best || isBetter(shift, best)) best = shift;
    }
    if (tries.left <= 0) break;
  }
  return best;
}

/** Phrases in both texts: start in the text, start in the reference, length. */
function* sharedPhrases(
  words: readonly string[],
  reference: readonly string[],
): Generator<[number, number, number]> {
  for (let from = 0; from < words.length; from++) {
    for (let at = 0; at < reference.length; at++) {
      if (Math.abs(at - from) > MAX_SHIFT_DISTANCE) continue;
      for (let length = 1; length <= MAX_SHIFT_SIZE; length++) {
        const word = words[from + length - 1];
        if (word === undefined || word !== reference[at + length - 1]) break;
        yield [from, at, length];
      }
    }
  }
}

function moved(words: readonly string[], from: number, length: number, to: number): string[] {
  const phrase = words.slice(from, from + length);
  const rest = [...words.slice(0, from), ...words.slice(from + length)];
  // A target inside the phrase or after it counts from what remains.
  const at = to < from ? to : to > from + length ? to - length : to;
  return [...rest.slice(0, at), ...phrase, ...rest.slice(at)];
}

/** For each word of the reference the text's word it stands at (−1 before the first), and which words are wrong. */
function alignmentOf(operations: readonly Operation[]) {
  const position: number[] = [];
  const wrongWord: boolean[] = [];
  const wrongReference: boolean[] = [];
  for (const operation of operations) {
    const wrong = operation !== 'match';
    if (operation !== 'insert') wrongWord.push(wrong);
    if (operation !== 'delete') {
      position.push(wrongWord.length - 1);
      wrongReference.push(wrong);
    }
  }
  return { position, wrongWord, wrongReference };
}

// Of equal ways a replacement goes before a deletion, and that before an insertion, in both searches.

/** sacrebleu's search: Levenshtein distance near the diagonal. */
function diagonalEdits(words: readonly string[], reference: readonly string[]): Edits {
  const ratio = words.length === 0 ? 1 : reference.length / words.length;
  const width = BEAM_WIDTH.sacrebleu;
  // Wider where the lengths differ so much that a row would not meet the one above.
  const beam = width < ratio / 2 ? Math.ceil(ratio / 2 + width) : width;
  const grid = new Grid(words.length, reference.length);
  for (let j = 1; j <= reference.length; j++) grid.offer(0, j, j, 'insert');
  for (let i = 1; i <= words.length; i++) {
    const diagonal = Math.floor(i * ratio);
    const end = i === words.length ? reference.length + 1 : Math.min(reference.length + 1, diagonal + beam);
    for (let j = Math.max(0, diagonal - beam); j < end; j++) {
      const same = words[i - 1] === reference[j - 1];
      grid.offer(i, j, grid.cost(i - 1, j - 1) + (same ? 0 : 1), same ? 'match' : 'replace');
      grid.offer(i, j, grid.cost(i - 1, j) + 1, 'delete');
      grid.offer(i, j, grid.cost(i, j - 1) + 1, 'insert');
    }
  }
  return grid.edits();
}

/**
 * TERCOM's search: what costs far more than the best match or replacement of the word before is not followed. That best
 * way itself always is, so that every row has somewhere to go on from.
 */
function prunedEdits(words: readonly string[], reference: readonly string[]): Edits {
  const grid = new Grid(words.length, reference.length);
  let best = Number.POSITIVE_INFINITY;
  let lastGood = 0;
  let firstGood = 0;
  for (let i = 0; i <= words.length; i++) {
    const bestBefore = best;
    best = Number.POSITIVE_INFINITY;
    let end = lastGood;
    lastGood = -1;
    const start = firstGood;
    firstGood = -1;
    for (let j = start; j <= Math.min(end, reference.length); j++) {
      const cost = grid.cost(i, j);
      if (cost === Number.POSITIVE_INFINITY) continue;
      if (i < words.length && cost > bestBefore + BEAM_WIDTH.tercom) continue;
      if (firstGood === -1) firstGood = j;
      lastGood = j + 1;
      if (i < words.length) {
        if (j < reference.length) {
          const same = words[i] === reference[j];
          const taken = grid.offer(i + 1, j + 1, cost + (same ? 0 : 1), same ? 'match' : 'replace');
          if (same || taken) best = Math.min(best, cost + (same ? 0 : 1));
        }
        grid.offer(i + 1, j, cost + 1, 'delete');
      }
      if (j < reference.length && grid.offer(i, j + 1, cost + 1, 'insert')) end = Math.max(end, j + 1);
    }
  }
  return grid.edits();
}

/** Least costs of turning the first `i` words into the first `j` of the reference, and the last step of each. */
class Grid {
  private readonly costs: Float64Array;
  private readonly steps: Operation[];

  constructor(
    private readonly rows: number,
    private readonly columns: number,
  ) {
    this.costs = new Float64Array((rows + 1) * (columns + 1)).fill(Number.POSITIVE_INFINITY);
    this.costs[0] = 0;
    this.steps = new Array<Operation>(this.costs.length);
  }

  /** Infinite outside and where nothing led. */
  cost(i: number, j: number): number {
    return i < 0 || j < 0 ? Number.POSITIVE_INFINITY : (this.costs[i * (this.columns + 1) + j] as number);
  }

  /** Takes the step if it is cheaper than what is there. */
  offer(i: number, j: number, cost: number, step: Operation): boolean {
    if (!(cost < this.cost(i, j))) return false;
    this.costs[i * (this.columns + 1) + j] = cost;
    this.steps[i * (this.columns + 1) + j] = step;
    return true;
  }

  edits(): Edits {
    const operations: Operation[] = [];
    for (let i = this.rows, j = this.columns; i > 0 || j > 0; ) {
      const step = this.steps[i * (this.columns + 1) + j] as Operation;
      operations.push(step);
      if (step !== 'insert') i -= 1;
      if (step !== 'delete') j -= 1;
    }
    return { distance: this.cost(this.rows, this.columns), operations: operations.reverse() };
  }
}
