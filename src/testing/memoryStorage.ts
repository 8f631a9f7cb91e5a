/** A RunStorage that lives in memory, for tests: it clones what it keeps, as a browser would. */
import { filesKeyOf } from '../store/contentKey';
import {
  type ChosenFiles,
  type KeptRun,
  type RunLabels,
  type RunRecord,
  type RunStorage,
  type RunSummary,
  recordOf,
  summaryOf,
} from '../store/runRecord';

export class MemoryStorage implements RunStorage {
  /** The run that a reload takes up. */
  record: RunRecord | undefined;
  readonly runs = new Map<string, KeptRun>();

  async saveRun(record: RunRecord): Promise<string | undefined> {
    this.record = structuredClone(record);
    const { progress, history, facts, snapshot, files, id } = structuredClone(record);
    const filesKey = files && (await filesKeyOf(files));
    const summary = {
      ...summaryOf(record, this.runs.get(id)?.summary),
      ...(filesKey !== undefined && { filesKey }),
    };
    this.runs.set(id, { summary, progress, history, facts, snapshot, files });
    return undefined;
  }
  async keepFiles(): Promise<void> {
    // It clones them with the run.
  }
  async loadLastRun(): Promise<RunRecord | undefined> {
    return structuredClone(this.record);
  }
  async setLastRun(id: string): Promise<void> {
    const run = this.runs.get(id);
    this.record = structuredClone((run && recordOf(run)) ?? this.record);
  }
  async clearLastRun(id: string): Promise<void> {
    if (this.record?.id === id) this.record = undefined;
  }
  async listRuns(): Promise<RunSummary[]> {
    return structuredClone([...this.runs.values()].map(({ summary }) => summary)).sort(
      (one, other) => other.createdAt - one.createdAt,
    );
  }
  async loadRun(id: string): Promise<KeptRun | undefined> {
    return structuredClone(this.runs.get(id));
  }
  async loadRecord(id: string): Promise<KeptRun | undefined> {
    const run = this.runs.get(id);
    return structuredClone(run && { ...run, snapshot: undefined, files: undefined });
  }
  async loadFiles(id: string): Promise<ChosenFiles | undefined> {
    return structuredClone(this.runs.get(id)?.files);
  }
  async changeRun(id: string, change: Partial<RunLabels>): Promise<void> {
    const run = this.runs.get(id);
    if (run) run.summary = { ...run.summary, ...change };
  }
  async addRun(run: KeptRun): Promise<string | undefined> {
    this.runs.set(run.summary.id, structuredClone(run));
    return undefined;
  }
  async removeRun(id: string): Promise<void> {
    this.runs.delete(id);
    if (this.record?.id === id) this.record = undefined;
  }
  async removeWeights(id: string): Promise<void> {
    const run = this.runs.get(id);
    if (run) this.runs.set(id, { ...run, snapshot: undefined, summary: { ...run.summary, weightBytes: 0 } });
  }
}
