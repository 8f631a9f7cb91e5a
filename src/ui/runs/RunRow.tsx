/** One kept run in the table, and what can be done with it. */
import { type MouseEvent, memo, type ReactElement, useState } from 'react';
import { methodTitle } from '../../config/methods';
import { taskInfo } from '../../store/choices';
import { ownScore, type RunSummary, statusText } from '../../store/runRecord';
import { ConfirmButton } from '../controls/ConfirmButton';
import { download } from '../download';
import { clock, whole } from '../numbers';
import { metricLabel, scoreText } from '../panels/metricText';
import { useActions, useLibraryActions, usePlayground } from '../scope';
import { RunLabelsEditor } from './RunLabelsEditor';
import { changesSince } from './runDifferences';
import { telemetryCsv, telemetryLines } from './telemetryFiles';

/** A choice from the menu closes it; the focus goes back to where it was opened. */
const pick = (act: () => void) => (event: MouseEvent<HTMLElement>) => {
  const menu = event.currentTarget.closest('details');
  menu?.querySelector('summary')?.focus();
  menu?.removeAttribute('open');
  act();
};

interface RunRowProps {
  run: RunSummary;
  /** The run begun before. */
  before: RunSummary | undefined;
  chosen: boolean;
  onChoose(id: string): void;
}

export const RunRow = memo(function RunRow({ run, before, chosen, onChoose }: RunRowProps): ReactElement {
  const { openRun, setLinkKey } = useActions();
  const library = useLibraryActions();
  const onPage = usePlayground((state) => state.run?.id === run.id);
  /** The worker has it too; one that is only looked at can be opened again. */
  const inLab = usePlayground((state) => state.run?.id === run.id && !state.viewing);
  const [editing, setEditing] = useState(false);
  const { config, name, tags, notes, pinned, finished, error } = run;
  const score = ownScore(run);
  const value = score && scoreText(score.primary, score.metrics[score.primary] ?? Number.NaN, 0).score;
  const open = async () => {
    if (await openRun(run.id)) setLinkKey('screen', undefined);
  };
  const takeFile = async () => {
    const file = await library.exportRun(run.id);
    if (file) download(file.name, file.bytes, 'application/octet-stream');
  };
  const takeTelemetry = async (kind: 'csv' | 'jsonl') => {
    const kept = await library.loadRecord(run.id);
    if (!kept) return;
    const text = kind === 'csv' ? telemetryCsv(kept) : telemetryLines(kept);
    download(`${name.replace(/\s+/g, '-')}.${kind}`, text, kind === 'csv' ? 'text/csv' : 'application/jsonl');
  };
  const changed = before ? changesSince(config, before.config) : '';
  return (
    <>
      <tr data-on-page={onPage}>
        <td>
          <input
            type="checkbox"
            aria-label={`Compare ${name}`}
            checked={chosen}
            onChange={() => onChoose(run.id)}
          />
        </td>
        <td className="run-what">
          <b>
            {pinned && <span title="Pinned: its weights are kept when space is made">📌 </span>}
            {name}
          </b>{' '}
          <span className="quiet">
            {methodTitle(config)}, {taskInfo(config.data.task)?.title ?? config.data.task},{' '}
            {config.model.name}
          </span>
          {tags.map((tag) => (
            <span className="run-tag" key={tag}>
              {tag}
            </span>
          ))}
          <small className="run-changes" title={changed}>
            {changed && `against the run before: ${changed}`}
          </small>
          {notes && <small className="run-notes">{notes}</small>}
          {error && <small className="run-error">{error}</small>}
        </td>
        <td data-numeric="true">
          {value ?? '–'} {score && <small>{metricLabel(score.primary)}</small>}
        </td>
        <td data-numeric="true">
          {score && score.ranks.length > 0 ? score.ranks.reduce((sum, { rank }) => sum + rank, 0) : '–'}
          {run.editedRanks && <small title="Ranks were set by hand"> by hand</small>}
        </td>
        <td data-numeric="true">
          {score ? whole(score.parameters.adapter) : '–'}
          {score && score.parameters.head > 0 && (
            <small> {whole(score.parameters.adapter + score.parameters.head)} with head</small>
          )}
        </td>
        <td data-numeric="true">{config.seed}</td>
        <td
          data-numeric="true"
          title={run.scores.length > 1 ? 'Of both models: AutoLoRA and LoRA beside it' : undefined}
        >
          {run.scores.length > 0 ? clock(run.scores.reduce((sum, { wallMs }) => sum + wallMs, 0)) : '–'}
        </td>
        <td>{new Date(run.createdAt).toLocaleString([], { dateStyle: 'short', timeStyle: 'short' })}</td>
        <td>
          {statusText(run)}
          {run.weightBytes === 0 && <small>without weights</small>}
        </td>
        <td className="run-actions">
          <button type="button" className="toggle" disabled={inLab} onClick={() => void open()}>
            {inLab ? 'in the Lab' : finished || run.weightBytes === 0 ? 'Open' : 'Resume'}
          </button>
          <details className="run-more">
            <summary aria-label={`More for ${name}`}>more</summary>
            <div>
              <button type="button" onClick={pick(() => setEditing(!editing))}>
                Name, tags, notes
              </button>
              <button
                type="button"
                aria-pressed={pinned}
                onClick={pick(() => void library.label(run.id, { pinned: !pinned }))}
              >
                {pinned ? 'Unpin' : 'Pin'}
              </button>
              <button type="button" onClick={pick(() => void takeFile())}>
                Export the run
              </button>
              <button type="button" onClick={pick(() => void takeTelemetry('csv'))}>
                Telemetry (CSV)
              </button>
              <button type="button" onClick={pick(() => void takeTelemetry('jsonl'))}>
                Telemetry (JSON lines)
              </button>
              {run.weightBytes > 0 && !onPage && (
                <ConfirmButton
                  label="Delete the weights"
                  question={
                    finished
                      ? 'For good? It can then be looked at, not asked.'
                      : 'For good? It can then not be resumed.'
                  }
                  onConfirm={pick(() => void library.removeWeights([run.id]))}
                />
              )}
              <button type="button" disabled={onPage} onClick={pick(() => library.remove(run.id))}>
                Delete the run
              </button>
            </div>
          </details>
        </td>
      </tr>
      {editing && (
        <tr>
          <td />
          <td colSpan={9}>
            <RunLabelsEditor run={run} onDone={() => setEditing(false)} />
          </td>
        </tr>
      )}
    </>
  );
});
