/** What a phase costs, counted while it runs; a pass is the model on one batch. */
import type { PhaseCost } from '../telemetry/events';

/** What counting needs of a batch. */
interface CountedRows {
  size: number;
  attentionMask: Int32Array;
}

export class CostMeter {
  private counted: PhaseCost;

  /** @param saved what was counted before a snapshot */
  constructor(saved?: PhaseCost) {
    this.counted = { steps: 0, examples: 0, tokens: 0, forwardPasses: 0, backwardPasses: 0, ...saved };
  }

  get total(): PhaseCost {
    return { ...this.counted };
  }

  /** Back to what was counted once: a step that failed does not count. */
  returnTo(counted: PhaseCost): void {
    this.counted = { ...counted };
  }

  step(): void {
    this.counted.steps += 1;
  }

  /** A batch was drawn. */
  drawn({ size, attentionMask }: CountedRows): void {
    this.counted.examples += size;
    this.counted.tokens += attentionMask.reduce((sum, bit) => sum + bit, 0);
  }

  /** Texts are written: a pass over `tokens` tokens. */
  decoded(tokens: number): void {
    this.counted.forwardPasses += 1;
    this.counted.tokens += tokens;
  }

  forward(): void {
    this.counted.forwardPasses += 1;
  }

  backward(): void {
    this.counted.backwardPasses += 1;
  }
}
