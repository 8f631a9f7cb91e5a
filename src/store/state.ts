/** The page's state as plain data; what changes many times a second lives in RunHistory instead. */
import type { ExperimentConfig } from '../config/experiment';
import { differingFields } from '../config/fields';
import type { DecodedLink } from '../config/link';
import type { AskedModel, BackendReport, Progress } from '../runtime/protocol';
import type { StepHalf } from '../telemetry/events';
import { noFacts, type RunFacts } from './facts';
import { areSameFiles, usedFiles } from './files/chosenFiles';
import type { ModelShape } from './files/modelShape';
import type { ChosenFiles, RunIdentity, RunRecord } from './runs/runRecord';

export type BackendState =
  | { status: 'starting' }
  | { status: 'ready'; report: BackendReport }
  | { status: 'failed'; message: string };

/** A sentence for people. Equal ones are counted, not repeated. */
export interface Notice {
  id: number;
  level: 'info' | 'warning' | 'error';
  message: string;
  count: number;
}

/** Other ranks than the learned ones, before they are trained. */
export interface TriedRanks {
  /** log2 of how many times λ the threshold is put. */
  shift: number;
  /** Ranks set by hand, by layer. */
  ranks: Readonly<Record<string, number>>;
}

export const nothingTried: TriedRanks = { shift: 0, ranks: {} };

/** A run that a person may take up: stored, while the link asked for something else, or left by a reset. */
export interface Resumable {
  id: string;
  /** True where it stood on the page before: a reset left it, or it could not be stored. */
  undo?: boolean;
  /** True where it could not be stored whole: it is gone with the page. */
  unstored?: boolean;
  finished?: boolean;
  step: number;
  phase: Progress['phase'];
  savedAt: number;
}

/** What is said of a record that may be taken up. */
export function resumableOf({ id, progress, savedAt }: RunRecord): Resumable {
  const { step, phase, status } = progress;
  return { id, step, phase, savedAt, finished: status === 'finished' };
}

export interface PlaygroundState {
  /** What the controls and the link say. */
  draft: ExperimentConfig;
  /** What the run on the page was loaded with; undefined before the first load. */
  loaded?: ExperimentConfig;
  /** Link keys that are no field, kept. */
  unknownKeys: [key: string, value: string][];
  backend: BackendState;
  progress?: Progress;
  facts: RunFacts;
  /** The run that is loaded or shown. */
  run?: RunIdentity;
  /** A run that is only looked at: the worker holds none. */
  viewing?: boolean;
  notices: Notice[];
  /** Walk from search through threshold, retraining and evaluation without asking. */
  through: boolean;
  slow: boolean;
  /** While texts are being generated: what each model has written so far. */
  writing?: Partial<Record<AskedModel, string>>;
  /** What is being waited for, as a short phrase. */
  busy?: string;
  modelShape?: ModelShape;
  /** What a person chose last, whether a run reads it or not. */
  files: ChosenFiles;
  /** The files that the loaded run was loaded from. */
  loadedFiles?: ChosenFiles;
  resumable?: Resumable;
  /** Search step that heatmap and charts look back at; undefined follows the run. */
  replayedStep?: number;
  /** What a person tries with the run's ranks; absent where nothing. */
  tried?: TriedRanks;
  /** While the run is being stored: a reload would lose what came since the save before. */
  saving?: boolean;
  /** When the run was last stored, milliseconds since 1970. */
  savedAt?: number;
}

/** Of a page that has just been opened by a link. */
export const startingState = ({ config, unknown }: DecodedLink): PlaygroundState => ({
  draft: config,
  unknownKeys: unknown,
  backend: { status: 'starting' },
  facts: noFacts,
  notices: [],
  through: true,
  slow: false,
  files: {},
});

/** True once the run in the worker has taken its first step. */
export function hasBegun({ facts }: PlaygroundState): boolean {
  return facts.start !== undefined;
}

/** What the page is about: the run that has begun, before it what the controls say, loaded or not. */
export function shownConfig(state: PlaygroundState): ExperimentConfig {
  return (hasBegun(state) && state.loaded) || state.draft;
}

/** Whether a step can be taken where the run stands; those of W or β alone belong to the search. */
export function canStep(state: PlaygroundState, half: StepHalf): boolean {
  const { progress, viewing } = state;
  if (viewing || progress?.status === 'finished' || progress?.status === 'thresholded') return false;
  if (half === 'both') return true;
  return hasBegun(state) ? progress?.phase === 'search' : state.draft.method === 'autolora';
}

/** Whether the search can be ended where the run stands, and its ranks derived. */
export function canThreshold(state: PlaygroundState): boolean {
  const { progress, viewing } = state;
  const isSearch = progress?.phase === 'search' || progress?.phase === 'threshold';
  const isOpen = progress?.status === 'running' || progress?.status === 'paused';
  return hasBegun(state) && !viewing && isSearch && isOpen;
}

/** Whether ranks wait for their retraining. */
export const canRetrain = ({ progress, viewing }: PlaygroundState): boolean =>
  !viewing && progress?.status === 'thresholded';

/** Which of the controls and of the files chosen since say something else than what is loaded. */
export function changedSinceLoad({ loaded, draft, files, loadedFiles }: PlaygroundState): {
  settings: boolean;
  files: boolean;
} {
  return {
    settings: loaded !== undefined && differingFields(draft, loaded).length > 0,
    files:
      loaded !== undefined &&
      loadedFiles !== undefined &&
      !areSameFiles(usedFiles(draft, files), loadedFiles),
  };
}

/** True where the controls, or files chosen since, say something else than what is loaded. */
export function differsFromLoaded(state: PlaygroundState): boolean {
  const { settings, files } = changedSinceLoad(state);
  return settings || files;
}

/** True where retraining the learned ranks would leave aside ranks that a person set, or a threshold that was moved. */
export function triesOtherRanks({ progress, facts, tried = nothingTried }: PlaygroundState): boolean {
  if (progress?.status !== 'thresholded') return false;
  const isEdited = facts.ranks?.ranks.some(({ layer, rank }) => (tried.ranks[layer] ?? rank) !== rank);
  return tried.shift !== 0 || isEdited === true;
}

/** True where the run that has begun is another one than what the controls say. */
export const needsRestart = (state: PlaygroundState): boolean => hasBegun(state) && differsFromLoaded(state);
