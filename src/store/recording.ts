/** Storing the run while it goes: snapshot, history and facts of one moment, and when. */
import { sentenceOf } from '../runtime/protocol';
import type { PlaygroundContext } from './context';
import { allFiles, type RunRecord } from './runs/runRecord';
import type { PlaygroundState } from './state';

/** How much of the run on the page is stored: all of it, all but its weights or files, or nothing of where it stands now. */
export type Stored = 'whole' | 'partly' | 'failed';

export interface RecordingActions {
  /**
   * Stores the run as it stands; does nothing before its first step, nor where it is stored already: another tab may have
   * gone on with it. Asked again while it stores, it stores once more afterwards, so that what is kept is never older than
   * the last question. What could not be stored is said, and `context.lastRecord` has it all where the worker gave it.
   */
  save(): Promise<Stored>;
}

export interface Recording extends RecordingActions {
  /** Saves a while after the last of several calls. */
  saveSoon(): void;
  /** Saves every so often while a run plays, until `dispose`. */
  saveWhilePlaying(): void;
  dispose(): void;
}

const saveEveryMs = 20_000;
const saveSoonMs = 1000;
/** A run with large weights rests this many times as long as it took to store them, but not for longer than the limit. */
const restsPerSave = 9;
const longestRestMs = 300_000;

/** True where nothing has happened since the record. */
function isOf({ run, facts, progress, loadedFiles = {} }: PlaygroundState, record: RunRecord): boolean {
  const { phase, role, step, status } = record.progress;
  // What is finished counts no batches of its evaluation any more when it is taken up.
  const isPlace = status === 'finished' || progress?.step === step;
  return (
    record.id === run?.id &&
    record.facts === facts &&
    progress?.phase === phase &&
    progress.role === role &&
    isPlace &&
    (progress.status === 'finished') === (status === 'finished') &&
    allFiles(record.files ?? {}).length === allFiles(loadedFiles).length
  );
}

/** True where the worker holds nothing newer than the last record, or nothing that can be trusted. */
const standsAtLastRecord = ({ workerIsEmpty, state }: PlaygroundContext): boolean =>
  workerIsEmpty || state.progress?.untrusted === true;

/** True where the last record has the run on the page as it stands, or all that there is of it. */
export function isRecorded(context: PlaygroundContext): boolean {
  const { lastRecord, state } = context;
  return standsAtLastRecord(context) || (lastRecord !== undefined && isOf(state, lastRecord));
}

export function createRecording(context: PlaygroundContext): Recording {
  let saving: Promise<Stored> | undefined;
  let again = false;
  let rest: { id: string; until: number } | undefined;
  /** What was said already, so that a save every few seconds does not repeat it. */
  let said = '';
  const lastIsKept = (): Stored => (context.lastRecord === context.keptRecord ? 'whole' : 'failed');
  const saveOnce = async (): Promise<Stored> => {
    const { loaded, facts, run, viewing } = context.state;
    if (!loaded || !run || !facts.start || viewing) return 'whole';
    const { keptRecord } = context;
    if (standsAtLastRecord(context)) return lastIsKept();
    if (keptRecord && isOf(context.state, keptRecord)) return 'whole';
    try {
      const snapshot = await context.client.request({ type: 'snapshot' });
      // Telemetry comes in order: all that is known now, and nothing else, happened before the snapshot.
      const { state } = context;
      const isOther = state.run?.id !== run.id || state.loaded !== loaded || state.viewing;
      if (isOther || !state.progress || !state.facts.start) return 'failed';
      const record: RunRecord = {
        ...run,
        version: 1,
        savedAt: context.now(),
        config: loaded,
        progress: state.progress,
        snapshot,
        history: context.history.stored(),
        facts: state.facts,
        files: state.loadedFiles,
      };
      context.lastRecord = record;
      const began = context.now();
      const missing = await context.storage.saveRun(record);
      const took = context.now() - began;
      rest = { id: run.id, until: context.now() + Math.min(longestRestMs, restsPerSave * took) };
      context.keptRecord = missing ? undefined : record;
      context.set({ savedAt: record.savedAt });
      if (missing && said !== `${run.id} ${missing}`) context.notify('warning', missing);
      said = `${run.id} ${missing}`;
      return missing ? 'partly' : 'whole';
    } catch (error) {
      // The reason has been said.
      if (standsAtLastRecord(context)) return lastIsKept();
      context.notify('warning', `${sentenceOf(error)} A reload would lose what came since the last save.`);
      return 'failed';
    }
  };
  const save = () => {
    again = true;
    if (!saving) {
      context.set({ saving: true });
      saving = (async () => {
        let stored: Stored = 'whole';
        while (again) {
          again = false;
          stored = await saveOnce();
        }
        saving = undefined;
        context.set({ saving: false });
        return stored;
      })();
    }
    return saving;
  };

  let soon: ReturnType<typeof setTimeout> | undefined;
  let whilePlaying: ReturnType<typeof setInterval> | undefined;
  return {
    save,
    saveSoon() {
      clearTimeout(soon);
      soon = setTimeout(() => void save(), saveSoonMs);
    },
    saveWhilePlaying() {
      whilePlaying = setInterval(() => {
        const { progress, run } = context.state;
        const rests = rest?.id === run?.id && context.now() < (rest?.until ?? 0);
        if (progress?.status === 'running' && !rests) void save();
      }, saveEveryMs);
    },
    dispose() {
      clearTimeout(soon);
      clearInterval(whilePlaying);
    },
  };
}
