/** The run that the last reset left: it can be had back until another one is trained. */
import type { PlaygroundContext } from './context';
import type { RunRecord } from './runRecord';
import { resumableOf } from './state';

export class UndoneRun {
  /** Set before the reset has succeeded, and offered after. */
  record: RunRecord | undefined;

  constructor(private readonly context: PlaygroundContext) {}

  /** Lets a person take it up again, if there is one. */
  offer(): void {
    if (this.record) this.context.set({ resumable: { ...resumableOf(this.record), undo: true } });
  }

  /** Neither this run nor a stored one is offered any more. */
  forget(): void {
    this.record = undefined;
    this.context.set({ resumable: undefined });
  }
}
