/**
 * What is said of each finetuning method: name, title, one line, source. Plain data, so that the schema, the page and the
 * command line share it; `methods/registry.ts` has the same names with what computes them.
 */
import type { ExperimentConfig, ExperimentInput } from './experiment';

export const methodNames = [
  'autolora',
  'lora',
  'rslora',
  'lora-plus',
  'dora',
  'adalora',
  'sora',
  'adapter',
  'full',
] as const;

export type MethodName = (typeof methodNames)[number];

/** Sections of the configuration that belong to one method alone. */
export type MethodSection = 'loraPlus' | 'adalora' | 'sora' | 'houlsby';

export interface MethodFacts {
  title: string;
  /** One line: what it trains. */
  explanation: string;
  /** Paper, and the code whose behaviour is matched. */
  source: string;
  /** Where its own hyperparameters stand; their defaults are the source's. */
  section?: MethodSection;
  /** What the ranks of its layers are; absent where it has none. */
  ranks?: 'learned' | 'uniform';
}

export const methodFacts: Readonly<Record<MethodName, MethodFacts>> = {
  autolora: {
    title: 'AutoLoRA',
    explanation: 'Learns a rank for every LoRA layer on held-out data, then trains LoRA of those ranks.',
    source: 'Zhang et al. 2024, arXiv 2403.09113',
    ranks: 'learned',
  },
  lora: {
    title: 'LoRA',
    explanation: 'Low-rank updates of one rank everywhere, scaled by lora_alpha / r.',
    source: 'Hu et al. 2021, arXiv 2106.09685; loralib, PEFT',
    ranks: 'uniform',
  },
  rslora: {
    title: 'rsLoRA',
    explanation: 'LoRA scaled by lora_alpha / √r, so that larger ranks do not learn more slowly.',
    source: 'Kalajdzievski 2023, arXiv 2312.03732; PEFT use_rslora',
    ranks: 'uniform',
  },
  'lora-plus': {
    title: 'LoRA+',
    explanation: 'LoRA whose B learns at a multiple of A’s rate.',
    source: 'Hayou et al. 2024, arXiv 2402.12354',
    section: 'loraPlus',
    ranks: 'uniform',
  },
  dora: {
    title: 'DoRA',
    explanation: 'LoRA on the direction of a weight, its magnitude trained apart.',
    source: 'Liu et al. 2024, arXiv 2402.09353; PEFT use_dora',
    ranks: 'uniform',
  },
  adalora: {
    title: 'AdaLoRA',
    explanation: 'Updates as an SVD whose least important triplets are pruned to a budget while training.',
    source: 'Zhang et al. 2023, arXiv 2303.10512; its loralib, PEFT AdaLoraConfig',
    section: 'adalora',
    ranks: 'learned',
  },
  sora: {
    title: 'SoRA',
    explanation:
      'LoRA with a gate per component that proximal steps shrink to zero: AutoLoRA’s single-level twin.',
    source: 'Ding et al. 2023, arXiv 2311.11696; TsinghuaC3I/SoRA',
    section: 'sora',
    ranks: 'learned',
  },
  adapter: {
    title: 'Adapter',
    explanation: 'A bottleneck network after each attention and each feed-forward output.',
    source: 'Houlsby et al. 2019, arXiv 1902.00751',
    section: 'houlsby',
  },
  full: {
    title: 'Full finetuning',
    explanation: 'Every weight of the model, embeddings included.',
    source: 'Devlin et al. 2018, arXiv 1810.04805',
  },
};

/** What a run trains, one after the other: its method, and beside AutoLoRA plain LoRA. */
export const rolesOf = ({ method, baseline }: Pick<ExperimentConfig, 'method' | 'baseline'>): MethodName[] =>
  method === 'autolora' && baseline.enabled ? ['autolora', 'lora'] : [method];

/** Whether anything is trained; else what the run starts from is scored. */
export const trains = ({ method, retrain }: Pick<ExperimentConfig, 'method' | 'retrain'>): boolean =>
  method === 'autolora' || retrain.steps > 0;

/** Methods that can go on from a LoRA adapter: they train its tensors and no others. */
export const plainMethods: readonly MethodName[] = ['lora', 'rslora', 'lora-plus'];

/** Whether a method trains the tensors of a DoRA adapter, or of one without magnitudes. */
export const canGoOnFrom = (method: MethodName, isDora: boolean): boolean =>
  isDora ? method === 'dora' : plainMethods.includes(method);

/**
 * The method that goes on from an adapter.
 * @param variant as its `adapter_config.json` has it
 * @param chosen stays where it can go on
 */
export function methodOfAdapter(
  variant: { use_dora?: unknown; use_rslora?: unknown },
  chosen?: MethodName,
): MethodName {
  const isDora = variant.use_dora === true;
  if (chosen && canGoOnFrom(chosen, isDora)) return chosen;
  if (isDora) return 'dora';
  return variant.use_rslora === true ? 'rslora' : 'lora';
}

/** AutoLoRA's ablations (Table 4): how the paper names them, and all that makes a configuration one. */
export const ablations = {
  unconstrained: { name: 'w/o cst.', settings: { adapter: { selection: 'none' } } },
  sigmoid: { name: 'sigmoid', settings: { adapter: { selection: 'sigmoid' } } },
  firstOrder: { name: 'η = 0', settings: { hypergradient: { estimator: 'first-order' } } },
} as const satisfies Record<string, { name: string; settings: ExperimentInput }>;

/** The name of a configuration's method, an ablation's own where it is one: `AutoLoRA (sigmoid)`. */
export function methodTitle({
  method,
  adapter,
  hypergradient,
}: Pick<ExperimentConfig, 'method' | 'adapter' | 'hypergradient'>): string {
  const { title } = methodFacts[method];
  if (method !== 'autolora') return title;
  const parts = Object.values<{ name: string; settings: ExperimentInput }>(ablations)
    .filter(
      ({ settings }) =>
        settings.adapter?.selection === adapter.selection ||
        settings.hypergradient?.estimator === hypergradient.estimator,
    )
    .map(({ name }) => name);
  return parts.length > 0 ? `${title} (${parts.join(', ')})` : title;
}
