/** Encoded examples → padded typed arrays, and the endless, resumable order in which they are drawn. */
import { RandomStream } from '../random/stream';
import { type EncodedExample, NO_LABEL } from './encoding';

/** A padded batch, row-major. */
export interface Batch {
  /** B */
  size: number;
  /** T, the longest example of the batch. */
  length: number;
  /** (B, T), padded with padId. */
  inputIds: Int32Array;
  /** (B, T), 1 for a token, 0 for padding. */
  attentionMask: Int32Array;
  /** (B), class indices or scores; or (B, T), one class per token, `NO_LABEL` where there is none. */
  labels: Float32Array | Int32Array;
}

/** Pads the rows to the longest of them (dynamic padding). */
export function collate(rows: readonly EncodedExample[], padId: number): Batch {
  const size = rows.length;
  const length = Math.max(...rows.map((row) => row.ids.length));
  const inputIds = new Int32Array(size * length).fill(padId);
  const attentionMask = new Int32Array(size * length);
  const perToken = Array.isArray(rows[0]?.label);
  const labels = perToken ? new Int32Array(size * length).fill(NO_LABEL) : new Float32Array(size);
  rows.forEach(({ ids, label }, i) => {
    inputIds.set(ids, i * length);
    attentionMask.fill(1, i * length, i * length + ids.length);
    if (Array.isArray(label)) labels.set(label, i * length);
    else labels[i] = label;
  });
  return { size, length, inputIds, attentionMask, labels };
}

/** Position in an endless pass over a data set. */
export interface BatchPosition {
  epoch: number;
  /** Index of the next row in this epoch's order. */
  offset: number;
}

/** Which rows a batch was: places in the shuffled order of one epoch; a batch over an epoch's end goes on at 1. */
export interface DrawnBatch {
  /** From 1. */
  first: number;
  count: number;
  /** Rows of the data set. */
  of: number;
  /** The pass over the data that the first row belongs to, from 1. */
  pass: number;
}

/**
 * Draws batches without end: each epoch is a fresh permutation keyed by (seed, stream, epoch), a batch may span two
 * epochs, so every example is seen equally often. `position` is all there is to save.
 */
export class BatchSampler {
  private order: Uint32Array;
  /** The latest batch, once there is one. */
  drawn: DrawnBatch | undefined;

  constructor(
    private readonly rows: readonly EncodedExample[],
    private readonly options: { batchSize: number; padId: number; seed: number; stream: number },
    public position: BatchPosition = { epoch: 0, offset: 0 },
  ) {
    if (rows.length === 0) throw new Error('There are no examples to draw a batch from.');
    this.order = this.orderOf(position.epoch);
  }

  /** Back to where it was: what was drawn since is drawn again. */
  returnTo(position: BatchPosition): void {
    this.position = position;
    this.order = this.orderOf(position.epoch);
  }

  next(): Batch {
    const { batchSize, padId } = this.options;
    const drawn: EncodedExample[] = [];
    const take = Math.min(batchSize, this.rows.length);
    let { epoch, offset } = this.position;
    while (drawn.length < take) {
      if (offset === this.rows.length) {
        epoch += 1;
        offset = 0;
        this.order = this.orderOf(epoch);
      }
      drawn.push(this.rows[this.order[offset] as number] as EncodedExample);
      offset += 1;
    }
    const begun =
      this.position.offset < this.rows.length ? this.position : { epoch: this.position.epoch + 1, offset: 0 };
    this.drawn = { first: begun.offset + 1, count: take, of: this.rows.length, pass: begun.epoch + 1 };
    this.position = { epoch, offset };
    return collate(drawn, padId);
  }

  private orderOf(epoch: number): Uint32Array {
    const { seed, stream } = this.options;
    return RandomStream.of(seed, 'shuffle', stream, epoch).permutation(this.rows.length);
  }
}

/** Consecutive batches over all rows, in order, for evaluation. */
export function* batchesInOrder(
  rows: readonly EncodedExample[],
  batchSize: number,
  padId: number,
): Generator<Batch> {
  for (let start = 0; start < rows.length; start += batchSize) {
    yield collate(rows.slice(start, start + batchSize), padId);
  }
}

/**
 * `size` of the examples, drawn without a seed so that every run scores the same ones, in their own order; all of them where
 * there are no more. Files are often sorted (STS-B by genre, WebNLG by the number of triples).
 */
export function drawnSubset<T>(examples: readonly T[], size: number): T[] {
  const drawn = RandomStream.of(0, 'data', 1).permutation(examples.length).subarray(0, size);
  return [...drawn.sort()].map((i) => examples[i] as T);
}

/** Splits by seed into (train, validation): the paper's D_tr and D_val. */
export function splitExamples<T>(
  rows: readonly T[],
  validationFraction: number,
  seed: number,
): { train: T[]; validation: T[] } {
  const order = RandomStream.of(seed, 'split').permutation(rows.length);
  // Neither half may be empty, whatever the fraction.
  const wanted = Math.round(rows.length * (1 - validationFraction));
  const cut = Math.min(Math.max(wanted, 1), rows.length - 1);
  const at = (i: number) => rows[i] as T;
  return { train: [...order.subarray(0, cut)].map(at), validation: [...order.subarray(cut)].map(at) };
}
