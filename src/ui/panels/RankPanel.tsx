/** Rank evolution: layer × time, step lines of chosen layers, and the total. */
import { SegmentedControl, useComputedColorScheme } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { type ReactElement, useMemo, useRef, useState } from 'react';
import { keptTotal, type StoredFrames } from '../../store/selectionFrames';
import { LegendAndFigure } from '../charts/ChartCard';
import { rankSwatches } from '../charts/colorKeys';
import type { ColorScheme } from '../charts/colorScales';
import type { FigureLine } from '../charts/LineFigure';
import { RankEvolution } from '../charts/RankEvolution';
import { layerRankRows, rankKey, tellingLayers, totalRankRows } from '../charts/rankRows';
import { SwatchKeys } from '../charts/SwatchKeys';
import { type Stroke, strokes } from '../charts/strokes';
import { FigureDownload } from '../controls/FigureDownload';
import { whole } from '../numbers';
import { useHistory, usePlayground } from '../scope';
import { useReplayCursor } from '../useReplayCursor';

const views = [
  { value: 'map', label: 'Map' },
  { value: 'lines', label: 'Lines' },
  { value: 'total', label: 'Total' },
] as const;
type View = (typeof views)[number]['value'];

/** Layers that are drawn at once. */
const mostLayers = 4;

const totalLine: FigureLine = { key: 'total', label: 'total rank', color: 'var(--accent)' };

export function RankPanel(): ReactElement {
  const panel = useRef<HTMLElement>(null);
  const { history, version } = useHistory(2, panel);
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false });
  const [view, setView] = useState<View>('map');
  const [picked, setPicked] = useState<readonly string[]>();
  const hidden = usePlayground((state) => state.facts.start?.model.hidden);
  const { frames } = history;
  const k = frames.components;
  const [from, to] = [frames.frames[0], frames.latest];

  const replay = useReplayCursor(to?.step);

  const parametersOf = (rank: number) => whole(2 * (hidden ?? 0) * rank);

  // Chosen by name: another run may have other layers.
  const known = (picked ?? []).map((name) => frames.layers.indexOf(name)).filter((layer) => layer >= 0);
  const layers = picked && known.length > 0 ? known : tellingLayers(to?.ranks ?? [], mostLayers);
  const lines: FigureLine[] =
    view === 'total'
      ? [totalLine]
      : layers.map((layer, i) => ({
          key: rankKey(layer),
          label: frames.layers[layer] ?? '',
          ...(strokes[i] as Stroke),
        }));
  const chosen = layers.join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the history is mutable, version says when it changed
  const rows = useMemo(
    () =>
      view === 'map'
        ? []
        : view === 'total'
          ? totalRankRows(frames.frames)
          : layerRankRows(frames.frames, layers),
    [frames, version, view, chosen],
  );
  const toggle = (layer: number) => {
    const name = (one: number) => frames.layers[one] as string;
    const next = layers.includes(layer)
      ? layers.filter((one) => one !== layer)
      : [...layers, layer].slice(-mostLayers);
    setPicked(next.map(name));
  };

  return (
    <section className="card" ref={panel} aria-label="Rank evolution">
      <div className="card-head">
        <h3>Rank evolution</h3>
        <div className="tools">
          {k > 0 && (
            <FigureDownload
              frame={panel}
              title="Rank evolution"
              detail={view === 'map' ? 'colour: rank' : undefined}
              legend={view === 'map' ? rankSwatches(k, scheme) : lines}
            />
          )}
          <SegmentedControl
            size="xs"
            aria-label="View of the ranks"
            value={view}
            onChange={(value) => setView(value as View)}
            data={[...views]}
          />
        </div>
      </div>
      {!from || !to ? (
        <div className="chart-empty" style={{ height: 110 }}>
          How many components of each layer stand above the threshold, over time.
        </div>
      ) : view === 'map' ? (
        <RankMap {...{ frames, version, scheme, ...replay }} />
      ) : (
        <>
          <LegendAndFigure
            {...replay}
            rows={rows}
            lines={lines}
            logarithmic={false}
            stepped
            yName={view === 'total' ? 'total rank' : 'rank'}
            label={
              view === 'total'
                ? `Total rank from ${keptTotal(from)} at step ${from.step} to ${keptTotal(to)} at step ${to.step}`
                : `Ranks over the search: ${layers.map((layer) => `${frames.layers[layer]} ${to.ranks[layer]}`).join(', ')}`
            }
          />
          {view === 'total' ? (
            <p className="quiet chart-note">
              {whole(keptTotal(to))} of {whole(k * frames.layers.length)} components would stay
              {hidden
                ? `: ${parametersOf(keptTotal(to))} of ${parametersOf(k * frames.layers.length)} adapter parameters (2 × ${hidden} each)`
                : ''}
              .
            </p>
          ) : (
            <fieldset className="layer-choice">
              <legend className="quiet">Layers, up to {mostLayers}</legend>
              {frames.layers.map((name, layer) => (
                <button
                  key={name}
                  type="button"
                  className="toggle"
                  aria-pressed={layers.includes(layer)}
                  disabled={layers.length === 1 && layers.includes(layer)}
                  onClick={() => toggle(layer)}
                >
                  {name}
                </button>
              ))}
            </fieldset>
          )}
        </>
      )}
    </section>
  );
}

function RankMap({
  frames: { layers, frames, components: k },
  version,
  scheme,
  cursor,
  onPick,
}: {
  frames: StoredFrames;
  version: number;
  scheme: ColorScheme;
  cursor: number | undefined;
  onPick: ((step: number) => void) | undefined;
}): ReactElement {
  const { ref: sized, width } = useElementSize();
  return (
    <>
      <SwatchKeys swatches={rankSwatches(k, scheme)}>
        <span>rank</span>
      </SwatchKeys>
      <div ref={sized}>
        <RankEvolution
          layers={layers}
          frames={frames}
          components={k}
          scheme={scheme}
          width={width || 420}
          version={version}
          cursor={cursor}
          onPick={onPick}
        />
      </div>
    </>
  );
}
