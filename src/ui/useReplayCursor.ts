/** Charts over search steps and the heatmap look back at one and the same step. */
import { useCallback } from 'react';
import { useActions, usePlayground } from './scope';

/**
 * Cursor of a chart whose x are search steps.
 * @param lastStep of the search: further to the right, and on the last one, the page follows the run again; undefined where
 * nothing is searched
 */
export function useReplayCursor(lastStep: number | undefined): {
  cursor: number | undefined;
  onPick: ((x: number) => void) | undefined;
} {
  const cursor = usePlayground((state) => state.replayedStep);
  const { replay } = useActions();
  const onPick = useCallback(
    (x: number) => replay(lastStep === undefined || x >= lastStep ? undefined : x),
    [replay, lastStep],
  );
  return { cursor, onPick: lastStep === undefined ? undefined : onPick };
}
