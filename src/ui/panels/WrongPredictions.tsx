/** Dev examples that a model gets wrong, the surest mistakes first. */
import { type ReactElement, useMemo, useState } from 'react';
import type { Prediction, Role } from '../../telemetry/events';
import { usePlayground } from '../scope';
import { roleTitles } from './RoleResult';

const pageSize = 8;

/** Mistakes, by falling margin between the chosen and the true logit; by distance for a regression. */
export function worstFirst(predictions: readonly Prediction[]): Prediction[] {
  const margin = ({ logits, prediction, label }: Prediction) =>
    logits.length > 1 ? (logits[prediction] ?? 0) - (logits[label] ?? 0) : Math.abs(prediction - label);
  return predictions
    .filter(({ prediction, label }) => prediction !== label)
    .sort((left, right) => margin(right) - margin(left));
}

export function WrongPredictions(): ReactElement | null {
  const evaluations = usePlayground((state) => state.facts.evaluations);
  const labels = usePlayground((state) => state.facts.start?.task.labels ?? noLabels);
  const roles = (['autolora', 'lora'] as const).filter((role) => evaluations[role]);
  const [chosen, setChosen] = useState<Role>('autolora');
  const [shown, setShown] = useState(pageSize);
  const role = roles.includes(chosen) ? chosen : roles[0];
  const predictions = role && evaluations[role]?.predictions;
  const wrong = useMemo(() => worstFirst(predictions ?? []), [predictions]);
  if (!role || !predictions) return null;
  const name = (value: number) => labels[value] ?? value.toFixed(2);
  return (
    <section className="wrong" aria-labelledby="wrong-title">
      <div className="card-head">
        <h3 id="wrong-title">
          {labels.length > 0 ? 'Wrong' : 'Furthest'} on dev: {wrong.length} of {predictions.length}
        </h3>
        <div className="tools">
          {roles.map((one) => (
            <button
              key={one}
              type="button"
              className="toggle"
              aria-pressed={one === role}
              onClick={() => {
                setChosen(one);
                setShown(pageSize);
              }}
            >
              {roleTitles[one]}
            </button>
          ))}
        </div>
      </div>
      <ol className="wrong-list">
        {wrong.slice(0, shown).map(({ text, pair, label, prediction }) => (
          <li key={`${text} ${pair ?? ''}`}>
            <span>
              {text}
              {pair && <em> / {pair}</em>}
            </span>
            <small className="wrong-said">
              is <b>{name(label)}</b>, said <b>{name(prediction)}</b>
            </small>
          </li>
        ))}
      </ol>
      {wrong.length > shown && (
        <button type="button" className="toggle" onClick={() => setShown(shown + 4 * pageSize)}>
          show more of {wrong.length}
        </button>
      )}
    </section>
  );
}

const noLabels: string[] = [];
