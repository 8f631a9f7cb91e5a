/** A loss that is no number: nothing can be trained on it, and nothing can be scored by it. */
import type { ExperimentConfig } from '../config/experiment';
import { methodFacts } from '../config/methods';
import type { NoticeEvent, Role, SearchEvent, TelemetryEvent, TrainEvent } from '../telemetry/events';

/**
 * Of the LoRA beside AutoLoRA there is nothing to be done: AutoLoRA's result is not lost with it.
 * @param advice what to do, beginning with a space; nothing of a model that was not trained
 */
function noticeOf(role: Role, { method }: ExperimentConfig, what: string, advice: string): NoticeEvent {
  const message =
    role === method
      ? `${what}${advice}`
      : `The LoRA beside AutoLoRA has no score; AutoLoRA’s result stands. ${what}`;
  return { type: 'notice', level: 'error', message, ...(advice && { reason: 'diverged' }) };
}

/** What a person is told where one of these events reports such a loss; undefined where none does. */
export function divergenceNotice(
  events: readonly TelemetryEvent[],
  config: ExperimentConfig,
): NoticeEvent | undefined {
  const { search, retrain } = config;
  const bad = events.find(
    (event): event is SearchEvent | TrainEvent =>
      (event.type === 'search' || event.type === 'train') && !Number.isFinite(event.trainLoss),
  );
  if (!bad) return undefined;
  const rate = bad.type === 'search' ? search.learningRate : retrain.learningRate;
  const betaRate = bad.type === 'search' ? ` or the β learning rate (now ${search.betaLearningRate})` : '';
  return noticeOf(
    bad.type === 'search' ? 'autolora' : bad.role,
    config,
    `The loss stopped being a number at step ${bad.step}.`,
    ` Reset and lower the learning rate (now ${rate})${betaRate}, or clip gradients.`,
  );
}

/** What a person is told where a trained model's loss on the scored examples is no number: its last step may have done that. */
export function unscorableNotice(role: Role, config: ExperimentConfig): NoticeEvent {
  const { steps, learningRate } = config.retrain;
  const advice =
    steps > 0 ? ` Reset and lower the learning rate (now ${learningRate}), or clip gradients.` : '';
  const what = `The loss of the trained ${methodFacts[role].title} model is not a number, so there is nothing to score.`;
  return noticeOf(role, config, what, advice);
}
