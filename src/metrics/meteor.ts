/**
 * METEOR 1.5 for English (`-l en -norm`, ranking parameters) with the exact and stem stages. The WordNet synonyms and
 * paraphrase tables of the official score are far too large for a page, hence the name.
 */
import { alignWords } from './meteorAlign';
import { FUNCTION_WORDS } from './meteorFunctionWords';
import { meteorWords } from './meteorNormalise';
import { checkPairs } from './ngrams';

const ALPHA = 0.85;
const BETA = 0.2;
const GAMMA = 0.6;
/** Weight of content words; function words have the rest. */
const DELTA = 0.75;
const STEM_WEIGHT = 0.6;

/** What a score is made from; they add up over texts. */
export interface MeteorCounts {
  length: number;
  referenceLength: number;
  functionWords: number;
  referenceFunctionWords: number;
  /** Matched words of the prediction: exact content, exact function, stem content, stem function. */
  matched: [number, number, number, number];
  /** The same of the reference. */
  referenceMatched: [number, number, number, number];
  chunks: number;
}

const total = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);

/** Counts of one text against one reference, both as plain text in lower case. */
export function meteorCounts(prediction: string, reference: string): MeteorCounts {
  const words = meteorWords(prediction);
  const referenceWords = meteorWords(reference);
  const { matches, chunks } = alignWords(words, referenceWords);
  const isFunction = (list: readonly string[], i: number) => FUNCTION_WORDS.has(list[i] as string);
  const counts: MeteorCounts = {
    length: words.length,
    referenceLength: referenceWords.length,
    functionWords: words.filter((_, i) => isFunction(words, i)).length,
    referenceFunctionWords: referenceWords.filter((_, i) => isFunction(referenceWords, i)).length,
    matched: [0, 0, 0, 0],
    referenceMatched: [0, 0, 0, 0],
    chunks,
  };
  for (const match of matches) {
    const stage = match.stage === 'exact' ? 0 : 2;
    counts.matched[stage + Number(isFunction(words, match.prediction))] =
      (counts.matched[stage + Number(isFunction(words, match.prediction))] as number) + 1;
    counts.referenceMatched[stage + Number(isFunction(referenceWords, match.reference))] =
      (counts.referenceMatched[stage + Number(isFunction(referenceWords, match.reference))] as number) + 1;
  }
  return counts;
}

const isWhole = ({ length, referenceLength, matched, referenceMatched, chunks }: MeteorCounts) =>
  total(matched) === length && total(referenceMatched) === referenceLength && chunks <= 1;

/** The score of counts, 0-1; 0 where nothing matches. */
export function meteorScore(counts: MeteorCounts): number {
  const weighted = ([content, fun, stemContent, stemFun]: MeteorCounts['matched']) =>
    DELTA * (content + STEM_WEIGHT * stemContent) + (1 - DELTA) * (fun + STEM_WEIGHT * stemFun);
  const sized = (words: number, fun: number) => DELTA * (words - fun) + (1 - DELTA) * fun;
  const matches = total(counts.matched) + total(counts.referenceMatched);
  if (matches === 0) return 0;
  const precision = weighted(counts.matched) / sized(counts.length, counts.functionWords);
  const recall =
    weighted(counts.referenceMatched) / sized(counts.referenceLength, counts.referenceFunctionWords);
  const fragments = isWhole(counts) ? 0 : counts.chunks / (matches / 2);
  const fMean = 1 / ((1 - ALPHA) / precision + ALPHA / recall);
  return Math.max(0, fMean * (1 - GAMMA * fragments ** BETA));
}

/** Counts against the reference that scores highest, the first of equals. */
export function bestMeteorCounts(prediction: string, references: readonly string[]): MeteorCounts {
  const [first, ...others] = references.map((reference) => meteorCounts(prediction, reference));
  if (!first) throw new Error('There is no reference to score a text by; METEOR needs at least one.');
  return others.reduce((best, counts) => (meteorScore(counts) > meteorScore(best) ? counts : best), first);
}

/**
 * METEOR (exact + stem) of whole texts in lower case: the score of their summed counts, not the mean of their scores.
 * @throws Error on lists that do not pair up, and on a text without a reference.
 */
export function meteorExactStem(
  predictions: readonly string[],
  references: readonly (readonly string[])[],
): number {
  checkPairs(predictions, references);
  const all = predictions.map((text, i) => bestMeteorCounts(text, references[i] as readonly string[]));
  // METEOR adds no chunk for a text that is its reference.
  return meteorScore(sumOf(all.map((counts) => (isWhole(counts) ? { ...counts, chunks: 0 } : counts))));
}

function sumOf(all: readonly MeteorCounts[]): MeteorCounts {
  const four = (key: 'matched' | 'referenceMatched') =>
    [0, 1, 2, 3].map((i) => total(all.map((counts) => counts[key][i] as number))) as MeteorCounts['matched'];
  const one = (key: 'length' | 'referenceLength' | 'functionWords' | 'referenceFunctionWords' | 'chunks') =>
    total(all.map((counts) => counts[key]));
  return {
    length: one('length'),
    referenceLength: one('referenceLength'),
    functionWords: one('functionWords'),
    referenceFunctionWords: one('referenceFunctionWords'),
    matched: four('matched'),
    referenceMatched: four('referenceMatched'),
    chunks: one('chunks'),
  };
}
