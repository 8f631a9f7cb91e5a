/** A run as it may be passed on: texts of data that are not this project's own stay in the browser. */
import type { EvaluationEvent, Prediction } from '../../telemetry/events';
import type { KeptRun } from './runRecord';

const withoutText = (prediction: Prediction): Prediction => {
  if ('words' in prediction) return { ...prediction, words: prediction.words.map(() => '') };
  if ('source' in prediction)
    return { source: '', references: prediction.references.map(() => ''), generated: '' };
  const pair = prediction.pair === undefined ? undefined : { pair: '' };
  return { ...prediction, text: '', ...pair };
};

/**
 * The run without files of the person's own and, unless it was trained on the embedded data, without the texts that it was
 * scored on. Labels, predictions and logits stay.
 */
export function sharedRun({ files: _, ...run }: KeptRun): KeptRun {
  if (run.summary.config.data.source === 'embedded') return run;
  const evaluations = Object.fromEntries(
    Object.entries(run.facts.evaluations).map(([role, evaluation]) => [
      role,
      { ...evaluation, predictions: evaluation.predictions.map(withoutText) },
    ]),
  );
  return { ...run, facts: { ...run.facts, evaluations } };
}

/** False of an evaluation whose texts were left out when its run was passed on. */
export function hasTexts({ predictions }: EvaluationEvent): boolean {
  const isText = (prediction: Prediction) => {
    if ('words' in prediction) return prediction.words.some((word) => word !== '');
    return ('source' in prediction ? prediction.source : prediction.text) !== '';
  };
  return predictions.length === 0 || predictions.some(isText);
}
