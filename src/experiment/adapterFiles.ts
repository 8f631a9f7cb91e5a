/** A trained LoRA model as the files PEFT loads. */
import { loraAName, loraBName } from '../adapters/lora';
import { type PeftLayer, writePeftAdapter } from '../adapters/peft';
import type { NamedFile } from '../runtime/protocol';
import { readTensors, tensorOf } from '../tensor/records';
import type { TrainedModel } from './evaluation';
import type { ExperimentSetting } from './setting';

const TASK_TYPES = {
  classification: 'SEQ_CLS',
  regression: 'SEQ_CLS',
  tagging: 'TOKEN_CLS',
  generation: 'CAUSAL_LM',
} as const;

/** Reads the weights back and writes `adapter_config.json` and `adapter_model.safetensors`. */
export async function adapterFiles(setting: ExperimentSetting, model: TrainedModel): Promise<NamedFile[]> {
  const names = Object.keys(model.weights);
  const values = await readTensors(names.map((name) => tensorOf(model.weights, name)));
  const arrays = new Map(
    names.map((name, i) => [
      name,
      { shape: tensorOf(model.weights, name).shape, data: values[i] as Float32Array },
    ]),
  );
  const empty = { shape: [0, 0], data: new Float32Array(0) };
  const layers: PeftLayer[] = model.layers.map(({ module, name, rank, scaling }) => ({
    layer: name,
    rank,
    scaling,
    loraA: arrays.get(loraAName(module)) ?? empty,
    loraB: arrays.get(loraBName(module)) ?? empty,
  }));
  return writePeftAdapter({
    config: setting.model.config,
    layers,
    head: new Map([...arrays].filter(([name]) => name.startsWith('classifier.'))),
    taskType: TASK_TYPES[setting.task.kind],
    baseModel: setting.start.model.name,
    revision: setting.start.commits?.model,
  });
}
