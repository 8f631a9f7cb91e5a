/** The page without React: state, history, and every action, over one RunClient and one RunStorage. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import { clampToField, differingFields, type FieldValue, fieldAt, writeField } from '../config/fields';
import { type DecodedLink, encodeLink } from '../config/link';
import { applyPreset, type PresetName } from '../config/presets';
import type { RunClient } from '../runtime/client';
import type { HubClient } from '../runtime/hubClient';
import type { BackendName, GeneratedText, NamedFile, StepHalf, TextPrediction } from '../runtime/protocol';
import type { LayerRank, Role, TelemetryEvent } from '../telemetry/events';
import { dataProblem, modelProblem } from './choices';
import { type ChoosingActions, createChoosing } from './choosing';
import { PlaygroundContext } from './context';
import { noFacts, withEvent } from './facts';
import { RunHistory } from './history';
import { createHubDownloads, type HubDownloads } from './hubDownloads';
import type { HubSettingsStorage } from './hubSettings';
import { createLibrary, type Library } from './library';
import { createLoading, RunElsewhereError, slowRestMs } from './loading';
import type { ModelShape } from './modelShape';
import { openRun, refuseViewing } from './openRun';
import { createRecording, setAside } from './recording';
import { createRunLock } from './runLock';
import { type RunRecord, type RunStorage, recordOf } from './runRecord';
import { hasBegun, type Notice, type PlaygroundState, type Resumable } from './state';
import { createSweep, type Sweep } from './sweep';

export interface PlaygroundDependencies {
  client: RunClient;
  hub: HubClient;
  storage: RunStorage;
  /** Keeps the Hub's endpoint and token; without it they last as long as the page. */
  settings?: HubSettingsStorage;
  /** What the address said when the page opened. */
  link: DecodedLink;
  /** True where this page is a reload: the stored run is then taken up whatever the link says. */
  isReload: boolean;
  /** Shape of an embedded model, before it is loaded. */
  readModelShape(name: string): Promise<ModelShape | undefined>;
  now?(): number;
  /** Of the browser, shared by its tabs; absent over plain http. */
  locks?: LockManager;
}

export interface PlaygroundActions extends ChoosingActions {
  setField(path: string, value: FieldValue): void;
  applyPreset(name: PresetName): void;
  applyLink(link: DecodedLink): void;
  drawSeed(): void;
  setThrough(through: boolean): void;
  setSlow(slow: boolean): void;
  togglePlay(): Promise<void>;
  step(half: StepHalf): Promise<void>;
  threshold(): Promise<void>;
  retrain(ranks?: LayerRank[]): Promise<void>;
  /** Back to step 0 with the same configuration and seed; the run that was left can be resumed until Play. */
  reset(): Promise<void>;
  /** Starts over with what the controls say, and goes on playing if it played. */
  restart(): Promise<void>;
  resume(): Promise<void>;
  /** Undefined where it failed; the reason is a notice then. */
  predict(text: string, pair?: string): Promise<TextPrediction[] | undefined>;
  /** Texts for a record; they grow in the state's `writing`. Undefined where it failed. */
  generate(source: string): Promise<GeneratedText[] | undefined>;
  cancelGeneration(): Promise<void>;
  exportAdapter(role: Role): Promise<NamedFile[] | undefined>;
  /** The trained model as a checkpoint folder that needs no adapter. */
  exportMerged(role: Role): Promise<NamedFile[] | undefined>;
  save(): Promise<void>;
  /** Shows a kept run: as it stood, or only to look at. @returns false where another tab has it, and all stays as it was */
  openRun(id: string): Promise<boolean>;
  /** Looks back at a step of the search; undefined follows the run. */
  replay(step: number | undefined): void;
  /** Sets or removes a key of the link that is no field: `screen`, `lesson`. */
  setLinkKey(key: string, value: string | undefined): void;
  notify(level: Notice['level'], message: string): void;
  dismiss(id: number): void;
}

export interface Playground {
  store: StoreApi<PlaygroundState>;
  hub: HubDownloads;
  library: Library;
  sweep: Sweep;
  history: RunHistory;
  actions: PlaygroundActions;
  /** Starts the backend, then takes up the stored run or loads the draft. Never throws. */
  begin(): Promise<void>;
  dispose(): void;
}

function resumableOf({ progress, savedAt }: RunRecord): Resumable {
  const { step, phase, status } = progress;
  return { step, phase, savedAt, finished: status === 'finished' };
}

const saveEveryMs = 20_000;
const saveAfterStepMs = 1000;
/** A page that is reloaded lets go of its run while the next one starts already. */
const reloadPatienceMs = 1500;
/** In the tab's own storage: which run it has. */
const tabRunKey = 'autolora-run';
const mostRecoveries = 3;
const recoveryMemoryMs = 600_000;
/** A run with large weights rests this many times as long as it takes to store them. */
const restsPerSave = 9;

/** `backend=wasm` in the address asks for one backend, e.g. WebGPU although its adapter is a software renderer. */
function preferredBackend(link: DecodedLink): BackendName | 'auto' {
  const asked = link.unknown.find(([key]) => key === 'backend')?.[1];
  return asked === 'webgpu' || asked === 'wasm' || asked === 'cpu' ? asked : 'auto';
}

export function createPlayground(dependencies: PlaygroundDependencies): Playground {
  const { client, storage, link } = dependencies;
  const history = new RunHistory();
  const store = createStore<PlaygroundState>(() => ({
    draft: link.config,
    unknownKeys: link.unknown,
    backend: { status: 'starting' },
    facts: noFacts,
    notices: [],
    through: true,
    slow: false,
    files: {},
  }));
  const ofTab = dependencies.settings?.ofTab;
  const context = new PlaygroundContext(
    store,
    history,
    client,
    storage,
    createRunLock(dependencies.locks),
    dependencies.now ?? Date.now,
    (id) => {
      try {
        ofTab?.setItem(tabRunKey, id);
      } catch {
        // Without room a reload takes up the run that was stored last.
      }
    },
  );
  const hub = createHubDownloads(dependencies.hub, dependencies.settings);
  const loading = createLoading(context, hub, dependencies.readModelShape, preferredBackend(link));
  const save = createRecording(context);
  const library = createLibrary(context);
  const sweepLock = createRunLock(dependencies.locks);
  const sweep = createSweep(context, loading, library, save, sweepLock, dependencies.settings?.lasting);
  let saveTimer: ReturnType<typeof setInterval> | undefined;
  let stepTimer: ReturnType<typeof setTimeout> | undefined;
  let recoveries = 0;
  let recoveredAt = 0;
  let restUntil = 0;
  let playWaits = false;
  let writingStopped = false;
  /** The run that the last reset left. */
  let undone: RunRecord | undefined;

  const receive = (events: TelemetryEvent[]) => {
    const before = context.state.facts;
    let facts = before;
    for (const event of events) {
      if (event.type === 'notice') context.notify(event.level, event.message);
      if (event.type === 'start') {
        history.clear();
        context.set({ replayedStep: undefined });
      }
      facts = withEvent(facts, event);
      history.push(event, facts.start?.config ?? context.state.loaded ?? context.state.draft);
    }
    if (facts !== before) context.set({ facts });
    if (events.some(({ type }) => type === 'phase' || type === 'ranks' || type === 'done')) void save();
  };

  /** The worker is gone; the next request starts another, which takes up the last record. */
  const recover = async (message: string) => {
    loading.forgetBackend();
    context.notify('error', message);
    const record = context.lastRecord;
    const { progress, loaded, draft, loadedFiles, viewing } = context.state;
    // A run that is only looked at was not in the worker.
    if (viewing) return;
    if (progress) context.set({ progress: { ...progress, status: 'paused', failure: message } });
    // Losses far apart, as of a laptop that sleeps, are not one that comes again and again.
    if (context.now() - recoveredAt > recoveryMemoryMs) recoveries = 0;
    recoveredAt = context.now();
    recoveries += 1;
    if (recoveries > mostRecoveries) {
      context.set({ backend: { status: 'failed', message } });
      context.notify(
        'error',
        'The device was lost again and again: close other programs that use the GPU, then reload the page.',
      );
      return;
    }
    await context.attempt('Starting again', async () => {
      await loading.load(loaded ?? draft, record, loadedFiles);
      context.notify(
        'info',
        record
          ? `The run stands at step ${record.progress.step}, where it was last stored. Press Play to go on.`
          : 'The run stands at its beginning. Press Play to start it.',
      );
    });
  };

  const unsubscribe = [
    client.onTelemetry(receive),
    client.onProgress((progress) => {
      const was = context.state.progress?.status;
      history.observe(progress);
      context.set({ progress });
      if (was === 'running' && progress.status !== 'running') void save();
    }),
    client.onGeneration((model, text) => {
      const { writing } = context.state;
      if (writing) context.set({ writing: { ...writing, [model]: text } });
    }),
    client.onDeviceLost((message) => void recover(message)),
  ];

  /** A while after the last of several steps by hand. */
  const saveSoon = () => {
    clearTimeout(stepTimer);
    stepTimer = setTimeout(() => void save(), saveAfterStepMs);
  };
  /** The run that this tab had before it was reloaded, or looked at, else the one that was stored last. */
  const ownRun = async (): Promise<{ record?: RunRecord; looked?: string }> => {
    const id = dependencies.isReload ? ofTab?.getItem(tabRunKey) : undefined;
    const kept = id ? await storage.loadRun(id) : undefined;
    if (!kept) return { record: await storage.loadLastRun() };
    const record = recordOf(kept);
    return record ? { record } : { looked: kept.summary.id };
  };

  const forgetUndone = () => {
    undone = undefined;
    context.set({ resumable: undefined });
  };
  const play = async () => {
    await loading.ensureLoaded();
    forgetUndone();
    const { progress, through } = context.state;
    if (progress?.status === 'thresholded') await client.request({ type: 'retrain' });
    await client.request({ type: 'play', through });
  };

  const actions: PlaygroundActions = {
    setField(path, value) {
      const field = fieldAt(path);
      const allowed = field && clampToField(field, value);
      if (allowed !== undefined) loading.setDraft(writeField(context.state.draft, path, allowed));
    },
    applyPreset: (name) => loading.setDraft(applyPreset(context.state.draft, name)),
    applyLink(next) {
      context.set({ unknownKeys: next.unknown });
      // A link to a chapter or a screen says nothing of the experiment, which stays what it is.
      if (encodeLink(next.config) !== '') loading.setDraft(next.config);
      for (const note of next.notes) context.notify('warning', note);
    },
    drawSeed() {
      const drawn = crypto.getRandomValues(new Uint32Array(1))[0] as number;
      loading.setDraft(writeField(context.state.draft, 'seed', 1 + (drawn % 99_999)));
    },
    setThrough(through) {
      context.set({ through });
      const { loaded, viewing, progress } = context.state;
      // Play says that it is on; that it is off must be known also to a run that stands.
      if (loaded && !viewing && (!through || progress?.status === 'running'))
        void context.attempt(undefined, () => client.request({ type: 'through', through }));
    },
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
      const { progress, loaded, viewing } = context.state;
      if (viewing || progress?.status === 'finished') return;
      if (progress?.status === 'running') {
        await context.attempt(undefined, () => client.request({ type: 'pause' }));
      } else await context.attempt(loaded ? undefined : 'Loading the model', play);
    },
    async step(half) {
      await context.settled();
      const { progress, loaded, viewing } = context.state;
      if (viewing || progress?.status === 'finished') return;
      await context.attempt(loaded ? undefined : 'Loading the model', async () => {
        await loading.ensureLoaded();
        forgetUndone();
        if (context.state.progress?.status === 'running') await client.request({ type: 'pause' });
        await client.request({ type: 'step', half });
      });
      saveSoon();
    },
    async threshold() {
      await context.attempt(undefined, () => client.request({ type: 'threshold' }));
    },
    async retrain(ranks) {
      await context.attempt(undefined, async () => {
        await client.request({ type: 'retrain', ranks });
        await client.request({ type: 'play', through: context.state.through });
      });
    },
    async reset() {
      await context.settled();
      if (!hasBegun(context.state)) return;
      await context.attempt('Resetting', async () => {
        const { loaded, draft, loadedFiles, run } = context.state;
        await setAside(context, save);
        undone = context.lastRecord;
        // The same run from its beginning: files that were chosen since are for a restart.
        await loading.load(loaded ?? draft, undefined, loaded && loadedFiles);
        if (undone) {
          context.set({ resumable: { ...resumableOf(undone), undo: true } });
        }
        // Only now: a reset that failed must not cost the stored run.
        if (run) await storage.clearLastRun(run.id).catch(() => undefined);
      });
    },
    async restart() {
      await context.settled();
      const { progress, draft } = context.state;
      const played = progress?.status === 'running';
      await context.attempt('Loading the model', async () => {
        await setAside(context, save);
        await loading.load(draft);
        if (played) await play();
      });
    },
    async resume() {
      await context.settled();
      await context.attempt('Resuming', async () => {
        const record = undone ?? (await storage.loadLastRun());
        if (!record) throw new Error('There is no stored run any more.');
        await loading.takeUp(record);
        loading.setDraft(record.config);
        // What a reset left may not be what is stored.
        if (undone) {
          context.keptRecord = undefined;
          void save();
        }
        undone = undefined;
      });
    },
    ...createChoosing(context, loading.setDraft),
    predict: (text, pair) =>
      context.attempt(undefined, async () => {
        refuseViewing(context);
        await loading.ensureLoaded();
        return client.request({ type: 'predict', text, pair });
      }),
    async generate(source) {
      writingStopped = false;
      const texts = await context.attempt(undefined, async () => {
        refuseViewing(context);
        await loading.ensureLoaded();
        // Stopped while the model was still loading: the worker has nothing to end yet.
        if (writingStopped) return [];
        context.set({ writing: {} });
        return client.request({ type: 'generate', source });
      });
      context.set({ writing: undefined });
      return texts;
    },
    async cancelGeneration() {
      writingStopped = true;
      await context.attempt(undefined, () => client.request({ type: 'cancel-generation' }));
    },
    exportAdapter: (role) =>
      context.attempt(undefined, async () => {
        refuseViewing(context);
        return client.request({ type: 'export-adapter', role });
      }),
    exportMerged: (role) =>
      context.attempt('Merging the weights', async () => {
        refuseViewing(context);
        return client.request({ type: 'export-merged', role });
      }),
    save,
    async openRun(id) {
      if (sweep.store.getState().going) await sweep.pause();
      return openRun(context, loading, save, id);
    },
    replay: (step) => context.set({ replayedStep: step }),
    setLinkKey(key, value) {
      const others = context.state.unknownKeys.filter(([known]) => known !== key);
      context.set({ unknownKeys: value === undefined ? others : [...others, [key, value]] });
    },
    notify: (level, message) => context.notify(level, message),
    dismiss: (id) => context.set({ notices: context.state.notices.filter((notice) => notice.id !== id) }),
  };

  return {
    store,
    hub,
    library,
    sweep,
    history,
    actions,
    async begin() {
      for (const note of link.notes) context.notify('warning', note);
      loading.setDraft(link.config);
      saveTimer = setInterval(() => {
        const began = context.now();
        if (context.state.progress?.status !== 'running' || began < restUntil) return;
        void save().then(() => {
          restUntil = context.now() + restsPerSave * (context.now() - began);
        });
      }, saveEveryMs);
      const lookedAt = await context.attempt('Starting the engine', async () => {
        const none: Awaited<ReturnType<typeof ownRun>> = {};
        const [{ record, looked }] = await Promise.all([ownRun().catch(() => none), loading.startBackend()]);
        if (looked) return looked;
        const linkIsEmpty = encodeLink(link.config) === '';
        const linkIsThis = record && differingFields(link.config, record.config).length === 0;
        if (record && (dependencies.isReload || linkIsEmpty || linkIsThis)) {
          if (!dependencies.isReload) loading.setDraft(record.config);
          // Offered again should it fail now, for want of a file, say.
          context.set({ resumable: resumableOf(record) });
          try {
            await loading.takeUp(record, reloadPatienceMs);
            return undefined;
          } catch (error) {
            if (!(error instanceof RunElsewhereError)) throw error;
            context.notify('info', error.message);
            context.set({ resumable: undefined });
            loading.setDraft(link.config);
          }
        } else if (record) context.set({ resumable: resumableOf(record) });
        const { config } = link;
        const fits = !modelProblem(config, undefined) && !dataProblem(config, {});
        if (fits && config.model.source === 'embedded' && config.data.source === 'embedded')
          await loading.ensureLoaded();
        return undefined;
      });
      if (lookedAt) await openRun(context, loading, save, lookedAt);
    },
    dispose() {
      clearInterval(saveTimer);
      clearTimeout(stepTimer);
      context.lock.release();
      for (const end of unsubscribe) end();
      sweep.dispose();
      client.dispose();
      hub.dispose();
    },
  };
}
