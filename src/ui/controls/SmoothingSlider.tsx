/** How much a chart's losses are smoothed: the weight of TensorBoard's debiased moving average. */
import { Slider } from '@mantine/core';
import type { ReactElement } from 'react';

export function SmoothingSlider({
  value,
  onChange,
}: {
  value: number;
  onChange(value: number): void;
}): ReactElement {
  return (
    <div className="smoothing">
      <span>smoothing</span>
      <Slider
        className="slider"
        size="xs"
        min={0}
        max={0.95}
        step={0.05}
        value={value}
        onChange={onChange}
        label={(shown) => shown.toFixed(2)}
        thumbLabel="Smoothing of the losses"
      />
    </div>
  );
}
