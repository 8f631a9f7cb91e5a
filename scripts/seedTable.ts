/**
 * `npm run seeds -- [--experiment examples/quickstart.json] [--seeds 5] [--jobs 2] [--out runs/seeds]`: the same
 * experiment over seeds, then the same LoRA (rank, steps, data, seed) on a model with random weights, as a Markdown
 * table of mean ± sd beside the majority class and bags of words. Runs that are already there are not run again.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { RoleResult } from '../src/cli/result';
import { bagOfWordsBaseline } from '../src/tasks/bagOfWords';
import { taskByName } from '../src/tasks/registry';
import { experimentRunner, inParallel, resultIn, spread } from './runs';

const { values } = parseArgs({
  options: {
    experiment: { type: 'string', default: 'examples/quickstart.json' },
    seeds: { type: 'string', default: '5' },
    jobs: { type: 'string', default: '2' },
    out: { type: 'string', default: 'runs/seeds' },
  },
});
const experiment = JSON.parse(readFileSync(values.experiment, 'utf8'));
mkdirSync(values.out, { recursive: true });

interface Job {
  model: 'pretrained' | 'untrained';
  seed: number;
  folder: string;
}
const jobsOf = (model: Job['model']): Job[] =>
  Array.from({ length: Number(values.seeds) }, (_, i) => ({
    model,
    seed: i + 1,
    folder: join(values.out, `${model}-${i + 1}`),
  }));

/** The experiment itself; untrained, the LoRA that stood beside it, on random weights. */
function experimentOf({ model, seed, folder }: Job): object {
  if (model === 'pretrained') return { ...experiment, seed };
  const beside = resultIn(folder.replace(/untrained-/, 'pretrained-'))?.models.lora;
  const rank = beside?.ranks[0]?.rank;
  return {
    ...experiment,
    seed,
    method: 'lora',
    model: { ...experiment.model, pretrained: false },
    baseline: { ...experiment.baseline, rank },
  };
}

const runExperiment = experimentRunner();

async function run(job: Job): Promise<void> {
  const { model, seed, folder } = job;
  if (resultIn(folder)) return;
  await runExperiment(experimentOf(job), folder);
  console.error(`${model} seed ${seed}: done`);
}

for (const model of ['pretrained', 'untrained'] as const)
  await inParallel(jobsOf(model), Number(values.jobs), run);

const lines = [
  '| model | method | accuracy (%) | Matthews | total rank | adapter parameters | seeds |',
  '|---|---|---|---|---|---|---|',
];
for (const [model, role] of [
  ['pretrained', 'autolora'],
  ['pretrained', 'lora'],
  ['untrained', 'lora'],
] as const) {
  const scored = jobsOf(model).flatMap(({ folder }) => resultIn(folder)?.models[role] ?? []);
  const of = (read: (scored: RoleResult) => number, digits: number, factor = 1) =>
    spread(scored.map(read), digits, factor);
  const cells = [
    model,
    role === 'lora' ? 'LoRA' : 'AutoLoRA',
    of(({ metrics }) => metrics.accuracy as number, 1, 100),
    of(({ metrics }) => metrics.matthews as number, 3),
    of(({ totalRank }) => totalRank, 1),
    of(({ parameters }) => parameters.adapter, 0),
    scored.length,
  ];
  lines.push(`| ${cells.join(' | ')} |`);
}
const task = taskByName(experiment.data?.task ?? 'sst2');
if (task.kind === 'classification') {
  const [train, dev] = [await task.generate('train'), await task.generate('dev')];
  const share =
    Math.max(...task.labels.map((_, label) => dev.filter((e) => e.label === label).length)) / dev.length;
  lines.push(`| – | majority class | ${(100 * share).toFixed(1)} | 0 | | | |`);
  for (const order of [1, 2] as const) {
    const score = bagOfWordsBaseline(train, dev, order);
    lines.push(
      `| – | bag of words${order === 2 ? ' and bigrams' : ''} | ${(100 * score.accuracy).toFixed(1)} | | | | |`,
    );
  }
}
const walls = jobsOf('pretrained').map(({ folder }) => (resultIn(folder)?.wallMs.total ?? Number.NaN) / 1000);
lines.push('', `Wall time of one pretrained run: ${spread(walls, 0)} s (${values.jobs} at a time).`);
console.log(lines.join('\n'));
