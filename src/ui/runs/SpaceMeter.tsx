/** How much of the browser's space the site takes, and a way to free some. */
import type { ReactElement } from 'react';
import { freeable } from '../../store/runs/library';
import type { RunSummary } from '../../store/runs/runRecord';
import { ConfirmButton } from '../controls/ConfirmButton';
import { describeBytes } from '../numbers';
import { useLibrary, useLibraryActions, usePlayground } from '../scope';
import { runCount } from './runList';

export function SpaceMeter({ runs }: { runs: readonly RunSummary[] }): ReactElement | null {
  const space = useLibrary((state) => state.space);
  const library = useLibraryActions();
  const onPage = usePlayground((state) => state.run?.id);
  const weights = runs.reduce((sum, { weightBytes }) => sum + weightBytes, 0);
  const oldest = freeable(runs, onPage);
  const bytes = oldest.reduce((sum, { weightBytes }) => sum + weightBytes, 0);
  if (runs.length === 0) return null;
  return (
    <div className="space-meter">
      {space && (
        <meter
          min={0}
          max={space.allowed}
          value={space.used}
          high={0.9 * space.allowed}
          aria-label="Space taken of what the browser allows"
        />
      )}
      <span className="quiet">
        {runCount(runs.length)}, {describeBytes(weights)} of weights
        {space && `; this site takes ${describeBytes(space.used)} of ${describeBytes(space.allowed)}`}
      </span>
      {oldest.length > 0 && (
        <ConfirmButton
          className="toggle"
          label={`Free ${describeBytes(bytes)}…`}
          question={`Delete the weights of the ${oldest.length === 1 ? 'oldest finished run' : `${oldest.length} oldest finished runs`} for good? Their numbers stay.`}
          onConfirm={() => void library.removeWeights(oldest.map(({ id }) => id))}
        />
      )}
    </div>
  );
}
