/** The hero: the selection heatmap with its legend, what a cell says, and a scrubber that replays the search. */
import { SegmentedControl, useComputedColorScheme } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { lazy, type ReactElement, useCallback, useMemo, useRef, useState } from 'react';
import type { ExperimentConfig } from '../../config/experiment';
import { nothingTried, shownConfig } from '../../store/state';
import { selectionOf, startingLogit, uniformThreshold } from '../../store/threshold';
import { selectionDetail, selectionRamp, selectionSwatches } from '../charts/colorKeys';
import { SelectionGrid } from '../charts/SelectionGrid';
import { SelectionLegend } from '../charts/SelectionLegend';
import { gridGeometry, type SelectionScale } from '../charts/selectionCells';
import { FigureDownload } from '../controls/FigureDownload';
import { compact, whole } from '../numbers';
import { PagePart } from '../PagePart';
import { useActions, usePlayground } from '../scope';
import { useKeptFocus } from '../useKeptFocus';
import { CellInspector } from './CellInspector';
import { RankEditor } from './RankEditor';
import { Scrubber } from './Scrubber';
import { ThresholdSlider } from './ThresholdSlider';
import { useActiveCell } from './useActiveCell';
import { type ShownSelection, useSelection } from './useSelection';
import '../styles/figures.css';

// The map is what is seen first.
const SelectionNumbers = lazy(() => import('./SelectionNumbers'));

type View = 'map' | 'table';

export function SelectionPanel(): ReactElement {
  const panel = useRef<HTMLElement>(null);
  const { ref: sized, width } = useElementSize();
  useKeptFocus(panel);
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false });
  const begun = usePlayground((state) => state.facts.start !== undefined);
  const config = usePlayground(shownConfig);
  const shift = usePlayground(({ tried = nothingTried }) => tried.shift);
  const [view, setView] = useState<View>('map');
  const [scale, setScale] = useState<SelectionScale>('relative');
  const [sorted, setSorted] = useState(false);
  const shown = useSelection(panel, config.adapter.rank, shift, sorted);
  const { frames, frame, frameIndex, grid, version } = shown;
  const { layers, components, orders, ranks, isKept, thresholds } = grid;
  const geometry = useMemo(() => gridGeometry(layers, components, width || 520), [layers, components, width]);
  const { active, spoken, onPlace } = useActiveCell(layers.length, components);
  const { replay } = useActions();
  const onIndex = useCallback(
    (index: number | undefined) => replay(index === undefined ? undefined : frames.frames[index]?.step),
    [replay, frames],
  );
  const { selection, rankRule } = config.adapter;
  const uniform = uniformThreshold(selection, rankRule, components);
  const threshold = uniform === undefined ? undefined : uniform * 2 ** shift;
  const usualName = selection === 'softmax' ? '1/k' : '½';
  const thresholdName = shift === 0 ? usualName : `${compact(2 ** shift)} × ${usualName} (tried)`;

  return (
    <section className="card" ref={panel} aria-labelledby="selection-title">
      <div className="card-head">
        <h2 id="selection-title">Selection weights</h2>
        <Total shown={shown} shift={shift} />
        {view === 'map' && (
          <div className="tools">
            <FigureDownload
              frame={panel}
              title="Selection weights"
              detail={selectionDetail(frame?.step, scale, threshold, thresholdName)}
              ramp={selectionRamp(scale, scheme, threshold)}
              legend={selectionSwatches(scale, scheme)}
            />
          </div>
        )}
      </div>
      <p className="figure-note">
        One row per LoRA layer, one cell per rank-1 component. <ColorNote view={view} scale={scale} /> What
        stays is the layer’s rank. <HandNote shown={shown} shift={shift} />
      </p>
      <GridHead {...{ view, setView, scale, setScale, sorted, setSorted }} />
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
          <PagePart name="The table">
            <SelectionNumbers {...shown} sorted={sorted} />
          </PagePart>
        )}
      </div>
      {view === 'map' && (
        <SelectionLegend scale={scale} scheme={scheme} threshold={threshold} thresholdName={thresholdName} />
      )}
      {frame && (
        <ThresholdSlider
          shift={shift}
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
        beginning={beginningOf(config)}
        spoken={spoken}
        version={version}
      />
      <Scrubber frames={frames.frames} index={frameIndex} enabled={begun} onIndex={onIndex} />
      <RankEditor />
    </section>
  );
}

/** The a that every component begins with. */
function beginningOf({ adapter }: ExperimentConfig): string {
  if (adapter.selection !== 'sigmoid') return '1/k';
  const logit = startingLogit(adapter.rankRule);
  const [a] = selectionOf([logit], 'sigmoid') as [number];
  return `σ(${logit}) = ${compact(a)}`;
}

interface TotalProps {
  shown: ShownSelection;
  shift: number;
}

/** How many components stay, and whether that is what was learned. */
function Total({ shown: { frame, frameIndex, grid }, shift }: TotalProps): ReactElement {
  const final = usePlayground((state) => state.facts.ranks);
  const { layers, components, ranks } = grid;
  const total = ranks.reduce<number>((sum, rank) => sum + (rank ?? 0), 0);
  const origin =
    shift !== 0
      ? ', tried'
      : frameIndex !== undefined || !final
        ? ''
        : final.edited
          ? ', set by hand'
          : ', learned';
  return (
    <span className="quiet">
      {frame
        ? `total rank ${whole(total)} of ${whole(layers.length * components)}${origin}`
        : `${layers.length} layers × ${components}, uniform`}
    </span>
  );
}

/** Where the ranks at the rows' ends are not those that the cells show. */
function HandNote({ shown: { frameIndex }, shift }: TotalProps): ReactElement | null {
  const edited = usePlayground((state) => state.facts.ranks?.edited);
  if (!edited || frameIndex !== undefined || shift !== 0) return null;
  return <>Here the ranks at the ends of the rows were set by hand; the cells show what λ keeps.</>;
}

/** What the figure tells of a component, in the colours or the type that it has. */
function ColorNote({ view, scale }: { view: View; scale: SelectionScale }): ReactElement {
  if (view === 'table') return <>A weight in bold stands above the threshold λ, the others are pruned.</>;
  if (scale === 'absolute')
    return <>Dark is a weight near 0, yellow one near 1. Outlined cells stay, hatched ones are pruned.</>;
  return (
    <>
      <b className="above">Blue</b> is above the threshold λ and stays, <b className="below">orange</b> is
      below and is pruned.
    </>
  );
}

interface GridHeadProps {
  view: View;
  setView(view: View): void;
  scale: SelectionScale;
  setScale(scale: SelectionScale): void;
  sorted: boolean;
  setSorted(sorted: boolean): void;
}

/** How the weights are shown, and the heading of the ranks. */
function GridHead({ view, setView, scale, setScale, sorted, setSorted }: GridHeadProps): ReactElement {
  return (
    <div className="grid-head">
      <SegmentedControl
        size="xs"
        aria-label="View"
        value={view}
        onChange={(value) => setView(value as View)}
        data={[
          { value: 'map', label: 'Map' },
          { value: 'table', label: 'Table' },
        ]}
      />
      <button type="button" className="toggle" aria-pressed={sorted} onClick={() => setSorted(!sorted)}>
        sort by a
      </button>
      {view === 'map' && (
        <>
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
        </>
      )}
    </div>
  );
}
