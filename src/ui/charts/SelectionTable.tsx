/** The heatmap as numbers: a, per layer and component, with the rank. */

import { VisuallyHidden } from '@mantine/core';
import type { ReactElement } from 'react';
import { numberText } from '../../report/numberText';
import { ScrollX } from '../ScrollX';
import type { SelectionGridProps } from './SelectionGrid';

interface SelectionTableProps
  extends Pick<SelectionGridProps, 'layers' | 'selection' | 'isKept' | 'ranks' | 'components' | 'orders'> {
  /** The largest come first: columns are places, and each cell names its component. */
  sorted: boolean;
}

export function SelectionTable(props: SelectionTableProps): ReactElement {
  const { layers, selection, isKept, ranks, components, orders, sorted } = props;
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
                const kept = a !== undefined && isKept(row, component);
                return (
                  // biome-ignore lint/suspicious/noArrayIndexKey: columns are places
                  <td key={column} data-kept={kept}>
                    {sorted && <small>#{component + 1} </small>}
                    {a === undefined ? '–' : numberText(a, 3)}
                    {kept && hiddenKept}
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

/** A plain element: there may be thousands. */
const hiddenKept = <span className={VisuallyHidden.classes.root}> kept</span>;
