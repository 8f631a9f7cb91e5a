/** Milliseconds per step since the last report. */
export class StepClock {
  private lastLap = performance.now();
  private steps = 0;
  /** Pace of the last lap; 0 before the first. */
  stepMs = 0;

  /** Starts anew, after a pause. */
  restart(): void {
    this.lastLap = performance.now();
    this.steps = 0;
  }

  /** Counts one step. */
  step(): void {
    this.steps += 1;
  }

  /** Ends a lap and returns its milliseconds per step. */
  lap(): number {
    const now = performance.now();
    this.stepMs = (now - this.lastLap) / Math.max(1, this.steps);
    this.lastLap = now;
    this.steps = 0;
    return this.stepMs;
  }
}
