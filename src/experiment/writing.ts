/** Texts of a GPT-2 under a run's method, as the configuration asks them to be decoded. */
import type { ExperimentConfig } from '../config/experiment';
import { type GeneratedRow, generateTexts } from '../generation/generateTexts';
import type { TrainedModel } from '../methods/method';
import type { ForwardHooks } from '../model/forward';
import { encodePrompt } from '../tasks/encoding';
import type { TensorRecord } from '../tensor/records';
import type { ExperimentContext } from './context';

type Generation = ExperimentConfig['generation'];

/** Rows of the key-value cache that one record takes. */
export const hypotheses = ({ decoding, beams }: Generation) => (decoding === 'beam' ? beams : 1);

/** Records that are written at once: few where each takes many beams, so that memory and the wait for a pause stay small. */
export const recordsAtOnce = (generation: Generation) =>
  Math.max(1, Math.min(16, Math.floor(64 / hypotheses(generation))));

/**
 * The weights to decode with. Merged, an adapter costs nothing per token; a method that is no change of weights keeps its
 * hooks, which outlive a `tf.tidy`, since they derive no tensors from the weights.
 */
function decodingModel(
  frozen: TensorRecord,
  model: TrainedModel,
): { weights: TensorRecord; hooks?: ForwardHooks } {
  return model.merge
    ? { weights: model.merge(frozen) }
    : { weights: { ...frozen, ...model.weights }, hooks: model.hooks() };
}

/**
 * One text for each record.
 * @param watch for a single record: sees the text while it grows, and stops it by returning false
 * @param onPass told how many tokens each pass through the model reads
 */
export async function writeTexts(
  context: ExperimentContext,
  model: TrainedModel,
  sources: readonly string[],
  { watch, onPass }: { watch?(text: string): boolean; onPass?(tokens: number): void } = {},
): Promise<GeneratedRow[]> {
  const { model: taskModel, tokenizer, config } = context;
  if (taskModel.config.family !== 'gpt2') throw new Error('Only a GPT-2 writes texts.');
  let goOn = true;
  const decoding = decodingModel(taskModel.frozen, model);
  const texts = generateTexts(
    { config: taskModel.config, ...decoding, onPass },
    tokenizer,
    sources.map((source) => encodePrompt(source, tokenizer)),
    { ...config.generation, seed: config.seed, cancelled: () => !goOn },
  );
  try {
    for (;;) {
      const { done, value } = await texts.next();
      if (done) return value.map((row) => ({ ...row, text: row.text.trim() }));
      if (watch) goOn = watch(value.text.trim());
    }
  } finally {
    // Frees the cache where `watch` threw.
    await texts.return([]);
    const given = new Set([...Object.values(taskModel.frozen), ...Object.values(model.weights)]);
    for (const tensor of Object.values(decoding.weights)) if (!given.has(tensor)) tensor.dispose();
  }
}
