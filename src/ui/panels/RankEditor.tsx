/** Between threshold and retraining: the learned ranks, to be changed by hand before they are trained. */
import { Button } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import { nothingTried, shownConfig } from '../../store/state';
import type { LayerRank } from '../../telemetry/events';
import { totalRank } from '../../telemetry/ranks';
import { useActions, usePlayground } from '../scope';
import { RetrainButton } from './RetrainButton';

/** While the search goes on with Auto: that there is something to do by hand behind it. */
function StopInvitation(): ReactElement | null {
  const searches = usePlayground(
    ({ through, facts, progress, viewing }) =>
      through && !viewing && facts.start?.config.method === 'autolora' && progress?.phase === 'search',
  );
  const { setThrough } = useActions();
  if (!searches) return null;
  return (
    <p className="rank-invitation quiet">
      With Auto on, the learned ranks are trained at once.{' '}
      <button type="button" className="toggle" onClick={() => setThrough(false)}>
        Stop there
      </button>{' '}
      to change them by hand first.
    </p>
  );
}

export function RankEditor(): ReactElement | null {
  const learned = usePlayground((state) =>
    state.progress?.status === 'thresholded' ? state.facts.ranks : undefined,
  );
  const k = usePlayground((state) => shownConfig(state).adapter.rank);
  const edits = usePlayground(({ tried = nothingTried }) => tried.ranks);
  const { tryRanks } = useActions();
  if (!learned) return <StopInvitation />;
  const ranks: LayerRank[] = learned.ranks.map(({ layer, rank }) => ({ layer, rank: edits[layer] ?? rank }));
  const total = totalRank(ranks);
  const isEdited = ({ rank }: LayerRank, i: number) => rank !== learned.ranks[i]?.rank;
  const edited = ranks.some(isEdited);
  return (
    <details className="rank-editor">
      <summary>
        Set ranks by hand <span className="quiet">total {total}</span>
      </summary>
      <div className="rank-inputs">
        {ranks.map((one, i) => (
          <RankField
            key={one.layer}
            {...one}
            most={k}
            edited={isEdited(one, i)}
            onRank={(rank) => tryRanks({ ranks: { ...edits, [one.layer]: rank } })}
          />
        ))}
      </div>
      <div className="rank-actions">
        <RetrainButton size="compact-sm" ranks={ranks} disabled={!edited} />
        <Button
          size="compact-sm"
          variant="default"
          disabled={!edited}
          onClick={() => tryRanks({ ranks: nothingTried.ranks })}
        >
          Back to the learned ones
        </Button>
      </div>
    </details>
  );
}

interface RankFieldProps extends LayerRank {
  most: number;
  edited: boolean;
  onRank(rank: number): void;
}

function RankField({ layer, rank, most, edited, onRank }: RankFieldProps): ReactElement {
  /** What is being typed: empty for a moment, or beyond the range. */
  const [typed, setTyped] = useState<string>();
  return (
    <label data-edited={edited}>
      {layer}
      <input
        type="number"
        min={0}
        max={most}
        value={typed ?? rank}
        onChange={({ currentTarget: { value, valueAsNumber } }) => {
          setTyped(value);
          if (Number.isFinite(valueAsNumber)) onRank(Math.min(most, Math.max(0, Math.round(valueAsNumber))));
        }}
        onBlur={() => setTyped(undefined)}
      />
    </label>
  );
}
