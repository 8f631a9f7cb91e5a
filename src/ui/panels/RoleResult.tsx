/** One trained model's result: score, rank, parameters, cost, confusion matrix. */
import { lazy, type ReactElement } from 'react';
import type { ExperimentConfig } from '../../config/experiment';
import { methodFacts } from '../../config/methods';
import { wallMsOf } from '../../store/facts';
import { shownConfig } from '../../store/state';
import type { EvaluationEvent, Role } from '../../telemetry/events';
import { totalRank } from '../../telemetry/ranks';
import { Explained } from '../controls/Explained';
import { clock, whole } from '../numbers';
import { PagePart } from '../PagePart';
import { usePlayground } from '../scope';
import { lowerIsBetter, metricLabel, metricNote, scoreText } from './metricText';

// There is none before the end of a run.
const ConfusionMatrix = lazy(() => import('./ConfusionMatrix'));

const roleTitle = (role: Role): string => methodFacts[role].title;

/** What the ranks are; those of a method whose ranks are given are seen from what it was trained with. */
function ranksSaid(role: Role, evaluation: EvaluationEvent | undefined, edited: boolean): string {
  const { ranks } = methodFacts[role];
  if (!ranks) return 'no ranks';
  if (ranks === 'learned') return edited ? 'ranks set by hand' : 'learned rank per layer';
  const given = new Set(evaluation?.ranks.map(({ rank }) => rank));
  return given.size > 1 ? 'given ranks by layer' : 'one rank everywhere';
}

/** What stands in place of a score. */
function noScoreYet(
  role: Role,
  { method, baseline, adapter }: ExperimentConfig,
  isFinished: boolean,
): string {
  if (role === 'autolora')
    return 'After the search, fresh LoRA layers of the learned ranks are trained on all of train and scored on examples that training did not see.';
  if (role === method) return methodFacts[role].explanation;
  if (isFinished) return 'Its loss stopped being a number, so it has no score.';
  const isOfItsSize = baseline.rank === 0 && adapter.rankPattern === '';
  const size = isOfItsSize ? 'of about the same total size' : 'of the ranks that were set for it';
  return `Plain LoRA ${size}, same steps, same data, for an honest comparison.`;
}

/** A larger confusion matrix cannot be read. */
const mostClasses = 20;

export function RoleResult({ role }: { role: Role }): ReactElement {
  const evaluation = usePlayground((state) => state.facts.evaluations[role]);
  const facts = usePlayground((state) => state.facts);
  const labels = facts.start?.task.labels ?? [];
  const config = usePlayground(shownConfig);
  const isFinished = usePlayground(({ progress }) => progress?.status === 'finished');
  return (
    <section className="role-result" data-role={role} aria-label={`Result of ${roleTitle(role)}`}>
      <h3>
        <i /> {roleTitle(role)}{' '}
        <span className="quiet">{ranksSaid(role, evaluation, facts.ranks?.edited ?? false)}</span>
      </h3>
      {evaluation ? (
        <Numbers evaluation={evaluation} wallMs={wallMsOf(facts, role)} role={role} labels={labels} />
      ) : (
        <p className="quiet">{noScoreYet(role, config, isFinished)}</p>
      )}
    </section>
  );
}

function Numbers(props: {
  evaluation: EvaluationEvent;
  wallMs: number;
  role: Role;
  labels: readonly string[];
}): ReactElement {
  const { evaluation, wallMs, role, labels } = props;
  const { metrics, primary, parameters, ranks, predictions, confusion } = evaluation;
  const n = predictions.length;
  const { score, error } = scoreText(primary, metrics[primary] ?? Number.NaN, n);
  const others = Object.entries(metrics).filter(([name]) => name !== primary);
  return (
    <>
      <p className="score" data-testid={`score-${role}`}>
        <span>
          <Explained by={metricNote(primary)}>{metricLabel(primary)}</Explained>
        </span>{' '}
        <b>{score}</b>{' '}
        <span>{error ? `${error} (one standard error, n = ${whole(n)})` : `(n = ${whole(n)})`}</span>
      </p>
      <dl className="result-facts">
        {ranks.length > 0 && (
          <div>
            <dt>total rank</dt>
            <dd>
              {totalRank(ranks)} <small>{ranks.map(({ rank }) => rank).join(' ')}</small>
            </dd>
          </div>
        )}
        <div>
          <dt>trainable parameters</dt>
          <dd>
            {whole(parameters.adapter)}{' '}
            <small>
              {parameters.head > 0 &&
                `+ ${whole(parameters.head)} head = ${whole(parameters.adapter + parameters.head)}, `}
              of {whole(parameters.frozen + parameters.adapter + parameters.head)}
              {parameters.kept !== undefined && `; ${whole(parameters.kept)} left after pruning`}
            </small>
          </dd>
        </div>
        <div>
          <dt>wall time</dt>
          <dd>
            {clock(wallMs)}{' '}
            <small>{role === 'autolora' ? 'search, retraining, evaluation' : 'training, evaluation'}</small>
          </dd>
        </div>
        {others.map(([name, value]) => (
          <div key={name}>
            <dt>
              <Explained by={metricNote(name)}>{metricLabel(name)}</Explained>
            </dt>
            <dd>
              {scoreText(name, value, n).score} {lowerIsBetter(name) && <small>lower is better</small>}
            </dd>
          </div>
        ))}
      </dl>
      {confusion.length > 0 && confusion.length <= mostClasses && (
        <PagePart name="The confusion matrix">
          <ConfusionMatrix confusion={confusion} labels={labels} role={role} />
        </PagePart>
      )}
    </>
  );
}
