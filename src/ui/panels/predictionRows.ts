/** Which predictions are listed, and in which order. */
import { bleuCounts, pymtevalBleu } from '../../metrics/bleu';
import { rougeL } from '../../metrics/rougeL';
import { tokeniseMtevalUncased } from '../../metrics/tokeniseMteval';
import { tokeniseCaption } from '../../metrics/tokenisePtb';
import type {
  EvaluationEvent,
  GenerationPrediction,
  Prediction,
  SequencePrediction,
  TaggingPrediction,
} from '../../telemetry/events';

export interface PredictionFilter {
  outcome: 'wrong' | 'right' | 'all';
  /** Index of the true class; of tags, the entity type as index into the list. */
  label?: number;
  /** Part of the text, in any case. */
  text: string;
}

export const allWrong: PredictionFilter = { outcome: 'wrong', text: '' };

/** A text with how near it is to its references, 0-1. */
export interface ScoredText extends GenerationPrediction {
  /** ROUGE-L as coco-caption counts it. */
  rougeL: number;
  /** Sentence BLEU with 1 added to matches and totals, as pymteval. */
  bleu: number;
}

const texts = (prediction: Prediction): string => {
  if ('words' in prediction) return prediction.words.join(' ');
  if ('source' in prediction)
    return [prediction.source, prediction.generated, ...prediction.references].join('\n');
  return `${prediction.text}\n${prediction.pair ?? ''}`;
};

const matches = (prediction: Prediction, { text }: PredictionFilter) =>
  text.trim() === '' || texts(prediction).toLowerCase().includes(text.trim().toLowerCase());

/** How sure a mistake, or how sure what is right, by the margin between logits; by distance for a regression. */
const margin = ({ logits, prediction, label }: SequencePrediction): number => {
  if (logits.length < 2) return Math.abs(prediction - label);
  const rival = Math.max(...logits.filter((_, i) => i !== prediction));
  return (logits[prediction] ?? 0) - (prediction === label ? rival : (logits[label] ?? 0));
};

/** The surest mistakes first, then what is right, the least sure first; of a regression the furthest first. */
export function sequenceRows(
  predictions: readonly SequencePrediction[],
  filter: PredictionFilter,
  kind: EvaluationEvent['kind'] = 'classification',
): SequencePrediction[] {
  const isRight = (one: SequencePrediction) => one.prediction === one.label;
  const kept = predictions.filter(
    (one) =>
      matches(one, filter) &&
      (kind === 'regression' || filter.outcome === 'all' || isRight(one) === (filter.outcome === 'right')) &&
      (kind === 'regression' || filter.label === undefined || one.label === filter.label),
  );
  return kept.sort((left, right) => {
    if (isRight(left) !== isRight(right)) return isRight(left) ? 1 : -1;
    return isRight(left) ? margin(left) - margin(right) : margin(right) - margin(left);
  });
}

const typeOf = (tag: string) => tag.slice(tag.indexOf('-') + 1);

/** Sentences with the most wrong tags first. @param types entity types, which `filter.label` counts in */
export function taggingRows(
  predictions: readonly TaggingPrediction[],
  filter: PredictionFilter,
  types: readonly string[],
): TaggingPrediction[] {
  const wrong = ({ tags, predicted }: TaggingPrediction) =>
    tags.filter((tag, i) => tag !== predicted[i]).length;
  const type = filter.label === undefined ? undefined : types[filter.label];
  return predictions
    .filter(
      (one) =>
        matches(one, filter) &&
        (filter.outcome === 'all' || (wrong(one) === 0) === (filter.outcome === 'right')) &&
        (type === undefined || [...one.tags, ...one.predicted].some((tag) => typeOf(tag) === type)),
    )
    .sort((left, right) => wrong(right) - wrong(left));
}

/** Texts with their scores, those furthest from their references first. */
export function scoredTexts(predictions: readonly GenerationPrediction[]): ScoredText[] {
  return predictions
    .map((one) => {
      const counts = bleuCounts(
        [tokeniseMtevalUncased(one.generated)],
        [one.references.map(tokeniseMtevalUncased)],
      );
      return {
        ...one,
        rougeL: rougeL(tokeniseCaption(one.generated), one.references.map(tokeniseCaption)),
        bleu: pymtevalBleu(counts, 1),
      };
    })
    .sort((left, right) => left.rougeL - right.rougeL);
}

/** Those that hold the text, in their order. */
export const textRows = (scored: readonly ScoredText[], filter: PredictionFilter): ScoredText[] =>
  scored.filter((one) => matches(one, filter));
