/** A trained model as a whole Hugging Face checkpoint: the update in the weights, the head beside them, and the tokenizer. */
import type * as tf from '@tensorflow/tfjs';
import { methodFacts } from '../config/methods';
import { type ModelConfig, modelConfigToJson } from '../model/config';
import type { TensorArray } from '../model/loadedModel';
import { expectedTensors } from '../model/tensorShapes';
import type { NamedFile } from '../runtime/protocol';
import type { Role } from '../telemetry/events';
import { jsonFile } from '../tensor/fileSet';
import { tensorOf } from '../tensor/records';
import { writeSafetensors } from '../tensor/safetensors';
import type { ExperimentContext } from './context';
import type { TrainedMethod } from './training';

/** What of an experiment’s context goes into a checkpoint. */
export type MergeContext = Pick<ExperimentContext, 'model' | 'tokenizerFiles'> & {
  task: Pick<ExperimentContext['task'], 'kind' | 'labels'>;
};

/** transformers' classes for the heads of this program. */
const architectures = {
  classification: 'RobertaForSequenceClassification',
  regression: 'RobertaForSequenceClassification',
  tagging: 'RobertaForTokenClassification',
  generation: 'GPT2LMHeadModel',
} as const;

/** `config.json` of the model with the task's head. */
function mergedConfig(config: ModelConfig, { kind, labels }: MergeContext['task']): object {
  const named =
    config.family === 'gpt2'
      ? config
      : {
          ...config,
          numLabels: kind === 'regression' ? 1 : labels.length,
          labelNames: kind === 'regression' ? undefined : [...labels],
          problemType:
            kind === 'regression'
              ? ('regression' as const)
              : kind === 'classification'
                ? ('single_label_classification' as const)
                : undefined,
        };
  return { ...modelConfigToJson(named), architectures: [architectures[kind]], torch_dtype: 'float32' };
}

/**
 * config.json, model.safetensors and the tokenizer's files, as `AutoModelFor….from_pretrained` and this program load them.
 * Tensors are read back one after the other.
 * @throws Error where the method is no change of weights
 */
export async function mergedFiles(
  { model, tokenizerFiles, task }: MergeContext,
  role: Role,
  { method, weights }: TrainedMethod,
): Promise<NamedFile[]> {
  if (!method.merge)
    throw new Error(
      `${methodFacts[role].title} is a network beside the weights and cannot be merged into them; its tensors alone can be taken away.`,
    );
  const merged = method.merge(model.frozen, weights);
  const tensors: [string, TensorArray][] = [];
  const take = async (name: string, tensor: tf.Tensor) =>
    tensors.push([name, { shape: tensor.shape, data: new Float32Array(await tensor.data()) }]);
  try {
    for (const name of expectedTensors(model.config).keys()) await take(name, tensorOf(merged, name));
    for (const name of model.headInit.keys()) await take(name, tensorOf(weights, name));
  } finally {
    const given = new Set([...Object.values(model.frozen), ...Object.values(weights)]);
    for (const tensor of Object.values(merged)) if (!given.has(tensor)) tensor.dispose();
  }
  return [
    jsonFile('config.json', mergedConfig(model.config, task)),
    { name: 'model.safetensors', bytes: writeSafetensors(tensors, { format: 'pt' }) },
    // Copies: the files that leave may be transferred to another thread.
    ...tokenizerFiles.map(({ name, bytes }) => ({ name, bytes: bytes.slice(0) })),
  ];
}
