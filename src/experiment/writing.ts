/** Texts of a GPT-2 under a run's adapter, as the configuration asks them to be decoded. */
import { mergeLora } from '../adapters/lora';
import { type GeneratedRow, generateTexts } from '../generation/generateTexts';
import { encodePrompt } from '../tasks/encoding';
import type { TrainedModel } from './evaluation';
import type { ExperimentSetting } from './setting';

/** Records that are written at once. */
export const GENERATION_BATCH = 16;

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
  try {
    const texts = generateTexts(
      { config: taskModel.config, weights: merged },
      tokenizer,
      sources.map((source) => encodePrompt(source, tokenizer)),
      { ...config.generation, seed: config.seed, cancelled: () => !goOn },
    );
    for (;;) {
      const { done, value } = await texts.next();
      if (done) return value.map((row) => ({ ...row, text: row.text.trim() }));
      if (watch) goOn = watch(value.text.trim());
    }
  } finally {
    for (const [name, tensor] of Object.entries(merged)) {
      if (tensor !== taskModel.frozen[name]) tensor.dispose();
    }
  }
}
