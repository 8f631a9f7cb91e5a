/** A RunStorage that lives in memory, for tests: it clones what it keeps, as a browser would. */
import { filesKeyOf } from '../store/runs/contentKey';
import {
  type ChosenFiles,
  type KeptRun,
  type RunLabels,
  type RunRecord,
  type RunStorage,
  type RunSummary,
  recordOf,
  summaryOf,
} from '../store/runs/runRecord';

export class MemoryStorage implements RunStorage {
  readonly runs = new Map<string, KeptRun>();
  private lastId: string | undefined;

  /** The run that a reload takes up; undefined where its weights are gone. */
  get record(): RunRecord | undefined {
    const run = this.lastId === undefined ? undefined : this.runs.get(this.lastId);
    return run && recordOf(run);
  }

  async saveRun(record: RunRecord): Promise<string | undefined> {
    const { progress, history, facts, snapshot, files, id } = structuredClone(record);
    const filesKey = files && (await filesKeyOf(files));
    const before = this.runs.get(id)?.summary;
    const summary = summaryOf(record, before);
    // Why it failed, while it stands where it did.
    const failed = before?.error && before.phase === summary.phase && before.step === summary.step;
    this.runs.set(id, {
      summary: {
        ...summary,
        ...(filesKey !== undefined && { filesKey }),
        ...(failed && { error: before.error }),
      },
      progress,
      history,
      facts,
      snapshot,
      files,
    });
    this.lastId = id;
    return undefined;
  }
  async keepFiles(): Promise<void> {
    // It clones them with the run.
  }
  async loadLastRun(): Promise<RunRecord | undefined> {
    return structuredClone(this.record);
  }
  async setLastRun(id: string): Promise<void> {
    if (this.runs.has(id)) this.lastId = id;
  }
  async clearLastRun(id: string): Promise<void> {
    if (this.lastId === id) this.lastId = undefined;
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
  async changeRun(id: string, change: Partial<RunLabels> & { error?: string }): Promise<void> {
    const run = this.runs.get(id);
    if (run) run.summary = { ...run.summary, ...change };
  }
  async addRun(run: KeptRun): Promise<string | undefined> {
    this.runs.set(run.summary.id, structuredClone(run));
    return undefined;
  }
  async removeRun(id: string): Promise<void> {
    this.runs.delete(id);
    if (this.lastId === id) this.lastId = undefined;
  }
  async tidy(): Promise<void> {
    // It leaves nothing behind.
  }
  async removeWeights(id: string): Promise<void> {
    const run = this.runs.get(id);
    if (run) this.runs.set(id, { ...run, snapshot: undefined, summary: { ...run.summary, weightBytes: 0 } });
  }
}
