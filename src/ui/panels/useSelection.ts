/** What the heatmap shows: the newest frame or the one looked back at, under λ or under the threshold that is tried. */
import { type RefObject, useCallback, useMemo } from 'react';
import { layerNames } from '../../store/files/modelShape';
import type { SelectionFrame, SelectionFrames } from '../../store/selectionFrames';
import { keptAt } from '../../store/threshold';
import type { SelectionGridProps } from '../charts/SelectionGrid';
import { columnOrder } from '../charts/selectionCells';
import { useHistory, usePlayground } from '../scope';

export interface ShownSelection {
  frames: SelectionFrames;
  /** Rises with every change of the frames. */
  version: number;
  /** Undefined before the search has begun. */
  frame?: SelectionFrame;
  /** Of the frame; undefined where it is the newest. */
  frameIndex?: number;
  grid: Pick<
    SelectionGridProps,
    'layers' | 'components' | 'selection' | 'thresholds' | 'isKept' | 'ranks' | 'orders'
  >;
}

/**
 * @param panel is looked at no more than it is seen
 * @param components k before the search has begun
 * @param shift log2 of how many times λ the threshold is put
 */
export function useSelection(
  panel: RefObject<Element | null>,
  components: number,
  shift: number,
  sorted: boolean,
): ShownSelection {
  const { history, version } = useHistory(6, panel);
  const { frames } = history;
  const blocks = usePlayground((state) => state.modelShape?.blocks);
  const begun = usePlayground((state) => state.facts.start !== undefined);
  const finalRanks = usePlayground((state) => state.facts.ranks?.ranks);
  const replayedStep = usePlayground((state) => state.replayedStep);
  const asked = replayedStep === undefined ? undefined : frames.indexAt(replayedStep);
  const frameIndex = asked === undefined || asked >= frames.frames.length - 1 ? undefined : asked;
  const live = frameIndex === undefined;
  const frame = begun ? (live ? frames.latest : frames.frames[frameIndex]) : undefined;
  const k = frame ? frames.components : components;
  // biome-ignore lint/correctness/useExhaustiveDependencies: frames are mutable, version says when they changed
  const layers = useMemo(
    () => (frame ? frames.layers : layerNames(blocks)),
    [frame !== undefined, blocks, version === 0, frames.layers],
  );
  /** λ of each layer where it was moved by hand. */
  const tried = useMemo(
    () => (shift === 0 ? undefined : frame?.thresholds.map((one) => one * 2 ** shift)),
    [frame, shift],
  );
  const { selection, orders, ranks } = useMemo(() => {
    const rows = frame && layers.map((_, row) => frames.row(frame, 'selection', row));
    const byLayer = new Map(finalRanks?.map(({ layer, rank }) => [layer, rank]));
    return {
      selection: rows,
      orders: layers.map((_, row) => columnOrder(rows?.[row] ?? new Float32Array(k), sorted)),
      ranks: layers.map((layer, row) => {
        const own = rows?.[row];
        if (tried && own) return keptAt(own, tried[row] ?? 0);
        return (live ? byLayer.get(layer) : undefined) ?? frame?.ranks[row];
      }),
    };
  }, [frame, layers, k, sorted, finalRanks, live, frames, tried]);
  const isKept = useCallback(
    (row: number, component: number) =>
      frame !== undefined && row < frames.layers.length && frames.isKept(frame, row, component, tried?.[row]),
    [frames, frame, tried],
  );
  const thresholds = tried ?? frame?.thresholds;
  return {
    frames,
    version,
    frame,
    frameIndex,
    grid: { layers, components: k, selection, thresholds, isKept, ranks, orders },
  };
}
