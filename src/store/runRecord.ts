/** A run as the browser keeps it: enough to go on after a reload as if nothing had happened. */
import type { ExperimentConfig } from '../config/experiment';
import type { FileBlob, Progress, Snapshot } from '../runtime/protocol';
import type { RunFacts } from './facts';
import type { StoredHistory } from './history';

/** Files a person chose, as the browser can keep them. */
export interface ChosenFiles {
  /** Checkpoint folder: config.json, *.safetensors, tokenizer files. */
  model?: { name: string; files: FileBlob[] };
  /** One file, or several that are read as one (WebNLG's XML). */
  train?: FileBlob[];
  dev?: FileBlob[];
  /** A PEFT adapter: adapter_config.json and adapter_model.safetensors. */
  adapter?: { name: string; files: FileBlob[] };
}

/** Structured-clonable; `snapshot`, `history` and `facts` were taken at the same moment. */
export interface RunRecord {
  version: 1;
  /** Milliseconds since 1970. */
  savedAt: number;
  config: ExperimentConfig;
  progress: Progress;
  snapshot: Snapshot;
  history: StoredHistory;
  facts: RunFacts;
}

/** Where runs are kept; files apart, since they are large and never change during a run. */
export interface RunStorage {
  saveRun(record: RunRecord): Promise<void>;
  loadLastRun(): Promise<RunRecord | undefined>;
  clearLastRun(): Promise<void>;
  /** Keeps the files that the last run was loaded from. */
  saveFiles(files: ChosenFiles): Promise<void>;
  loadFiles(): Promise<ChosenFiles | undefined>;
}
