/** What the parts of the store share: state, history, the worker, the storage, and how trouble is told. */
import type { StoreApi } from 'zustand/vanilla';
import type { RunClient } from '../runtime/client';
import { sentenceOf } from '../runtime/protocol';
import type { RunHistory } from './history';
import type { RunLock } from './runs/runLock';
import type { RunRecord, RunStorage } from './runs/runRecord';
import type { Notice, PlaygroundState } from './state';
import { TabMemory } from './tabMemory';

const mostNotices = 30;

export class PlaygroundContext {
  /** The run as it was last recorded by this page: where a lost device goes on. */
  lastRecord: RunRecord | undefined;
  /** The run as the storage has it whole: what has not changed since is not written again. */
  keptRecord: RunRecord | undefined;
  /** True where the worker lost the run on the page, or never had it whole, until it is loaded again. */
  workerIsEmpty = false;
  /** Ends when nothing is being waited for. */
  private waiting: Promise<void> = Promise.resolve();
  /** Phrases of the busy actions under way, the last of which is shown. */
  private readonly underWay: string[] = [];
  private nextNotice = 1;

  constructor(
    readonly store: StoreApi<PlaygroundState>,
    readonly history: RunHistory,
    readonly client: RunClient,
    readonly storage: RunStorage,
    readonly lock: RunLock,
    readonly now: () => number,
    readonly tab = new TabMemory(),
  ) {}

  get state(): PlaygroundState {
    return this.store.getState();
  }

  set(change: Partial<PlaygroundState>): void {
    this.store.setState(change);
  }

  /** Says a sentence; one that stands there already is counted. */
  notify(level: Notice['level'], message: string): void {
    const { notices } = this.state;
    const same = notices.find((notice) => notice.level === level && notice.message === message);
    this.set({
      notices: same
        ? notices.map((notice) => (notice === same ? { ...notice, count: notice.count + 1 } : notice))
        : [...notices, { id: this.nextNotice++, level, message, count: 1 }].slice(-mostNotices),
    });
  }

  /** Runs an action; a failure becomes a notice, and `busy` says meanwhile what is waited for. */
  async attempt<T>(busy: string | undefined, action: () => Promise<T>): Promise<T | undefined> {
    try {
      return await (busy ? this.whileBusy(busy, action) : action());
    } catch (error) {
      this.notify('error', sentenceOf(error));
      return undefined;
    }
  }

  /** Runs an action that others wait for; `busy` says meanwhile what is waited for. */
  async whileBusy<T>(busy: string, action: () => Promise<T>): Promise<T> {
    const running = action();
    this.underWay.push(busy);
    this.set({ busy });
    const { waiting } = this;
    // Without what they come to: a packed run may be large.
    const done = running.then(
      () => waiting,
      () => waiting,
    );
    this.waiting = done;
    try {
      return await running;
    } finally {
      this.underWay.splice(this.underWay.lastIndexOf(busy), 1);
      this.set({ busy: this.underWay.at(-1) });
    }
  }

  /** The run on the page stands as the storage has it, and the next visit takes it up. */
  noteKept(record: RunRecord): void {
    this.lastRecord = record;
    this.keptRecord = record;
    void this.storage.setLastRun(record.id).catch(() => undefined);
  }

  /** Waits for the busy action that is under way, if any. */
  async settled(): Promise<void> {
    await this.waiting;
  }

  /** The same. @returns false where another run has come to the page meanwhile: what was asked was about the one before */
  async settledOnRun(): Promise<boolean> {
    const { run } = this.state;
    await this.settled();
    return this.state.run?.id === run?.id;
  }
}
