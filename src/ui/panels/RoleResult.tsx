/** One trained model's result: score, rank, parameters, cost, confusion matrix. */
import type { ReactElement } from 'react';
import { methodFacts } from '../../config/methods';
import { wallMsOf } from '../../store/facts';
import type { EvaluationEvent, Role } from '../../telemetry/events';
import { totalRank } from '../../telemetry/ranks';
import { clock, whole } from '../numbers';
import { ScrollX } from '../ScrollX';
import { usePlayground } from '../scope';
import { ConfusionMatrix } from './ConfusionMatrix';
import { lowerIsBetter, metricLabel, metricNote, scoreText } from './metricText';

export const roleTitle = (role: Role): string => methodFacts[role].title;

const ranksSaid = { learned: 'learned rank per layer', uniform: 'one rank everywhere', none: 'no ranks' };

/** A larger confusion matrix cannot be read. */
const mostClasses = 20;

export function RoleResult({ role }: { role: Role }): ReactElement {
  const evaluation = usePlayground((state) => state.facts.evaluations[role]);
  const facts = usePlayground((state) => state.facts);
  const labels = facts.start?.task.labels ?? [];
  return (
    <section className="role-result" data-role={role} aria-label={`Result of ${roleTitle(role)}`}>
      <h3>
        <i /> {roleTitle(role)}
        <span className="quiet">{ranksSaid[methodFacts[role].ranks ?? 'none']}</span>
      </h3>
      {evaluation ? (
        <Numbers evaluation={evaluation} wallMs={wallMsOf(facts, role)} role={role} labels={labels} />
      ) : (
        <p className="quiet">
          {role === 'autolora'
            ? 'After the search, fresh LoRA layers of the learned ranks are trained on all of train and scored on examples that training did not see.'
            : role === 'lora'
              ? 'Plain LoRA of the same total size, same steps, same data, for an honest comparison.'
              : methodFacts[role].explanation}
        </p>
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
        <span title={metricNote(primary)}>{metricLabel(primary)}</span> <b>{score}</b>{' '}
        <span>{error ? `${error} (one standard error, n = ${whole(n)})` : `(n = ${whole(n)})`}</span>
      </p>
      <dl className="result-facts">
        <div>
          <dt>total rank</dt>
          <dd>
            {totalRank(ranks)} <small>{ranks.map(({ rank }) => rank).join(' ')}</small>
          </dd>
        </div>
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
            <dt title={metricNote(name)}>{metricLabel(name)}</dt>
            <dd>
              {scoreText(name, value, n).score} {lowerIsBetter(name) && <small>lower is better</small>}
            </dd>
          </div>
        ))}
      </dl>
      {confusion.length <= mostClasses && (
        <ScrollX label={`Confusion matrix of ${roleTitle(role)}`}>
          <ConfusionMatrix confusion={confusion} labels={labels} title={roleTitle(role)} />
        </ScrollX>
      )}
    </>
  );
}
