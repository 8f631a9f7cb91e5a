/** The threshold moved by hand: what each layer's rank would be, before anything is pruned. */
import { Slider } from '@mantine/core';
import type { ReactElement } from 'react';
import type { LayerRank } from '../../telemetry/events';
import { totalRank } from '../../telemetry/ranks';
import { reach } from '../charts/colorScales';
import { timesLambda, whole } from '../numbers';
import { useActions, usePlayground } from '../scope';
import { RetrainButton } from './RetrainButton';

interface ThresholdSliderProps {
  /** log2 of how many times λ the threshold is put. */
  shift: number;
  ranks: readonly LayerRank[];
}

const shiftText = (shift: number) => timesLambda(2 ** shift);

export function ThresholdSlider({ shift, ranks }: ThresholdSliderProps): ReactElement {
  const { tryRanks } = useActions();
  const onShift = (next: number) => tryRanks({ shift: next });
  const hidden = usePlayground(({ facts, modelShape }) => facts.start?.model.hidden ?? modelShape?.hidden);
  const thresholded = usePlayground((state) => state.progress?.status === 'thresholded');
  const total = totalRank(ranks);
  return (
    <div className="threshold-slider">
      <span id="threshold-label">threshold</span>
      <Slider
        className="slider"
        size="xs"
        // As far as the heatmap's colours reach.
        min={-reach}
        max={reach}
        step={0.125}
        value={shift}
        onChange={onShift}
        label={shiftText}
        marks={[{ value: 0 }]}
        thumbLabel="Threshold in multiples of λ, to try"
        thumbValueText={`${shiftText(shift)}, total rank ${total}`}
      />
      <output className="quiet" aria-live="polite">
        {shift === 0
          ? 'at λ'
          : `${shiftText(shift)}: total rank ${whole(total)}${hidden ? `, ${whole(2 * hidden * total)} parameters` : ''}`}
      </output>
      {shift !== 0 && (
        <>
          {thresholded && <RetrainButton size="compact-xs" ranks={ranks} />}
          <button type="button" className="toggle" onClick={() => onShift(0)}>
            back to λ
          </button>
        </>
      )}
    </div>
  );
}
