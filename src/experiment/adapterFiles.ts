/** A trained model as files: PEFT's two where it can hold the method, else its tensors beside the method's settings. */
import { loraAName, loraBName } from '../adapters/lora';
import { foldComponents, type PeftLayer, writePeftAdapter } from '../adapters/peft';
import { writePeftAdalora } from '../adapters/peftAdalora';
import { methodFacts } from '../config/methods';
import { budgetSchedule } from '../methods/adalora';
import type { TensorArray } from '../model/loadedModel';
import type { NamedFile } from '../runtime/protocol';
import type { Role } from '../telemetry/events';
import { jsonFile } from '../tensor/fileSet';
import { readTensors, type TensorRecord, tensorOf } from '../tensor/records';
import { writeSafetensors } from '../tensor/safetensors';
import type { ExperimentContext } from './context';
import { fusedNorms } from './fusedNorms';
import type { TrainedMethod } from './training';

const TASK_TYPES = {
  classification: 'SEQ_CLS',
  regression: 'SEQ_CLS',
  tagging: 'TOKEN_CLS',
  generation: 'CAUSAL_LM',
} as const;

/** Values of every tensor, by name. */
async function readArrays(record: TensorRecord): Promise<Map<string, TensorArray>> {
  const names = Object.keys(record);
  const values = await readTensors(names.map((name) => tensorOf(record, name)));
  return new Map(
    names.map((name, i) => [name, { shape: tensorOf(record, name).shape, data: values[i] as Float32Array }]),
  );
}

/** Folder of AdaLoRA in PEFT's own form, beside the plain LoRA that it is folded into. */
const ADALORA_FOLDER = 'adalora/';

/**
 * Reads the weights back. `adapter_config.json` and `adapter_model.safetensors` as PEFT loads them, with selection weights
 * (AdaLoRA's singular values, SoRA's gates) folded into A and components at zero left out; of AdaLoRA below `adalora/` as
 * PEFT keeps it too, every triplet with its singular value. For Houlsby adapters and full finetuning
 * `trained.safetensors` and `method.json`.
 */
export async function adapterFiles(
  context: ExperimentContext,
  role: Role,
  { method, weights }: TrainedMethod,
): Promise<NamedFile[]> {
  const arrays = await readArrays(weights);
  const plain = method.asLora?.(weights);
  if (!plain) return tensorFiles(context, role, arrays);
  const selection = await readArrays(plain.pass.selection ?? {});
  const magnitudes = await readArrays(plain.magnitudes ?? {});
  const empty = { shape: [0, 0], data: new Float32Array(0) };
  const layers = plain.layers.map(({ module, name, rank, scaling }) => {
    const loraA = arrays.get(loraAName(module)) ?? empty;
    const loraB = arrays.get(loraBName(module)) ?? empty;
    const layer: PeftLayer = { layer: name, rank, scaling, loraA, loraB };
    const magnitude = magnitudes.get(module);
    return { layer: { ...layer, ...(magnitude && { magnitude }) }, factors: selection.get(module)?.data };
  });
  const origin = {
    config: context.model.config,
    head: new Map([...arrays].filter(([name]) => name.startsWith('classifier.'))),
    taskType: TASK_TYPES[context.task.kind],
    baseModel: context.start.model.name,
    revision: context.start.commits?.model,
  };
  const files = writePeftAdapter({
    ...origin,
    layers: layers.map(({ layer, factors }) => (factors ? foldComponents(layer, factors) : layer)),
    variant: {
      use_rslora: plain.rankStabilised ?? false,
      use_dora: plain.magnitudes !== undefined,
    },
    fusedNorms: plain.magnitudes && (await fusedNorms(context.model)),
  });
  if (role !== 'adalora') return files;
  const { adalora, retrain } = context.config;
  const triplets = layers.flatMap(({ layer, factors }) =>
    factors ? [{ ...layer, singularValues: factors }] : [],
  );
  const unfolded =
    triplets.length > 0
      ? writePeftAdalora({
          ...origin,
          layers: triplets,
          schedule: budgetSchedule(adalora, retrain.steps, triplets.length),
          options: adalora,
        })
      : [];
  return [...files, ...unfolded.map((file) => ({ ...file, name: `${ADALORA_FOLDER}${file.name}` }))];
}

/** Every trained tensor under its own name, and what made it. */
function tensorFiles(
  { config, start, task }: ExperimentContext,
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
    jsonFile('method.json', json),
    { name: 'trained.safetensors', bytes: writeSafetensors([...arrays], { format: 'pt' }) },
  ];
}
