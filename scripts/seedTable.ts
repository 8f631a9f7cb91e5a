/**
 * `npm run seeds -- [--experiment examples/quickstart.json] [--seeds 5] [--jobs 2] [--out runs/seeds]`: the same
 * experiment over seeds, then the same LoRA (rank, steps, data, seed) on a model with random weights, as a Markdown
 * table of mean ± sd beside the majority class and bags of words. The same command goes on where it was cut off.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { RoleResult } from '../src/cli/result';
import { spreadText } from '../src/report/numberText';
import { bagOfWordsBaseline } from '../src/tasks/bagOfWords';
import { taskByName } from '../src/tasks/registry';
import { type Job, resultOf, trainAll } from './runs';

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

const jobOf = (model: string, seed: number, settings: object): Job => ({
  folder: join(values.out, `${model}-${seed}`),
  experiment: { ...experiment, ...settings, seed },
});
const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => i + 1);
const pretrained = seeds.map((seed) => jobOf('pretrained', seed, {}));
await trainAll(pretrained, Number(values.jobs));
/** The LoRA that stood beside the experiment, on random weights. */
const untrained = seeds.flatMap((seed, i) => {
  const rank = resultOf(pretrained[i] as Job)?.models.lora?.ranks[0]?.rank;
  // It has none where it diverged.
  if (rank === undefined) return [];
  return jobOf('untrained', seed, {
    method: 'lora',
    model: { ...experiment.model, pretrained: false },
    baseline: { ...experiment.baseline, rank },
  });
});
await trainAll(untrained, Number(values.jobs));

const lines = [
  '| model | method | accuracy (%) | Matthews | total rank | adapter parameters | seeds |',
  '|---|---|---|---|---|---|---|',
];
for (const [model, jobs, role] of [
  ['pretrained', pretrained, 'autolora'],
  ['pretrained', pretrained, 'lora'],
  ['untrained', untrained, 'lora'],
] as const) {
  const scored = jobs.flatMap((job) => resultOf(job)?.models[role] ?? []);
  const of = (read: (scored: RoleResult) => number, digits: number, factor = 1) =>
    spreadText(scored.map(read), digits, factor);
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
const walls = pretrained.map((job) => (resultOf(job)?.wallMs.total ?? Number.NaN) / 1000);
lines.push('', `Wall time of one pretrained run: ${spreadText(walls, 0)} s (${values.jobs} at a time).`);
console.log(lines.join('\n'));
