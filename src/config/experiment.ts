/**
 * ExperimentConfig: the one schema behind the page's controls, its share link and the command line's experiment
 * files. Every field carries its default, range, label and the reason a person may want to change it.
 */
import { z } from 'zod';
import { methodNames } from './methods';

/** What a control shows beside a field; read back from the schema by `fields.ts`. */
export interface FieldNote {
  /** Short label of the control. */
  label: string;
  /** One line: why one would change it. */
  reason: string;
  /** Controls of the same group stand together. */
  group:
    | 'model'
    | 'data'
    | 'adapter'
    | 'method'
    | 'search'
    | 'hypergradient'
    | 'retrain'
    | 'generation'
    | 'baseline'
    | 'run';
  /** `log` for learning rates and the like. */
  scale?: 'log';
  /** Shown only when "more settings" is open. */
  advanced?: boolean;
}

const integer = (fallback: number, min: number, max: number, note: FieldNote) =>
  z
    .int()
    .min(min)
    .max(max)
    .default(fallback)
    .meta({ ...note });
const real = (fallback: number, min: number, max: number, note: FieldNote) =>
  z
    .number()
    .min(min)
    .max(max)
    .default(fallback)
    .meta({ ...note });
const choice = <const T extends readonly [string, ...string[]]>(
  options: T,
  fallback: T[number],
  note: FieldNote,
) =>
  z
    .enum(options)
    .default(fallback as never)
    .meta({ ...note });
const flag = (fallback: boolean, note: FieldNote) =>
  z
    .boolean()
    .default(fallback)
    .meta({ ...note });
const text = (fallback: string, note: FieldNote) =>
  z
    .string()
    .default(fallback)
    .meta({ ...note });

const model = z.object({
  source: choice(['embedded', 'files', 'hub'], 'embedded', {
    label: 'Model source',
    reason:
      'The embedded models need no download; files take a checkpoint folder of your own, hub one from the Hugging Face Hub.',
    group: 'model',
  }),
  name: text('roberta-quick', {
    label: 'Model',
    reason: 'Name of the embedded model, folder of your checkpoint (command line), or owner/name on the Hub.',
    group: 'model',
  }),
  revision: text('main', {
    label: 'Model revision',
    reason: 'Branch, tag or commit on the Hub; a commit pins the run to exactly these weights.',
    group: 'model',
    advanced: true,
  }),
  pretrained: flag(true, {
    label: 'Pretrained weights',
    reason: 'Off draws random weights of the same shape: what is left is what pretraining did not give.',
    group: 'model',
    advanced: true,
  }),
  maxLength: integer(32, 4, 512, {
    label: 'Longest input',
    reason: 'Tokens per example, longer ones are truncated; attention costs its square.',
    group: 'model',
  }),
});

const data = z.object({
  task: text('sst2', {
    label: 'Task',
    reason: 'What the model is finetuned for.',
    group: 'data',
  }),
  source: choice(['embedded', 'files', 'hub'], 'embedded', {
    label: 'Data source',
    reason:
      "embedded is this project's own grammar; files are the task's original files or tables of your own; hub a data set on the Hugging Face Hub.",
    group: 'data',
  }),
  repository: text('nyu-mll/glue', {
    label: 'Data set',
    reason: 'owner/name of a data set on the Hub.',
    group: 'data',
  }),
  revision: text('main', {
    label: 'Data revision',
    reason: 'Branch, tag or commit of the data set.',
    group: 'data',
    advanced: true,
  }),
  trainFile: text('', {
    label: 'Train file',
    reason: 'Original file or table of the task; on the Hub its path in the data set.',
    group: 'data',
  }),
  devFile: text('', {
    label: 'Dev file',
    reason: 'Only evaluation reads it.',
    group: 'data',
  }),
  columns: text('', {
    label: 'Columns',
    reason:
      'Which column of a table holds what, e.g. text=sentence, label=class; empty goes by the usual names.',
    group: 'data',
    advanced: true,
  }),
  trainSize: integer(1000, 0, 1_000_000, {
    label: 'Train examples',
    reason: 'Taken from the start of the shuffled train set; 0 takes all.',
    group: 'data',
  }),
  devSize: integer(500, 0, 1_000_000, {
    label: 'Dev examples',
    reason: 'Fewer evaluate faster, with a wider error; 0 takes all.',
    group: 'data',
  }),
  evaluateOn: choice(['dev', 'validation'], 'dev', {
    label: 'Evaluate on',
    reason:
      'validation trains on D_tr alone, scores the held-out part of train and never reads dev: for choosing settings.',
    group: 'data',
    advanced: true,
  }),
  validationFraction: real(0.5, 0.05, 0.95, {
    label: 'Validation share',
    reason:
      'Part of train that the selection variables learn on: the paper halves, the released code takes 0.3.',
    group: 'data',
  }),
  splitSeed: integer(0, 0, 0xffffffff, {
    label: 'Split seed',
    reason: 'Splits train in two by a seed of its own, to see what the split does; 0 takes the run’s seed.',
    group: 'data',
    advanced: true,
  }),
});

const adapter = z.object({
  rank: integer(8, 1, 64, {
    label: 'Rank k at search',
    reason: 'Rank-1 components per layer that compete; the paper uses 8.',
    group: 'adapter',
  }),
  loraAlpha: real(16, 0.01, 1024, {
    label: 'lora_alpha',
    reason: 'The update is scaled by lora_alpha / rank.',
    group: 'adapter',
  }),
  selection: choice(['softmax', 'none', 'sigmoid'], 'softmax', {
    label: 'Selection weights',
    reason: 'softmax is AutoLoRA; none and sigmoid are the ablations of Table 4.',
    group: 'adapter',
  }),
  rankRule: choice(['threshold', 'raw-mean'], 'threshold', {
    label: 'Rank rule',
    reason:
      'threshold keeps a ≥ 1/k (softmax); raw-mean is what the released GLUE code does, and keeps more.',
    group: 'adapter',
  }),
  rankPattern: text('', {
    label: 'LoRA ranks by layer',
    reason:
      'Ranks of plain LoRA where they are not one everywhere: query=4, value=8, 0.query=2; a later entry wins.',
    // Not the group of the presets: it says what LoRA beside AutoLoRA looks like.
    group: 'baseline',
    advanced: true,
  }),
  from: text('', {
    label: 'Start from adapter',
    reason:
      'A PEFT adapter (LoRA, rsLoRA or DoRA) that is evaluated or trained on; empty starts fresh. A folder on the command line.',
    // Chosen as files are, not typed.
    group: 'model',
  }),
  dropout: real(0, 0, 0.9, {
    label: 'LoRA dropout',
    reason: 'On the input of the low-rank branch.',
    group: 'adapter',
    advanced: true,
  }),
});

const loraPlus = z.object({
  ratio: real(16, 1, 1024, {
    label: 'LoRA+ ratio λ',
    reason: 'B learns at λ times the learning rate; the authors recommend 2⁴.',
    group: 'method',
  }),
});

const adalora = z.object({
  initRank: integer(12, 0, 64, {
    label: 'Initial rank',
    reason: 'Triplets per layer at the start; PEFT’s default, 1.5 times the target.',
    group: 'method',
  }),
  targetRank: integer(8, 0, 64, {
    label: 'Target rank',
    reason: 'Mean rank per layer at the end.',
    group: 'method',
  }),
  initialFraction: real(0.12, 0, 1, {
    label: 'Share before pruning',
    reason: 't_init in shares of the steps; 800 of 6,700 in the authors’ CoLA run.',
    group: 'method',
  }),
  finalFraction: real(0.5, 0, 1, {
    label: 'Share after pruning',
    reason:
      't_final in shares of the steps, trained at the final ranks; 3,500 of 6,700 in the authors’ CoLA run.',
    group: 'method',
  }),
  maskFraction: real(0.0015, 0, 1, {
    label: 'Share between prunings',
    reason: 'ΔT in shares of the steps, at least one step; 10 of 6,700 in the authors’ CoLA run.',
    group: 'method',
    advanced: true,
  }),
  beta1: real(0.85, 0, 0.9999, {
    label: 'β1 of the sensitivity',
    reason: 'Decay of the mean of |p · grad|.',
    group: 'method',
    advanced: true,
  }),
  beta2: real(0.85, 0, 0.9999, {
    label: 'β2 of the uncertainty',
    reason: 'Decay of the mean of how far the sensitivity strays.',
    group: 'method',
    advanced: true,
  }),
  orthogonality: real(0.5, 0, 100, {
    label: 'Orthogonality weight',
    reason: 'orth_reg_weight of PEFT: how strongly A and B are held orthogonal.',
    group: 'method',
  }),
});

const sora = z.object({
  maxRank: integer(8, 1, 64, {
    label: 'Largest rank',
    reason: 'Gated components per layer at the start; what is not gated off is the rank.',
    group: 'method',
  }),
  lambda: real(0.375, 0, 10_000, {
    label: 'Gate penalty λ',
    reason:
      'Each step shrinks the gates by λ times the rate; 0.375 is the authors’ 3e-4 at rate 8e-4 over 14,000 steps: short runs need more.',
    group: 'method',
    scale: 'log',
  }),
});

const houlsby = z.object({
  bottleneck: integer(24, 1, 1024, {
    label: 'Bottleneck m',
    reason: 'Width of the adapters; 24 gives 0.9 million parameters on RoBERTa-base.',
    group: 'method',
  }),
});

const search = z.object({
  steps: integer(240, 1, 1_000_000, {
    label: 'Search steps',
    reason: 'Bilevel iterations before the threshold.',
    group: 'search',
  }),
  batchSize: integer(16, 1, 512, {
    label: 'Batch size',
    reason: 'Examples per train batch and per validation batch.',
    group: 'search',
  }),
  learningRate: real(1e-3, 1e-7, 1, {
    label: 'W learning rate',
    reason: 'For the LoRA weights and the head.',
    group: 'search',
    scale: 'log',
  }),
  weightDecay: real(0.01, 0, 1, {
    label: 'W weight decay',
    reason: 'AdamW, decoupled.',
    group: 'search',
    advanced: true,
  }),
  betaLearningRate: real(1.5e-2, 1e-7, 1, {
    label: 'β learning rate',
    reason: 'For the selection logits; the paper uses 1e-3, which needs thousands of steps to show.',
    group: 'search',
    scale: 'log',
  }),
  betaWeightDecay: real(0, 0, 1, {
    label: 'β weight decay',
    reason: 'Pulls the logits towards uniform.',
    group: 'search',
    advanced: true,
  }),
  betaAdamBeta1: real(0.9, 0, 0.999, {
    label: 'β momentum',
    reason: "Adam's first decay for β; the released code uses 0.5.",
    group: 'search',
    advanced: true,
  }),
  schedule: choice(['linear', 'constant'], 'constant', {
    label: 'Schedule',
    reason: 'linear warms up and decays the W rate to 0.',
    group: 'search',
    advanced: true,
  }),
  warmupFraction: real(0.06, 0, 1, {
    label: 'Warm-up share',
    reason: 'Part of the steps over which a linear schedule rises.',
    group: 'search',
    advanced: true,
  }),
  clipNorm: real(1, 0, 1000, {
    label: 'Gradient clip',
    reason: 'Largest global norm of a W gradient; 0 leaves it alone.',
    group: 'search',
    advanced: true,
  }),
  dropout: real(0, 0, 0.9, {
    label: 'Dropout',
    reason: "The model's own dropout while training; the mask repeats in passes that are subtracted.",
    group: 'search',
    advanced: true,
  }),
  stopWhenStable: integer(0, 0, 1_000_000, {
    label: 'Stop when stable',
    reason:
      'End the search when its ranks have not changed for this many steps (0 never); looked at with every report.',
    group: 'search',
    advanced: true,
  }),
  stableTolerance: real(0, 0, 1, {
    label: 'Stable within',
    reason:
      'Share of the total rank that may change and still count as stable: components at the threshold come and go.',
    group: 'search',
    advanced: true,
  }),
});

const hypergradient = z.object({
  estimator: choice(
    ['finite-difference', 'finite-difference-forward', 'exact', 'sama', 'first-order'],
    'finite-difference',
    {
      label: 'Estimator',
      reason: 'How the implicit term of the hypergradient is computed; first-order leaves it out (η = 0).',
      group: 'hypergradient',
    },
  ),
  eta: real(1e-3, 0, 10, {
    label: 'η of the unrolled step',
    reason: 'Step length that the validation loss looks ahead; normally the W learning rate.',
    group: 'hypergradient',
    scale: 'log',
  }),
  unroll: choice(['sgd', 'optimizer'], 'sgd', {
    label: 'Unrolled step',
    reason: "sgd is Eq. 4; optimizer takes the inner optimizer's own step, as the released code does.",
    group: 'hypergradient',
  }),
  perturbAround: choice(['pre-step', 'post-step'], 'pre-step', {
    label: 'Perturb around',
    reason: "Finite differences around W (the derivation) or W' (Betty, the released code).",
    group: 'hypergradient',
    advanced: true,
  }),
  implicitScale: choice(['eta', 'unit'], 'eta', {
    label: 'Implicit scale',
    reason: 'Betty leaves the factor η out: unit behaves as η = 1 in the implicit term.',
    group: 'hypergradient',
    advanced: true,
  }),
  finiteDifferenceRadius: real(0.01, 1e-6, 10, {
    label: 'Difference radius',
    reason: 'ε = radius / ‖v‖; too small drowns in rounding, too large bends.',
    group: 'hypergradient',
    scale: 'log',
    advanced: true,
  }),
  rollback: flag(false, {
    label: 'Roll back',
    reason: 'Redo the W step with the new β (released code); one more pass.',
    group: 'hypergradient',
    advanced: true,
  }),
  hyperEvery: integer(1, 1, 1000, {
    label: 'β step every',
    reason: 'Take a β step every n-th iteration: cheaper, slower to separate.',
    group: 'hypergradient',
    advanced: true,
  }),
  inspectEvery: integer(0, 0, 100_000, {
    label: 'Inspect every',
    reason:
      'Compare the estimator with the exact hypergradient every n-th step (0 never): a double backward, for small models.',
    group: 'hypergradient',
    advanced: true,
  }),
});

const retrain = z.object({
  steps: integer(480, 0, 1_000_000, {
    label: 'Retrain steps',
    reason:
      'For the learned ranks, for the LoRA baseline and for every other method alike; 0 scores what it starts from.',
    group: 'retrain',
  }),
  batchSize: integer(16, 1, 512, {
    label: 'Batch size',
    reason: 'Examples per step.',
    group: 'retrain',
  }),
  learningRate: real(1e-3, 1e-7, 1, {
    label: 'Learning rate',
    reason: 'For the fresh LoRA weights and the fresh head.',
    group: 'retrain',
    scale: 'log',
  }),
  weightDecay: real(0.01, 0, 1, {
    label: 'Weight decay',
    reason: 'AdamW, decoupled.',
    group: 'retrain',
    advanced: true,
  }),
  schedule: choice(['linear', 'constant'], 'linear', {
    label: 'Schedule',
    reason: 'linear warms up and decays to 0.',
    group: 'retrain',
    advanced: true,
  }),
  warmupFraction: real(0.06, 0, 1, {
    label: 'Warm-up share',
    reason: 'Part of the steps over which a linear schedule rises.',
    group: 'retrain',
    advanced: true,
  }),
  clipNorm: real(1, 0, 1000, {
    label: 'Gradient clip',
    reason: 'Largest global norm; 0 leaves it alone.',
    group: 'retrain',
    advanced: true,
  }),
  dropout: real(0, 0, 0.9, {
    label: 'Dropout',
    reason: "The model's own dropout while training.",
    group: 'retrain',
    advanced: true,
  }),
  scaling: choice(['lora', 'constant'], 'lora', {
    label: 'Scaling',
    reason: 'lora: lora_alpha / learned rank (as PEFT); constant: lora_alpha / k.',
    group: 'retrain',
  }),
  init: choice(['fresh', 'kept'], 'fresh', {
    label: 'Start from',
    reason: "fresh LoRA layers and head (the paper), or the search's surviving components and head.",
    group: 'retrain',
    advanced: true,
  }),
});

const generation = z.object({
  labelSmoothing: real(0, 0, 0.9, {
    label: 'Label smoothing',
    reason:
      'Share of the probability given to all tokens alike in the training loss; the LoRA authors take 0.1.',
    group: 'generation',
  }),
  decoding: choice(['greedy', 'beam', 'sample'], 'beam', {
    label: 'Decoding',
    reason: 'greedy is fastest; beam search is what the papers score; sample draws.',
    group: 'generation',
  }),
  beams: integer(4, 1, 32, {
    label: 'Beams',
    reason: 'Hypotheses kept at each step; the paper takes 10.',
    group: 'generation',
  }),
  lengthPenalty: real(0.8, -4, 4, {
    label: 'Length penalty',
    reason: 'Scores are Σ log p / length^penalty: above 0 favours longer texts.',
    group: 'generation',
    advanced: true,
  }),
  noRepeatNgram: integer(4, 0, 16, {
    label: 'No repeated n-gram',
    reason: 'No n tokens stand twice in a text; 0 allows all.',
    group: 'generation',
    advanced: true,
  }),
  maxNewTokens: integer(64, 1, 1024, {
    label: 'Longest text',
    reason: 'Tokens written at most.',
    group: 'generation',
  }),
  temperature: real(1, 0.01, 10, {
    label: 'Temperature',
    reason: 'Below 1 sharpens what is sampled, above 1 flattens it.',
    group: 'generation',
    advanced: true,
  }),
  topK: integer(0, 0, 100_000, {
    label: 'Top k',
    reason: 'Sample among the k likeliest tokens; 0 among all.',
    group: 'generation',
    advanced: true,
  }),
  topP: real(1, 0.01, 1, {
    label: 'Top p',
    reason: 'Sample among the likeliest tokens that hold this share of the probability.',
    group: 'generation',
    advanced: true,
  }),
});

const baseline = z.object({
  enabled: flag(true, {
    label: 'Train LoRA beside it',
    reason: 'Plain LoRA beside AutoLoRA on the same train set, same steps, for an honest comparison.',
    group: 'baseline',
  }),
  rank: integer(0, 0, 64, {
    label: 'LoRA rank',
    reason: '0 takes the uniform rank nearest to the learned total, so that sizes match.',
    group: 'baseline',
  }),
});

/** The whole experiment. `parseExperimentConfig({})` is the default experiment of the page. */
export const experimentSchema = z.object({
  v: z.literal(1).default(1),
  method: choice(methodNames, 'autolora', {
    label: 'Method',
    reason: 'What is trained: AutoLoRA searches ranks first, the others train at once.',
    group: 'run',
  }),
  seed: integer(1, 0, 0xffffffff, {
    label: 'Seed',
    reason: 'Draws initial weights, split, order and dropout; the same seed repeats the run.',
    group: 'run',
  }),
  reportEvery: integer(4, 1, 10_000, {
    label: 'Report every',
    reason: 'Steps between two readings from the device; each reading waits for it.',
    group: 'run',
    advanced: true,
  }),
  model: model.prefault({}),
  data: data.prefault({}),
  adapter: adapter.prefault({}),
  loraPlus: loraPlus.prefault({}),
  adalora: adalora.prefault({}),
  sora: sora.prefault({}),
  houlsby: houlsby.prefault({}),
  search: search.prefault({}),
  hypergradient: hypergradient.prefault({}),
  retrain: retrain.prefault({}),
  generation: generation.prefault({}),
  baseline: baseline.prefault({}),
});

export type ExperimentConfig = z.output<typeof experimentSchema>;
/** What an experiment file or a share link may hold: any part left out takes its default. */
export type ExperimentInput = z.input<typeof experimentSchema>;
export type SelectionVariant = ExperimentConfig['adapter']['selection'];
export type RankRule = ExperimentConfig['adapter']['rankRule'];
export type EstimatorName = ExperimentConfig['hypergradient']['estimator'];
export type RetrainScaling = ExperimentConfig['retrain']['scaling'];

/** What earlier versions wrote, in today's words: links and experiment files outlive the schema. */
function modernised(input: unknown): unknown {
  const data = (input as { data?: unknown } | null)?.data;
  if (typeof data !== 'object' || data === null) return input;
  const { task, source, trainFile } = data as Record<string, unknown>;
  const changes = {
    ...(task === 'sentiment' && { task: 'sst2' }),
    ...(source === undefined && typeof trainFile === 'string' && trainFile !== '' && { source: 'files' }),
  };
  return { ...(input as object), data: { ...data, ...changes } };
}

/**
 * Fills defaults and checks ranges.
 * @throws Error whose message lists every wrong field as `path: what is wrong`, one per line.
 */
export function parseExperimentConfig(input: unknown): ExperimentConfig {
  const parsed = experimentSchema.safeParse(modernised(input));
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map(
    (issue) => `${issue.path.join('.') || '(top level)'}: ${issue.message}`,
  );
  throw new Error(`The experiment configuration is not valid:\n${lines.join('\n')}`);
}
