/** A trained model as files: PEFT's two where it can hold the method, else its tensors beside the method's settings. */
import * as tf from '@tensorflow/tfjs';
import { type LoraLayer, type LoraPass, loraAName, loraBName } from '../adapters/lora';
import { type PeftLayer, writePeftAdapter } from '../adapters/peft';
import { methodFacts } from '../config/methods';
import type { TensorArray } from '../model/loadedModel';
import type { TaskModel } from '../model/taskModel';
import type { NamedFile } from '../runtime/protocol';
import type { Role } from '../telemetry/events';
import { readTensors, type TensorRecord, tensorOf } from '../tensor/records';
import { writeSafetensors } from '../tensor/safetensors';
import type { ExperimentSetting } from './setting';
import type { TrainedMethod } from './training';

export const TASK_TYPES = {
  classification: 'SEQ_CLS',
  regression: 'SEQ_CLS',
  tagging: 'TOKEN_CLS',
  generation: 'CAUSAL_LM',
} as const;

/** Values of every tensor, by name. */
export async function readArrays(record: TensorRecord): Promise<Map<string, TensorArray>> {
  const names = Object.keys(record);
  const values = await readTensors(names.map((name) => tensorOf(record, name)));
  return new Map(
    names.map((name, i) => [name, { shape: tensorOf(record, name).shape, data: values[i] as Float32Array }]),
  );
}

/**
 * Reads the weights back. `adapter_config.json` and `adapter_model.safetensors` as PEFT loads them, with selection weights
 * (AdaLoRA's singular values, SoRA's gates) folded into A and components at zero left out; for Houlsby adapters and full
 * finetuning `trained.safetensors` and `method.json`.
 */
export async function adapterFiles(
  setting: ExperimentSetting,
  role: Role,
  { method, weights }: TrainedMethod,
): Promise<NamedFile[]> {
  const arrays = await readArrays(weights);
  const plain = method.asLora?.(weights);
  if (!plain) return tensorFiles(setting, role, arrays);
  const selection = await readArrays(plain.pass.selection ?? {});
  const magnitudes = await readArrays(plain.magnitudes ?? {});
  return writePeftAdapter({
    config: setting.model.config,
    layers: plain.layers.map((layer) => {
      const magnitude = magnitudes.get(layer.module);
      return { ...foldedLayer(layer, arrays, selection, plain.pass), ...(magnitude && { magnitude }) };
    }),
    variant: {
      use_rslora: plain.rankStabilised ?? false,
      use_dora: plain.magnitudes !== undefined,
    },
    fusedNorms: plain.magnitudes && (await fusedNorms(setting.model)),
    head: new Map([...arrays].filter(([name]) => name.startsWith('classifier.'))),
    taskType: TASK_TYPES[setting.task.kind],
    baseModel: setting.start.model.name,
    revision: setting.start.commits?.model,
  });
}

/** ‖W0‖ of each output of every fused projection, (3 · out) by module: GPT-2's; of a RoBERTa none. */
export async function fusedNorms({
  frozen,
}: Pick<TaskModel, 'frozen'>): Promise<ReadonlyMap<string, Float32Array>> {
  const modules = Object.keys(frozen)
    .filter((name) => name.endsWith('.attn.c_attn.weight'))
    .map((name) => name.replace(/\.weight$/, ''));
  const norms = modules.map((module) => tf.norm(tensorOf(frozen, `${module}.weight`), 2, 0));
  const values = await readTensors(norms);
  tf.dispose(norms);
  return new Map(modules.map((module, i) => [module, values[i] as Float32Array]));
}

/** diag(selection) A in the place of A, without the components whose selection is 0. */
function foldedLayer(
  { module, name, rank, scaling, inSize, outSize }: LoraLayer,
  arrays: ReadonlyMap<string, TensorArray>,
  selection: ReadonlyMap<string, TensorArray>,
  pass: LoraPass,
): PeftLayer {
  const empty = { shape: [0, 0], data: new Float32Array(0) };
  const loraA = arrays.get(loraAName(module)) ?? empty;
  const loraB = arrays.get(loraBName(module)) ?? empty;
  const factors = selection.get(module)?.data;
  if (!pass.selection || !factors) return { layer: name, rank, scaling, loraA, loraB };
  const kept = [...factors.keys()].filter((j) => factors[j] !== 0);
  const a = new Float32Array(kept.length * inSize);
  const b = new Float32Array(outSize * kept.length);
  kept.forEach((j, at) => {
    for (let i = 0; i < inSize; i++)
      a[at * inSize + i] = (factors[j] as number) * (loraA.data[j * inSize + i] as number);
    for (let row = 0; row < outSize; row++) b[row * kept.length + at] = loraB.data[row * rank + j] as number;
  });
  return {
    layer: name,
    rank: kept.length,
    scaling,
    loraA: { shape: [kept.length, inSize], data: a },
    loraB: { shape: [outSize, kept.length], data: b },
  };
}

/** Every trained tensor under its own name, and what made it. */
function tensorFiles(
  { config, start, task }: ExperimentSetting,
  role: Role,
  arrays: ReadonlyMap<string, TensorArray>,
): NamedFile[] {
  const { title, source, section } = methodFacts[role];
  const json = {
    method: role,
    title,
    source,
    base_model_name_or_path: start.model.name,
    task_type: TASK_TYPES[task.kind],
    adapter: config.adapter,
    ...(section && { [section]: config[section] }),
  };
  return [
    {
      name: 'method.json',
      bytes: new TextEncoder().encode(`${JSON.stringify(json, null, 2)}\n`).buffer as ArrayBuffer,
    },
    { name: 'trained.safetensors', bytes: writeSafetensors([...arrays], { format: 'pt' }) },
  ];
}
