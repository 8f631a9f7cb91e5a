/** Losses of the steps since the last report, left on the device until somebody reads them. */
import type * as tf from '@tensorflow/tfjs';
import { readTensors } from '../tensor/records';

export class LossMeter {
  private waiting: tf.Scalar[] = [];

  /** @param values losses already read, in order (from a snapshot) */
  constructor(private values: number[] = []) {}

  /** Takes the scalar over. */
  add(loss: tf.Scalar): void {
    this.waiting.push(loss);
  }

  /** Scalars not read yet; reading them and calling `settle` makes them numbers. */
  get unread(): readonly tf.Scalar[] {
    return this.waiting;
  }

  /** True where no loss waits for a report, read or not. */
  get isEmpty(): boolean {
    return this.waiting.length === 0 && this.values.length === 0;
  }

  /** Replaces the unread scalars by their values. */
  settle(read: readonly Float32Array[]): void {
    for (const loss of this.waiting) loss.dispose();
    this.waiting = [];
    for (const [value] of read) this.values.push(value as number);
  }

  /** Numbers so far; call `settle` first. */
  get numbers(): readonly number[] {
    return this.values;
  }

  /** Mean of what was settled, which is then forgotten; NaN when there is nothing. */
  takeMean(): number {
    const mean = this.values.reduce((total, value) => total + value, 0) / this.values.length;
    this.values = [];
    return mean;
  }

  dispose(): void {
    for (const loss of this.waiting) loss.dispose();
    this.waiting = [];
  }
}

/** Reads the meters' scalars and any further tensors in one transfer; settles the meters and returns the rest. */
export async function readWithMeters(
  meters: readonly LossMeter[],
  tensors: readonly tf.Tensor[],
): Promise<Float32Array[]> {
  const counts = meters.map((meter) => meter.unread.length);
  const read = await readTensors([...meters.flatMap((meter) => meter.unread), ...tensors]);
  let start = 0;
  meters.forEach((meter, i) => {
    const end = start + (counts[i] as number);
    meter.settle(read.slice(start, end));
    start = end;
  });
  return read.slice(start);
}
