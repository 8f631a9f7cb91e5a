/** The run that was left for another, by a reset or unstored: it can be had back until another one is trained, or for good. */
import type { PlaygroundContext } from './context';
import { isRecorded, type Stored } from './recording';
import { type RunRecord, recordOf } from './runs/runRecord';
import { type Resumable, resumableOf } from './state';

/** A run that another takes the place of. */
export interface LeftRun {
  /** As it was last recorded; absent where it has not begun, or was only looked at. */
  record?: RunRecord;
  stored: Stored;
}

export class UndoneRun {
  private record: RunRecord | undefined;
  /** True where the storage does not have it whole: then it is offered until it is taken up again. */
  private isUnstored = false;
  /** Further ones that are stored nowhere: the next is offered when the one before it has been taken up. */
  private earlier: RunRecord[] = [];

  constructor(
    private readonly context: PlaygroundContext,
    private readonly save: () => Promise<Stored>,
  ) {}

  /** Pauses the run on the page and stores it, before another takes its place. */
  async setAside(): Promise<LeftRun> {
    const { context } = this;
    if (context.state.progress?.status === 'running') await context.client.request({ type: 'pause' });
    const stored = await this.save();
    return { record: context.lastRecord, stored };
  }

  /** The same. @throws Error where it is stored nowhere as it stands, nor recorded, so that it could not be offered */
  async setAsideSafely(): Promise<LeftRun> {
    const left = await this.setAside();
    if (left.stored === 'failed' && !isRecorded(this.context))
      throw new Error('The run on the page could not be kept, so it stays here: reset it if it may be lost.');
    return left;
  }

  /** Lets a person take up a run that another stands in the place of; one that is not stored is not given up for one that is. */
  offer({ record, stored }: LeftRun): void {
    // A run that has gone on since is not to be offered as it stood.
    this.earlier = this.earlier.filter(({ id }) => id !== record?.id);
    if (record && (stored !== 'whole' || !this.isUnstored)) {
      if (this.isUnstored && this.record && this.record.id !== record.id) this.earlier.push(this.record);
      this.record = record;
      this.isUnstored = stored !== 'whole';
    }
    this.show();
  }

  private show(): void {
    if (!this.record) return;
    const resumable: Resumable = { ...resumableOf(this.record), undo: true };
    this.context.set({ resumable: this.isUnstored ? { ...resumable, unstored: true } : resumable });
  }

  /** The same, but what is stored whole is left to the list. */
  offerUnstored(left: LeftRun): void {
    if (left.stored !== 'whole' || this.isUnstored) this.offer(left);
  }

  /**
   * The run that is offered: as it was left, or as another tab has stored it since.
   * @returns also whether the storage has it so, whole
   * @throws Error where it is gone
   */
  async offered(): Promise<{ record: RunRecord; isStored: boolean }> {
    const { record, isUnstored, context } = this;
    const id = record?.id ?? context.state.resumable?.id;
    const reading = id === undefined ? undefined : context.storage.loadRun(id);
    // What this page has needs no storage.
    const kept = await (record ? reading?.catch(() => undefined) : reading);
    const stored = kept && recordOf(kept);
    if (stored && (!record || stored.savedAt > record.savedAt)) return { record: stored, isStored: true };
    if (!record) throw new Error('There is no stored run any more.');
    return { record, isStored: stored !== undefined && !isUnstored };
  }

  /** Stores the run on the page, which has just been taken up, though nothing has happened since. */
  saveAgain(): void {
    this.context.keptRecord = undefined;
    void this.save();
  }

  /** Another run is trained: what is stored is in the list, and is not offered any more. */
  passOn(): void {
    if (!this.isUnstored) this.forget();
  }

  /** Neither this run nor a stored one is offered any more; one that is stored nowhere still is. */
  forget(): void {
    this.record = this.earlier.pop();
    this.isUnstored = this.record !== undefined;
    this.context.set({ resumable: undefined });
    this.show();
  }
}
