/** Progress on stderr: one line that is rewritten in a terminal, a line now and then in a log. */
import type { Progress } from '../runtime/protocol';
import { clock } from '../telemetry/clock';

/** Phase, step, rate and estimated remaining time. */
export function describeProgress({ role, phase, step, steps, stepMs, remainingMs }: Progress): string {
  const parts = [`${role} ${phase} ${step}/${steps}`];
  if (stepMs > 0) parts.push(`${stepMs.toFixed(0)} ms/step, ${(1000 / stepMs).toFixed(1)} steps/s`);
  if (remainingMs > 0) parts.push(`${clock(remainingMs)} left`);
  return parts.join('  ');
}

export const phaseOf = ({ role, phase }: Progress): string => `${role} ${phase}`;

interface Out {
  isTTY?: boolean;
  write(text: string): unknown;
}

/** Progress `P`: of a run, of a download. */
export class ProgressLine<P> {
  private shown = '';
  private lastMs = Number.NEGATIVE_INFINITY;
  private lastPart = '';

  /** @param partOf phase, file, a break: each has a line of its own in a log */
  constructor(
    private readonly describe: (progress: P) => string,
    private readonly partOf: (progress: P) => string,
    private readonly out: Out = process.stderr,
    private readonly now: () => number = Date.now,
  ) {}

  show(progress: P): void {
    const part = this.partOf(progress);
    const waited = this.now() - this.lastMs;
    // What is new is said at once.
    if (part === this.lastPart && waited < (this.out.isTTY ? 200 : 10_000)) return;
    this.lastMs = this.now();
    this.lastPart = part;
    const text = this.describe(progress);
    if (this.out.isTTY) this.out.write(`\r${text.padEnd(this.shown.length)}`);
    else this.out.write(`${text}\n`);
    this.shown = text;
  }

  /** A line of its own among the progress. */
  say(line: string): void {
    this.clear();
    this.out.write(`${line}\n`);
  }

  clear(): void {
    if (this.out.isTTY && this.shown) this.out.write(`\r${' '.repeat(this.shown.length)}\r`);
    this.shown = '';
  }
}
