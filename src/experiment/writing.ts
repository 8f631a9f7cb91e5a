/** Texts of a GPT-2 under a run's adapter, as the configuration asks them to be decoded. */
import { mergeLora } from '../adapters/lora';
import type { ExperimentConfig } from '../config/experiment';
import { type GeneratedRow, generateTexts } from '../generation/generateTexts';
import { encodePrompt } from '../tasks/encoding';
import type { TrainedModel } from './evaluation';
import type { ExperimentSetting } from './setting';

type Generation = ExperimentConfig['generation'];

/** Rows of the key-value cache that one record takes. */
export const hypotheses = ({ decoding, beams }: Generation) => (decoding === 'beam' ? beams : 1);

/** Records that are written at once: few where each takes many beams, so that memory and the wait for a pause stay small. */
export const recordsAtOnce = (generation: Generation) =>
  Math.max(1, Math.min(16, Math.floor(64 / hypotheses(generation))));

/**
 * One text for each record.
 * @param watch for a single record: sees the text while it grows, and stops it by returning false
 */
export async function writeTexts(
  setting: ExperimentSetting,
  model: TrainedModel,
  sources: readonly string[],
  watch?: (text: string) => boolean,
): Promise<GeneratedRow[]> {
  const { model: taskModel, tokenizer, config } = setting;
  if (taskModel.config.family !== 'gpt2') throw new Error('Only a GPT-2 writes texts.');
  let goOn = true;
  // Merged, the adapter costs nothing per token.
  const merged = mergeLora(taskModel.frozen, model.layers, model);
  const texts = generateTexts(
    { config: taskModel.config, weights: merged },
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
    for (const [name, tensor] of Object.entries(merged)) {
      if (tensor !== taskModel.frozen[name]) tensor.dispose();
    }
  }
}
