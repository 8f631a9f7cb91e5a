/** The page without React: state, history, and every action, over one RunClient and one RunStorage. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { RunClient } from '../runtime/client';
import type { HubClient } from '../runtime/hubClient';
import { type AskingActions, createAsking } from './asking';
import { askedBackend } from './backendLink';
import { begin, type Opening } from './beginning';
import { type ChoosingActions, createChoosing } from './choosing';
import { PlaygroundContext } from './context';
import type { ModelShape } from './files/modelShape';
import { RunHistory } from './history';
import { createHubDownloads, type HubDownloads } from './hub/hubDownloads';
import type { HubSettingsStorage } from './hub/hubSettings';
import { createLoading } from './loading';
import { createPlaying, type PlayingActions } from './playing';
import { startReceiving } from './receiving';
import { createRecording, type RecordingActions } from './recording';
import { startRecovery } from './recovery';
import { createLibrary, type Library } from './runs/library';
import { createRunLock } from './runs/runLock';
import type { RunStorage } from './runs/runRecord';
import { createShowing, type ShowingActions } from './showing';
import { createStartingOver, type StartingOverActions } from './startingOver';
import { type PlaygroundState, startingState } from './state';
import { createSweep, type Sweep } from './sweep/sweep';
import { TabMemory } from './tabMemory';
import { UndoneRun } from './undoneRun';

export interface PlaygroundDependencies extends Opening {
  client: RunClient;
  hub: HubClient;
  storage: RunStorage;
  /** Keeps the Hub's endpoint and token; without it they last as long as the page. */
  settings?: HubSettingsStorage;
  /** Shape of an embedded model, before it is loaded. */
  fetchModelShape(name: string): Promise<ModelShape | undefined>;
  now?(): number;
  /** Of the browser, shared by its tabs; absent over plain http. */
  locks?: LockManager;
}

export type PlaygroundActions = ChoosingActions &
  PlayingActions &
  StartingOverActions &
  AskingActions &
  RecordingActions &
  ShowingActions;

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

export function createPlayground(dependencies: PlaygroundDependencies): Playground {
  const { client, storage, link, settings, locks } = dependencies;
  const history = new RunHistory();
  const store = createStore<PlaygroundState>(() => startingState(link));
  const context = new PlaygroundContext(
    store,
    history,
    client,
    storage,
    createRunLock(locks),
    dependencies.now ?? Date.now,
    new TabMemory(settings?.ofTab),
  );
  const hub = createHubDownloads(dependencies.hub, settings);
  const loading = createLoading(
    context,
    hub,
    dependencies.fetchModelShape,
    askedBackend(link.unknown) ?? 'auto',
  );
  const recording = createRecording(context);
  const { save } = recording;
  const library = createLibrary(context, settings?.lasting);
  const undone = new UndoneRun(context, save);
  const sweep = createSweep(context, loading, library, save, createRunLock(locks), undone, settings?.lasting);
  const stopReceiving = startReceiving(context, save);
  const stopRecovery = startRecovery(context, loading);

  const stopNotingTried = store.subscribe(({ run, tried }, before) => {
    // What goes with another run's coming is kept.
    if (run && tried !== before.tried && run.id === before.run?.id) context.tab.noteTried(run.id, tried);
  });

  return {
    store,
    hub,
    library,
    sweep,
    history,
    actions: {
      ...createChoosing(context, loading.setDraft),
      ...createPlaying(context, loading, undone, recording.saveSoon),
      ...createStartingOver(context, loading, undone),
      ...createAsking(context, loading),
      ...createShowing(context, loading, undone, sweep),
      save,
    },
    async begin() {
      recording.saveWhilePlaying();
      // Nothing is lost where it fails; the next visit tries again.
      void context.lock
        .othersHaveRuns()
        .then((othersHaveRuns) => storage.tidy(othersHaveRuns))
        .catch(() => undefined);
      await begin(context, loading, undone, dependencies, library);
    },
    dispose() {
      recording.dispose();
      context.lock.release();
      stopReceiving();
      stopNotingTried();
      stopRecovery();
      sweep.dispose();
      client.dispose();
      hub.dispose();
    },
  };
}
