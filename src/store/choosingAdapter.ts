/** An adapter of a person's own: which method goes on from it, and whether it is only scored. */
import type { ExperimentConfig } from '../config/experiment';
import { writeField } from '../config/fields';
import { methodOfAdapter } from '../config/methods';
import { suitedTo } from '../config/taskSettings';
import { readFile } from './files/readFile';
import type { ChosenFiles } from './runs/runRecord';

/**
 * The configuration with the adapter as its beginning, and a method that can go on from it. What is wrong with the files is
 * said when they are loaded.
 */
export async function withAdapter(
  config: ExperimentConfig,
  adapter: NonNullable<ChosenFiles['adapter']>,
): Promise<ExperimentConfig> {
  const file = adapter.files.find(({ name }) => name === 'adapter_config.json');
  const text = file && (await readFile(file, (blob) => blob.text()));
  let options: { use_dora?: unknown; use_rslora?: unknown } = {};
  try {
    options = JSON.parse(text ?? '{}') ?? {};
  } catch {
    // Loading names the fault.
  }
  return [
    ['adapter.from', adapter.name],
    ['method', methodOfAdapter(options, config.method)],
    ['retrain.init', 'fresh'],
  ].reduce((changed, [path, value]) => writeField(changed, path as string, value as string), config);
}

/** The configuration without the adapter; it trains again where the adapter was only scored. */
export function withoutAdapter(config: ExperimentConfig): ExperimentConfig {
  return onlyScored(writeField(config, 'adapter.from', ''), false);
}

/** With `only` no step is trained: what the run begins from is scored. Without, as many as suit task and model, if none. */
export function onlyScored(config: ExperimentConfig, only: boolean): ExperimentConfig {
  const steps = config.retrain.steps || suitedTo(config).retrain.steps;
  return writeField(config, 'retrain.steps', only ? 0 : steps);
}
