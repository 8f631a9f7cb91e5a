/** A RunStorage that lives in memory, for tests: it clones what it keeps, as a browser would. */
import type { ChosenFiles, RunRecord, RunStorage } from '../store/runRecord';

export class MemoryStorage implements RunStorage {
  record: RunRecord | undefined;
  files: ChosenFiles | undefined;

  async saveRun(record: RunRecord): Promise<void> {
    this.record = structuredClone(record);
  }
  async loadLastRun(): Promise<RunRecord | undefined> {
    return structuredClone(this.record);
  }
  async clearLastRun(): Promise<void> {
    this.record = undefined;
  }
  async saveFiles(files: ChosenFiles): Promise<void> {
    this.files = files;
  }
  async loadFiles(): Promise<ChosenFiles | undefined> {
    return this.files;
  }
}
