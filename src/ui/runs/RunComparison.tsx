/** Chosen runs laid over each other: a curve each, and only the settings in which they differ. */
import { type ReactElement, useMemo, useRef, useState } from 'react';
import type { RunSummary } from '../../store/runs/runRecord';
import { LegendAndFigure } from '../charts/ChartCard';
import type { FigureLine } from '../charts/LineFigure';
import { type Stroke, strokes } from '../charts/strokes';
import { FigureDownload } from '../controls/FigureDownload';
import { SmoothingSlider } from '../controls/SmoothingSlider';
import { DifferenceTable } from './DifferenceTable';
import { type Curve, curveNames, firstCurve, isSmoothed, overlayOf, overlayRows } from './overlayRows';
import { runCount } from './runList';
import { useRunHistories } from './useRunHistories';

/** More lines than this cannot be told apart. */
const mostOverlaid = strokes.length;

export function RunComparison({ runs }: { runs: readonly RunSummary[] }): ReactElement {
  const frame = useRef<HTMLElement>(null);
  const [chosen, setChosen] = useState<Curve>();
  const [smoothing, setSmoothing] = useState(0.6);
  const curve = chosen ?? firstCurve(runs.map(({ config }) => config));
  const overlaid = useMemo(() => runs.slice(0, mostOverlaid), [runs]);
  const histories = useRunHistories(overlaid);
  const { drawn, notes } = useMemo(() => overlayOf(overlaid, histories, curve), [overlaid, histories, curve]);
  const lines = drawn.map((run): FigureLine => {
    const stroke = strokes[overlaid.indexOf(run)] as Stroke;
    return { key: run.id, label: run.name, ...stroke, raw: isSmoothed(curve) };
  });
  const rows = useMemo(
    () =>
      overlayRows(
        drawn.flatMap(({ id }) => {
          const history = histories.get(id);
          return history ? [{ key: id, history }] : [];
        }),
        curve,
        smoothing,
      ),
    [drawn, histories, curve, smoothing],
  );
  const names = drawn.map(({ name }) => name).join(', ');
  return (
    <section className="card" ref={frame} aria-labelledby="compare-title">
      <div className="card-head">
        <h2 id="compare-title">Compared: {runCount(runs.length)}</h2>
        <div className="tools">
          {isSmoothed(curve) && <SmoothingSlider value={smoothing} onChange={setSmoothing} />}
          <select
            aria-label="Curve"
            value={curve}
            onChange={({ currentTarget }) => setChosen(currentTarget.value as Curve)}
          >
            {Object.entries(curveNames).map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
          {rows.length > 0 && (
            <FigureDownload
              frame={frame}
              title={curveNames[curve]}
              caption={drawn.length > 2 ? runCount(drawn.length) : names}
              legend={lines}
            />
          )}
        </div>
      </div>
      {runs.length > mostOverlaid && (
        <p className="quiet">
          The first {mostOverlaid} of {runs.length} are drawn; all are compared below.
        </p>
      )}
      {rows.length === 0 ? (
        <div className="chart-empty">{notes.join(' ')}</div>
      ) : (
        <>
          <LegendAndFigure
            rows={rows}
            lines={lines}
            logarithmic={false}
            spanned
            stepped={curve === 'rank'}
            yName={curve === 'rank' ? 'total rank' : 'loss'}
            label={`${curveNames[curve]} of ${names}`}
          />
          {notes.length > 0 && <p className="quiet chart-note">{notes.join(' ')}</p>}
        </>
      )}
      {runs.length > 1 && <DifferenceTable runs={runs} />}
    </section>
  );
}
