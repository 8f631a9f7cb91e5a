/** One kept run in the table. */
import { Fragment, memo, type ReactElement, useCallback, useRef, useState } from 'react';
import { comparedTitle } from '../../report/comparedMethods';
import { taskTitle } from '../../store/choices';
import { ownScore, type RunSummary, statusText } from '../../store/runs/runRecord';
import { totalRank } from '../../telemetry/ranks';
import { clock, whole } from '../numbers';
import { metricLabel, scoreText } from '../panels/metricText';
import { usePlayground } from '../scope';
import { RunActions } from './RunActions';
import { RunLabelsEditor } from './RunLabelsEditor';
import { changesSince } from './runDifferences';
import { columns } from './runList';

interface RunRowProps {
  run: RunSummary;
  /** The run begun before. */
  before: RunSummary | undefined;
  chosen: boolean;
  onChoose(id: string): void;
  /** What can be done stands under the name, not in a column of its own. */
  narrow: boolean;
}

export const RunRow = memo(function RunRow(props: RunRowProps): ReactElement {
  const { run, before, chosen, onChoose, narrow } = props;
  const onPage = usePlayground((state) => state.run?.id === run.id);
  const [editing, setEditing] = useState(false);
  const edit = useCallback(() => setEditing((on) => !on), []);
  const menu = useRef<HTMLButtonElement>(null);
  const close = () => {
    menu.current?.focus();
    setEditing(false);
  };
  const actions = <RunActions run={run} menu={menu} onEdit={edit} />;
  return (
    <>
      <tr data-on-page={onPage}>
        <td>
          <input
            type="checkbox"
            aria-label={`Compare ${run.name}`}
            checked={chosen}
            onChange={() => onChoose(run.id)}
          />
        </td>
        <th scope="row" className="run-what">
          <RunTitle run={run} before={before} />
          {narrow && actions}
        </th>
        <ScoreCells run={run} />
        <td>{new Date(run.createdAt).toLocaleString([], { dateStyle: 'short', timeStyle: 'short' })}</td>
        <td>
          {statusText(run)} {run.weightBytes === 0 && <small>without weights</small>}
        </td>
        {!narrow && <td>{actions}</td>}
      </tr>
      {editing && (
        <tr>
          <td />
          <td colSpan={columns.length + (narrow ? 0 : 1)}>
            <RunLabelsEditor run={run} onDone={close} />
          </td>
        </tr>
      )}
    </>
  );
});

/** Its name, what it trains, and in what it differs from the run before. */
function RunTitle({ run, before }: Pick<RunRowProps, 'run' | 'before'>): ReactElement {
  const { config, comparedAs, name, tags, notes, pinned, error } = run;
  const changed = before ? changesSince(config, before.config) : '';
  return (
    <>
      <b>
        {pinned && <span title="Pinned: its weights are kept when space is made">📌 </span>}
        {name}
      </b>{' '}
      <span className="quiet">
        {comparedTitle(config, comparedAs?.method)}
        {comparedAs?.isCandidate && ` (${config.adapter.rankPattern})`}, {taskTitle(config.data.task)},{' '}
        {config.model.name}
      </span>
      {tags.map((tag) => (
        <Fragment key={tag}>
          {' '}
          <span className="run-tag">{tag}</span>
        </Fragment>
      ))}{' '}
      {changed && (
        <small className="run-changes" title={`Against the run before: ${changed}`}>
          changed: {changed}
        </small>
      )}{' '}
      {notes && <small className="run-notes">{notes}</small>}{' '}
      {error && <small className="run-error">{error}</small>}
    </>
  );
}

/** Score, rank, parameters, seed, time. */
function ScoreCells({ run }: { run: RunSummary }): ReactElement {
  const score = ownScore(run);
  const baseline = run.scores.find(({ role }) => role !== run.config.method);
  const value = score && scoreText(score.primary, score.metrics[score.primary] ?? Number.NaN, 0).score;
  return (
    <>
      <td data-numeric="true">
        {value ?? '–'} {score && <small>{metricLabel(score.primary)}</small>}
      </td>
      <td data-numeric="true">
        {score && score.ranks.length > 0 ? totalRank(score.ranks) : '–'}
        {run.editedRanks && <small title="Ranks were set by hand"> by hand</small>}
      </td>
      <td data-numeric="true">
        {score ? whole(score.parameters.adapter) : '–'}
        {score && score.parameters.head > 0 && (
          <small> {whole(score.parameters.adapter + score.parameters.head)} with head</small>
        )}
      </td>
      <td data-numeric="true">{run.config.seed}</td>
      <td data-numeric="true">
        {score ? clock(score.wallMs) : '–'}
        {baseline && <small> + {clock(baseline.wallMs)} LoRA</small>}
      </td>
    </>
  );
}
