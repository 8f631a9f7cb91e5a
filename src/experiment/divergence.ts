/** A loss that is no number: nothing can be trained on it, and nothing can be scored by it. */
import type { ExperimentConfig } from '../config/experiment';
import { methodFacts } from '../config/methods';
import type { NoticeEvent, Role, SearchEvent, TelemetryEvent, TrainEvent } from '../telemetry/events';

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

/** The same where it is the LoRA beside AutoLoRA, whose result is not lost with it. */
export function baselineNotice({ message }: NoticeEvent): NoticeEvent {
  const [what = ''] = message.split(' Reset and ');
  return {
    type: 'notice',
    level: 'warning',
    message: `The LoRA beside AutoLoRA has no score; AutoLoRA’s result stands. ${what}`,
  };
}

/** What a person is told where a trained model's loss on the scored examples is no number: its last step may have done that. */
export function unscorableNotice(role: Role, { retrain }: ExperimentConfig): NoticeEvent {
  const advice =
    retrain.steps > 0
      ? ` Reset and lower the learning rate (now ${retrain.learningRate}), or clip gradients.`
      : '';
  const message = `The loss of the trained ${methodFacts[role].title} model is not a number, so there is nothing to score.${advice}`;
  return { type: 'notice', level: 'error', message };
}
