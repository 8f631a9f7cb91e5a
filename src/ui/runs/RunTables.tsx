/** Tables and figures over the listed runs, in the paper's layout, to look at and to take away. */
import { memo, type ReactElement, type ReactNode, useMemo, useState } from 'react';
import { barFigure } from '../../report/barFigure';
import { toCsv, toSeedCsv } from '../../report/csv';
import { toLatex } from '../../report/latex';
import { toMarkdown } from '../../report/markdown';
import { rankFigure } from '../../report/rankFigure';
import { columnGroups, footnotes, showTable, type Table } from '../../report/table';
import { ownAgreement, ownRanks } from '../../store/runs/ownRanks';
import { divergedResults, type Result, resultsOf } from '../../store/runs/ownResults';
import { ownBars, ownCostTable, ownScoreTable } from '../../store/runs/ownTables';
import type { RunSummary } from '../../store/runs/runRecord';
import { TextDownload } from '../controls/TextDownload';
import { ScrollX } from '../ScrollX';
import { OwnFigure } from './OwnFigure';

/** Drawn again only where the runs or the row that is tested against are others: working them out takes a moment. */
export const RunTables = memo(function RunTables({
  runs,
  chosen,
}: {
  runs: readonly RunSummary[];
  chosen: boolean;
}): ReactElement | null {
  const [against, setAgainst] = useState('');
  const results = useMemo(() => resultsOf(runs), [runs]);
  const scores = useMemo(
    () => ownScoreTable(results, against, divergedResults(runs)),
    [results, against, runs],
  );
  const costs = useMemo(() => ownCostTable(results), [results]);
  const bars = useMemo(() => {
    const table = scores && ownBars(scores, results);
    return table && table.rows.length > 1 ? barFigure(table) : undefined;
  }, [scores, results]);
  const ranks = useMemo(() => {
    const learned = ownRanks(results);
    return learned.length > 0
      ? rankFigure('own-ranks-figure', 'Ranks that AutoLoRA learned', learned)
      : undefined;
  }, [results]);
  if (!scores || !costs) return null;
  return (
    <section className="card" aria-labelledby="tables-title">
      <div className="card-head">
        <h2 id="tables-title">Results</h2>
        <span className="quiet">
          of {chosen ? 'the chosen' : 'all listed'} runs, by method, task and seed
        </span>
      </div>
      <ReportTable table={scores}>
        {scores.rows.length > 1 && (
          <label className="report-against">
            Tested against{' '}
            <select
              value={scores.comparedWith ?? ''}
              onChange={({ currentTarget }) => setAgainst(currentTarget.value)}
            >
              {scores.comparedWith === undefined && <option value="">nothing</option>}
              {scores.rows.map(({ key, label }) => (
                <option key={key} value={key}>
                  {label}
                </option>
              ))}
            </select>
          </label>
        )}
      </ReportTable>
      {bars && <OwnFigure title="Scores by task" svg={bars} runs={runs.length} />}
      <ReportTable table={costs} />
      {ranks && <OwnFigure title="Ranks per layer" svg={ranks} runs={runs.length} />}
      {ranks && <Agreement results={results} />}
    </section>
  );
});

/** Worked out when it is asked for: the random orders behind a p take a moment. */
function Agreement({ results }: { results: readonly Result[] }): ReactElement {
  const [open, setOpen] = useState(false);
  const table = useMemo(() => (open ? ownAgreement(results) : undefined), [open, results]);
  return (
    <details className="own-agreement" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>Do the seeds agree on where the rank goes?</summary>
      {table && <ReportTable table={table} />}
      {open && !table && (
        <p className="quiet">Train AutoLoRA with a second seed: one run has nothing to agree with.</p>
      )}
    </details>
  );
}

const formats: { name: string; ending: string; write(table: Table): string }[] = [
  { name: 'Markdown', ending: 'md', write: toMarkdown },
  { name: 'LaTeX', ending: 'tex', write: toLatex },
  { name: 'CSV', ending: 'csv', write: toCsv },
  { name: 'CSV by seed', ending: 'seeds.csv', write: toSeedCsv },
];

function ReportTable({ table, children }: { table: Table; children?: ReactNode }): ReactElement {
  const rows = useMemo(() => showTable(table), [table]);
  const notes = useMemo(() => footnotes(table).join(' '), [table]);
  const groups = columnGroups(table.columns);
  const grouped = groups.some(({ label }) => label !== undefined);
  return (
    <div className="report">
      <div className="card-head">
        <h3>{table.caption}</h3>
        <div className="tools">
          <TextDownload
            title={table.caption}
            file={table.name}
            formats={formats.map(({ write, ...format }) => ({ ...format, write: () => write(table) }))}
          />
        </div>
      </div>
      <ScrollX label={`${table.caption}, scrolls sideways`}>
        <table className="report-table" aria-label={table.caption}>
          <thead>
            {grouped && (
              <tr>
                <td />
                {groups.map(({ label, span }, i) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: groups have no name of their own
                  <th key={i} colSpan={span} scope="colgroup">
                    {label}
                  </th>
                ))}
              </tr>
            )}
            <tr>
              <th scope="col">{table.rowHeading}</th>
              {table.columns.map(({ key, label }) => (
                <th key={key} scope="col">
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ row, cells }) => (
              <tr key={row.key}>
                <th scope="row">{row.label}</th>
                {cells.map(({ centre, spread, best, significant, fewer, seeds }, i) => (
                  <td key={table.columns[i]?.key}>
                    {best ? <b>{centre}</b> : (centre ?? '–')}
                    {spread !== undefined && <small> ± {spread}</small>}
                    {significant && '*'}
                    {fewer && centre !== undefined && <small> ({seeds})</small>}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollX>
      {children}
      <p className="quiet">{notes}</p>
    </div>
  );
}
