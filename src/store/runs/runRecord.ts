/** A run as the browser keeps it: enough to go on after a reload as if nothing had happened, and to be listed beside others. */
import type { ExperimentConfig } from '../../config/experiment';
import { methodNames } from '../../config/methods';
import { type RunCost, trainingCost } from '../../report/runCost';
import type { FileBlob, Progress, Snapshot } from '../../runtime/protocol';
import type {
  EvaluationEvent,
  Fingerprint,
  LayerRank,
  ParameterCount,
  Role,
  StartEvent,
} from '../../telemetry/events';
import { type RunFacts, wallMsOf } from '../facts';
import type { StoredHistory } from '../history';

/** Files of an experiment by what they are for. */
export interface FilesOf<File> {
  /** Checkpoint folder: config.json, *.safetensors, tokenizer files. */
  model?: { name: string; files: File[] };
  /** One file, or several that are read as one (WebNLG's XML). */
  train?: File[];
  dev?: File[];
  /** A PEFT adapter: adapter_config.json and adapter_model.safetensors. */
  adapter?: { name: string; files: File[] };
}

/** All of them, in one order. */
export const allFiles = <File>({ model, train, dev, adapter }: FilesOf<File>): File[] => [
  ...(model?.files ?? []),
  ...(train ?? []),
  ...(dev ?? []),
  ...(adapter?.files ?? []),
];

/** Files a person chose. */
export type ChosenFiles = FilesOf<FileBlob>;

/** What a run is in a comparison of methods, where its configuration alone does not tell. */
export interface ComparedAs {
  /** Name of a compared method: `lora-grid`. */
  method: string;
  /** One of several that are scored on validation, so that the best can be chosen: no result by itself. */
  isCandidate?: boolean;
  /** What its candidates took together. */
  tried?: RunCost;
}

/** What a run is called. */
export interface RunIdentity {
  id: string;
  name: string;
  /** Milliseconds since 1970. */
  createdAt: number;
  comparedAs?: ComparedAs;
}

/** The identity alone, of what has more. */
export const identityOf = ({ id, name, createdAt, comparedAs }: RunIdentity): RunIdentity => ({
  id,
  name,
  createdAt,
  ...(comparedAs && { comparedAs }),
});

/** Structured-clonable; `snapshot`, `history` and `facts` were taken at the same moment. */
export interface RunRecord extends RunIdentity {
  version: 1;
  /** Milliseconds since 1970. */
  savedAt: number;
  config: ExperimentConfig;
  progress: Progress;
  snapshot: Snapshot;
  history: StoredHistory;
  facts: RunFacts;
  /** Files of a person's own that the run was loaded from; absent where there are none. */
  files?: ChosenFiles;
}

/** What a person says of a run. */
export interface RunLabels {
  name: string;
  tags: string[];
  notes: string;
  /** Kept when space is made. */
  pinned: boolean;
}

/** A trained model's result without its predictions. */
export interface RunScore {
  role: Role;
  primary: string;
  metrics: Record<string, number>;
  parameters: ParameterCount;
  ranks: LayerRank[];
  /** With evaluation. */
  wallMs: number;
  /** Absent of runs that older versions kept. */
  training?: RunCost;
}

/** A run in the list: everything but its history and weights. */
export interface RunSummary extends RunIdentity, RunLabels {
  /** When it was stored as it stands here, milliseconds since 1970. */
  savedAt: number;
  config: ExperimentConfig;
  finished: boolean;
  phase: Progress['phase'];
  step: number;
  steps: number;
  scores: RunScore[];
  /** True where a person set ranks by hand. */
  editedRanks: boolean;
  /** Step at which a person ended the search early. */
  searchEndedAt?: number;
  /** Steps of W or β alone were taken by hand. */
  halfSteps?: boolean;
  /** Bytes of the weights; 0 where they are gone, so that the run can be looked at but not asked or resumed. */
  weightBytes: number;
  /** Tells the contents of its own files from others of the same names; absent or empty where it has none. */
  filesKey?: string;
  /** What it was made with; absent of runs that older versions kept. */
  fingerprint?: Fingerprint;
  backend?: string;
  /** How many examples it trains on and is scored on, and of how many the latter were taken; absent of runs that older versions kept. */
  examples?: { train: number; scored: number; available?: number };
  /** Those whose training diverged, so that they have no score. */
  diverged?: Role[];
  /** Why it stopped, where it failed in a sweep. */
  error?: string;
}

/** A run with all that is kept of it. */
export interface KeptRun {
  summary: RunSummary;
  progress: Progress;
  history: StoredHistory;
  facts: RunFacts;
  snapshot?: Snapshot;
  /** Files of a person's own that it was loaded from; they stay in the browser, a run file does not carry them. */
  files?: ChosenFiles;
}

/** What a page takes up again; undefined where the weights are gone. */
export function recordOf({ summary, snapshot, ...kept }: KeptRun): RunRecord | undefined {
  const { savedAt, config } = summary;
  return snapshot && { version: 1, ...identityOf(summary), savedAt, config, snapshot, ...kept };
}

/** What somebody did to the search, so that it is not the one that its configuration asks for. */
function handlingOf({ phases }: RunFacts): Pick<RunSummary, 'searchEndedAt' | 'halfSteps'> {
  const ends = phases.filter(({ phase, status }) => phase === 'search' && status !== 'begin');
  const endedAt = ends.find(({ reason }) => reason === 'asked')?.step;
  return {
    ...(endedAt !== undefined && { searchEndedAt: endedAt }),
    ...(ends.some(({ byHand }) => byHand) && { halfSteps: true }),
  };
}

const examplesOf = ({ trainSize, devSize, devAvailable }: StartEvent['task']): RunSummary['examples'] => ({
  train: trainSize,
  scored: devSize,
  ...(devAvailable !== undefined && { available: devAvailable }),
});

/** A run stops where its own method diverges, and ends without the LoRA beside it where that does. */
const divergedOf = ({ config, progress, facts: { phases } }: RunRecord): Role[] => [
  ...(progress.diverged ? [config.method] : []),
  ...phases.filter(({ reason }) => reason === 'diverged').map(({ role }) => role),
];

const scoreOf = (facts: RunFacts, role: Role, evaluation: EvaluationEvent): RunScore => ({
  role,
  primary: evaluation.primary,
  metrics: evaluation.metrics,
  parameters: evaluation.parameters,
  ranks: evaluation.ranks,
  wallMs: wallMsOf(facts, role),
  training: trainingCost(facts.phases.filter((phase) => phase.role === role)),
});

/** The list's line of a record, with what was said of the run before. */
export function summaryOf(record: RunRecord, labels: Partial<RunLabels> = {}): RunSummary {
  const { savedAt, config, progress, facts, snapshot } = record;
  const diverged = divergedOf(record);
  return {
    ...identityOf(record),
    name: labels.name ?? record.name,
    tags: labels.tags ?? [],
    notes: labels.notes ?? '',
    pinned: labels.pinned ?? false,
    savedAt,
    config,
    finished: progress.status === 'finished',
    phase: progress.phase,
    step: progress.step,
    steps: progress.steps,
    scores: methodNames.flatMap((role) => {
      const evaluation = facts.evaluations[role];
      return evaluation ? scoreOf(facts, role, evaluation) : [];
    }),
    editedRanks: facts.ranks?.edited ?? false,
    ...handlingOf(facts),
    weightBytes: snapshot.tensors.byteLength,
    ...(facts.start?.fingerprint && { fingerprint: facts.start.fingerprint }),
    ...(facts.start && { examples: examplesOf(facts.start.task) }),
    ...(diverged.length > 0 && { diverged }),
    ...(facts.backend && { backend: facts.backend.name }),
  };
}

/** True where somebody ended the search early, took half steps or set ranks: it is not what its configuration asks for. */
export const isHandled = ({ searchEndedAt, halfSteps, editedRanks }: RunSummary): boolean =>
  searchEndedAt !== undefined || halfSteps === true || editedRanks;

/** The score of the run's own method; undefined before it is evaluated. */
export const ownScore = ({ scores, config }: RunSummary): RunScore | undefined =>
  scores.find(({ role }) => role === config.method);

const phases: readonly Progress['phase'][] = ['search', 'threshold', 'retrain', 'evaluate'];

/** `failed`, `finished`, `search 120/240`. */
export function statusText({ error, finished, phase, step, steps }: RunSummary): string {
  return error ? 'failed' : finished ? 'finished' : `${phase} ${step}/${steps}`;
}

/** Failed before begun before finished; of those that are begun, the further one behind. */
export function statusOrder({ error, finished, phase, step, steps }: RunSummary): number {
  if (error) return -1;
  if (finished) return phases.length;
  return phases.indexOf(phase) + Math.min(0.99, step / Math.max(1, steps));
}

/** Where runs are kept. */
export interface RunStorage {
  /**
   * Keeps the run with the files it was loaded from, and remembers it as the last one.
   * @returns where there was no room for all of it: a sentence on what is missing
   * @throws Error where nothing new is kept; what was kept before stays whole
   */
  saveRun(record: RunRecord): Promise<string | undefined>;
  /** Copies files ahead of the first save of the run that was loaded from them, so that the save is quick. */
  keepFiles(files: ChosenFiles): Promise<void>;
  loadLastRun(): Promise<RunRecord | undefined>;
  /** A kept run becomes the last one. */
  setLastRun(id: string): Promise<void>;
  /** If this run is the last one, nothing is taken up after a reload; the run stays in the list. */
  clearLastRun(id: string): Promise<void>;
  /** Newest first. */
  listRuns(): Promise<RunSummary[]>;
  loadRun(id: string): Promise<KeptRun | undefined>;
  /** The same without its weights and files, which may be large. */
  loadRecord(id: string): Promise<KeptRun | undefined>;
  /** The files alone; undefined where the run is gone, or they are. */
  loadFiles(id: string): Promise<ChosenFiles | undefined>;
  changeRun(id: string, change: Partial<RunLabels> & { error?: string }): Promise<void>;
  /** Keeps a run that came from elsewhere; the last run stays the last. Returns and throws as `saveRun`. */
  addRun(run: KeptRun): Promise<string | undefined>;
  /** @param inUse files that the page still holds: they stay though no run may name them any more */
  removeRun(id: string, inUse?: readonly ChosenFiles[]): Promise<void>;
  /** The run stays, its weights go. */
  removeWeights(id: string): Promise<void>;
  /**
   * Deletes what no run names, as a page leaves it that was closed while it stored or deleted one.
   * @param othersHaveRuns whether other tabs have runs: then files stay that a run was loaded from, for they may be theirs
   */
  tidy(othersHaveRuns: boolean): Promise<void>;
}

/** @throws Error where it is gone */
export async function keptRun(storage: RunStorage, id: string): Promise<KeptRun> {
  const run = await storage.loadRun(id);
  if (!run) throw new Error('This run is not kept in this browser any more.');
  return run;
}
