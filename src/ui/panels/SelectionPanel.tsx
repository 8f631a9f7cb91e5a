/** The hero: the selection heatmap with its legend, what a cell says, and a scrubber that replays the search. */
import { SegmentedControl, useComputedColorScheme } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { type ReactElement, useCallback, useMemo, useRef, useState } from 'react';
import { methodFacts } from '../../config/methods';
import { layerNames } from '../../store/modelShape';
import { keptAt } from '../../store/threshold';
import { type CellPlace, SelectionGrid } from '../charts/SelectionGrid';
import { SelectionLegend } from '../charts/SelectionLegend';
import { SelectionTable } from '../charts/SelectionTable';
import { columnOrder, gridGeometry, type SelectionScale } from '../charts/selectionCells';
import { FigureDownload } from '../controls/FigureDownload';
import { whole } from '../numbers';
import { useActions, useHistory, usePlayground } from '../scope';
import { useKeptFocus } from '../useKeptFocus';
import { useOfRun } from '../useOfRun';
import { CellInspector } from './CellInspector';
import { RankEditor } from './RankEditor';
import { Scrubber } from './Scrubber';
import { ThresholdSlider } from './ThresholdSlider';
import '../styles/figures.css';

/** Blocks that the grid shows while the model's shape is not known. */
const placeholderBlocks = 4;

export function SelectionPanel(): ReactElement {
  const panel = useRef<HTMLElement>(null);
  const { ref: sized, width } = useElementSize();
  const { history, version } = useHistory(6, panel);
  useKeptFocus(panel);
  const scheme = useComputedColorScheme('light');
  const shape = usePlayground((state) => state.modelShape);
  const begun = usePlayground((state) => state.facts.start !== undefined);
  const config = usePlayground((state) => (state.facts.start ? state.loaded : undefined) ?? state.draft);
  const finalRanks = usePlayground((state) => state.facts.ranks);
  const [view, setView] = useState<'map' | 'table'>('map');
  const [scale, setScale] = useState<SelectionScale>('relative');
  const [sorted, setSorted] = useState(false);
  const [hovered, setHovered] = useState<CellPlace>();
  const [picked, setPicked] = useState<CellPlace>();
  const [spoken, setSpoken] = useState(false);
  const [shift, setShift] = useOfRun(0);

  const { frames } = history;
  const replayedStep = usePlayground((state) => state.replayedStep);
  const { replay } = useActions();
  const frameIndex = replayedStep === undefined ? undefined : frames.indexAt(replayedStep);
  const live = frameIndex === undefined || frameIndex >= frames.frames.length - 1;
  const frame = begun ? (live ? frames.latest : frames.frames[frameIndex ?? 0]) : undefined;
  const components = frame ? frames.components : config.adapter.rank;
  // biome-ignore lint/correctness/useExhaustiveDependencies: frames are mutable, version says when they changed
  const layers = useMemo(
    () => (frame ? frames.layers : layerNames(shape?.blocks ?? placeholderBlocks)),
    [frame !== undefined, shape, version === 0, frames.layers],
  );
  /** λ of each layer where it was moved by hand. */
  const tried = useMemo(
    () => (shift === 0 ? undefined : frame?.thresholds.map((one) => one * 2 ** shift)),
    [frame, shift],
  );
  const thresholds = tried ?? frame?.thresholds;
  const { selection, orders, ranks } = useMemo(() => {
    const rows = frame && layers.map((_, row) => frames.row(frame, 'selection', row));
    const byLayer = new Map(finalRanks?.ranks.map(({ layer, rank }) => [layer, rank]));
    return {
      selection: rows,
      orders: layers.map((_, row) => columnOrder(rows?.[row] ?? new Float32Array(components), sorted)),
      ranks: layers.map((layer, row) => {
        const own = rows?.[row];
        if (tried && own) return keptAt(own, tried[row] ?? 0);
        return (live ? byLayer.get(layer) : undefined) ?? frame?.ranks[row];
      }),
    };
  }, [frame, layers, components, sorted, finalRanks, live, frames, tried]);
  const isKept = useCallback(
    (row: number, component: number) =>
      frame !== undefined && row < frames.layers.length && frames.isKept(frame, row, component, tried?.[row]),
    [frames, frame, tried],
  );
  const geometry = useMemo(() => gridGeometry(layers, components, width || 520), [layers, components, width]);
  const asked = hovered ?? picked;
  // Another run may have fewer layers or components.
  const active = asked && asked.row < layers.length && asked.column < components ? asked : undefined;

  const onPlace = useCallback((place: CellPlace | undefined, how: 'hover' | 'key' | 'pick') => {
    if (how === 'hover') setHovered(place);
    else {
      setHovered(undefined);
      setPicked((previous) =>
        how === 'pick' && previous?.row === place?.row && previous?.column === place?.column
          ? undefined
          : place,
      );
    }
    setSpoken(how === 'key');
  }, []);

  const onIndex = useCallback(
    (index: number | undefined) =>
      replay(index === undefined ? undefined : history.frames.frames[index]?.step),
    [replay, history],
  );

  const total = ranks.reduce<number>((sum, rank) => sum + (rank ?? 0), 0);
  const uniformThreshold =
    config.adapter.rankRule === 'threshold' && config.adapter.selection !== 'none'
      ? config.adapter.selection === 'softmax'
        ? 1 / components
        : 0.5
      : undefined;
  const grid = { layers, components, selection, thresholds, isKept, ranks, orders };

  return (
    <section className="card" ref={panel} aria-labelledby="selection-title">
      <div className="card-head">
        <h2 id="selection-title">Selection weights</h2>
        <span className="quiet">
          {frame
            ? `total rank ${whole(total)} of ${whole(layers.length * components)}${shift !== 0 ? ', tried' : live && finalRanks ? (finalRanks.edited ? ', set by hand' : ', learned') : ''}`
            : config.method !== 'autolora'
              ? `${methodFacts[config.method].title}: nothing is searched`
              : `${layers.length} layers × ${components}, uniform`}
        </span>
        <div className="tools">
          {view === 'map' && <FigureDownload frame={panel} title="Selection weights" />}
          <SegmentedControl
            size="xs"
            aria-label="View"
            value={view}
            onChange={(value) => setView(value as 'map' | 'table')}
            data={[
              { value: 'map', label: 'Map' },
              { value: 'table', label: 'Table' },
            ]}
          />
        </div>
      </div>
      <p className="figure-note">
        One row per LoRA layer, one cell per rank-1 component. <b className="above">Blue</b> is above the
        threshold λ and stays, <b className="below">orange</b> is below and is pruned; what stays is the
        layer’s rank.
      </p>
      <div className="grid-head">
        <button type="button" className="toggle" aria-pressed={sorted} onClick={() => setSorted(!sorted)}>
          sort by a
        </button>
        {(['fine', 'absolute'] as const).map((other) => (
          <button
            key={other}
            type="button"
            className="toggle"
            aria-pressed={scale === other}
            onClick={() => setScale(scale === other ? 'relative' : other)}
          >
            {other} scale
          </button>
        ))}
        <span className="rank-head">rank</span>
      </div>
      <div ref={sized} className="grid-frame">
        {view === 'map' ? (
          <SelectionGrid
            {...grid}
            geometry={geometry}
            scale={scale}
            scheme={scheme}
            active={active}
            label={`Selection weights, ${layers.length} layers by ${components} components${frame ? `, step ${frame.step}` : ''}`}
            onPlace={onPlace}
          />
        ) : (
          <SelectionTable {...grid} />
        )}
      </div>
      {view === 'map' && (
        <SelectionLegend
          scale={scale}
          scheme={scheme}
          threshold={uniformThreshold === undefined ? undefined : uniformThreshold * 2 ** shift}
          thresholdName={shift !== 0 ? 'tried' : config.adapter.selection === 'softmax' ? '1/k' : '½'}
        />
      )}
      {view === 'map' && frame && config.method === 'autolora' && (
        <ThresholdSlider
          shift={shift}
          onShift={setShift}
          ranks={layers.map((layer, row) => ({ layer, rank: ranks[row] ?? 0 }))}
        />
      )}
      <CellInspector
        frames={frames}
        frame={frame}
        thresholds={thresholds}
        isKept={isKept}
        layers={layers}
        place={active}
        component={active && orders[active.row]?.[active.column]}
        spoken={spoken}
        version={version}
      />
      <Scrubber
        frames={frames.frames}
        index={live ? undefined : frameIndex}
        enabled={begun}
        onIndex={onIndex}
      />
      <RankEditor />
    </section>
  );
}
