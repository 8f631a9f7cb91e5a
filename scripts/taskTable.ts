/**
 * `npm run tasks -- [--tasks cola,e2e] [--seeds 3] [--jobs 2] [--out runs/tasks] [--only untrained|pretrained]`: LoRA on
 * the pretrained embedded model against LoRA on the same model with random weights, same rank, steps, data and seeds, for
 * every task's examples file, as a Markdown table of mean ± sd of the task's first metric, beside what words alone give. The
 * same command goes on where it was cut off.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { RunResult } from '../src/cli/result';
import { metricInfo } from '../src/metrics/catalog';
import { spreadText } from '../src/report/numberText';
import { taskByName, taskNames } from '../src/tasks/registry';
import { type Job, resultOf, trainAll } from './runs';
import { wordsAloneScore } from './wordsAlone';

const { values } = parseArgs({
  options: {
    tasks: { type: 'string', default: taskNames.join(',') },
    seeds: { type: 'string', default: '3' },
    jobs: { type: 'string', default: '2' },
    out: { type: 'string', default: 'runs/tasks' },
    /** Runs these alone and prints no table. */
    only: { type: 'string' },
  },
});
mkdirSync(values.out, { recursive: true });
const tasks = values.tasks.split(',').map(taskByName);

interface TaskJob extends Job {
  task: string;
  pretrained: boolean;
}
function jobOf(task: string, pretrained: boolean, seed: number): TaskJob {
  const example = JSON.parse(readFileSync(join('examples', `${task}.json`), 'utf8'));
  return {
    task,
    pretrained,
    folder: join(values.out, `${task}-${pretrained ? 'pretrained' : 'untrained'}-${seed}`),
    experiment: { ...example, method: 'lora', seed, model: { ...example.model, pretrained } },
  };
}

/** Every task's runs of one seed before those of the next, so that a table can be made early. */
const jobs = Array.from({ length: Number(values.seeds) }, (_, i) => i + 1).flatMap((seed) =>
  tasks.flatMap(({ name }) => [true, false].map((pretrained) => jobOf(name, pretrained, seed))),
);
const asked = jobs.filter(({ pretrained }) => !values.only || (values.only === 'pretrained') === pretrained);
await trainAll(asked, Number(values.jobs));

if (values.only) process.exit(0);

const lines = [
  '| task | model | metric | LoRA, pretrained | LoRA, untrained | words alone | seeds | seconds per run |',
  '|---|---|---|---|---|---|---|---|',
];
for (const task of tasks) {
  const { name, primaryMetric } = task;
  const resultsOf = (pretrained: boolean) =>
    jobs
      .filter((job) => job.task === name && job.pretrained === pretrained)
      .map((job) => resultOf(job) as RunResult);
  const [pretrained, untrained] = [resultsOf(true), resultsOf(false)];
  const scores = (results: RunResult[]) =>
    spreadText(
      results.map(({ metrics }) => metrics[primaryMetric] as number),
      3,
    );
  const seconds = [...pretrained, ...untrained].map(({ wallMs }) => (wallMs.total ?? Number.NaN) / 1000);
  const cells = [
    task.title,
    pretrained[0]?.model.name,
    metricInfo(primaryMetric).label,
    scores(pretrained),
    scores(untrained),
    (await wordsAloneScore(task)).toFixed(3),
    pretrained.length,
    spreadText(seconds, 0),
  ];
  lines.push(`| ${cells.join(' | ')} |`);
}
console.log(lines.join('\n'));
