/** The heatmap as numbers: a, per layer and component, with the rank. */

import type { ReactElement } from 'react';
import { ScrollX } from '../ScrollX';
import type { SelectionGridProps } from './SelectionGrid';

type SelectionTableProps = Pick<
  SelectionGridProps,
  'layers' | 'selection' | 'isKept' | 'ranks' | 'components' | 'orders'
>;

export function SelectionTable(props: SelectionTableProps): ReactElement {
  const { layers, selection, isKept, ranks, components, orders } = props;
  return (
    <ScrollX label="Selection weights as numbers">
      <table className="number-table">
        <thead>
          <tr>
            <th scope="col">layer</th>
            {Array.from({ length: components }, (_, j) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: columns are places
              <th scope="col" key={j}>
                {j + 1}
              </th>
            ))}
            <th scope="col">rank</th>
          </tr>
        </thead>
        <tbody>
          {layers.map((layer, row) => (
            <tr key={layer}>
              <th scope="row">{layer}</th>
              {(orders[row] ?? []).map((component, column) => {
                const a = selection?.[row]?.[component];
                return (
                  // biome-ignore lint/suspicious/noArrayIndexKey: columns are places
                  <td key={column} data-kept={a !== undefined && isKept(row, component)}>
                    {a === undefined ? '–' : a.toFixed(3)}
                  </td>
                );
              })}
              <td>
                <strong>{ranks[row] ?? '–'}</strong>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollX>
  );
}
