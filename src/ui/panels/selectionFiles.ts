/** The selection weights that are shown, as tables to take away. */
import { csvLines } from '../../report/csv';
import { numberText } from '../../report/numberText';
import type { TextTable } from '../../report/textTable';
import type { SelectionFrame } from '../../store/selectionFrames';
import type { ShownSelection } from './useSelection';

interface Shown extends Pick<ShownSelection, 'frames' | 'grid'> {
  frame: SelectionFrame;
}

/** As the table on the page: a by layer and column, and the layer's rank. */
export function selectionText({ frames, frame, grid }: Shown): TextTable {
  const { layers, components, orders, ranks } = grid;
  return {
    name: `selection-step${frame.step}`,
    caption: `Selection weights at step ${frame.step}`,
    head: ['layer', ...Array.from({ length: components }, (_, j) => String(j + 1)), 'rank'],
    rows: layers.map((layer, row) => [
      layer,
      ...(orders[row] ?? []).map((component) =>
        numberText(frames.value(frame, 'selection', row, component), 3),
      ),
      String(ranks[row] ?? ''),
    ]),
  };
}

/** One row per component, counted from 1: a, β, λ of its layer, and whether it is kept there (1) or pruned (0). */
export function selectionCsv({ frames, frame, grid }: Shown): string {
  const { layers, components, thresholds, isKept } = grid;
  const rows = layers.flatMap((layer, row) =>
    Array.from({ length: components }, (_, component) => [
      layer,
      component + 1,
      frames.value(frame, 'selection', row, component),
      frames.value(frame, 'beta', row, component),
      thresholds?.[row],
      Number(isKept(row, component)),
    ]),
  );
  return csvLines([['layer', 'component', 'a', 'beta', 'threshold', 'kept'], ...rows]);
}
