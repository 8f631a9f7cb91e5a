/** What every way of generating needs of a model, and what each gives back; nothing here knows tensors or text. */

/** Token ids to go on from. */
export interface Prompt {
  ids: readonly number[];
  /**
   * Leading ids that are padding: the model does not see them, but lengths and n-grams count them, as transformers does
   * in a left-padded batch. Default 0.
   */
  padding?: number;
}

/** A model that goes on with several rows at once and remembers what it has read. */
export interface Decoder {
  /** How many tokens can be written after a prompt; 0 where it fills the model's longest input. */
  room(prompt: Prompt): number;
  /**
   * Reads the prompts, one row each.
   * @returns natural log-probabilities of the next token, a row of V per prompt
   * @throws Error with one sentence where a prompt is empty or leaves no room
   */
  start(prompts: readonly Prompt[]): Promise<Float64Array[]>;
  /** One more token for every row. @returns as `start` */
  next(tokens: readonly number[]): Promise<Float64Array[]>;
  /** Row i becomes what row `indices[i]` was; rows may be repeated and dropped. */
  reorder(indices: readonly number[]): void;
  /** Frees what the decoder remembers; may be called twice. */
  dispose(): void;
}

/** What was generated for one prompt until now: by greedy and sampling the new token, by beam search the best beam. */
export interface GenerationStep {
  /** Index of the prompt. */
  row: number;
  /** The last token of `ids`. */
  tokenId: number;
  /** Generated tokens so far, the prompt not among them. */
  ids: readonly number[];
  /** Sum of the log-probabilities of `ids`. */
  logProbability: number;
}

export type FinishReason = 'end' | 'length' | 'cancelled';

export interface Hypothesis {
  /** Generated tokens, the end of text included where it was reached. */
  ids: number[];
  /** Sum of the log-probabilities. */
  logProbability: number;
  /** What hypotheses are ranked by: under beam search divided by the length's power, else `logProbability`. */
  score: number;
  finishReason: FinishReason;
}

export interface GenerationResult extends Hypothesis {
  /** The finished hypotheses of beam search, best first and this one among them; otherwise only this one. */
  hypotheses: Hypothesis[];
}

/** Cancellation, asked between steps. */
export interface GenerationControl {
  cancelled?: () => boolean;
}

/** Steps as they are made, in the end a result per prompt. */
export type Generation = AsyncGenerator<GenerationStep, GenerationResult[], void>;

/** Runs a generation to its end. */
export async function finished(generation: Generation): Promise<GenerationResult[]> {
  for (;;) {
    const { done, value } = await generation.next();
    if (done) return value;
  }
}

/** Longest time without a turn of the event loop, where a message that cancels can come in; milliseconds. */
const TURN_EVERY = 15;

/** @returns a function that lets the event loop turn where the last turn was long ago */
export function eventLoopTurns(): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < TURN_EVERY) return;
    await new Promise((resolve) => setTimeout(resolve, 0));
    last = performance.now();
  };
}
