/** What a model gets wrong on dev: labels, scores, names or texts, the worst first. */
import { type ReactElement, useMemo, useState } from 'react';
import { methodNames } from '../../config/methods';
import type {
  EvaluationEvent,
  GenerationPrediction,
  Role,
  SequencePrediction,
  TaggingPrediction,
} from '../../telemetry/events';
import { usePlayground } from '../scope';
import { EntityText, typesOf } from './EntityText';
import { roleTitle } from './RoleResult';

const pageSize = 8;

/** Mistakes, by falling margin between the chosen and the true logit; by distance for a regression. */
export function worstFirst(predictions: readonly SequencePrediction[]): SequencePrediction[] {
  const margin = ({ logits, prediction, label }: SequencePrediction) =>
    logits.length > 1 ? (logits[prediction] ?? 0) - (logits[label] ?? 0) : Math.abs(prediction - label);
  return predictions
    .filter(({ prediction, label }) => prediction !== label)
    .sort((left, right) => margin(right) - margin(left));
}

/** Sentences with a wrong tag, those with the most first. */
export function mostMistagged(predictions: readonly TaggingPrediction[]): TaggingPrediction[] {
  const wrong = ({ tags, predicted }: TaggingPrediction) =>
    tags.filter((tag, i) => tag !== predicted[i]).length;
  return predictions
    .filter((prediction) => wrong(prediction) > 0)
    .sort((left, right) => wrong(right) - wrong(left));
}

type Shown =
  | { kind: 'sequence'; title: string; rows: SequencePrediction[] }
  | { kind: 'tagging'; title: string; rows: TaggingPrediction[] }
  | { kind: 'generation'; title: string; rows: GenerationPrediction[] };

function shownOf({ kind, predictions }: EvaluationEvent): Shown {
  const n = predictions.length;
  if (kind === 'generation')
    return { kind, title: `Texts on dev: ${n}`, rows: predictions as GenerationPrediction[] };
  if (kind === 'tagging') {
    const rows = mostMistagged(predictions as TaggingPrediction[]);
    return { kind, title: `Wrong sentences on dev: ${rows.length} of ${n}`, rows };
  }
  const rows = worstFirst(predictions as SequencePrediction[]);
  return {
    kind: 'sequence',
    title: kind === 'regression' ? `Furthest on dev, of ${n}` : `Wrong on dev: ${rows.length} of ${n}`,
    rows,
  };
}

export function WrongPredictions(): ReactElement | null {
  const evaluations = usePlayground((state) => state.facts.evaluations);
  const labels = usePlayground((state) => state.facts.start?.task.labels ?? noLabels);
  const roles = methodNames.filter((role) => evaluations[role]);
  const [chosen, setChosen] = useState<Role>('autolora');
  const [count, setCount] = useState(pageSize);
  const role = roles.includes(chosen) ? chosen : roles[0];
  const evaluation = role && evaluations[role];
  const shown = useMemo(() => evaluation && shownOf(evaluation), [evaluation]);
  const types = useMemo(() => typesOf(labels), [labels]);
  if (!role || !shown) return null;
  const more = shown.rows.length - count;
  return (
    <section className="wrong" aria-labelledby="wrong-title">
      <div className="card-head">
        <h3 id="wrong-title">{shown.title}</h3>
        <div className="tools">
          {roles.map((one) => (
            <button
              key={one}
              type="button"
              className="toggle"
              aria-pressed={one === role}
              onClick={() => {
                setChosen(one);
                setCount(pageSize);
              }}
            >
              {roleTitle(one)}
            </button>
          ))}
        </div>
      </div>
      {shown.kind === 'sequence' && <SequenceRows rows={shown.rows.slice(0, count)} labels={labels} />}
      {shown.kind === 'tagging' && <TaggingRows rows={shown.rows.slice(0, count)} types={types} />}
      {shown.kind === 'generation' && <TextRows rows={shown.rows.slice(0, count)} />}
      {more > 0 && (
        <button type="button" className="toggle" onClick={() => setCount(count + 4 * pageSize)}>
          show more of {shown.rows.length}
        </button>
      )}
    </section>
  );
}

function SequenceRows({
  rows,
  labels,
}: {
  rows: readonly SequencePrediction[];
  labels: readonly string[];
}): ReactElement {
  const name = (value: number) => labels[value] ?? value.toFixed(2);
  return (
    <ol className="wrong-list">
      {rows.map(({ text, pair, label, prediction }) => (
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
  );
}

function TaggingRows({
  rows,
  types,
}: {
  rows: readonly TaggingPrediction[];
  types: readonly string[];
}): ReactElement {
  return (
    <ol className="wrong-list wrong-tags">
      {rows.map(({ words, tags, predicted }) => (
        <li key={words.join(' ')}>
          <small>is</small>
          <EntityText words={words} tags={tags} types={types} />
          <small>said</small>
          <EntityText words={words} tags={predicted} types={types} />
        </li>
      ))}
    </ol>
  );
}

function TextRows({ rows }: { rows: readonly GenerationPrediction[] }): ReactElement {
  return (
    <div className="scroll-x">
      <table className="texts">
        <thead>
          <tr>
            <th scope="col">Record</th>
            <th scope="col">Written, and its references</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ source, generated, references }) => (
            <tr key={source}>
              <td>{source}</td>
              <td>
                {generated || <i>nothing</i>}
                <details>
                  <summary>
                    {references.length} reference{references.length === 1 ? '' : 's'}
                  </summary>
                  {references.map((reference) => (
                    <p key={reference}>{reference}</p>
                  ))}
                </details>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const noLabels: string[] = [];
