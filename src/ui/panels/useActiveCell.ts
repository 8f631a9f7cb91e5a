/** Which cell of the heatmap is spoken of: the one that is pointed at, else the one that was picked or walked to. */
import { useCallback, useState } from 'react';
import type { CellPlace, SelectionGridProps } from '../charts/SelectionGrid';

const isSame = (one: CellPlace | undefined, other: CellPlace | undefined) =>
  one?.row === other?.row && one?.column === other?.column;

export function useActiveCell(
  rows: number,
  columns: number,
): {
  active: CellPlace | undefined;
  /** True when it was reached by keyboard. */
  spoken: boolean;
  onPlace: SelectionGridProps['onPlace'];
} {
  const [hovered, setHovered] = useState<CellPlace>();
  const [picked, setPicked] = useState<CellPlace>();
  const [spoken, setSpoken] = useState(false);
  const onPlace = useCallback<SelectionGridProps['onPlace']>((place, how) => {
    // A pointer moves many times within a cell.
    if (how === 'hover') setHovered((before) => (isSame(before, place) ? before : place));
    else {
      setHovered(undefined);
      setPicked((before) => (how === 'pick' && isSame(before, place) ? undefined : place));
    }
    setSpoken(how === 'key');
  }, []);
  const asked = hovered ?? picked;
  // Another run may have fewer layers or components.
  const active = asked && asked.row < rows && asked.column < columns ? asked : undefined;
  return { active, spoken, onPlace };
}
