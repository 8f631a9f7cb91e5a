/** Bounded series in typed arrays: what charts draw from, kept outside React and small however long a run lasts. */

/** A series as it is stored: plain typed arrays. */
export interface StoredSeries {
  x: Float64Array;
  columns: Float32Array[];
}

/**
 * Indices of at most `limit` rows that keep the shape of every column: first, last, and the smallest and largest
 * value of each column in each bucket. Ascending. Values that are not finite never win a bucket.
 */
export function minMaxIndices(columns: readonly Float32Array[], length: number, limit: number): number[] {
  if (length <= limit) return Array.from({ length }, (_, i) => i);
  const buckets = Math.max(1, Math.floor((limit - 2) / (2 * columns.length)));
  const kept = new Set<number>([0, length - 1]);
  for (let bucket = 0; bucket < buckets; bucket++) {
    const start = Math.floor((bucket * length) / buckets);
    const end = Math.floor(((bucket + 1) * length) / buckets);
    for (const column of columns) {
      let low = -1;
      let high = -1;
      for (let i = start; i < end; i++) {
        const value = column[i] as number;
        if (!Number.isFinite(value)) continue;
        if (low < 0 || value < (column[low] as number)) low = i;
        if (high < 0 || value > (column[high] as number)) high = i;
      }
      if (low >= 0) kept.add(low).add(high);
    }
  }
  return [...kept].sort((a, b) => a - b);
}

/** TensorBoard's debiased exponential moving average; weight 0 is the raw line. Gaps (NaN) stay gaps. */
export function debiasedEma(values: ArrayLike<number>, weight: number): Float32Array {
  const smooth = new Float32Array(values.length);
  let mean = 0;
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (!Number.isFinite(value)) {
      smooth[i] = Number.NaN;
      continue;
    }
    mean = mean * weight + (1 - weight) * value;
    count += 1;
    smooth[i] = mean / (1 - weight ** count);
  }
  return smooth;
}

/**
 * Rows of (x, one value per column). When full it halves itself by minMaxIndices, so that the whole run stays
 * visible and extremes survive; the newest rows are always exact.
 */
export class BoundedSeries {
  readonly x: Float64Array;
  readonly columns: Float32Array[];
  private rows = 0;

  constructor(
    readonly width: number,
    readonly capacity = 8192,
  ) {
    this.x = new Float64Array(capacity);
    this.columns = Array.from({ length: width }, () => new Float32Array(capacity));
  }

  get length(): number {
    return this.rows;
  }

  push(x: number, ...values: number[]): void {
    if (this.rows === this.capacity) this.halve();
    this.x[this.rows] = x;
    for (let c = 0; c < this.width; c++) {
      (this.columns[c] as Float32Array)[this.rows] = values[c] ?? Number.NaN;
    }
    this.rows += 1;
  }

  clear(): void {
    this.rows = 0;
  }

  /** The filled part of one column; a view, not a copy. */
  column(index: number): Float32Array {
    return (this.columns[index] as Float32Array).subarray(0, this.rows);
  }

  /** The newest finite value of one column, or undefined. */
  last(index: number): number | undefined {
    return this.column(index).findLast(Number.isFinite);
  }

  /** x of the newest row, or undefined. */
  get lastX(): number | undefined {
    return this.rows > 0 ? this.x[this.rows - 1] : undefined;
  }

  /** Copies of the filled part. */
  stored(): StoredSeries {
    return {
      x: this.x.slice(0, this.rows),
      columns: this.columns.map((column) => column.slice(0, this.rows)),
    };
  }

  /** Fills an empty or filled series from a stored one; what does not fit is thinned. */
  restore({ x, columns }: StoredSeries): void {
    this.clear();
    for (let i = 0; i < x.length; i++) {
      this.push(x[i] as number, ...columns.map((column) => column[i] as number));
    }
  }

  private halve(): void {
    const half = Math.floor(this.capacity / 2);
    const kept = minMaxIndices(this.columns, this.rows, half);
    for (const values of [this.x, ...this.columns]) {
      kept.forEach((from, to) => {
        values[to] = values[from] as number;
      });
    }
    this.rows = kept.length;
  }
}
