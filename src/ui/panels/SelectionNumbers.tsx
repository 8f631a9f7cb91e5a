/** The selection weights as numbers: to read, and to take away. */
import type { ReactElement } from 'react';
import { SelectionTable } from '../charts/SelectionTable';
import { TableDownload } from '../controls/TableDownload';
import { selectionCsv, selectionText } from './selectionFiles';
import type { ShownSelection } from './useSelection';

export default function SelectionNumbers({
  sorted,
  ...shown
}: ShownSelection & { sorted: boolean }): ReactElement {
  return (
    <>
      <SelectionTable {...shown.grid} sorted={sorted} />
      {shown.frame && <TableDownload table={selectionText(shown)} csv={() => selectionCsv(shown)} />}
    </>
  );
}
