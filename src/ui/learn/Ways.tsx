/** The picture of the unrolled step: both ways from β to the validation loss, with their last norms. */
import type { ReactElement } from 'react';
import type { RunHistory } from '../../store/history';
import { shownConfig } from '../../store/state';
import { compact } from '../numbers';
import { usePlayground } from '../scope';
import { box } from './barScale';
import { SvgSubscripts } from './Subscripts';

/** How β reaches the validation loss: at once, and by the step of W that is looked ahead to. */
export function Ways({ history }: { history: RunHistory }): ReactElement {
  const { unroll, eta } = usePlayground((state) => shownConfig(state).hypergradient);
  const { norms } = history.series;
  const direct = norms.last(0) ?? 0;
  const implicit = norms.last(1) ?? 0;
  const node = (x: number, y: number, text: string) => (
    <g className="way-node">
      <rect x={x - 42} y={y - 17} width={84} height={34} rx={8} />
      <text x={x} y={y} textAnchor="middle" dominantBaseline="central">
        <SvgSubscripts text={text} />
      </text>
    </g>
  );
  const [left, middle, right, low, high] = [60, 290, 514, 176, 62];
  return (
    <svg
      className="lesson-figure"
      viewBox={`0 0 ${box.width} ${box.height}`}
      role="img"
      aria-label={`β reaches the validation loss directly, with a gradient of norm ${compact(direct)}, and through the unrolled step of W, with a gradient of norm ${compact(implicit)}`}
    >
      <defs>
        <marker
          id="way-head"
          viewBox="0 0 8 8"
          refX="7"
          refY="4"
          markerWidth="7"
          markerHeight="7"
          orient="auto"
        >
          <path d="M0 0L8 4L0 8Z" />
        </marker>
      </defs>
      <path className="way way-direct" d={`M${left + 42} ${low}H${right - 44}`} markerEnd="url(#way-head)" />
      <path
        className="way way-implicit"
        d={`M${left} ${low - 17}Q${left} ${high} ${middle - 44} ${high}`}
        markerEnd="url(#way-head)"
      />
      <path
        className="way way-implicit"
        d={`M${middle + 42} ${high}Q${right} ${high} ${right} ${low - 19}`}
        markerEnd="url(#way-head)"
      />
      {node(left, low, 'β')}
      {node(middle, high, 'W′')}
      {node(right, low, 'L_V')}
      <text x={middle} y={high - 30} textAnchor="middle">
        <SvgSubscripts
          text={unroll === 'optimizer' ? 'W − the optimizer’s step' : `W − η ∇L_T, η = ${compact(eta)}`}
        />
      </text>
      <text x={middle} y={high + 36} textAnchor="middle">
        through the step: ‖implicit‖ = {compact(implicit)}
      </text>
      <text x={middle} y={low - 10} textAnchor="middle">
        at once: ‖direct‖ = {compact(direct)}
      </text>
      <text x={middle} y={low + 34} textAnchor="middle">
        {direct > 0
          ? implicit > 0
            ? `the step’s share is ${compact((100 * implicit) / direct)} % of the direct one`
            : 'this estimator leaves the way through the step out'
          : 'no step of β yet'}
      </text>
    </svg>
  );
}
