/**
 * The folder that `autolora run` writes: telemetry.jsonl while it runs, a snapshot now and then to resume from, and
 * at the end result.json, predictions and adapters. A snapshot remembers how long telemetry.jsonl was, so that a
 * resumed run continues it without a gap or a line twice.
 */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { ExperimentConfig } from '../config/experiment';
import type { NamedFile, Snapshot } from '../runtime/protocol';
import type { Prediction, Role, TelemetryEvent } from '../telemetry/events';
import { jsonLines } from '../telemetry/jsonLines';
import { readWhole, replaceFile, writeWhole } from './wholeFiles';

/** What stands beside the tensors of a snapshot. */
interface SavedRun {
  version: 1;
  config: ExperimentConfig;
  /** `experiment/snapshot.ts` owns the content. */
  state: unknown;
  /** Length of telemetry.jsonl at this moment, in bytes. */
  telemetryBytes: number;
  /** Backend of the run: numbers differ between backends, so it may not change. */
  backend: string;
}

export const resultName = 'result.json';

/** The run's own model has the bare name, the baseline beside it its role's. @param method of the run */
const named = (what: string, role: Role, method: Role) => (role === method ? what : `${what}-${role}`);

/** Folder of a trained model's adapter. */
export const adapterName = (role: Role, method: Role): string => named('adapter', role, method);

export const predictionsName = (role: Role, method: Role): string =>
  `${named('predictions', role, method)}.jsonl`;

/** The trained models of a run, of whatever method: AutoLoRA's has a baseline beside its own. */
const rolesOfRuns = ['autolora', 'lora'] as const;

/** What an earlier run of the folder has left, which a new one must not be taken for. */
const leftByRuns = [
  'snapshot',
  ...rolesOfRuns.map((role) => adapterName(role, 'autolora')),
  resultName,
  ...rolesOfRuns.map((role) => predictionsName(role, 'autolora')),
];

export class RunFolder {
  private readonly telemetry: string;
  private readonly state: string;
  private readonly tensors: string;

  constructor(readonly path: string) {
    this.telemetry = join(path, 'telemetry.jsonl');
    this.state = join(path, 'snapshot', 'state.json');
    this.tensors = join(path, 'snapshot', 'tensors.safetensors');
  }

  get holdsRun(): boolean {
    return existsSync(this.telemetry);
  }

  /** Names of what `begin` removes. */
  get removedByBegin(): string[] {
    return leftByRuns.filter((name) => existsSync(join(this.path, name)));
  }

  get isFinished(): boolean {
    return existsSync(join(this.path, resultName));
  }

  get hasSnapshot(): boolean {
    return existsSync(this.state);
  }

  /** Makes the folder, and empties it of an earlier run. */
  begin(): void {
    mkdirSync(this.path, { recursive: true });
    for (const name of [...this.removedByBegin, 'snapshot.new', 'snapshot.old'])
      rmSync(join(this.path, name), { recursive: true, force: true });
    writeFileSync(this.telemetry, '');
  }

  /** Goes back to the last snapshot: telemetry.jsonl is cut to where it was. @throws Error where it is damaged. */
  resume(): { config: ExperimentConfig; backend: string; snapshot: Snapshot } {
    const saved = JSON.parse(readFileSync(this.state, 'utf8')) as SavedRun;
    if (saved.version !== 1) {
      throw new Error(`${this.state} was written by another version of this program; start the run again.`);
    }
    const length = statSync(this.telemetry).size;
    if (length < saved.telemetryBytes) {
      throw new Error(
        `${this.telemetry} is shorter (${length} bytes) than at its snapshot (${saved.telemetryBytes}); start the run again.`,
      );
    }
    truncateSync(this.telemetry, saved.telemetryBytes);
    const snapshot = { state: saved.state, tensors: readWhole(this.tensors) };
    return { config: saved.config, backend: saved.backend, snapshot };
  }

  append(events: readonly TelemetryEvent[]): void {
    if (events.length > 0) appendFileSync(this.telemetry, jsonLines(events));
  }

  /** All events of the run so far, those before a resume too; a line that a kill has cut off is none. */
  readTelemetry(): TelemetryEvent[] {
    return readFileSync(this.telemetry, 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as TelemetryEvent);
  }

  /** Stores a snapshot that belongs to telemetry.jsonl as it is now; a kill in the middle leaves the older one whole. */
  saveSnapshot(snapshot: Snapshot, config: ExperimentConfig, backend: string): void {
    const saved: SavedRun = {
      version: 1,
      config,
      state: snapshot.state,
      telemetryBytes: statSync(this.telemetry).size,
      backend,
    };
    const folder = dirname(this.state);
    const fresh = `${folder}.new`;
    const old = `${folder}.old`;
    rmSync(fresh, { recursive: true, force: true });
    rmSync(old, { recursive: true, force: true });
    mkdirSync(fresh, { recursive: true });
    writeWhole(join(fresh, 'tensors.safetensors'), snapshot.tensors);
    // Whole or not at all: `mend` goes by its name.
    replaceFile(join(fresh, 'state.json'), JSON.stringify(saved));
    if (existsSync(folder)) renameSync(folder, old);
    renameSync(fresh, folder);
    rmSync(old, { recursive: true, force: true });
  }

  /** A folder that was being replaced when the program was killed is put back. */
  mend(): void {
    const folder = dirname(this.state);
    if (!existsSync(folder) && existsSync(`${folder}.old`)) renameSync(`${folder}.old`, folder);
    if (!existsSync(folder) && existsSync(join(`${folder}.new`, 'state.json')))
      renameSync(`${folder}.new`, folder);
  }

  removeSnapshot(): void {
    rmSync(dirname(this.state), { recursive: true, force: true });
  }

  /** One line per dev example, in order. */
  writePredictions(name: string, predictions: readonly Prediction[]): void {
    writeFileSync(join(this.path, name), jsonLines(predictions));
  }

  writeFiles(folder: string, files: readonly NamedFile[]): void {
    for (const { name, bytes } of files) {
      const path = join(this.path, folder, name);
      mkdirSync(dirname(path), { recursive: true });
      writeWhole(path, new Uint8Array(bytes));
    }
  }

  /** Written last, whole or not at all: it is what says that a run is finished. */
  writeResult(result: unknown): void {
    replaceFile(join(this.path, resultName), `${JSON.stringify(result, null, 2)}\n`);
  }
}
