/** Getting a run into the worker: backend, model and data files, a fresh start or a stored run. */
import type { ExperimentConfig } from '../config/experiment';
import { type BackendName, type Request, sentenceOf } from '../runtime/protocol';
import type { PlaygroundContext } from './context';
import { createDraftShape } from './draftShape';
import { noFacts } from './facts';
import { usedFiles } from './files/chosenFiles';
import { filesToLoad } from './files/filesToLoad';
import type { ModelShape } from './files/modelShape';
import type { HubDownloads } from './hub/hubDownloads';
import { newRunId } from './runs/runId';
import { runName } from './runs/runNames';
import { allFiles, type ChosenFiles, identityOf, type RunIdentity, type RunRecord } from './runs/runRecord';
import { differsFromLoaded, hasBegun } from './state';

/** Milliseconds that Slow rests after each step. */
export const slowRestMs = 500;

const newIdentity = (now: number): RunIdentity => ({
  id: newRunId(),
  name: runName(Math.random),
  createdAt: now,
});

/** Another tab has the run. */
export class RunElsewhereError extends Error {}

export interface Loading {
  /** Starts the backend once. */
  startBackend(): Promise<void>;
  /** Forgets the backend, so that the next load starts it again. */
  forgetBackend(): void;
  /** Loads a configuration over files, those chosen last by default; with a record, takes that run up. */
  load(config: ExperimentConfig, record?: RunRecord, files?: ChosenFiles): Promise<void>;
  /**
   * Loads the draft unless a run has begun or the draft is loaded already; a run that the worker has lost is loaded again, as
   * it was last recorded. Asked again meanwhile, it waits for the same load.
   */
  ensureLoaded(): Promise<void>;
  /** Loads the run on the page as it was last recorded, else from its beginning; `ensureLoaded` waits for it. */
  loadAgain(): Promise<void>;
  /**
   * Loads a run with its own files, else with those chosen last.
   * @param patienceMs how long another tab may take to let go of it
   * @throws RunElsewhereError where it does not; Error of the worker where model, data or adapter are others
   */
  takeUp(record: RunRecord, patienceMs?: number): Promise<void>;
  setDraft(draft: ExperimentConfig): void;
}

export function createLoading(
  context: PlaygroundContext,
  hub: HubDownloads,
  fetchModelShape: (name: string) => Promise<ModelShape | undefined>,
  prefer: BackendName | 'auto' = 'auto',
): Loading {
  const { client, history } = context;
  let backendStarted: Promise<void> | undefined;
  const showShape = createDraftShape(context, hub, fetchModelShape);
  let ensuring: Promise<void> | undefined;

  const startBackend = () => {
    backendStarted ??= (async () => {
      context.set({ backend: { status: 'starting' } });
      try {
        const report = await client.request({ type: 'start-backend', prefer });
        context.set({ backend: { status: 'ready', report } });
      } catch (error) {
        backendStarted = undefined;
        context.set({ backend: { status: 'failed', message: sentenceOf(error) } });
        throw error;
      }
    })();
    return backendStarted;
  };

  /** The worker's part of taking a run up, with the run locked for this page. */
  const loadStored = async (
    request: Extract<Request, { type: 'load' }>,
    run: RunIdentity,
    patienceMs?: number,
  ) => {
    const before = context.state.viewing ? undefined : context.state.run;
    if (!(await context.lock.take(run.id, patienceMs)))
      throw new RunElsewhereError(
        `“${run.name}” is open in another tab: go on there, or close that tab and open the run here again.`,
      );
    try {
      return await client.request(request);
    } catch (error) {
      // The worker still holds the run before.
      if (before) await context.lock.take(before.id);
      else context.lock.release();
      throw error;
    }
  };

  const load = async (
    config: ExperimentConfig,
    record?: RunRecord,
    files = context.state.files,
    patienceMs?: number,
  ) => {
    await startBackend();
    const given = await filesToLoad(config, files, hub);
    const run = record ? identityOf(record) : newIdentity(context.now());
    const request = { type: 'load', config, ...given, snapshot: record?.snapshot } as const;
    const reply = record ? await loadStored(request, run, patienceMs) : await client.request(request);
    context.workerIsEmpty = false;
    // Nobody else can have a new one.
    if (!record) void context.lock.take(run.id);
    if (record) history.restore(record.history);
    else {
      history.clear();
      context.lastRecord = undefined;
    }
    const { progress } = context.state;
    const stored = record?.progress;
    context.set({
      loaded: reply.config,
      loadedFiles: usedFiles(reply.config, files),
      facts: record?.facts ?? noFacts,
      run,
      viewing: false,
      replayedStep: undefined,
      tried: context.state.run?.id === run.id ? context.state.tried : context.tab.triedOf(run.id),
      // The worker has just said where the run stands; only its pace is known better from before.
      progress:
        progress && stored
          ? {
              ...progress,
              stepMs: progress.stepMs || stored.stepMs,
              remainingMs: progress.remainingMs || stored.remainingMs,
            }
          : progress,
    });
    // The save that names them says so where this fails.
    void context.storage.keepFiles(usedFiles(reply.config, files)).catch(() => undefined);
    context.tab.noteRun(run.id);
    // A worker that was started anew does not know it.
    if (context.state.slow) await client.request({ type: 'slow', restMs: slowRestMs });
  };

  const takeUp = async (record: RunRecord, patienceMs?: number) => {
    const before = context.state.files;
    await load(record.config, record, { ...before, ...record.files }, patienceMs);
    // Only a run that was taken up brings its files: those on the page may be meant for another, and so are those chosen
    // meanwhile.
    const { files: now } = context.state;
    const chosen = Object.entries(now).filter(([role, file]) => file !== before[role as keyof ChosenFiles]);
    context.set({
      files: { ...now, ...record.files, ...Object.fromEntries(chosen) },
      resumable: undefined,
    });
    context.noteKept(record);
    const { step, phase, status } = record.progress;
    context.notify(
      'info',
      status === 'finished'
        ? `“${record.name}” is here again, finished.`
        : `Resumed at step ${step} of ${phase}.`,
    );
  };

  const once = (act: () => Promise<void>): Promise<void> => {
    ensuring ??= act().finally(() => {
      ensuring = undefined;
    });
    return ensuring;
  };
  /** True where the worker does not hold what Play and Ask are about. */
  const isMissing = () => {
    const { state } = context;
    if (hasBegun(state) && !state.viewing) return context.workerIsEmpty;
    return context.workerIsEmpty || !state.loaded || state.viewing || differsFromLoaded(state);
  };
  const loadMissing = async () => {
    const { state, lastRecord, keptRecord } = context;
    if (!hasBegun(state) || state.viewing) return load(state.draft);
    if (!lastRecord) return load(state.loaded ?? state.draft, undefined, state.loadedFiles);
    // Those that were chosen may be why it could not be loaded again.
    const files = await context.storage.loadFiles(lastRecord.id).catch(() => undefined);
    await takeUp(files && allFiles(files).length > 0 ? { ...lastRecord, files } : lastRecord);
    if (keptRecord !== lastRecord) context.keptRecord = undefined;
  };

  return {
    startBackend,
    forgetBackend() {
      backendStarted = undefined;
    },
    load,
    async ensureLoaded() {
      if (ensuring) await ensuring;
      if (isMissing()) await once(() => context.whileBusy('Loading the model', loadMissing));
    },
    loadAgain: () =>
      once(() => {
        const { loaded, draft, loadedFiles } = context.state;
        return load(loaded ?? draft, context.lastRecord, loadedFiles);
      }),
    takeUp,
    setDraft(draft) {
      context.set({ draft });
      void showShape();
      void hub.look(draft);
    },
  };
}
