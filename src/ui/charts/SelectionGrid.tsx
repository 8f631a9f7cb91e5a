/** The selection heatmap: an SVG grid, layers down, components across, rank at the row's end; arrow keys walk it. */
import { type KeyboardEvent, memo, type PointerEvent, type ReactElement, useId, useRef } from 'react';
import { compact } from '../numbers';
import type { ColorScheme } from './colorScales';
import { blockOf, cellColor, type GridGeometry, type SelectionScale } from './selectionCells';

/** Row and column as shown. */
export interface CellPlace {
  row: number;
  column: number;
}

export interface SelectionGridProps {
  layers: readonly string[];
  /** a of each layer, in the order of components; undefined before the search has begun. */
  selection?: readonly Float32Array[];
  thresholds?: ArrayLike<number>;
  /** Whether a component stays. */
  isKept(row: number, component: number): boolean;
  ranks: readonly (number | undefined)[];
  components: number;
  /** Component at each column, per layer. */
  orders: readonly (readonly number[])[];
  geometry: GridGeometry;
  scale: SelectionScale;
  scheme: ColorScheme;
  active?: CellPlace;
  label: string;
  onPlace(place: CellPlace | undefined, how: 'hover' | 'key' | 'pick'): void;
}

export const SelectionGrid = memo(function SelectionGrid(props: SelectionGridProps): ReactElement {
  const { layers, components, geometry, active, orders, label, onPlace } = props;
  const { width, height, labelWidth, cellWidth, cellHeight, tops } = geometry;
  const svg = useRef<SVGSVGElement>(null);
  const hatch = useId();
  const rows = layers.length;

  const placeAt = (event: PointerEvent): CellPlace | undefined => {
    const box = svg.current?.getBoundingClientRect();
    if (!box || box.width === 0) return undefined;
    const x = ((event.clientX - box.left) * width) / box.width - labelWidth;
    const y = ((event.clientY - box.top) * height) / box.height;
    const row = tops.findIndex((top) => y >= top && y < top + cellHeight);
    const column = Math.floor(x / cellWidth);
    return row >= 0 && column >= 0 && column < components ? { row, column } : undefined;
  };
  const walk = (event: KeyboardEvent) => {
    const { row, column } = active ?? { row: 0, column: 0 };
    const last = { row: rows - 1, column: components - 1 };
    const step: Record<string, CellPlace> = {
      ArrowRight: { row, column: Math.min(last.column, column + 1) },
      ArrowLeft: { row, column: Math.max(0, column - 1) },
      ArrowDown: { row: Math.min(last.row, row + 1), column },
      ArrowUp: { row: Math.max(0, row - 1), column },
      Home: event.ctrlKey ? { row: 0, column: 0 } : { row, column: 0 },
      End: event.ctrlKey ? last : { row, column: last.column },
      PageDown: { row: last.row, column },
      PageUp: { row: 0, column },
    };
    const next = step[event.key];
    if (!next) return;
    event.preventDefault();
    onPlace(next, 'key');
    svg.current?.querySelector<SVGGElement>(`[data-cell="${next.row},${next.column}"]`)?.focus();
  };

  return (
    // biome-ignore lint/a11y/useSemanticElements: an SVG figure that arrow keys walk is a grid, not an HTML table; the numbers are in the table view
    <svg
      ref={svg}
      className="selection-grid"
      // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: arrow keys walk this figure
      role="grid"
      aria-label={label}
      aria-rowcount={rows}
      aria-colcount={components}
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      onKeyDown={walk}
      onPointerMove={(event) => onPlace(placeAt(event), 'hover')}
      onPointerLeave={() => onPlace(undefined, 'hover')}
      onPointerDown={(event) => onPlace(placeAt(event), 'pick')}
    >
      <defs>
        <pattern id={hatch} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect width="1.4" height="6" className="cell-hatch" />
        </pattern>
      </defs>
      {layers.map((layer, row) => (
        <GridRow
          key={layer}
          {...props}
          layer={layer}
          row={row}
          order={orders[row] ?? []}
          hatch={`url(#${hatch})`}
          focusColumn={active ? (active.row === row ? active.column : -1) : row === 0 ? 0 : -1}
        />
      ))}
      {active && (
        <rect
          className="cell-active"
          x={labelWidth + active.column * cellWidth + 0.5}
          y={(tops[active.row] ?? 0) + 0.5}
          width={Math.max(1, cellWidth - 1)}
          height={cellHeight - 1}
          rx={3.5}
        />
      )}
    </svg>
  );
});

interface GridRowProps extends SelectionGridProps {
  layer: string;
  row: number;
  order: readonly number[];
  hatch: string;
  /** Column that Tab reaches, or −1. */
  focusColumn: number;
}

function GridRow(props: GridRowProps): ReactElement {
  const { layer, row, layers, order, geometry, selection, thresholds, ranks, components } = props;
  const { labelWidth, cellWidth, cellHeight, tops, rankWidth } = geometry;
  const top = tops[row] ?? 0;
  const middle = top + cellHeight / 2;
  const values = selection?.[row];
  const threshold = thresholds?.[row] ?? 1 / components;
  const firstOfBlock = row === 0 || blockOf(layer) !== blockOf(layers[row - 1] as string);
  const rank = ranks[row];
  const rankLeft = labelWidth + components * cellWidth + 10;
  const pad = cellHeight < 18 ? 0.75 : 1.5;
  const padX = Math.min(pad, cellWidth / 8);
  return (
    // biome-ignore lint/a11y/useSemanticElements: rows of an SVG grid
    <g role="row" aria-rowindex={row + 1} aria-label={rank === undefined ? layer : `${layer}, rank ${rank}`}>
      <text className="grid-label" x={labelWidth - 8} y={middle} textAnchor="end">
        <tspan className={firstOfBlock ? undefined : 'grid-label-repeat'}>{blockOf(layer)}.</tspan>
        {layer.slice(layer.lastIndexOf('.') + 1)}
      </text>
      {order.map((component, column) => {
        const a = values?.[component];
        const kept = a !== undefined && props.isKept(row, component);
        const shape = {
          x: labelWidth + column * cellWidth + padX,
          y: top + pad,
          width: cellWidth - 2 * padX,
          height: Math.max(1, cellHeight - 2 * pad),
          rx: Math.min(4, cellWidth / 6, cellHeight / 6),
        };
        return (
          // biome-ignore lint/a11y/useSemanticElements: cells of an SVG grid
          <g
            // biome-ignore lint/suspicious/noArrayIndexKey: a cell is its place; what stands in it may move when sorted
            key={column}
            role="gridcell"
            aria-colindex={column + 1}
            data-cell={`${row},${column}`}
            data-kept={a === undefined ? undefined : kept}
            tabIndex={column === props.focusColumn ? 0 : -1}
            onFocus={(event) => {
              if (event.currentTarget.matches(':focus-visible')) props.onPlace({ row, column }, 'key');
            }}
            aria-label={
              a === undefined
                ? `${layer}, component ${component + 1}: not searched yet`
                : `${layer}, component ${component + 1}: a ${compact(a)}, ${kept ? 'kept' : 'pruned'}`
            }
          >
            <rect
              {...shape}
              className={kept ? 'cell cell-kept' : 'cell'}
              // The outline must leave something of a narrow cell's colour.
              strokeWidth={kept ? Math.min(1.25, cellWidth / 10) : undefined}
              fill={cellColor(a ?? threshold, threshold, props.scale, props.scheme)}
            />
            {a !== undefined && !kept && <rect {...shape} fill={props.hatch} pointerEvents="none" />}
          </g>
        );
      })}
      {rank !== undefined && (
        <g>
          <rect className="rank-track" x={rankLeft} y={middle - 2} width={rankWidth - 34} height={4} rx={2} />
          <rect
            className="rank-bar"
            x={rankLeft}
            y={middle - 2}
            width={((rankWidth - 34) * rank) / components}
            height={4}
            rx={2}
          />
          <text className="rank-number" x={rankLeft + rankWidth - 12} y={middle} textAnchor="end">
            {rank}
          </text>
        </g>
      )}
    </g>
  );
}
