/** The run that was left for another, by a reset or unstored: it can be had back until another one is trained, or for good. */
import type { PlaygroundContext } from './context';
import type { Stored } from './recording';
import type { RunRecord } from './runs/runRecord';
import { type Resumable, resumableOf } from './state';

export class UndoneRun {
  record: RunRecord | undefined;
  /** True where the storage does not have it whole: then it is offered until it is taken up again. */
  private isUnstored = false;
  /** Further ones that are stored nowhere: the next is offered when the one before it has been taken up. */
  private earlier: RunRecord[] = [];

  constructor(private readonly context: PlaygroundContext) {}

  /** Lets a person take up a run that another stands in the place of; one that is not stored is not given up for one that is. */
  offer(record: RunRecord | undefined, stored: Stored): void {
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
  offerUnstored(record: RunRecord | undefined, stored: Stored): void {
    if (stored !== 'whole' || this.isUnstored) this.offer(record, stored);
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
