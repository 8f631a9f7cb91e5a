/**
 * `npm run seeds -- [--experiment examples/quickstart.json] [--seeds 5] [--jobs 2] [--out runs/seeds]`: the same
 * experiment over seeds, then the same LoRA (rank, steps, data, seed) on a model with random weights, as a Markdown
 * table of mean ± sd beside the majority class and bags of words. Runs that are already there are not run again.
 */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bagOfWordsBaseline } from '../src/tasks/bagOfWords';
import { taskByName } from '../src/tasks/registry';
import type { EvaluationEvent, Role, TelemetryEvent } from '../src/telemetry/events';
import { experimentRunner, inParallel, spread } from './runs';

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

const eventsOf = ({ folder }: Job): TelemetryEvent[] =>
  readFileSync(join(folder, 'telemetry.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
const evaluationsOf = (job: Job, role: Role): EvaluationEvent[] =>
  eventsOf(job).filter(
    (event): event is EvaluationEvent => event.type === 'evaluation' && event.role === role,
  );

/** The experiment itself; untrained, the LoRA that stood beside it, on random weights. */
function experimentOf({ model, seed, folder }: Job): object {
  if (model === 'pretrained') return { ...experiment, seed };
  const beside = evaluationsOf({ model, seed, folder: folder.replace(/untrained-/, 'pretrained-') }, 'lora');
  const rank = beside[0]?.ranks[0]?.rank;
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
  if (existsSync(join(folder, 'result.json'))) return;
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
  const scored = jobsOf(model).flatMap((job) => evaluationsOf(job, role));
  const of = (read: (event: EvaluationEvent) => number, digits: number, factor = 1) =>
    spread(scored.map(read), digits, factor);
  const cells = [
    model,
    role === 'lora' ? 'LoRA' : 'AutoLoRA',
    of(({ metrics }) => metrics.accuracy as number, 1, 100),
    of(({ metrics }) => metrics.matthews as number, 3),
    of(({ ranks }) => ranks.reduce((sum, layer) => sum + layer.rank, 0), 1),
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
const walls = jobsOf('pretrained').map((job) => {
  const done = eventsOf(job).at(-1);
  return done?.type === 'done' ? done.wallMs / 1000 : Number.NaN;
});
lines.push('', `Wall time of one pretrained run: ${spread(walls, 0)} s (${values.jobs} at a time).`);
console.log(lines.join('\n'));
