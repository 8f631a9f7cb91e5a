/** How much of the browser's space the site takes, and a way to free some. */
import type { ReactElement } from 'react';
import type { RunSummary } from '../../store/runRecord';
import { megabytes } from '../numbers';
import { useActions, useLibrary, useLibraryActions } from '../scope';

export function SpaceMeter({ runs }: { runs: readonly RunSummary[] }): ReactElement | null {
  const space = useLibrary((state) => state.space);
  const library = useLibraryActions();
  const { notify } = useActions();
  const weights = runs.reduce((sum, { weightBytes }) => sum + weightBytes, 0);
  const freeable = runs
    .filter(({ pinned, finished }) => finished && !pinned)
    .reduce((sum, { weightBytes }) => sum + weightBytes, 0);
  if (runs.length === 0) return null;
  const free = async () => {
    const freed = await library.makeSpace(Math.max(1, freeable / 2));
    notify('info', `Weights of ${megabytes(freed)} were deleted; the runs themselves are still there.`);
  };
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
        {runs.length} runs, {megabytes(weights)} of weights
        {space && `; this site takes ${megabytes(space.used)} of ${megabytes(space.allowed)}`}
      </span>
      {freeable > 0 && (
        <button type="button" className="toggle" onClick={() => void free()}>
          Delete the oldest unpinned weights
        </button>
      )}
    </div>
  );
}
