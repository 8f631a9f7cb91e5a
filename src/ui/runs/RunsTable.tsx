/** The table of kept runs, to sort and to choose from. */
import { VisuallyHidden } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { type ReactElement, useMemo, useState } from 'react';
import type { RunSummary } from '../../store/runs/runRecord';
import { ScrollX } from '../ScrollX';
import { RunRow } from './RunRow';
import { columns, runsBefore, type SortKey, type SortOrder } from './runList';

/** Rows that are drawn at first. */
const pageSize = 50;

interface RunsTableProps {
  /** All that are kept. */
  runs: readonly RunSummary[];
  /** Of these the ones that are listed, in order. */
  shown: readonly RunSummary[];
  chosen: ReadonlySet<string>;
  onChoose(id: string): void;
  sort: SortOrder;
  onSort(sort: SortOrder): void;
}

export function RunsTable(props: RunsTableProps): ReactElement {
  const { runs, shown, chosen, onChoose, sort, onSort } = props;
  const [count, setCount] = useState(pageSize);
  /** On a phone the last columns are out of sight: what can be done stands under the name. */
  const narrow = useMediaQuery('(max-width: 800px)', undefined, { getInitialValueInEffect: false }) ?? false;
  const before = useMemo(() => runsBefore(runs), [runs]);
  return (
    <ScrollX label="Runs">
      <table className="runs-table">
        <thead>
          <tr>
            <th scope="col">
              <VisuallyHidden>Compare</VisuallyHidden>
            </th>
            {columns.map(({ key, title, numeric }) => (
              <th
                key={key}
                scope="col"
                data-numeric={numeric}
                aria-sort={sort.key === key ? (sort.falling ? 'descending' : 'ascending') : 'none'}
              >
                <button type="button" onClick={() => onSort(pressed(sort, key))}>
                  {title}
                </button>
              </th>
            ))}
            {!narrow && (
              <th scope="col">
                <VisuallyHidden>Actions</VisuallyHidden>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {shown.slice(0, count).map((run) => (
            <RunRow
              key={run.id}
              run={run}
              before={before.get(run.id)}
              chosen={chosen.has(run.id)}
              onChoose={onChoose}
              narrow={narrow}
            />
          ))}
        </tbody>
      </table>
      {shown.length === 0 && <p className="quiet">No run is like that.</p>}
      {shown.length > count && (
        <button type="button" className="toggle" onClick={() => setCount(count + 4 * pageSize)}>
          show more of {shown.length}
        </button>
      )}
    </ScrollX>
  );
}

/** A column's first press puts the largest in front, of names the first; the next one turns the order. */
const pressed = (sort: SortOrder, key: SortKey): SortOrder => ({
  key,
  falling: sort.key === key ? !sort.falling : key !== 'name',
});
