/** What the data-to-text tasks report: E2E as the challenge's script counts it, WebNLG as LoRA's evaluation does. */
import { bleuCounts, multiBleu, pymtevalBleu } from './bleu';
import { cider } from './cider';
import { mean } from './mean';
import { meteorExactStem } from './meteor';
import { checkPairs } from './ngrams';
import { nist } from './nist';
import { rougeL } from './rougeL';
import { terOfBest } from './ter';
import { tokeniseMtevalUncased } from './tokeniseMteval';
import { tokeniseCaption } from './tokenisePtb';
import { tokeniseLora, tokeniseNltk } from './tokeniseWords';

interface GenerationMetrics {
  values: Record<string, number>;
  confusion: number[][];
}

/**
 * `bleu` (0-1), `nist`, `meteorExactStem`, `rougeL`, `cider` of whole texts, each against all of its references.
 * BLEU and NIST ignore case; the others see coco-caption's tokens, without signs of punctuation.
 * @throws Error where there are no texts, where the lists do not pair up, or a text has no reference
 */
export function e2eMetrics(
  predictions: readonly string[],
  references: readonly (readonly string[])[],
): GenerationMetrics {
  checkPairs(predictions, references);
  const texts = predictions.map(tokeniseMtevalUncased);
  const lists = references.map((list) => list.map(tokeniseMtevalUncased));
  const captions = predictions.map(tokeniseCaption);
  const captionLists = references.map((list) => list.map(tokeniseCaption));
  return {
    values: {
      bleu: pymtevalBleu(bleuCounts(texts, lists)),
      nist: nist(texts, lists),
      meteorExactStem: meteorExactStem(
        captions.map((tokens) => tokens.join(' ')),
        captionLists.map((list) => list.map((tokens) => tokens.join(' '))),
      ),
      rougeL: mean(captions.map((tokens, i) => rougeL(tokens, captionLists[i] as string[][]))),
      cider: mean(cider(captions, captionLists)),
    },
    confusion: [],
  };
}

/**
 * `bleu` (0-1), `meteorExactStem`, `ter` of whole texts in LoRA's tokens and lower case. TER is the mean over the texts
 * of the rate to the best reference.
 * @throws Error as `e2eMetrics`, and where all references of a text are blank
 */
export function webnlgMetrics(
  predictions: readonly string[],
  references: readonly (readonly string[])[],
): GenerationMetrics {
  checkPairs(predictions, references);
  const texts = predictions.map(tokeniseLora);
  const lists = references.map((list) => list.map(tokeniseLora));
  const line = (tokens: readonly string[]) => tokens.join(' ');
  const again = (tokens: readonly string[]) => tokeniseNltk(line(tokens));
  return {
    values: {
      bleu: multiBleu(bleuCounts(texts, lists)),
      meteorExactStem: meteorExactStem(
        texts.map(line),
        lists.map((list) => list.map(line)),
      ),
      ter: mean(texts.map((tokens, i) => terOfBest(again(tokens), (lists[i] as string[][]).map(again)))),
    },
    confusion: [],
  };
}
