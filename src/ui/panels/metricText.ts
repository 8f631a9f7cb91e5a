/** How a metric is named and written: by the catalogue, shares of right answers in percent, all else as numbers. */
import { metrics } from '../../metrics/catalog';
import type { EvaluationEvent } from '../../telemetry/events';
import { binomialError, percent, whole } from '../numbers';

const inPercent = new Set(['accuracy', 'f1', 'macroF1', 'entityPrecision', 'entityRecall', 'entityF1']);

/** e.g. `Matthews correlation`; the key itself where the catalogue does not know it. */
export const metricLabel = (key: string): string => metrics[key]?.label ?? key;

/** For a tooltip. */
export const metricNote = (key: string): string | undefined => metrics[key]?.description;

/** True where less is better, which must be said. */
export const lowerIsBetter = (key: string): boolean => metrics[key]?.higherIsBetter === false;

/** How a score is written: shares in percent, accuracy with its binomial standard error in points, other metrics as numbers. */
export function scoreText(name: string, value: number, n: number): { score: string; error: string } {
  if (inPercent.has(name)) {
    const error = name === 'accuracy' ? `± ${(100 * binomialError(value, n)).toFixed(1)} points` : '';
    return { score: percent(value), error };
  }
  return { score: value.toFixed(3).replace('-', '−'), error: '' };
}

/** Standard errors of a difference that count as noise: about 95 %. */
const noiseErrors = 2;

/** One sentence that holds two models against each other; of accuracies with the noise of their difference. */
export function verdictText(
  autolora: EvaluationEvent,
  lora: EvaluationEvent,
  scoredOn: 'dev' | 'validation',
): string {
  const { primary } = autolora;
  const n = autolora.predictions.length;
  const examples = `${whole(n)} ${scoredOn} examples`;
  if (primary !== 'accuracy') {
    const score = ({ metrics }: EvaluationEvent) =>
      scoreText(primary, metrics[primary] ?? Number.NaN, n).score;
    return `AutoLoRA scores ${score(autolora)}, LoRA ${score(lora)} (${metricLabel(primary)} on ${examples}); one seed settles nothing.`;
  }
  const shares = [autolora, lora].map(({ metrics }) => metrics.accuracy ?? 0);
  const [mine = 0, theirs = 0] = shares;
  const gap = 100 * (mine - theirs);
  const noise = 100 * noiseErrors * Math.hypot(...shares.map((share) => binomialError(share, n)));
  const within = `(± ${noise.toFixed(1)} points, two standard errors)`;
  if (Math.abs(gap) < 0.05)
    return `AutoLoRA and LoRA score the same on ${examples} ${within}; one seed settles nothing.`;
  const said = `AutoLoRA scores ${Math.abs(gap).toFixed(1)} points ${gap > 0 ? 'above' : 'below'} LoRA`;
  return Math.abs(gap) < noise
    ? `${said}, which is within the noise of ${examples} ${within}; one seed settles nothing.`
    : `${said} on ${examples} ${within}; other seeds will differ.`;
}
