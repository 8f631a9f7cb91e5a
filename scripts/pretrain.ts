/**
 * `npm run pretrain -- [options]`: trains a byte-level BPE vocabulary and a small RoBERTa or GPT-2 on the project's own
 * corpus, with the page's engine on WASM or a GPU (--backend dawn), and writes a Hugging Face checkpoint, its log and its card to public/models.
 * Interrupted, it goes on where it last saved when it is called again.
 */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import { openNodeGpu } from '../src/cli/nodeGpu';
import {
  type Curriculum,
  heldOutLoss,
  type PretrainingState,
  pretrain,
  pretrainingInit,
  totalSteps,
  wordTokens,
} from '../src/experiment/pretraining';
import { longestInput, modelConfigToJson, parseModelConfig } from '../src/model/config';
import { startBackend } from '../src/runtime/backend';
import { type CorpusName, corpusNames, generateCorpus, isPlainLine } from '../src/tasks/corpus';
import type { EncodedExample } from '../src/tasks/encoding';
import { disposeRecord, readTensors, type TensorRecord } from '../src/tensor/records';
import { openSafetensors, writeSafetensors } from '../src/tensor/safetensors';
import { toTokenizerJson, trainByteLevelBpe } from '../src/tokenizer/bpeTrainer';
import { tokenizerFromJson } from '../src/tokenizer/huggingface';
import { cachedRows, cachedText, rowCachePath } from './rowCache';
import { trainWithTorch } from './torchTrainer';

const { values: given } = parseArgs({
  options: {
    name: { type: 'string', default: 'roberta-quick' },
    family: { type: 'string', default: 'roberta' },
    corpus: { type: 'string', default: 'reviews' },
    layers: { type: 'string', default: '4' },
    hidden: { type: 'string', default: '96' },
    heads: { type: 'string', default: '4' },
    'feed-forward': { type: 'string', default: '384' },
    vocabulary: { type: 'string', default: '1200' },
    positions: { type: 'string', default: '66' },
    lines: { type: 'string', default: '60000' },
    'vocabulary-lines': { type: 'string', default: '80000' },
    cycles: { type: 'string', default: '9000,6000' },
    'mask-fraction': { type: 'string', default: '0.25' },
    'plain-steps': { type: 'string', default: '3750' },
    'batch-size': { type: 'string', default: '32' },
    'learning-rate': { type: 'string', default: '0.001' },
    'initializer-range': { type: 'string', default: '0.08' },
    seed: { type: 'string', default: '1' },
    'save-every': { type: 'string', default: '250' },
    'stop-at': { type: 'string' },
    'restart-at': { type: 'string' },
    salient: { type: 'string' },
    'salient-lines': { type: 'string', default: '300000' },
    backend: { type: 'string', default: 'wasm' },
    trainer: { type: 'string', default: 'engine' },
    seconds: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (given.help) {
  console.log(
    'npm run pretrain -- [--name roberta-quick] [--family roberta|gpt2] [--corpus reviews|world] [--layers 4] [--hidden 96] [--heads 4] [--feed-forward 384]',
  );
  console.log(
    '  [--vocabulary 1200] [--positions 66] [--lines 60000] [--vocabulary-lines 80000] [--cycles 9000,6000] [--mask-fraction 0.25] [--plain-steps 3750] [--batch-size 32]',
  );
  console.log(
    '  [--learning-rate 0.001] [--initializer-range 0.08] [--seed 1] [--save-every 250] [--backend wasm|dawn]',
  );
  console.log(
    '  [--trainer torch: the training loop runs in PyTorch on a CUDA GPU (scripts/pretrain_torch.py)]',
  );
  console.log('  [--seconds S: its schedule runs over this time instead of the steps]');
  console.log('  [--stop-at STEP: writes the model as it stands there; called again without it, it goes on]');
  console.log('  [--salient yes,no,…: in the last cycle RoBERTa always predicts these words; three rows in');
  console.log('   four hold one, from --salient-lines 300000 further lines of the corpus]');
  console.log(
    '  [--restart-at STEP: goes on from public/models, written at that step, with new Adam moments]',
  );
  process.exit(0);
}
const number = (
  key: Exclude<keyof typeof given, 'name' | 'family' | 'corpus' | 'cycles' | 'salient' | 'help'>,
): number => {
  const value = Number(given[key]);
  if (!Number.isFinite(value) || value <= 0) {
    console.error(`--${key} is "${given[key]}"; give a number above 0.`);
    process.exit(2);
  }
  return value;
};

const name = given.name as string;
const seed = number('seed');
const folder = join('public/models', name);
const statePath = join('.cache/pretrain', name);
mkdirSync(folder, { recursive: true });
mkdirSync(statePath, { recursive: true });

const { family } = given;
const corpus = given.corpus as CorpusName;
if (family !== 'roberta' && family !== 'gpt2') {
  console.error(`--family is "${family}"; give roberta or gpt2.`);
  process.exit(2);
}
if (!corpusNames.includes(corpus)) {
  console.error(`--corpus is "${corpus}"; give ${corpusNames.join(' or ')}.`);
  process.exit(2);
}

const tokenizerPath = join(folder, 'tokenizer.json');
const restartAt = given['restart-at'] === undefined ? undefined : number('restart-at');
if (!existsSync(join(statePath, 'state.json')) && restartAt === undefined) {
  const vocabularyLines = Math.min(number('vocabulary-lines'), number('lines'));
  const text = cachedText(
    '.cache/pretrain',
    [family, corpus, given.vocabulary, vocabularyLines, seed],
    () => {
      const bpe = trainByteLevelBpe(
        generateCorpus(vocabularyLines, seed, corpus),
        number('vocabulary'),
        family,
      );
      return `${JSON.stringify(toTokenizerJson(bpe))}\n`;
    },
  );
  writeFileSync(tokenizerPath, text);
  rmSync(join(folder, 'training_log.jsonl'), { force: true });
}
const tokenizerText = readFileSync(tokenizerPath, 'utf8');
const tokenizer = tokenizerFromJson(JSON.parse(tokenizerText));
// 0.02 suits a width of 768; at a tenth of it, signals need weights three to four times as large.
const initializerRange = number('initializer-range');
const config = parseModelConfig(
  family === 'gpt2'
    ? {
        model_type: 'gpt2',
        vocab_size: tokenizer.vocabularySize,
        n_embd: number('hidden'),
        n_layer: number('layers'),
        n_head: number('heads'),
        n_inner: number('feed-forward'),
        n_positions: number('positions'),
        layer_norm_epsilon: 1e-5,
        bos_token_id: tokenizer.bosId,
        eos_token_id: tokenizer.eosId,
        activation_function: 'gelu_new',
        resid_pdrop: 0.1,
        embd_pdrop: 0.1,
        attn_pdrop: 0.1,
        initializer_range: initializerRange,
      }
    : {
        model_type: 'roberta',
        vocab_size: tokenizer.vocabularySize,
        hidden_size: number('hidden'),
        num_hidden_layers: number('layers'),
        num_attention_heads: number('heads'),
        intermediate_size: number('feed-forward'),
        max_position_embeddings: number('positions'),
        type_vocab_size: 1,
        layer_norm_eps: 1e-5,
        pad_token_id: tokenizer.padId,
        bos_token_id: tokenizer.bosId,
        eos_token_id: tokenizer.eosId,
        hidden_act: 'gelu',
        hidden_dropout_prob: 0.1,
        attention_probs_dropout_prob: 0.1,
        initializer_range: initializerRange,
      },
);
const maxLength = longestInput(config);
const onGpu = given.backend === 'dawn';
const options = {
  cycles: (given.cycles as string).split(',').map(Number),
  batchSize: number('batch-size'),
  learningRate: number('learning-rate'),
  warmupFraction: 0.06,
  weightDecay: 0.01,
  clipNorm: 1,
  maskFraction: number('mask-fraction'),
  plainSteps: number('plain-steps'),
  readEvery: onGpu ? 10 : 1,
  seed,
  restartAt,
  salient: given.salient?.split(','),
};

if (options.cycles.some((steps) => !Number.isInteger(steps) || steps <= 0)) {
  console.error(`--cycles is "${given.cycles}"; give whole numbers of steps, e.g. 9000,6000.`);
  process.exit(2);
}

const backend = await startBackend(onGpu ? 'webgpu' : 'wasm', { openGpu: onGpu ? openNodeGpu : undefined });
if (backend.name !== (onGpu ? 'webgpu' : 'wasm')) {
  console.error(backend.rejected.map(({ reason }) => reason).join(' '));
  process.exit(1);
}
/** A tab parts two segments: RoBERTa reads them as a pair, GPT-2 one after the other between two ends of text. */
const encode = (texts: readonly string[]): EncodedExample[] =>
  texts.map((line) => {
    const [text = '', pair] = line.split('\t');
    if (family === 'roberta') return { ids: tokenizer.encode(text, pair, { maxLength }), label: 0 };
    const inner = tokenizer.encode(line.replace('\t', ' '), undefined, { maxLength: maxLength - 2 });
    return { ids: [tokenizer.bosId, ...inner, tokenizer.eosId], label: 0 };
  });
/** Further lines that hold a salient word after the tab, and a third as many of all. */
function lastRows(
  words: readonly string[],
  lines: readonly string[],
  heldOutLines: readonly string[],
): EncodedExample[] {
  const holds = new RegExp(`\\t.*\\b(${words.join('|')})\\b`, 'i');
  const kept = new Set(heldOutLines);
  const further = generateCorpus(number('salient-lines'), seed + 2, corpus).filter(
    (line) => holds.test(line) && !kept.has(line),
  );
  return encode([...further, ...lines.slice(0, Math.round(further.length / 3))]);
}
const textOptions = [family, corpus, given.lines, seed, given.salient, given['salient-lines'], maxLength];
const rowsPath = rowCachePath('.cache/pretrain', [...textOptions, tokenizerText]);
const rows = cachedRows(rowsPath, () => {
  const lines = generateCorpus(number('lines'), seed, corpus);
  const seen = new Set(lines);
  const heldOutLines = generateCorpus(2000, seed + 1, corpus).filter((line) => !seen.has(line));
  return {
    plain: encode(lines.filter(isPlainLine)),
    all: encode(lines),
    ...(options.salient && { last: lastRows(options.salient, lines, heldOutLines) }),
    heldOut: encode(heldOutLines),
  };
}) as unknown as Curriculum & { heldOut: EncodedExample[] };
const { heldOut } = rows;

async function arraysOf(groups: Record<string, TensorRecord>, dtype: 'F32' | 'F16') {
  const named = Object.entries(groups).flatMap(([group, record]) =>
    Object.entries(record).map(([key, tensor]) => [`${group}${key}`, tensor] as const),
  );
  const read = await readTensors(named.map(([, tensor]) => tensor));
  return named.map(([key, { shape }], i) => [key, { shape, data: read[i] as Float32Array, dtype }] as const);
}

/** Written beside and renamed, so that an interruption leaves the old state or the new one. */
function replaceFile(path: string, content: Uint8Array | string): void {
  writeFileSync(`${path}.new`, content);
  renameSync(`${path}.new`, path);
}

async function saveState(state: PretrainingState, wallSeconds: number): Promise<void> {
  const groups = { 'w/': state.weights, 'm/': state.adam.mean, 's/': state.adam.square };
  const bytes = writeSafetensors(await arraysOf(groups, 'F32'), {
    step: String(state.step),
    wallSeconds: String(wallSeconds),
    options: JSON.stringify(options),
  });
  replaceFile(join(statePath, 'state.safetensors'), new Uint8Array(bytes));
  replaceFile(join(statePath, 'state.json'), JSON.stringify({ step: state.step }));
}

function openTensors(path: string) {
  const bytes = readFileSync(path);
  return openSafetensors({
    name: path,
    bytes: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer,
  });
}

function resumeState(): { state: PretrainingState; wallSeconds: number } | undefined {
  const path = join(statePath, 'state.safetensors');
  if (!existsSync(path)) return undefined;
  const file = openTensors(path);
  if (file.metadata.options !== JSON.stringify(options)) {
    console.error(`${path} was saved with other options; delete .cache/pretrain/${name} to start over.`);
    process.exit(2);
  }
  const group = (prefix: string) =>
    Object.fromEntries(
      [...file.entries]
        .filter(([key]) => key.startsWith(prefix))
        .map(([key, { shape }]) => [key.slice(prefix.length), tf.tensor(file.float32(key), shape)]),
    );
  const step = Number(file.metadata.step);
  const state = {
    weights: group('w/'),
    adam: { step: step - (restartAt ?? 0), mean: group('m/'), square: group('s/') },
    step,
  };
  return { state, wallSeconds: Number(file.metadata.wallSeconds) };
}

const log = join(folder, 'training_log.jsonl');
const lastLogged = () =>
  readFileSync(log, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .pop();

/** The model in public/models, which stores weights as float16 and no moments. */
function restartedState(): { state: PretrainingState; wallSeconds: number } | undefined {
  if (restartAt === undefined) return undefined;
  const last = lastLogged();
  if (last.step !== restartAt) {
    console.error(`--restart-at is ${restartAt}, but ${log} ends at step ${last.step}.`);
    process.exit(2);
  }
  const path = join(folder, 'model.safetensors');
  const file = openTensors(path);
  const fresh = pretrainingInit(config, seed);
  const weights = Object.fromEntries(
    Object.entries(fresh.weights).map(([key, { shape }]) => [key, tf.tensor(file.float32(key), shape)]),
  );
  disposeRecord(fresh.weights);
  return { state: { ...fresh, weights, step: restartAt }, wallSeconds: last.seconds };
}

const resumed = resumeState() ?? restartedState();
const state = resumed?.state ?? pretrainingInit(config, seed);
const began = Date.now() - 1000 * (resumed?.wallSeconds ?? 0);
const seconds = () => Math.round((Date.now() - began) / 1000);
if (resumed) {
  // Lines that were logged after the last save are about to be written again.
  const kept = readFileSync(log, 'utf8').split('\n');
  writeFileSync(
    log,
    kept
      .filter((line) => line && JSON.parse(line).step <= state.step)
      .map((line) => `${line}\n`)
      .join(''),
  );
}
console.error(
  `${name}: ${rows.all.length} lines, ${heldOut.length} held out, ${tokenizer.vocabularySize} entries, from step ${state.step}`,
);

const json = {
  ...modelConfigToJson(config),
  architectures: [family === 'gpt2' ? 'GPT2LMHeadModel' : 'RobertaForMaskedLM'],
  torch_dtype: 'float16',
};
let trainedOn = onGpu
  ? `its own\nengine, on WebGPU (${backend.description}, by Dawn)`
  : 'its own\nengine, on WASM';
let total = 0;
let count = 0;
let held = Number.NaN;
/** What PyTorch trained, measured by this engine. */
async function trainByTorch(): Promise<void> {
  const job = {
    family: family as 'roberta' | 'gpt2',
    config: json,
    options,
    rows: rowsPath,
    padId: tokenizer.padId,
    maskId: tokenizer.maskId,
    specialIds: [tokenizer.padId, tokenizer.bosId, tokenizer.eosId],
    salientIds: [...wordTokens(options.salient ?? [], tokenizer)],
  };
  const initial = new Uint8Array(writeSafetensors(await arraysOf({ '': state.weights }, 'F32')));
  const time = given.seconds === undefined ? undefined : number('seconds');
  const outcome = trainWithTorch(statePath, job, initial, time);
  const file = openTensors(outcome.weights);
  const trained = Object.entries(state.weights).map(
    ([key, { shape }]) => [key, tf.tensor(file.float32(key), shape)] as const,
  );
  disposeRecord(state.weights);
  state.weights = Object.fromEntries(trained);
  state.step = Number(file.metadata.step);
  trainedOn = `its\n\`pretrain\` command, the training loop in PyTorch ${file.metadata.torch} on one ${file.metadata.device}`;
  held = await heldOutLoss(config, state.weights, heldOut, tokenizer);
  const measured = {
    heldOutLoss: Number(held.toFixed(4)),
    heldOutPerplexity: Number(Math.exp(held).toFixed(3)),
  };
  const lines = [...outcome.log.slice(0, -1), { ...outcome.log.at(-1), ...measured }];
  writeFileSync(log, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
}
if (given.trainer === 'torch') await trainByTorch();
const stopAt = given['stop-at'] === undefined ? totalSteps(options) : number('stop-at');
if (given.trainer !== 'torch' && state.step < stopAt)
  for await (const report of pretrain(config, state, rows, tokenizer, options)) {
    total += report.loss;
    count += 1;
    const isLast = report.step >= stopAt;
    if (report.step % number('save-every') !== 0 && !isLast) continue;
    held = await heldOutLoss(config, state.weights, heldOut, tokenizer);
    const line = {
      step: report.step,
      trainLoss: Number((total / count).toFixed(4)),
      heldOutLoss: Number(held.toFixed(4)),
      heldOutPerplexity: Number(Math.exp(held).toFixed(3)),
      learningRate: Number(report.learningRate.toPrecision(4)),
      seconds: seconds(),
    };
    appendFileSync(log, `${JSON.stringify(line)}\n`);
    console.error(JSON.stringify(line));
    await saveState(state, seconds());
    total = 0;
    count = 0;
    if (isLast) break;
  }

const exported = await arraysOf({ '': state.weights }, 'F16');
replaceFile(join(folder, 'model.safetensors'), new Uint8Array(writeSafetensors(exported)));
writeFileSync(join(folder, 'config.json'), `${JSON.stringify(json, null, 2)}\n`);
const parameters = exported.reduce((sum, [, { data }]) => sum + data.length, 0);
const last = lastLogged();
const described = {
  roberta: {
    tag: 'fill-mask',
    kind: 'RoBERTa',
    what: `masked language modelling, ${100 * options.maskFraction} % of tokens`,
    perplexity: 'per masked token',
  },
  gpt2: {
    tag: 'text-generation',
    kind: 'GPT-2',
    what: 'next-token prediction, half of the batches from a random position on',
    perplexity: 'per token',
  },
}[family];
const texts = {
  reviews: 'reviews, stories, comparisons, dialogues',
  world: 'reviews, stories, events and what follows from them, questions, descriptions, laboratory notes',
}[corpus];
// A schedule over a time has stretched all stages alike.
const stretch = given.trainer === 'torch' ? last.step / totalSteps(options) : 1;
const plainRead = Math.round(options.plainSteps * stretch);
const cyclesRead = options.cycles.filter((_, i) => {
  const before = options.cycles.slice(0, i).reduce((sum, steps) => sum + steps, 0);
  return before * stretch < last.step;
}).length;
const salientText =
  options.salient && rows.last
    ? ` (in the last one on ${rows.last.length.toLocaleString('en')} lines, three in four of which hold one of\n  ${options.salient.join(', ')}, which are always masked: salient span masking, Guu et al. 2020)`
    : '';
const restarted =
  restartAt === undefined
    ? ''
    : ` with \`--stop-at ${restartAt}\`, and\n  once more with \`--restart-at ${restartAt}\` (new Adam moments)`;
const overTime =
  given.trainer === 'torch' && given.seconds
    ? `\n  The schedule ran over ${given.seconds} s, so another GPU takes another number of steps: \`--cycles\` and \`--plain-steps\` say only how\n  they are shared, of ${totalSteps(options).toLocaleString('en')} in all.`
    : '';
const command = `--name ${name} --family ${family} --corpus ${corpus} --layers ${config.layers} --hidden ${config.hiddenSize} --heads ${config.heads} --feed-forward ${config.intermediateSize} --vocabulary ${given.vocabulary} --positions ${given.positions} --lines ${given.lines} --cycles ${options.cycles} --batch-size ${options.batchSize} --learning-rate ${options.learningRate}${family === 'roberta' ? ` --mask-fraction ${options.maskFraction}` : ''} --plain-steps ${options.plainSteps} --initializer-range ${config.initializerRange} --seed ${seed}${onGpu ? ' --backend dawn' : ''}${given.trainer === 'torch' ? ` --trainer torch${given.seconds ? ` --seconds ${given.seconds}` : ''}` : ''}${options.salient ? ` --salient ${options.salient} --salient-lines ${given['salient-lines']}` : ''}`;
writeFileSync(
  join(folder, 'README.md'),
  `---
license: mit
language: en
pipeline_tag: ${described.tag}
---
# ${name}

A ${described.kind} of ${config.layers} layers, hidden size ${config.hiddenSize}, ${config.heads} heads, feed-forward ${config.intermediateSize}, ${tokenizer.vocabularySize} byte-level
BPE entries and ${parameters.toLocaleString('en')} parameters, stored as float16. The AutoLoRA Playground pretrained it with ${trainedOn},
to have a model that can be finetuned in a tab without a download.

- **Text**: ${rows.all.length.toLocaleString('en')} lines from the project's own grammar (\`src/tasks/corpus.ts\`, \`${corpus}\`, seed ${seed}): ${texts}, in one
  small invented world. It knows no other English. No dev text of the embedded tasks is among them.
- **Training**: ${described.what}, ${last.step.toLocaleString('en')} steps of ${options.batchSize} lines (the first ${plainRead.toLocaleString('en')} on the
  ${rows.plain.length.toLocaleString('en')} lines in which no word turns another), AdamW with a peak learning rate of ${options.learningRate}, linear warm-up and decay
  in ${cyclesRead} cycle${cyclesRead === 1 ? '' : 's'}${salientText}, ${last.seconds.toLocaleString('en')} s of wall time (not alone on the machine).
- **Held-out perplexity**: ${last.heldOutPerplexity} ${described.perplexity} on ${heldOut.length.toLocaleString('en')} lines that are not in the training text.
- **Made by**: \`npm run pretrain -- ${command}${given.trainer !== 'torch' && last.step < totalSteps(options) ? ` --stop-at ${last.step}` : ''}\`${restarted};
  the log is \`training_log.jsonl\`.${overTime}
`,
);
console.error(`Wrote ${folder}`);
process.exit(0);
