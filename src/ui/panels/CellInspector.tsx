/** What one component of one layer says: its numbers now, and its weight over the search. */
import { VisuallyHidden } from '@mantine/core';
import { type ReactElement, useMemo } from 'react';
import type { SelectionFrame, SelectionFrames } from '../../store/selectionFrames';
import type { CellPlace } from '../charts/SelectionGrid';
import { compact, timesLambda } from '../numbers';

interface CellInspectorProps {
  frames: SelectionFrames;
  frame?: SelectionFrame;
  /** λ of each layer, as the grid has it: the frame's own, or moved by hand. */
  thresholds?: ArrayLike<number>;
  isKept(row: number, component: number): boolean;
  layers: readonly string[];
  place?: CellPlace;
  /** Component at the place, from 0. */
  component?: number;
  /** The a that every component begins with. */
  beginning: string;
  /** True when the place was reached by keyboard: it is then read out. */
  spoken: boolean;
  version: number;
}

export function CellInspector(props: CellInspectorProps): ReactElement {
  const { frames, frame, thresholds, isKept, layers, place, component, beginning, spoken, version } = props;
  const layer = place && layers[place.row];
  const spark = useMemo(
    () =>
      frame && place && component !== undefined
        ? sparkline(frames, place.row, component, version)
        : undefined,
    [frames, frame, place, component, version],
  );
  if (!place || layer === undefined || component === undefined) {
    return (
      <p className="inspector quiet">
        Point at a cell, or walk the grid with the arrow keys, to read its numbers.
      </p>
    );
  }
  if (!frame) {
    return (
      <p className="inspector quiet">
        <b>{layer}</b>, component {component + 1}: a = {beginning} until the search begins.
      </p>
    );
  }
  const at = (quantity: Parameters<SelectionFrames['value']>[1]) =>
    frames.value(frame, quantity, place.row, component);
  const a = at('selection');
  const threshold = (thresholds ?? frame.thresholds)[place.row] as number;
  const kept = isKept(place.row, component);
  const facts: [string, string, string][] = [
    ['a', compact(a), timesLambda(a / threshold)],
    ['β', compact(at('beta')), ''],
    ['direct', compact(at('direct'), 2), ''],
    ['implicit', compact(at('implicit'), 2), ''],
    ['‖A‖·‖B‖', compact(at('magnitude'), 2), ''],
  ];
  return (
    <div className="inspector">
      <span className="inspector-name">
        <b>{layer}</b> #{component + 1}{' '}
        <span className={kept ? 'above' : 'below'}>{kept ? 'kept' : 'pruned'}</span>
      </span>
      <dl>
        {facts.map(([name, value, more]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              {value}
              {more && <small> {more}</small>}
            </dd>
          </div>
        ))}
      </dl>
      {spark}
      {spoken && (
        <VisuallyHidden aria-live="polite">
          {`${layer}, component ${component + 1}, ${kept ? 'kept' : 'pruned'}: ${facts.map(([name, value]) => `${name} ${value}`).join(', ')}`}
        </VisuallyHidden>
      )}
    </div>
  );
}

const points = 80;
const size = { width: 72, height: 28 };

function sparkline(
  frames: SelectionFrames,
  layer: number,
  component: number,
  _version: number,
): ReactElement {
  const all = frames.frames;
  const stride = Math.max(1, Math.floor(all.length / points));
  const values: number[] = [];
  for (let i = 0; i < all.length; i += stride) {
    values.push(frames.value(all[i] as SelectionFrame, 'selection', layer, component));
  }
  const threshold = (frames.latest?.thresholds[layer] as number) ?? 0;
  const top = Math.max(threshold * 2, ...values) * 1.05;
  const y = (value: number) => size.height - (Math.max(0, value) / top) * size.height;
  const line = values
    .map(
      (value, i) =>
        `${((i * size.width) / Math.max(1, values.length - 1)).toFixed(1)},${y(value).toFixed(1)}`,
    )
    .join(' ');
  return (
    <svg
      className="spark"
      viewBox={`0 0 ${size.width} ${size.height}`}
      {...size}
      role="img"
      aria-label="a over the search"
    >
      <line className="spark-threshold" x1="0" x2={size.width} y1={y(threshold)} y2={y(threshold)} />
      <polyline points={line} />
    </svg>
  );
}
