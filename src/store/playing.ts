/** Training the run on the page: Play, Step, threshold, retraining, and at which pace. */
import type { LayerRank, StepHalf } from '../telemetry/events';
import type { PlaygroundContext } from './context';
import { type Loading, slowRestMs } from './loading';
import { canRetrain, canStep, canThreshold, triesOtherRanks } from './state';
import type { UndoneRun } from './undoneRun';

export interface PlayingActions {
  setThrough(through: boolean): void;
  setSlow(slow: boolean): void;
  togglePlay(): Promise<void>;
  /** Does nothing where the run stands at no such step. */
  step(half: StepHalf): Promise<void>;
  /** Does nothing where the run stands at no search, nor where another one has taken its place meanwhile. */
  threshold(): Promise<void>;
  /**
   * At the learned ranks, or at these; what was tried is then done with. Does nothing where no ranks wait for it, nor where
   * another run has taken the place of this one meanwhile.
   */
  retrain(ranks?: readonly LayerRank[]): Promise<void>;
}

/** Said instead of leaving aside in silence what a person tried. */
const whichRanks =
  'Play waits: ranks were set by hand, or another threshold was tried. “Retrain with these ranks” below the heatmap trains those, “Retrain (learned ranks)” in the bar leaves them aside.';

/** Whether a run walks over its threshold without being asked, said to the one that is loaded too. */
export function setThrough(context: PlaygroundContext, through: boolean): void {
  context.set({ through });
  const { loaded, viewing, progress } = context.state;
  // Play says that it is on; that it is off must be known also to a run that stands.
  if (loaded && !viewing && (!through || progress?.status === 'running'))
    void context.attempt(undefined, () => context.client.request({ type: 'through', through }));
}

/** At the learned ranks, or at these; what was tried is then done with. */
async function startRetraining(context: PlaygroundContext, ranks?: readonly LayerRank[]): Promise<void> {
  await context.client.request({ type: 'retrain', ranks });
  context.set({ tried: undefined });
}

/** Trains on from where the run in the worker stands; a stored run that a reset left is offered no more. */
export async function playOn(context: PlaygroundContext, undone: UndoneRun): Promise<void> {
  undone.passOn();
  const { progress, through } = context.state;
  if (progress?.status === 'thresholded') await startRetraining(context);
  await context.client.request({ type: 'play', through });
}

/** The same, or the draft from its beginning. */
export async function play(context: PlaygroundContext, loading: Loading, undone: UndoneRun): Promise<void> {
  await loading.ensureLoaded();
  await playOn(context, undone);
}

export function createPlaying(
  context: PlaygroundContext,
  loading: Loading,
  undone: UndoneRun,
  saveSoon: () => void,
): PlayingActions {
  const { client } = context;
  /** Play was pressed and waits, or the run is just being loaded for it. */
  let playWaits = false;

  return {
    setThrough: (through) => setThrough(context, through),
    setSlow(slow) {
      context.set({ slow });
      if (context.state.loaded)
        void context.attempt(undefined, () =>
          client.request({ type: 'slow', restMs: slow ? slowRestMs : 0 }),
        );
    },
    async togglePlay() {
      if (playWaits) return;
      playWaits = true;
      await context.settled();
      playWaits = false;
      const { progress, viewing } = context.state;
      if (viewing || progress?.status === 'finished') return;
      if (triesOtherRanks(context.state)) {
        context.notify('info', whichRanks);
        return;
      }
      if (progress?.status === 'running') {
        await context.attempt(undefined, () => client.request({ type: 'pause' }));
      } else {
        playWaits = true;
        await context.attempt(undefined, () => play(context, loading, undone));
        playWaits = false;
      }
    },
    async step(half) {
      await context.settled();
      if (!canStep(context.state, half)) return;
      await context.attempt(undefined, async () => {
        await loading.ensureLoaded();
        undone.passOn();
        if (context.state.progress?.status === 'running') await client.request({ type: 'pause' });
        await client.request({ type: 'step', half });
      });
      saveSoon();
    },
    async threshold() {
      if (!(await context.settledOnRun()) || !canThreshold(context.state)) return;
      await context.attempt('Deriving the ranks', () => client.request({ type: 'threshold' }));
    },
    async retrain(ranks) {
      if (!(await context.settledOnRun()) || !canRetrain(context.state)) return;
      await context.attempt('Starting to retrain', async () => {
        await startRetraining(context, ranks);
        await client.request({ type: 'play', through: context.state.through });
      });
    },
  };
}
