/** GPT-2 token by token: keys and values of what was read are kept per block, so a step costs one token per row. */
import * as tf from '@tensorflow/tfjs';
import { attention, embedding, geluNew } from '../tensor/ops';
import type { TensorRecord } from '../tensor/records';
import type { Gpt2Config } from './config';
import { type ForwardHooks, MASKED } from './forward';
import { conv1d, gpt2Embeddings, gpt2Norm, gpt2Projections, languageHead } from './gpt2';

/** Of one block; each (B, T, D). */
interface BlockCache {
  key: tf.Tensor;
  value: tf.Tensor;
}

/** A row of token ids; `padding` of them, in front, are hidden. */
interface DecodingRow {
  ids: readonly number[];
  padding?: number;
}

/**
 * A GPT-2 that remembers, in the form of src/generation's `Decoder`. Rows of different lengths are padded on the left;
 * position ids count from a row's first token. One read-back per step.
 */
export class Gpt2Decoder {
  private caches: BlockCache[] = [];
  /** Hidden places at the start of each row. */
  private padding: number[] = [];
  /** T: places in the caches. */
  private length = 0;

  /**
   * @param weights the caller's, alive until `dispose`
   * @param hooks as in the forward pass; merged weights need none and are faster
   * @param onPass told how many tokens each pass through the model reads, padding apart
   */
  constructor(
    private readonly config: Gpt2Config,
    private readonly weights: TensorRecord,
    private readonly hooks: ForwardHooks = {},
    private readonly onPass?: (tokens: number) => void,
  ) {}

  /** Positions that a prompt leaves for new tokens. */
  room({ ids, padding = 0 }: DecodingRow): number {
    return Math.max(0, this.config.maxPositions - (ids.length - padding));
  }

  /** @throws Error with one sentence where a prompt is empty or leaves no room */
  async start(prompts: readonly DecodingRow[]): Promise<Float64Array[]> {
    this.dispose();
    prompts.forEach((prompt, i) => {
      const size = prompt.ids.length - (prompt.padding ?? 0);
      if (size < 1) throw new Error(`Prompt ${i + 1} is empty; GPT-2 needs a token to go on from.`);
      if (this.room(prompt) === 0)
        throw new Error(
          `Prompt ${i + 1} has ${size} tokens and leaves none of the model's ${this.config.maxPositions} positions for new ones: shorten the record.`,
        );
    });
    const length = Math.max(...prompts.map(({ ids }) => ids.length));
    this.padding = prompts.map(({ ids, padding = 0 }) => length - ids.length + padding);
    const tokens = new Int32Array(prompts.length * length).fill(this.config.padTokenId);
    prompts.forEach(({ ids }, row) => {
      tokens.set(ids, (row + 1) * length - ids.length);
    });
    return this.read(tokens, length);
  }

  async next(tokens: readonly number[]): Promise<Float64Array[]> {
    if (tokens.length !== this.padding.length)
      throw new Error(`${tokens.length} tokens were given for ${this.padding.length} rows.`);
    const full = this.padding.findIndex((hidden) => this.length - hidden >= this.config.maxPositions);
    if (full >= 0)
      throw new Error(`Row ${full + 1} already fills the model's ${this.config.maxPositions} positions.`);
    return this.read(Int32Array.from(tokens), 1);
  }

  reorder(indices: readonly number[]): void {
    const same = indices.length === this.padding.length && indices.every((from, to) => from === to);
    if (same) return;
    this.padding = indices.map((from) => this.padding[from] as number);
    if (indices.length === 0) {
      this.dispose();
      return;
    }
    const rows = tf.tensor1d(Int32Array.from(indices), 'int32');
    // Places that no row sees any more, because the longest prompts are done.
    const unseen = Math.min(...this.padding);
    const left = this.length - unseen;
    const move = (old: tf.Tensor) =>
      tf.tidy(() => {
        const seen = unseen > 0 ? tf.slice(old, [0, unseen, 0], [-1, left, -1]) : old;
        // As rows of a table: tfjs's gather on WASM goes element by element.
        const table = tf.reshape(seen, [old.shape[0] as number, -1]);
        return tf.reshape(embedding(table, rows), [indices.length, left, this.config.hiddenSize]);
      });
    try {
      for (const cache of this.caches) {
        for (const part of ['key', 'value'] as const) {
          const old = cache[part];
          cache[part] = move(old);
          old.dispose();
        }
      }
    } finally {
      rows.dispose();
    }
    this.padding = this.padding.map((hidden) => hidden - unseen);
    this.length = left;
  }

  dispose(): void {
    tf.dispose(this.caches.flatMap(({ key, value }) => [key, value]));
    this.caches = [];
    this.padding = [];
    this.length = 0;
  }

  /** @param tokens (B, `added`), row-major @returns log-probabilities after the last token of each row */
  private async read(tokens: Int32Array, added: number): Promise<Float64Array[]> {
    const before = this.length;
    const rows = this.padding.length;
    const padded = before === 0 ? this.padding.reduce((sum, size) => sum + size, 0) : 0;
    this.onPass?.(rows * added - padded);
    const old = this.caches;
    let caches: BlockCache[] = [];
    const [logits] = tf.tidy(() => {
      const inputIds = tf.tensor2d(tokens, [rows, added], 'int32');
      const positions = Int32Array.from(tokens, (_, at) =>
        Math.max(0, before + (at % added) - (this.padding[Math.floor(at / added)] as number)),
      );
      const positionIds = tf.tensor2d(positions, [rows, added], 'int32');
      const mask = this.mask(before, added);
      const states: BlockCache[] = [];
      let x = gpt2Embeddings(this.weights, { inputIds, positionIds });
      for (let index = 0; index < this.config.layers; index++) {
        const last = index === this.config.layers - 1 && added > 1;
        x = this.block(index, x, mask, old[index], states, last);
      }
      const hidden = tf.reshape(x, [rows, this.config.hiddenSize]);
      const normal = gpt2Norm(this.config, this.weights, 'transformer.ln_f', hidden);
      const logits = languageHead(this.weights, normal);
      caches = states;
      return [logits, ...states.flatMap(({ key, value }) => [key, value])];
    }) as [tf.Tensor, ...tf.Tensor[]];
    tf.dispose(old.flatMap(({ key, value }) => [key, value]));
    this.caches = caches;
    this.length = before + added;
    try {
      const values = (await logits.data()) as Float32Array;
      const width = values.length / rows;
      return this.padding.map((_, row) => logSoftmax(values.subarray(row * width, (row + 1) * width)));
    } finally {
      logits.dispose();
    }
  }

  /** What each new place may see: itself, and those before it that are no padding. @returns (B or 1, 1, added, T) */
  private mask(before: number, added: number): tf.Tensor {
    const keys = before + added;
    const rows = this.padding.some((size) => size > 0) ? this.padding : [0];
    const values = new Float32Array(rows.length * added * keys);
    rows.forEach((hidden, row) => {
      for (let query = 0; query < added; query++) {
        const start = (row * added + query) * keys;
        values.fill(MASKED, start, start + hidden);
        values.fill(MASKED, start + before + query + 1, start + keys);
      }
    });
    return tf.tensor4d(values, [rows.length, 1, added, keys]);
  }

  /** One block on the new places. @param last after the cache is filled, only the last place matters */
  private block(
    index: number,
    x: tf.Tensor,
    mask: tf.Tensor,
    cache: BlockCache | undefined,
    caches: BlockCache[],
    last: boolean,
  ): tf.Tensor {
    const { config, weights } = this;
    const { adaptSublayer = (_module, y) => y } = this.hooks;
    const block = `transformer.h.${index}`;
    const [query, newKey, newValue] = gpt2Projections(
      weights,
      block,
      gpt2Norm(config, weights, `${block}.ln_1`, x),
      this.hooks.adapt,
    );
    const key = cache ? tf.concat([cache.key, newKey], 1) : newKey; // (B, T, D)
    const value = cache ? tf.concat([cache.value, newValue], 1) : newValue;
    caches.push({ key, value });
    const context = attention(query, key, value, mask, { heads: config.heads });
    const cut = (y: tf.Tensor) => (last ? tf.slice(y, [0, (y.shape[1] as number) - 1, 0], [-1, 1, -1]) : y);
    const close = (module: string, input: tf.Tensor) => adaptSublayer(module, conv1d(weights, module, input));
    const middle = tf.add(cut(x), close(`${block}.attn.c_proj`, cut(context)));
    const wide = geluNew(
      conv1d(weights, `${block}.mlp.c_fc`, gpt2Norm(config, weights, `${block}.ln_2`, middle)),
    );
    return tf.add(middle, close(`${block}.mlp.c_proj`, wide));
  }
}

/** In double precision on the host: V values per row, against several kernels on the device. */
function logSoftmax(logits: Float32Array): Float64Array {
  let largest = Number.NEGATIVE_INFINITY;
  for (const value of logits) if (value > largest) largest = value;
  let sum = 0;
  for (const value of logits) sum += Math.exp(value - largest);
  const shift = largest + Math.log(sum);
  const row = new Float64Array(logits.length);
  for (let token = 0; token < row.length; token++) row[token] = (logits[token] as number) - shift;
  return row;
}
