/** What a model says on dev, example by example: labels, scores, names or texts, the worst first, by filters of one's own. */

import { type ReactElement, useMemo, useRef } from 'react';
import { methodFacts } from '../../config/methods';
import { evaluatedRoles, scoredOn } from '../../store/facts';
import { hasTexts } from '../../store/runs/sharedRun';
import type {
  EvaluationEvent,
  GenerationPrediction,
  Role,
  SequencePrediction,
  TaggingPrediction,
} from '../../telemetry/events';
import { counted } from '../numbers';
import { ScrollX } from '../ScrollX';
import { usePlayground } from '../scope';
import { useKeptFocus } from '../useKeptFocus';
import { useOfRun } from '../useOfRun';
import { EntityText, typesOf } from './EntityText';
import {
  allWrong,
  type PredictionFilter,
  type ScoredText,
  scoredTexts,
  sequenceRows,
  taggingRows,
  textRows,
} from './predictionRows';

const pageSize = 8;

type Shown =
  | { kind: 'sequence'; rows: SequencePrediction[] }
  | { kind: 'tagging'; rows: TaggingPrediction[] }
  | { kind: 'generation'; rows: ScoredText[] };

function shownOf(
  { kind, predictions }: EvaluationEvent,
  texts: readonly ScoredText[],
  filter: PredictionFilter,
  types: readonly string[],
): Shown {
  if (kind === 'generation') return { kind, rows: textRows(texts, filter) };
  if (kind === 'tagging')
    return { kind, rows: taggingRows(predictions as TaggingPrediction[], filter, types) };
  return { kind: 'sequence', rows: sequenceRows(predictions as SequencePrediction[], filter, kind) };
}

/** What the list holds, and out of how many. */
function titleOf(
  kind: EvaluationEvent['kind'],
  { outcome }: PredictionFilter,
  rows: number,
  n: number,
  on: string,
): string {
  const count = `${rows} of ${n}`;
  if (kind === 'generation') return `Texts on ${on}: ${count}`;
  if (kind === 'regression') return `Furthest on ${on}: ${count}`;
  const what = { wrong: 'Wrong', right: 'Right', all: 'All' }[outcome];
  return `${what} on ${on}: ${count}${kind === 'tagging' ? ' sentences' : ''}`;
}

export default function Predictions(): ReactElement | null {
  const section = useRef<HTMLElement>(null);
  useKeptFocus(section);
  const evaluations = usePlayground((state) => state.facts.evaluations);
  const labels = usePlayground((state) => state.facts.start?.task.labels ?? noLabels);
  const scored = usePlayground((state) => scoredOn(state.facts));
  const roles = evaluatedRoles({ evaluations });
  const [chosen, setChosen] = useOfRun<Role>('autolora');
  const [filter, setFilter] = useOfRun(allWrong);
  const [count, setCount] = useOfRun(pageSize);
  const role = roles.includes(chosen) ? chosen : roles[0];
  const evaluation = role && evaluations[role];
  const types = useMemo(() => typesOf(labels), [labels]);
  // Scored once, not with every letter of the filter.
  const texts = useMemo(
    () =>
      evaluation?.kind === 'generation' ? scoredTexts(evaluation.predictions as GenerationPrediction[]) : [],
    [evaluation],
  );
  const shown = useMemo(
    () => evaluation && shownOf(evaluation, texts, filter, types),
    [evaluation, texts, filter, types],
  );
  if (!role || !evaluation || !shown) return null;
  const more = shown.rows.length - count;
  const change = (part: Partial<PredictionFilter>) => {
    setFilter({ ...filter, ...part });
    setCount(pageSize);
  };
  return (
    <section className="wrong" ref={section} aria-labelledby="wrong-title">
      <div className="card-head">
        <h3 id="wrong-title" aria-live="polite">
          {titleOf(evaluation.kind, filter, shown.rows.length, evaluation.predictions.length, scored)}
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
                setCount(pageSize);
              }}
            >
              {methodFacts[one].title}
            </button>
          ))}
        </div>
      </div>
      {hasTexts(evaluation) ? (
        <>
          <Filters
            filter={filter}
            kind={evaluation.kind}
            labels={evaluation.kind === 'tagging' ? types : labels}
            onChange={change}
          />
          {shown.kind === 'sequence' && <SequenceRows rows={shown.rows.slice(0, count)} labels={labels} />}
          {shown.kind === 'tagging' && <TaggingRows rows={shown.rows.slice(0, count)} types={types} />}
          {shown.kind === 'generation' && (
            <>
              <TextRows rows={shown.rows.slice(0, count)} />
              <p className="field-why">
                ROUGE-L: the longest common subsequence with the references, of the text alone. BLEU: of the
                text alone as well, smoothed by 1; the task is judged by that of all texts together.
              </p>
            </>
          )}
          {shown.rows.length === 0 && <p className="quiet">None on {scored} is like that.</p>}
          {more > 0 && (
            <button type="button" className="toggle" onClick={() => setCount(count + 4 * pageSize)}>
              show more of {shown.rows.length}
            </button>
          )}
        </>
      ) : (
        <p className="quiet">
          The texts are not here: a run file leaves out those of data that are not this page’s own.
        </p>
      )}
    </section>
  );
}

const outcomes = ['wrong', 'right', 'all'] as const;

function Filters({
  filter,
  kind,
  labels,
  onChange,
}: {
  filter: PredictionFilter;
  kind: EvaluationEvent['kind'];
  labels: readonly string[];
  onChange(part: Partial<PredictionFilter>): void;
}): ReactElement {
  const classes = kind === 'classification' || kind === 'tagging';
  return (
    <div className="prediction-filters">
      {classes &&
        outcomes.map((outcome) => (
          <button
            key={outcome}
            type="button"
            className="toggle"
            aria-pressed={filter.outcome === outcome}
            onClick={() => onChange({ outcome })}
          >
            {outcome}
          </button>
        ))}
      {classes && labels.length > 0 && (
        <select
          aria-label={kind === 'tagging' ? 'Entity type' : 'True class'}
          value={filter.label ?? ''}
          onChange={({ currentTarget: { value } }) =>
            onChange({ label: value === '' ? undefined : Number(value) })
          }
        >
          <option value="">{kind === 'tagging' ? 'every type' : 'every class'}</option>
          {labels.map((label, i) => (
            <option key={label} value={i}>
              {label}
            </option>
          ))}
        </select>
      )}
      <input
        type="search"
        aria-label="Part of the text"
        placeholder="part of the text"
        value={filter.text}
        onChange={({ currentTarget: { value } }) => onChange({ text: value })}
      />
    </div>
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
      {rows.map(({ text, pair, label, prediction }, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: texts may stand in dev twice, and rows keep no state
        <li key={i}>
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
      {rows.map(({ words, tags, predicted }, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: sentences may stand in dev twice, and rows keep no state
        <li key={i}>
          <small>is</small>
          <EntityText words={words} tags={tags} types={types} />
          <small>said</small>
          <EntityText words={words} tags={predicted} types={types} />
        </li>
      ))}
    </ol>
  );
}

function TextRows({ rows }: { rows: readonly ScoredText[] }): ReactElement {
  return (
    <ScrollX label="Texts that were written">
      <table className="texts">
        <thead>
          <tr>
            <th scope="col">Record</th>
            <th scope="col">Written, and its references</th>
            <th scope="col" className="text-score">
              ROUGE-L
            </th>
            <th scope="col" className="text-score">
              BLEU
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ source, generated, references, rougeL, bleu }, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a record may stand in dev twice; the text keeps open references with it
            <tr key={`${i} ${source}`}>
              <td>{source}</td>
              <td>
                {generated || <i>nothing</i>}
                <details>
                  <summary>{counted(references.length, 'reference')}</summary>
                  {[...new Set(references)].map((reference) => (
                    <p key={reference}>{reference}</p>
                  ))}
                </details>
              </td>
              <td className="text-score">{rougeL.toFixed(2)}</td>
              <td className="text-score">{bleu.toFixed(2)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollX>
  );
}

const noLabels: string[] = [];
