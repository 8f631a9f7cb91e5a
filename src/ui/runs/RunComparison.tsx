/** Chosen runs laid over each other: a curve each, and only the settings in which they differ. */
import { lazy, type ReactElement, useEffect, useMemo, useRef, useState } from 'react';
import type { StoredHistory } from '../../store/history';
import type { RunSummary } from '../../store/runRecord';
import type { FigureLine } from '../charts/LineFigure';
import { FigureDownload } from '../controls/FigureDownload';
import { SmoothingSlider } from '../controls/SmoothingSlider';
import { PagePart } from '../PagePart';
import { ScrollX } from '../ScrollX';
import { useLibraryActions } from '../scope';
import { type Curve, curveNames, isSmoothed, overlayRows } from './overlayRows';
import { differencesOf } from './runDifferences';

const LineFigure = lazy(() => import('../charts/LineFigure'));

/** Told apart by dash as well as by colour, safe for red-green deficiency (Okabe & Ito 2008). */
const looks: Pick<FigureLine, 'color' | 'dash'>[] = [
  { color: 'var(--train)' },
  { color: 'var(--validation)', dash: '6 3' },
  { color: 'var(--retrain)', dash: '2 3' },
  { color: 'var(--baseline)', dash: '8 3 2 3' },
  { color: 'var(--ink)', dash: '1 3' },
  { color: 'var(--ink-soft)', dash: '10 4' },
];
/** More lines than this cannot be told apart. */
const mostOverlaid = looks.length;

export function RunComparison({ runs }: { runs: readonly RunSummary[] }): ReactElement {
  const frame = useRef<HTMLElement>(null);
  const library = useLibraryActions();
  const [curve, setCurve] = useState<Curve>('train');
  const [smoothing, setSmoothing] = useState(0.6);
  /** By run, and of which moment: what did not change is not read again. */
  const [kept, setKept] = useState<ReadonlyMap<string, { savedAt: number; history: StoredHistory }>>(
    new Map(),
  );
  const overlaid = useMemo(() => runs.slice(0, mostOverlaid), [runs]);
  useEffect(() => {
    let current = true;
    const missing = overlaid.filter(({ id, savedAt }) => kept.get(id)?.savedAt !== savedAt);
    if (missing.length === 0) return undefined;
    void Promise.all(missing.map(({ id }) => library.loadRecord(id))).then((loaded) => {
      if (!current) return;
      const before = [...kept].filter(([id]) => overlaid.some((run) => run.id === id));
      // A run that is being trained may have been stored again meanwhile: it stands under what was asked for.
      const now = missing.flatMap(({ id, savedAt }, i) => {
        const history = loaded[i]?.history;
        return history ? [[id, { savedAt, history }] as const] : [];
      });
      if (now.length > 0) setKept(new Map([...before, ...now]));
    });
    return () => {
      current = false;
    };
  }, [overlaid, library, kept]);
  const lines = overlaid.map(
    ({ id, name }, i): FigureLine => ({
      key: id,
      label: name,
      ...looks[i],
      color: looks[i]?.color ?? '',
      raw: isSmoothed(curve),
    }),
  );
  const rows = useMemo(
    () =>
      overlayRows(
        overlaid.flatMap(({ id }) => {
          const known = kept.get(id);
          return known ? [{ key: id, history: known.history }] : [];
        }),
        curve,
        smoothing,
      ),
    [overlaid, kept, curve, smoothing],
  );
  const differences = useMemo(() => differencesOf(runs.map(({ config }) => config)), [runs]);
  return (
    <section className="card" ref={frame} aria-labelledby="compare-title">
      <div className="card-head">
        <h2 id="compare-title">Compared: {runs.length} runs</h2>
        <div className="tools">
          {isSmoothed(curve) && <SmoothingSlider value={smoothing} onChange={setSmoothing} />}
          <select
            aria-label="Curve"
            value={curve}
            onChange={({ currentTarget }) => setCurve(currentTarget.value as Curve)}
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
              caption={
                overlaid.length > 2 ? `${overlaid.length} runs` : overlaid.map(({ name }) => name).join(', ')
              }
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
      <ul className="chart-legend">
        {lines.map(({ key, label, color, dash }) => (
          <li key={key}>
            <svg width="20" height="6" aria-hidden="true">
              <line x1="0" x2="20" y1="3" y2="3" stroke={color} strokeWidth="2" strokeDasharray={dash} />
            </svg>
            {label}
          </li>
        ))}
      </ul>
      {rows.length === 0 ? (
        <div className="chart-empty">None of these runs has this curve.</div>
      ) : (
        <PagePart name="The chart" fallback={<div className="chart-empty">Loading the chart…</div>}>
          <LineFigure
            rows={rows}
            lines={lines}
            logarithmic={false}
            spanned
            yName={curve === 'rank' ? 'total rank' : 'loss'}
            label={`${curveNames[curve]} of ${overlaid.map(({ name }) => name).join(', ')}`}
          />
        </PagePart>
      )}
      {runs.length > 1 &&
        (differences.length === 0 ? (
          <p className="quiet">Their settings are the same.</p>
        ) : (
          <ScrollX label="Settings that differ, scrolls sideways">
            <table className="differences">
              <thead>
                <tr>
                  <th scope="col">Only what differs</th>
                  {runs.map(({ id, name }) => (
                    <th scope="col" key={id}>
                      {name}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {differences.map(({ path, label, values }) => (
                  <tr key={path}>
                    <th scope="row">{label}</th>
                    {values.map((value, i) => (
                      <td key={runs[i]?.id}>{value}</td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </ScrollX>
        ))}
    </section>
  );
}
