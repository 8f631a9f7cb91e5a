/** What the commands drive: the same experiment in this process or in a headless browser. */
import type { ExperimentConfig } from '../config/experiment';
import type {
  BackendReport,
  BenchReport,
  BenchShape,
  InspectReport,
  NamedFile,
  Progress,
  Snapshot,
  VerifyReport,
} from '../runtime/protocol';
import type { HubCommits, Role, TelemetryEvent } from '../telemetry/events';
import type { FilePath } from './folders';

/** What a person at the command line can do where the GPU refuses work. */
export const refusalAdvice = 'Take a smaller model or batch, or --backend wasm.';

/** Where the files of an experiment lie on this machine; paths are absolute. */
export interface ExperimentPaths {
  /** Checkpoint folder; undefined for an embedded model. */
  model?: string;
  /** Empty for embedded data. */
  train: readonly FilePath[];
  dev: readonly FilePath[];
  /** Folder of the PEFT adapter that config.adapter.from names. */
  adapter?: string;
  /** Of what came from the Hub. */
  commits?: HubCommits;
}

export interface Engine {
  readonly backend: BackendReport;
  /** e.g. the browser's version; empty in Node. */
  readonly versions: Record<string, string>;
  load(config: ExperimentConfig, paths: ExperimentPaths, snapshot?: Snapshot): Promise<void>;
  /** Plays on for a moment, through the threshold; in order, nothing twice. */
  advance(): Promise<{ events: TelemetryEvent[]; progress: Progress }>;
  /** The run as it stands, and the events up to exactly there that `advance` has not yet given. */
  snapshot(): Promise<{ snapshot: Snapshot; events: TelemetryEvent[] }>;
  exportAdapter(role: Role): Promise<NamedFile[]>;
  /** Compares with a golden folder. */
  verify(folder: string): Promise<VerifyReport>;
  bench(config: BenchShape, steps: number): Promise<BenchReport>;
  /** Searches to that step of the loaded experiment, which must not have been advanced. */
  inspect(steps: number, etas: number[]): Promise<InspectReport>;
  close(): Promise<void>;
}
