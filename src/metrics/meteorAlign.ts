/** METEOR 1.5's aligner with its exact and stem stages: which words of a text answer which of a reference. */
import { stemEnglish } from './stemEnglish';

/** A word of the prediction, by its place, beside a word of the reference. */
export interface WordMatch {
  prediction: number;
  reference: number;
  stage: 'exact' | 'stem';
}

export interface WordAlignment {
  matches: WordMatch[];
  /** Runs of matches that follow each other in both texts. */
  chunks: number;
}

/** Partial alignments kept at each word, as METEOR keeps. */
const BEAM = 40;

interface Path {
  /** By place in the reference. */
  matches: (WordMatch | undefined)[];
  used: boolean[];
  score: number;
  chunks: number;
  distance: number;
  /** Place in the prediction after the last match; −1 after a gap. */
  lastEnd: number;
}

/** All pairs of equal words, then of equal stems, by place in the reference. */
function candidates(prediction: readonly string[], reference: readonly string[]): WordMatch[][] {
  const found: WordMatch[][] = reference.map(() => []);
  const add = (stage: WordMatch['stage'], fits: (i: number, j: number) => boolean) => {
    reference.forEach((_, j) => {
      prediction.forEach((__, i) => {
        if (fits(i, j)) found[j]?.push({ prediction: i, reference: j, stage });
      });
    });
  };
  add('exact', (i, j) => prediction[i] === reference[j]);
  // METEOR forgoes stems for equal texts: nothing is left for them.
  if (prediction.length === reference.length && prediction.every((word, i) => word === reference[i]))
    return found;
  const stems = prediction.map(stemEnglish);
  const referenceStems = reference.map(stemEnglish);
  add('stem', (i, j) => prediction[i] !== reference[j] && stems[i] === referenceStems[j]);
  return found;
}

/** The best alignment that a beam search finds: most matches, then fewest chunks, then least distance. */
export function alignWords(prediction: readonly string[], reference: readonly string[]): WordAlignment {
  const found = candidates(prediction, reference);
  const coverage = prediction.map(() => 0);
  for (const match of found.flat()) coverage[match.prediction] = (coverage[match.prediction] as number) + 1;
  const start: Path = {
    matches: reference.map(() => undefined),
    used: prediction.map(() => false),
    score: 0,
    chunks: 0,
    distance: 0,
    lastEnd: -1,
  };
  // A pair in which neither word has another partner is settled.
  found.forEach((list, j) => {
    const [only] = list;
    if (only && list.length === 1 && coverage[only.prediction] === 1) {
      start.matches[j] = only;
      start.used[only.prediction] = true;
    }
  });
  const settled = start.matches.map((match) => match !== undefined);

  let paths = [start];
  found.forEach((list, j) => {
    const next: Path[] = [];
    for (const path of paths.sort(comparePaths).slice(0, BEAM)) {
      const fixed = path.matches[j];
      if (settled[j] && fixed) {
        take(path, fixed);
        path.distance += Math.abs(fixed.reference - fixed.prediction);
        next.push(path);
        continue;
      }
      for (const match of list) {
        if (path.used[match.prediction]) continue;
        const extended = { ...path, matches: [...path.matches], used: [...path.used] };
        extended.matches[j] = match;
        extended.used[match.prediction] = true;
        take(extended, match);
        // METEOR adds the distance to the path that was left, not to the new one; ties are settled by it.
        path.distance += Math.abs(match.reference - match.prediction);
        next.push(extended);
      }
      if (path.lastEnd !== -1) {
        path.chunks += 1;
        path.lastEnd = -1;
      }
      next.push(path);
    }
    paths = next;
  });
  for (const path of paths.sort(comparePaths).slice(0, BEAM)) if (path.lastEnd !== -1) path.chunks += 1;
  const [best] = paths.slice(0, BEAM).sort(comparePaths);
  const matches = (best as Path).matches.filter((match) => match !== undefined);
  return { matches, chunks: countChunks(matches) };
}

/** An exact match counts once for either text, a stem's half is cut off as METEOR's whole numbers do. */
function take(path: Path, { prediction, stage }: WordMatch): void {
  if (stage === 'exact') path.score += 2;
  if (path.lastEnd !== -1 && prediction !== path.lastEnd) path.chunks += 1;
  path.lastEnd = prediction + 1;
}

function comparePaths(a: Path, b: Path): number {
  return b.score - a.score || a.chunks - b.chunks || a.distance - b.distance;
}

function countChunks(matches: readonly WordMatch[]): number {
  let chunks = 0;
  matches.forEach((match, i) => {
    const before = matches[i - 1];
    const follows = before?.reference === match.reference - 1 && before.prediction === match.prediction - 1;
    if (!follows) chunks += 1;
  });
  return chunks;
}
