/** The settings in which runs differ, a column per run. */
import { type ReactElement, useMemo } from 'react';
import type { RunSummary } from '../../store/runs/runRecord';
import { TableDownload } from '../controls/TableDownload';
import { ScrollX } from '../ScrollX';
import { differencesOf } from './runDifferences';

export function DifferenceTable({ runs }: { runs: readonly RunSummary[] }): ReactElement {
  const differences = useMemo(() => differencesOf(runs.map(({ config }) => config)), [runs]);
  if (differences.length === 0) return <p className="quiet">Their settings are the same.</p>;
  const names = runs.map(({ name }) => name);
  const rows = differences.map(({ label, values }) => [label, ...values]);
  const table = {
    name: 'differences',
    caption: 'Settings that differ',
    head: ['Setting', ...names],
    rows,
  };
  return (
    <>
      <ScrollX label="Settings that differ, scrolls sideways">
        <table className="differences">
          <thead>
            <tr>
              <th scope="col">Only what differs</th>
              {runs.map(({ id, name }) => (
                <th scope="col" key={id}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {differences.map(({ path, label, values }) => (
              <tr key={path}>
                <th scope="row">{label}</th>
                {values.map((value, i) => (
                  <td key={runs[i]?.id}>{value}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollX>
      <TableDownload table={table} />
    </>
  );
}
