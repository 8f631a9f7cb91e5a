/** A model's `config.json` of either family: read by its `model_type`, and written back. */
import { configFields } from './configFields';
import { type Gpt2Config, gpt2ConfigToJson, parseGpt2Config } from './gpt2Config';
import { parseRobertaConfig, type RobertaConfig, robertaConfigToJson } from './robertaConfig';

export { type Gpt2Config, gpt2ConfigToJson, parseGpt2Config } from './gpt2Config';
export { parseRobertaConfig, type RobertaConfig, robertaConfigToJson } from './robertaConfig';

/** What every model here has in common are the fields of the same names; `family` tells the rest apart. */
export type ModelConfig = RobertaConfig | Gpt2Config;

/**
 * Reads a parsed `config.json`.
 * @throws Error with one sentence: file, field, what it holds and what is supported.
 */
export function parseModelConfig(json: unknown, fileName = 'config.json'): ModelConfig {
  const { source, fail } = configFields(json, fileName);
  const modelType = source.model_type;
  if (modelType === 'gpt2') return parseGpt2Config(json, fileName);
  if (modelType === 'roberta') return parseRobertaConfig(json, fileName);
  return fail(
    `"model_type" is ${JSON.stringify(modelType) ?? 'missing'}; this program reads roberta and gpt2.`,
  );
}

/** The `config.json` object, as transformers reads it. */
export function modelConfigToJson(config: ModelConfig): Record<string, unknown> {
  return config.family === 'gpt2' ? gpt2ConfigToJson(config) : robertaConfigToJson(config);
}

/** Longest input in tokens, special ones included: RoBERTa's positions begin after its padding id. */
export function longestInput(config: ModelConfig): number {
  return config.family === 'gpt2' ? config.maxPositions : config.maxPositions - config.padTokenId - 1;
}
