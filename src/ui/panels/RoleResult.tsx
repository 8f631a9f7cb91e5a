/** One trained model's result: score, rank, parameters, cost, confusion matrix. */
import type { ReactElement } from 'react';
import { wallMsOf } from '../../store/facts';
import type { EvaluationEvent, Role } from '../../telemetry/events';
import { binomialError, clock, percent, whole } from '../numbers';
import { usePlayground } from '../scope';
import { ConfusionMatrix } from './ConfusionMatrix';

export const roleTitles: Record<Role, string> = { autolora: 'AutoLoRA', lora: 'LoRA' };

/** How a score is written: shares in percent with their standard error, other metrics as numbers. */
export function scoreText(name: string, value: number, n: number): { score: string; error: string } {
  if (name === 'accuracy' || name === 'f1') {
    const error = name === 'accuracy' ? ` ± ${(100 * binomialError(value, n)).toFixed(1)}` : '';
    return { score: percent(value), error };
  }
  return { score: value.toFixed(3), error: '' };
}

export function RoleResult({ role }: { role: Role }): ReactElement {
  const evaluation = usePlayground((state) => state.facts.evaluations[role]);
  const facts = usePlayground((state) => state.facts);
  const labels = facts.start?.task.labels ?? [];
  return (
    <section className="role-result" data-role={role} aria-label={`Result of ${roleTitles[role]}`}>
      <h3>
        <i /> {roleTitles[role]}
        <span className="quiet">
          {role === 'autolora' ? 'learned rank per layer' : 'one rank everywhere'}
        </span>
      </h3>
      {evaluation ? (
        <Numbers evaluation={evaluation} wallMs={wallMsOf(facts, role)} role={role} labels={labels} />
      ) : (
        <p className="quiet">
          {role === 'autolora'
            ? 'After the search, fresh LoRA layers of the learned ranks are trained on all of train and scored on dev.'
            : 'Plain LoRA of the same total size, same steps, same data, for an honest comparison.'}
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
  const totalRank = ranks.reduce((sum, { rank }) => sum + rank, 0);
  const others = Object.entries(metrics).filter(([name]) => name !== primary);
  return (
    <>
      <p className="score" data-testid={`score-${role}`}>
        <b>{score}</b>
        <span>
          {error} {primary}, n = {whole(n)}
          {error && ' (± one binomial standard error)'}
        </span>
      </p>
      <dl className="result-facts">
        <div>
          <dt>total rank</dt>
          <dd>
            {totalRank} <small>{ranks.map(({ rank }) => rank).join(' ')}</small>
          </dd>
        </div>
        <div>
          <dt>trainable parameters</dt>
          <dd>
            {whole(parameters.adapter)}{' '}
            <small>
              + {whole(parameters.head)} head = {whole(parameters.adapter + parameters.head)}, of{' '}
              {whole(parameters.frozen + parameters.adapter + parameters.head)}
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
        {others.length > 0 && (
          <div>
            <dt>also</dt>
            <dd>
              <small>
                {others.map(([name, value]) => `${name} ${scoreText(name, value, n).score}`).join(' · ')}
              </small>
            </dd>
          </div>
        )}
      </dl>
      <ConfusionMatrix confusion={confusion} labels={labels} title={roleTitles[role]} />
    </>
  );
}
