/** The selection weights as numbers: to read, and to take away. */
import type { ReactElement } from 'react';
import { SelectionTable } from '../charts/SelectionTable';
import { TableDownload } from '../controls/TableDownload';
import { selectionCsv, selectionText } from './selectionFiles';
import type { ShownSelection } from './useSelection';

export default function SelectionNumbers({
  sorted,
  frames,
  frame,
  grid,
}: ShownSelection & { sorted: boolean }): ReactElement {
  const shown = frame && { frames, frame, grid };
  return (
    <>
      <SelectionTable {...grid} sorted={sorted} />
      {shown && <TableDownload table={selectionText(shown)} csv={() => selectionCsv(shown)} />}
    </>
  );
}
