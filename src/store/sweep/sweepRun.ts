/** The run on the page that a sweep trains: found where it was left, loaded, waited for. */
import type { ExperimentConfig } from '../../config/experiment';
import { differingFields } from '../../config/fields';
import type { PlaygroundContext } from '../context';
import type { Loading } from '../loading';
import type { ChosenFiles } from '../runs/runRecord';
import { isHandled, type KeptRun, recordOf } from '../runs/runRecord';
import type { SweepItem } from './sweepQueue';

/** True where the worker holds the run. */
export const isInWorker = ({ state, workerIsEmpty }: PlaygroundContext, id: string): boolean =>
  state.run?.id === id && !state.viewing && !workerIsEmpty;

/** The numbers of the run that was under way for an item; undefined where it can go on no further, or is another run by now. */
export async function keptOf(
  { storage }: PlaygroundContext,
  { runId }: SweepItem,
  config: ExperimentConfig,
): Promise<KeptRun | undefined> {
  const kept = runId === undefined ? undefined : await storage.loadRecord(runId);
  const isAsAsked =
    kept && !isHandled(kept.summary) && differingFields(kept.summary.config, config).length === 0;
  return isAsAsked && !kept.progress.failure ? kept : undefined;
}

/** Loads it where it was stored last; from its beginning where its weights are gone. */
export async function loadOf(
  context: PlaygroundContext,
  loading: Loading,
  kept: KeptRun | undefined,
  config: ExperimentConfig,
  files: ChosenFiles = context.state.files,
): Promise<void> {
  const whole = kept && (await context.storage.loadRun(kept.summary.id));
  const record = whole && recordOf(whole);
  await loading.load(config, record, { ...files, ...record?.files });
  if (record) context.noteKept(record);
}

/** How a run on the page ended: finished, paused by somebody, also at its threshold, or an error. */
type RunEnd = 'finished' | 'paused' | { error: string; diverged?: true };

/** Resolves when the run on the page ends; `giveUp` where nobody wants it any longer. */
export function whenEnded(context: PlaygroundContext): { end: Promise<RunEnd>; giveUp(): void } {
  let giveUp = () => {};
  const end = new Promise<RunEnd>((settle) => {
    let ran = false;
    const runId = context.state.run?.id;
    const look = () => {
      const { progress, run, viewing } = context.state;
      // Somebody has put another run on the page.
      if (run?.id !== runId || viewing) return finish('paused');
      if (progress?.status === 'running') ran = true;
      if (progress?.status === 'finished') return finish('finished');
      if (!ran || (progress?.status !== 'paused' && progress?.status !== 'thresholded')) return;
      const { failure, diverged } = progress;
      finish(failure ? { error: failure, diverged } : 'paused');
    };
    const stop = context.store.subscribe(look);
    const finish = (how: RunEnd) => {
      stop();
      settle(how);
    };
    giveUp = () => finish('paused');
    look();
  });
  return { end, giveUp };
}
