/** Ranks over the search: one band per layer, coloured by how many components stand above the threshold. */
import { type MouseEvent, memo, type ReactElement } from 'react';
import type { SelectionFrame } from '../../store/selectionFrames';
import { type ColorScheme, rankColor } from './colorScales';

interface RankEvolutionProps {
  layers: readonly string[];
  frames: readonly SelectionFrame[];
  components: number;
  scheme: ColorScheme;
  /** Pixels. */
  width: number;
  /** Rises with every frame, since the list is changed in place. */
  version: number;
  /** Step at which an upright line stands. */
  cursor?: number;
  /** A click on the bands: the reported step that stands there. */
  onPick?(step: number): void;
}

/** Columns that are drawn at most. */
const mostColumns = 150;
const labelWidth = 54;

/** Runs of equal rank along one layer: (first column, length, rank). */
export function rankRuns(ranks: readonly number[]): { start: number; length: number; rank: number }[] {
  const runs: { start: number; length: number; rank: number }[] = [];
  ranks.forEach((rank, column) => {
    const last = runs.at(-1);
    if (last && last.rank === rank) last.length += 1;
    else runs.push({ start: column, length: 1, rank });
  });
  return runs;
}

/** The step whose band a place lies in. @param share of the way from the first step to `end`, where the last band ends */
export function stepAt(share: number, steps: readonly number[], end: number): number | undefined {
  const first = steps[0] ?? 0;
  const reached = first + share * (end - first);
  return steps.findLast((step) => step <= reached) ?? steps[0];
}

export const RankEvolution = memo(function RankEvolution(props: RankEvolutionProps): ReactElement {
  const { layers, frames, components, scheme, width, cursor, onPick } = props;
  const count = Math.min(mostColumns, frames.length);
  const columns = Array.from(
    { length: count },
    (_, i) => frames[Math.round((i * (frames.length - 1)) / Math.max(1, count - 1))] as SelectionFrame,
  );
  const rowHeight = Math.max(7, Math.min(24, Math.floor(200 / Math.max(1, layers.length))));
  const height = rowHeight * layers.length + 16;
  const everyLabel = rowHeight < 10 ? 2 : 1;
  const firstStep = columns[0]?.step ?? 0;
  const lastStep = columns.at(-1)?.step ?? 0;
  // By step, since frames may lie unevenly: a rank holds until the next one; the last for a mean gap.
  const gap = (lastStep - firstStep) / Math.max(1, count - 1) || 1;
  const placeOf = (step: number) =>
    labelWidth + ((width - labelWidth) * (step - firstStep)) / (lastStep + gap - firstStep);
  const edgeOf = (column: number) => placeOf(columns[column]?.step ?? lastStep + gap);
  const pick = ({ clientX, currentTarget }: MouseEvent) => {
    const { left, width: drawn } = currentTarget.getBoundingClientRect();
    const share = (((clientX - left) * width) / drawn - labelWidth) / (width - labelWidth);
    const step = stepAt(
      share,
      columns.map((frame) => frame.step),
      lastStep + gap,
    );
    if (step !== undefined) onPick?.(step);
  };
  const cursorX =
    cursor === undefined ? undefined : placeOf(Math.min(Math.max(cursor, firstStep), lastStep) + gap / 2);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the scrubber of the heatmap is the way by keys
    <svg
      className="rank-evolution"
      viewBox={`0 0 ${width} ${height}`}
      height={height}
      role="img"
      onClick={onPick && pick}
      style={onPick && { cursor: 'pointer' }}
      aria-label={`Rank of each layer from step ${firstStep} to ${lastStep}: ${layers
        .map((layer, row) => `${layer} ${columns.at(-1)?.ranks[row] ?? components}`)
        .join(', ')}`}
    >
      {layers.map((layer, row) => (
        <g key={layer}>
          {row % everyLabel === 0 && (
            <text x={labelWidth - 6} y={row * rowHeight + rowHeight / 2} textAnchor="end">
              {layer}
            </text>
          )}
          {rankRuns(columns.map(({ ranks }) => ranks[row] ?? 0)).map(({ start, length, rank }) => (
            <rect
              key={start}
              x={edgeOf(start)}
              y={row * rowHeight + 0.5}
              width={edgeOf(start + length) - edgeOf(start)}
              height={rowHeight - 1}
              fill={rankColor(rank, components, scheme)}
            >
              <title>{`${layer}: rank ${rank} from step ${columns[start]?.step}`}</title>
            </rect>
          ))}
        </g>
      ))}
      {cursorX !== undefined && (
        <line
          className="replay-cursor"
          x1={cursorX}
          x2={cursorX}
          y1={0}
          y2={rowHeight * layers.length}
          stroke="var(--ink)"
          strokeWidth={1.5}
        />
      )}
      <text x={labelWidth} y={height - 6}>
        step {firstStep}
      </text>
      <text x={width} y={height - 6} textAnchor="end">
        {lastStep}
      </text>
    </svg>
  );
});
