/** Between threshold and retraining: the learned ranks, to be changed by hand before they are trained. */
import { Button } from '@mantine/core';
import type { ReactElement } from 'react';
import type { LayerRank } from '../../telemetry/events';
import { useActions, usePlayground } from '../scope';
import { useOfRun } from '../useOfRun';

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

const noEdits: Readonly<Record<string, number>> = {};

export function RankEditor(): ReactElement | null {
  const learned = usePlayground((state) =>
    state.progress?.status === 'thresholded' ? state.facts.ranks : undefined,
  );
  const k = usePlayground((state) => (state.loaded ?? state.draft).adapter.rank);
  const { retrain } = useActions();
  const [edits, setEdits] = useOfRun<Readonly<Record<string, number>>>(noEdits);
  if (!learned) return <StopInvitation />;
  const ranks: LayerRank[] = learned.ranks.map(({ layer, rank }) => ({ layer, rank: edits[layer] ?? rank }));
  const total = ranks.reduce((sum, { rank }) => sum + rank, 0);
  const edited = ranks.some(({ rank }, i) => rank !== learned.ranks[i]?.rank);
  return (
    <details className="rank-editor">
      <summary>
        Set ranks by hand <span className="quiet">total {total}</span>
      </summary>
      <div className="rank-inputs">
        {ranks.map(({ layer, rank }) => (
          <label key={layer} data-edited={edits[layer] !== undefined}>
            {layer}
            <input
              type="number"
              min={0}
              max={k}
              value={rank}
              onChange={(event) => {
                const value = Math.round(event.currentTarget.valueAsNumber);
                if (Number.isFinite(value)) setEdits({ ...edits, [layer]: Math.min(k, Math.max(0, value)) });
              }}
            />
          </label>
        ))}
      </div>
      <div className="rank-actions">
        <Button
          size="compact-sm"
          disabled={!edited || total === 0}
          onClick={() => {
            void retrain(ranks);
            setEdits(noEdits);
          }}
        >
          Retrain with these ranks
        </Button>
        <Button size="compact-sm" variant="default" disabled={!edited} onClick={() => setEdits(noEdits)}>
          Back to the learned ones
        </Button>
      </div>
    </details>
  );
}
