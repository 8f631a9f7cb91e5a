/**
 * ExperimentConfig: the one schema behind the page's controls, its share link and the command line's experiment
 * files. Every field carries its default, range, label and the reason a person may want to change it.
 */
import { z } from 'zod';
import { choice, integer } from './fieldBuilders';
import { methodNames } from './methods';
import { adapter } from './sections/adapter';
import { baseline } from './sections/baseline';
import { data } from './sections/data';
import { generation } from './sections/generation';
import { hypergradient } from './sections/hypergradient';
import { adalora, houlsby, loraPlus, sora } from './sections/methods';
import { model } from './sections/model';
import { retrain } from './sections/retrain';
import { search } from './sections/search';

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
