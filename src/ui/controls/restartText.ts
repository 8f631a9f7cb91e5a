/** Why the page offers a restart. */
import type { changedSinceLoad } from '../../store/state';

/** One sentence. @param ofSweep a queue trained the run, and the Lab's own settings stand in the controls again */
export function restartText(
  { settings, files }: ReturnType<typeof changedSinceLoad>,
  ofSweep: boolean,
): string {
  const what = [...(settings ? ['settings'] : []), ...(files ? ['chosen files'] : [])].join(' and the ');
  return ofSweep
    ? `This run is of the sweep; the ${what} here are your own.`
    : `The ${what} are not this run’s.`;
}
