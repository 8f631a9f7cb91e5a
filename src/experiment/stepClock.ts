/** Milliseconds of work per step since the last report; what passes between steps, a pause say, does not count. */
export class StepClock {
  private begun = performance.now();
  private spentMs = 0;
  private steps = 0;
  /** Pace of the last lap; 0 before the first. */
  stepMs = 0;

  /** A step, or the reading of its numbers, begins. */
  begin(): void {
    this.begun = performance.now();
  }

  /** A step ends. */
  end(): void {
    this.spentMs += performance.now() - this.begun;
    this.steps += 1;
  }

  /** Reading what a step leaves, between its end and the report, waits for it: that time is the step's. */
  async waitingFor<T>(reading: Promise<T>): Promise<T> {
    this.begin();
    try {
      return await reading;
    } finally {
      this.spentMs += performance.now() - this.begun;
    }
  }

  /** Ends the reading and the lap; returns its milliseconds per step. */
  lap(): number {
    this.spentMs += performance.now() - this.begun;
    this.stepMs = this.spentMs / Math.max(1, this.steps);
    this.spentMs = 0;
    this.steps = 0;
    return this.stepMs;
  }
}
