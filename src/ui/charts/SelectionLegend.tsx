/** The heatmap's legend: the whole fixed domain, with the threshold λ marked on it. */
import type { ReactElement } from 'react';
import { compact } from '../numbers';
import { selectionRamp, selectionSwatches } from './colorKeys';
import type { ColorScheme } from './colorScales';
import { SwatchKeys } from './SwatchKeys';
import type { SelectionScale } from './selectionCells';

interface LegendProps {
  scale: SelectionScale;
  scheme: ColorScheme;
  /** λ where it is one number for all layers. */
  threshold?: number;
  /** How λ is written: `1/k`, or that it was moved by hand. */
  thresholdName: string;
}

const spoken: Record<SelectionScale, string> = {
  relative:
    'orange below the threshold, grey at it, blue above it, from an eighth to eight times the threshold',
  fine: 'orange below the threshold, grey at it, blue above it, from 0.71 to 1.41 times the threshold',
  absolute: 'cividis, dark at 0 and yellow at 1',
};

export function SelectionLegend({ scale, scheme, threshold, thresholdName }: LegendProps): ReactElement {
  const { colors, ticks, mark } = selectionRamp(scale, scheme, threshold);
  return (
    <div className="legend" role="img" aria-label={`Colour scale: ${spoken[scale]}`}>
      <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
        {colors.map((color, i) => (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: the steps of a fixed ramp
            key={i}
            x={(100 * i) / colors.length}
            width={100 / colors.length + 0.3}
            height="10"
            fill={color}
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
      <SwatchKeys swatches={selectionSwatches(scale, scheme)}>
        {threshold !== undefined && <span>{`λ = ${thresholdName} = ${compact(threshold)}`}</span>}
      </SwatchKeys>
    </div>
  );
}
