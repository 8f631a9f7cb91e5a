/** The frame of a chart: title, legend, tools; recharts itself comes later, when there is something to draw. */
import { lazy, type ReactElement, type ReactNode, type RefObject } from 'react';
import { FigureDownload } from '../controls/FigureDownload';
import { PagePart } from '../PagePart';
import type { LineFigureProps } from './LineFigure';
import { lastPoint, pointText } from './linePoint';

const LineFigure = lazy(() => import('./LineFigure'));

interface ChartCardProps extends LineFigureProps {
  title: string;
  /** Said instead of an empty chart. */
  empty: string;
  tools?: ReactNode;
  note?: ReactNode;
  frame: RefObject<HTMLElement | null>;
  onFocus?(focused: boolean): void;
}

export function ChartCard(props: ChartCardProps): ReactElement {
  const { title, empty, tools, note, frame, onFocus, rows, lines } = props;
  return (
    <section
      className="card"
      ref={frame}
      aria-label={title}
      onPointerEnter={() => onFocus?.(true)}
      onPointerLeave={() => onFocus?.(false)}
    >
      <div className="card-head">
        <h3>{title}</h3>
        <div className="tools">
          {tools}
          {rows.length > 0 && <FigureDownload frame={frame} title={title} legend={lines} />}
        </div>
      </div>
      {rows.length === 0 ? <div className="chart-empty">{empty}</div> : <LegendAndFigure {...props} />}
      {note}
    </section>
  );
}

export function LegendAndFigure(props: LineFigureProps): ReactElement {
  return (
    <>
      <ChartLegend {...props} />
      <PagePart name="The chart" fallback={<div className="chart-empty">Loading the chart…</div>}>
        <LineFigure {...props} />
      </PagePart>
    </>
  );
}

function ChartLegend({ lines, rows }: Pick<LineFigureProps, 'lines' | 'rows'>): ReactElement {
  return (
    <ul className="chart-legend">
      {lines.map((line) => {
        const { reported } = lastPoint(rows, line);
        if (reported === undefined) return null;
        return (
          <li key={line.key}>
            <svg width="20" height="6" aria-hidden="true">
              <line
                x1="0"
                x2="20"
                y1="3"
                y2="3"
                stroke={line.color}
                strokeWidth="2"
                strokeDasharray={line.dash}
              />
            </svg>
            {line.label} <b title="last reported">{pointText(reported)}</b>
          </li>
        );
      })}
    </ul>
  );
}
