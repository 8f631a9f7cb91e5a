/** How many parameters a run trains, by its method's formula, before anything of the model is on the device. */
import { loraTargets } from '../adapters/lora';
import { askedRanks } from '../config/askedRanks';
import type { ExperimentConfig } from '../config/experiment';
import type { MethodName } from '../config/methods';
import { createMethod } from '../methods/registry';
import type { ModelConfig } from '../model/config';
import { type Head, headTensors, type TaskModel } from '../model/taskModel';
import { expectedTensors, type TensorShapes } from '../model/tensorShapes';
import type { LayerRank } from '../telemetry/events';

const sizeOf = (shapes: TensorShapes) =>
  [...shapes.values()].reduce((sum, shape) => sum + shape.reduce((size, n) => size * n, 1), 0);

/**
 * The method's parameters and the head's; of AutoLoRA those of its search, which has all components, or of LoRA
 * beside it where that is larger.
 * @param given ranks of the adapter that training begins from
 * @throws Error with a sentence where the method's settings do not fit
 */
export function trainedSize(
  config: ExperimentConfig,
  model: ModelConfig,
  head: Head,
  given?: readonly LayerRank[],
): number {
  const layers = loraTargets(model).map(({ name }) => name);
  // Counting needs shapes alone.
  const shapes = {
    config: model,
    head,
    frozen: {},
    headInit: new Map(),
    parameterCount: sizeOf(expectedTensors(model)),
  } as TaskModel;
  const sizeAs = (method: MethodName, ranks: readonly LayerRank[]) =>
    createMethod(method, { config, model: shapes, ranks }).parameterCount + sizeOf(headTensors(model, head));
  if (config.method !== 'autolora') return sizeAs(config.method, given ?? askedRanks(config, layers));
  const searched = layers.map((layer) => ({ layer, rank: config.adapter.rank }));
  const beside = config.baseline.enabled ? sizeAs('lora', askedRanks(config, layers)) : 0;
  return Math.max(sizeAs('autolora', searched), beside);
}
