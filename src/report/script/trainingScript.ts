/**
 * A Python script that trains a full-size model with the ranks a run ended with: transformers and peft, accelerate for
 * several GPUs, the task's original data. The ranks of a model of another depth are taken over by relative depth, which the
 * script says when it runs (and refuses with --strict).
 */
import type { ExperimentConfig } from '../../config/experiment';
import { methodFacts, methodTitle } from '../../config/methods';
import { columnsByUsualNames, parseMapping } from '../../tasks/table/mapping';
import type { LayerRank, Role, StartEvent, TaskKind } from '../../telemetry/events';
import { totalRank } from '../../telemetry/ranks';
import {
  pythonArguments,
  pythonGpt2Adapter,
  pythonImports,
  pythonRanks,
  pythonRobertaAdapter,
  pythonTraining,
} from './everyScript';
import { pythonGeneration } from './generation';
import { pythonSequence } from './sequence';
import { pythonTagging } from './tagging';

/** What a script is made from. */
export interface ScriptSource {
  config: ExperimentConfig;
  model: Pick<StartEvent['model'], 'name' | 'layers'>;
  task: Pick<StartEvent['task'], 'name' | 'kind' | 'labels'>;
  /** Whose ranks. */
  role: Role;
  /** Of every layer of the model. */
  ranks: readonly LayerRank[];
  /** s of each layer, where an adapter brought it. */
  scalings?: StartEvent['scalings'];
  /** Of a model from the Hub, whose branch may have moved since. */
  commits?: StartEvent['commits'];
}

/** GLUE's columns on the Hub (nyu-mll/glue). */
const glueColumns: Readonly<Record<string, readonly [first: string, second?: string]>> = {
  cola: ['sentence'],
  sst2: ['sentence'],
  mrpc: ['sentence1', 'sentence2'],
  qqp: ['question1', 'question2'],
  mnli: ['premise', 'hypothesis'],
  qnli: ['question', 'sentence'],
  rte: ['sentence1', 'sentence2'],
  stsb: ['sentence1', 'sentence2'],
};

/**
 * Where training of a full-size model begins: what the LoRA paper publishes for RoBERTa-base on GLUE and for GPT-2 on E2E
 * (Hu et al. 2021, tables 9 and 11), not what suited the small model.
 */
const defaults = {
  roberta: { model: 'FacebookAI/roberta-base', epochs: 10, batchSize: 32, rate: '4e-4', maxLength: 128 },
  gpt2: { model: 'openai-community/gpt2', epochs: 5, batchSize: 8, rate: '2e-4', maxLength: 512 },
} as const;

const bodies: Readonly<Record<TaskKind, { classes: string; peftTask: string; python: string }>> = {
  classification: {
    classes: 'AutoModelForSequenceClassification',
    peftTask: 'SEQ_CLS',
    python: pythonSequence,
  },
  regression: { classes: 'AutoModelForSequenceClassification', peftTask: 'SEQ_CLS', python: pythonSequence },
  tagging: { classes: 'AutoModelForTokenClassification', peftTask: 'TOKEN_CLS', python: pythonTagging },
  generation: { classes: 'AutoModelForCausalLM', peftTask: 'CAUSAL_LM', python: pythonGeneration },
};

/**
 * lora_alpha of a layer in PEFT's terms: s · r, of rsLoRA s · √r.
 * @param scaling s, where an adapter brought it
 */
export function alphaOf(
  role: Role,
  { adapter, retrain, adalora, sora }: ExperimentConfig,
  rank: number,
  scaling?: number,
): number {
  if (scaling !== undefined) return scaling * (role === 'rslora' ? Math.sqrt(rank) : rank);
  const { loraAlpha } = adapter;
  switch (role) {
    case 'autolora':
      return retrain.scaling === 'constant' ? (loraAlpha * rank) / adapter.rank : loraAlpha;
    case 'adalora':
      return (loraAlpha * rank) / adalora.initRank;
    case 'sora':
      return (loraAlpha * rank) / sora.maxRank;
    default:
      return loraAlpha;
  }
}

const python = {
  text: (value: string) => JSON.stringify(value),
  flag: (value: boolean) => (value ? 'True' : 'False'),
  list: (values: readonly string[]) => `[${values.map((value) => JSON.stringify(value)).join(', ')}]`,
  optional: (value: string | undefined) => (value === undefined ? 'None' : JSON.stringify(value)),
  number: (value: number) => String(Number(value.toPrecision(12))),
};

/** One line per block. */
function rankTable(ranks: readonly LayerRank[], entryOf: (rank: LayerRank) => number): string {
  const blocks = new Map<string, string[]>();
  for (const layer of ranks) {
    const [block = ''] = layer.layer.split('.');
    const cell = `${python.text(layer.layer)}: ${python.number(entryOf(layer))}`;
    blocks.set(block, [...(blocks.get(block) ?? []), cell]);
  }
  return `{\n${[...blocks.values()].map((cells) => `    ${cells.join(', ')},`).join('\n')}\n}`;
}

/** The columns that the configuration names, or none. */
function fileColumns({ data }: ExperimentConfig): string {
  const named = Object.entries(parseMapping(data.columns) ?? {});
  return `{${named.map(([field, column]) => `${python.text(field)}: ${python.text(column)}`).join(', ')}}`;
}

/** Field → the names by which its column is found, as `suggestMapping` compares them. */
function usualColumns(task: string): string {
  const lines = columnsByUsualNames(task).map(
    ({ field, names, required }) =>
      `    ${python.text(field)}: (${python.flag(required)}, ${python.list(names)}),`,
  );
  return `{\n${lines.join('\n')}\n}`;
}

/**
 * @throws Error where the method has no ranks, or every rank is 0
 */
export function trainingScript(source: ScriptSource): string {
  const { config, task, role, ranks } = source;
  const { title, ranks: kindOfRanks } = methodFacts[role];
  if (!kindOfRanks || ranks.length === 0)
    throw new Error(`${title} has no ranks for a script to train with.`);
  if (ranks.some(({ layer, rank }) => layer.endsWith('.key') && rank > 0))
    throw new Error('These ranks are an adapter’s with layers on keys; the script trains query and value.');
  const total = totalRank(ranks);
  if (total === 0) throw new Error('Every rank is 0: there is no LoRA left to train.');
  const family = task.kind === 'generation' ? 'gpt2' : 'roberta';
  const usual = defaults[family];
  const fromHub = config.model.source === 'hub';
  const { classes, peftTask, python: body } = bodies[task.kind];
  const isGpt2 = family === 'gpt2';
  const imports = pythonImports
    .replace('%CLASSES%', classes)
    .replace('%MODULES%', standardModules(task.kind).join('\n'))
    .replace('%GATHER%', isGpt2 ? 'gather_object, ' : '')
    .replace('%PROCESSORS%', isGpt2 ? ', LogitsProcessor, LogitsProcessorList' : '');
  const parts = [
    constants(source, {
      ...usual,
      model: fromHub ? config.model.name : usual.model,
      revision: fromHub ? (source.commits?.model ?? config.model.revision) : undefined,
      maxLength: fromHub ? config.model.maxLength : usual.maxLength,
      peftTask,
    }),
    pythonArguments,
    pythonRanks,
    isGpt2 ? pythonGpt2Adapter : pythonRobertaAdapter,
    body,
    pythonTraining,
  ].map((part) => part.trim());
  return `${header(source, total, usual.model)}${imports}\n${parts[0]}\n\n\n${parts.slice(1).join('\n\n\n')}\n`;
}

/** What of Python's own library the script of a kind uses. */
function standardModules(kind: TaskKind): string[] {
  const names = [
    'argparse',
    ...(kind === 'tagging' ? [] : ['csv']),
    ...(kind === 'classification' || kind === 'regression' ? ['io'] : []),
    'json',
    'math',
    'os',
    ...(kind === 'tagging' ? [] : ['re']),
  ];
  return [
    ...names.map((name) => `import ${name}`),
    'from functools import partial',
    ...(kind === 'generation' ? ['from xml.etree import ElementTree'] : []),
  ];
}

/** Fit to stand in a docstring: a Windows path is full of escapes. */
const docstring = (text: string) => text.replace(/["\\]/g, '\\$&');

function header({ config, model, task, role }: ScriptSource, total: number, usualModel: string): string {
  const said = role === config.method ? methodTitle(config) : methodFacts[role].title;
  const data = glueColumns[task.name]
    ? `Data: ${task.name} of nyu-mll/glue from the Hub, or tables of your own by --train-file and --dev-file.`
    : 'Data: files, by --train-file and --dev-file.';
  const stand =
    config.model.source === 'hub'
      ? 'This is the model that is trained here, in full.'
      : `It stands in for ${usualModel}: a model of another number of blocks\ntakes its ranks over by relative depth, and --strict refuses such a one.`;
  return `#!/usr/bin/env python3
"""
Trains low-rank adapters on ${task.name} with the ranks of a run of the AutoLoRA Playground:
${said} on ${docstring(model.name)} (${model.layers} blocks), seed ${config.seed}, total rank ${total}.
${stand}

    pip install torch transformers peft accelerate datasets
    python train.py                                  # one GPU, or the processor
    accelerate launch --num_processes 4 train.py     # several GPUs

${data}
The adapter is written in PEFT's format to --out; PeftModel.from_pretrained loads it.
"""
`;
}

interface Defaults {
  model: string;
  revision: string | undefined;
  peftTask: string;
  epochs: number;
  batchSize: number;
  rate: string;
  maxLength: number;
}

function constants({ config, model, task, role, ranks, scalings }: ScriptSource, usual: Defaults): string {
  const columns = glueColumns[task.name];
  const isSequence = task.kind === 'classification' || task.kind === 'regression';
  const trainHelp = isSequence
    ? 'tables (TSV, CSV) with a header, JSON, JSON lines or Parquet; see FILE_COLUMNS'
    : task.kind === 'tagging'
      ? 'a word and its tag (IOB2) per line, an empty line after each sentence'
      : 'E2E: trainset.csv; WebNLG: XML files or JSON lines';
  const { generation } = config;
  const own: string[] = isSequence
    ? [
        `GLUE = ${columns ? python.text(task.name) : 'None'}`,
        `COLUMNS = (${columns ? `${python.text(columns[0])}, ${python.optional(columns[1])}` : 'None, None'})`,
        '# Of tables of your own: field to column. Where it is empty, columns are found by usual names (field: required, names).',
        `FILE_COLUMNS = ${fileColumns(config)}`,
        `USUAL_COLUMNS = ${usualColumns(task.name)}`,
        `REGRESSION = ${python.flag(task.kind === 'regression')}`,
        `LABELS = ${python.list(task.labels)}`,
      ]
    : task.kind === 'tagging'
      ? [`LABELS = ${python.list(task.labels)}`]
      : [
          `LABEL_SMOOTHING = ${generation.labelSmoothing}`,
          `DECODING = ${decodingOf(config)}`,
          `NO_REPEAT_NGRAM = ${generation.noRepeatNgram}`,
          "# How sacrebleu splits texts: mteval-v13a for E2E; for WebNLG at spaces, after LoRA's own split.",
          `BLEU_TOKENS = ${python.text(task.name === 'webnlg' ? 'none' : '13a')}`,
        ];
  return [
    '# What the run found. Layers are called block.projection.',
    `RANKS = ${rankTable(ranks, ({ rank }) => rank)}`,
    `# lora_alpha of each layer: PEFT scales by alpha / rank${role === 'rslora' ? ' (rsLoRA: alpha / √rank)' : ''}.`,
    `ALPHAS = ${rankTable(ranks, ({ layer, rank }) => alphaOf(role, config, rank, scalings?.[layer]))}`,
    `LEARNED_BLOCKS = ${model.layers}`,
    `USE_RSLORA = ${python.flag(role === 'rslora')}`,
    `USE_DORA = ${python.flag(role === 'dora')}`,
    `LORA_PLUS_RATIO = ${role === 'lora-plus' ? python.number(config.loraPlus.ratio) : '1.0'}`,
    `LORA_DROPOUT = ${config.adapter.dropout}`,
    `PEFT_TASK = ${python.text(usual.peftTask)}`,
    '',
    '# What is trained on what. The rates are those that the LoRA paper publishes for models of this size.',
    `MODEL = ${python.text(usual.model)}`,
    `REVISION = ${python.optional(usual.revision)}`,
    `OUT = ${python.text(`${role}-${task.name}`)}`,
    `TRAIN_HELP = ${python.text(trainHelp)}`,
    `EPOCHS = ${usual.epochs}`,
    `BATCH_SIZE = ${usual.batchSize}`,
    `LEARNING_RATE = ${usual.rate}`,
    `MAX_LENGTH = ${usual.maxLength}`,
    `SEED = ${config.seed}`,
    ...own,
  ].join('\n');
}

function decodingOf({ generation }: ExperimentConfig): string {
  const { decoding, beams, lengthPenalty, maxNewTokens, temperature, topK, topP } = generation;
  const entries: [string, string][] = [
    ['max_new_tokens', String(maxNewTokens)],
    ['do_sample', python.flag(decoding === 'sample')],
  ];
  if (decoding === 'beam')
    entries.push(['num_beams', String(beams)], ['length_penalty', python.number(lengthPenalty)]);
  if (decoding === 'sample')
    entries.push(
      ['temperature', python.number(temperature)],
      ['top_k', String(topK)],
      ['top_p', python.number(topP)],
    );
  return `{${entries.map(([key, value]) => `"${key}": ${value}`).join(', ')}}`;
}
