/** The heatmap's legend: the whole fixed domain, with the threshold λ marked on it. */
import type { ReactElement } from 'react';
import { compact } from '../numbers';
import { absoluteColor, type ColorScheme, divergingColor, fineReach, reach } from './colorScales';
import type { SelectionScale } from './selectionCells';

interface LegendProps {
  scale: SelectionScale;
  scheme: ColorScheme;
  /** λ where it is one number for all layers. */
  threshold?: number;
  /** How λ is written: `1/k`, or that it was moved by hand. */
  thresholdName: string;
}

const steps = 48;

const relativeTicks = {
  relative: [
    { at: 0, text: '⅛ λ' },
    { at: 1 / 6, text: '¼' },
    { at: 1 / 3, text: '½' },
    { at: 1 / 2, text: 'λ' },
    { at: 2 / 3, text: '2' },
    { at: 5 / 6, text: '4' },
    { at: 1, text: '8 λ' },
  ],
  fine: [
    { at: 0, text: '0.71 λ' },
    { at: 1 / 4, text: '0.84' },
    { at: 1 / 2, text: 'λ' },
    { at: 3 / 4, text: '1.19' },
    { at: 1, text: '1.41 λ' },
  ],
};

export function SelectionLegend({ scale, scheme, threshold, thresholdName }: LegendProps): ReactElement {
  const relative = scale !== 'absolute';
  const span = scale === 'fine' ? fineReach : reach;
  const ticks = relative
    ? relativeTicks[scale]
    : [
        { at: 0, text: '0' },
        { at: 0.5, text: '0.5' },
        { at: 1, text: '1' },
      ];
  const mark = relative ? 0.5 : threshold !== undefined && threshold <= 1 ? threshold : undefined;
  return (
    <div
      className="legend"
      role="img"
      aria-label={
        relative
          ? `Colour scale: orange below the threshold, grey at it, blue above it, from ${scale === 'fine' ? '0.71 to 1.41' : 'an eighth to eight'} times the threshold`
          : 'Colour scale: cividis, dark at 0 and yellow at 1'
      }
    >
      <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
        {Array.from({ length: steps }, (_, i) => (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: the steps of a fixed ramp
            key={i}
            x={(100 * i) / steps}
            width={100 / steps + 0.3}
            height="10"
            fill={
              relative
                ? divergingColor(-span + (2 * span * (i + 0.5)) / steps, scheme, span)
                : absoluteColor((i + 0.5) / steps)
            }
          />
        ))}
        {mark !== undefined && <rect className="legend-mark" x={100 * mark - 0.25} width="0.5" height="10" />}
      </svg>
      <div className="legend-ticks" aria-hidden="true">
        {ticks.map(({ at, text }) => (
          <span
            key={text}
            style={{ left: `${100 * at}%` }}
            data-edge={at === 0 ? 'start' : at === 1 ? 'end' : undefined}
          >
            {text}
          </span>
        ))}
      </div>
      <div className="legend-keys" data-scale={scale}>
        {threshold !== undefined && <span>{`λ = ${thresholdName} = ${compact(threshold)}`}</span>}
        <span>
          <i className="key-kept" /> kept
        </span>
        <span>
          <i className="key-pruned" /> pruned
        </span>
      </div>
    </div>
  );
}
