/** A loss that is no number: nothing can be trained on it. */
import type { ExperimentConfig } from '../config/experiment';
import type { NoticeEvent, SearchEvent, TelemetryEvent, TrainEvent } from '../telemetry/events';

/** What a person is told where one of these events reports such a loss; undefined where none does. */
export function divergenceNotice(
  events: readonly TelemetryEvent[],
  { search, retrain }: ExperimentConfig,
): NoticeEvent | undefined {
  const bad = events.find(
    (event): event is SearchEvent | TrainEvent =>
      (event.type === 'search' || event.type === 'train') && !Number.isFinite(event.trainLoss),
  );
  if (!bad) return undefined;
  const rate = bad.type === 'search' ? search.learningRate : retrain.learningRate;
  const betaRate = bad.type === 'search' ? ` or the β learning rate (now ${search.betaLearningRate})` : '';
  const message =
    `The loss stopped being a number at step ${bad.step}. Reset and lower the learning rate ` +
    `(now ${rate})${betaRate}, or clip gradients.`;
  return { type: 'notice', level: 'error', message };
}
