/** What of a chapter can be tried on the run as it stands, and why not. */
import type { ExperimentConfig } from '../../config/experiment';
import { type FieldValue, readField } from '../../config/fields';
import type { Progress } from '../../runtime/protocol';
import { awaits } from '../../telemetry/awaits';
import type { TryIt } from './chapters';

/** The run as far as it matters here. */
export interface RunStanding {
  status: Progress['status'] | undefined;
  phase: Progress['phase'] | undefined;
  /** Only looked at: the worker does not have it. */
  viewing: boolean;
  /** Auto: Play goes past the threshold. */
  through: boolean;
}

const isOpen = ({ status, viewing }: RunStanding) =>
  !viewing && status !== 'finished' && status !== 'thresholded';

const isSearching = (run: RunStanding) => isOpen(run) && run.phase === 'search';

const isSearched = (run: RunStanding) => isOpen(run) && run.phase === 'threshold';

/** The search has taken its steps, and Play does not go on by itself. */
const awaitsThreshold = (run: RunStanding) => isSearched(run) && !run.through;

/** Whether it belongs to the search alone. */
const needsSearch = ({ kind }: TryIt) => kind === 'step' || kind === 'threshold';

export function canTry(one: TryIt, run: RunStanding): boolean {
  if (one.kind === 'threshold') return isSearching(run) || isSearched(run);
  if (needsSearch(one)) return isSearching(run);
  if (one.kind === 'play')
    return !run.viewing && run.status !== 'finished' && run.status !== 'running' && !awaitsThreshold(run);
  return true;
}

/** Whether all of the settings are so already. */
export const isSet = (settings: Readonly<Record<string, FieldValue>>, config: ExperimentConfig): boolean =>
  Object.entries(settings).every(([path, value]) => readField(config, path) === value);

/** One line below the buttons: why some cannot be pressed, or do less than they say; undefined where all is plain. */
export function tryHint(tries: readonly TryIt[], run: RunStanding): string | undefined {
  const plays = tries.some(({ kind }) => kind === 'play');
  if (!plays && !tries.some(needsSearch)) return undefined;
  if (run.viewing) return 'This run is only looked at: Reset begins it anew.';
  if (awaitsThreshold(run)) return awaits.threshold;
  if (plays) {
    if (run.status === 'finished') return 'This run is finished: Reset takes it back to step 0.';
    return isSearching(run) && !run.through ? 'Auto is off: Play stops at the threshold.' : undefined;
  }
  return isSearching(run) ? undefined : 'This run is past its search: Reset takes it back to step 0.';
}
