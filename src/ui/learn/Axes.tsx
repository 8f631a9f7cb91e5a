/** The axes of the pictures: ticks with their values, a line at 0, and what both directions are. */
import type { ReactElement } from 'react';
import { compact } from '../numbers';
import { box, type UprightScale } from './barScale';

export function Axes({
  scale: { ticks, y },
  xName,
  yName,
}: {
  scale: UprightScale;
  xName: string;
  yName: string;
}): ReactElement {
  return (
    <g>
      <text x={0} y={14}>
        {yName}
      </text>
      {ticks.map((tick) => (
        <g key={tick}>
          <text x={box.left - 6} y={y(tick)} textAnchor="end" dominantBaseline="central">
            {compact(tick)}
          </text>
          <line
            className={tick === 0 ? 'axis' : 'axis-tick'}
            x1={box.left}
            x2={box.width}
            y1={y(tick)}
            y2={y(tick)}
          />
        </g>
      ))}
      <text x={(box.left + box.width) / 2} y={box.height - 6} textAnchor="middle">
        {xName}
      </text>
    </g>
  );
}
