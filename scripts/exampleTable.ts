/**
 * `npm run examples -- [--tasks cola,e2e] [--seeds 3] [--jobs 2] [--out runs/examples]`: every task's examples file as it
 * stands (AutoLoRA, and LoRA of the nearest uniform rank beside it) over seeds, as a Markdown table of mean ± sd of the
 * task's first metric and of the difference within a seed, and a test over the tasks. The same command goes on where it was
 * cut off; seeds that are not finished are left out, so that a table can be made early. Where the LoRA beside it diverged,
 * AutoLoRA's score still counts; difference and tests are over the seeds that have both.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { RoleResult } from '../src/cli/result';
import { metricInfo } from '../src/metrics/catalog';
import { mean } from '../src/metrics/mean';
import { spreadText } from '../src/report/numberText';
import { pairedTTest, wilcoxonSignedRank } from '../src/report/statistics';
import { taskByName, taskNames } from '../src/tasks/registry';
import { type Job, resultOf, trainAll } from './runs';

const { values } = parseArgs({
  options: {
    tasks: { type: 'string', default: taskNames.join(',') },
    seeds: { type: 'string', default: '3' },
    jobs: { type: 'string', default: '2' },
    out: { type: 'string', default: 'runs/examples' },
    /** Prints the table of what is there and runs nothing. */
    table: { type: 'boolean', default: false },
  },
});
mkdirSync(values.out, { recursive: true });
const tasks = values.tasks.split(',').map(taskByName);
const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => i + 1);
const jobOf = (task: string, seed: number): Job => ({
  folder: join(values.out, `${task}-${seed}`),
  experiment: { ...JSON.parse(readFileSync(join('examples', `${task}.json`), 'utf8')), seed },
});

/** Every task's run of one seed before those of the next. */
const jobs = seeds.flatMap((seed) => tasks.map(({ name }) => jobOf(name, seed)));
if (!values.table) await trainAll(jobs, Number(values.jobs));

const lines = [
  '| task | metric | AutoLoRA | total rank | LoRA beside it | total rank | difference | p | seeds | seconds per run |',
  '|---|---|---|---|---|---|---|---|---|---|',
];
/** Mean score of each task's runs that have both. */
const means: { learned: number; uniform: number }[] = [];
for (const { name, title, primaryMetric } of tasks) {
  const results = seeds.flatMap((seed) => resultOf(jobOf(name, seed)) ?? []);
  const both = results.filter(({ models }) => models.lora !== undefined);
  if (results.length < 2) continue;
  const of = (some: typeof results, role: 'autolora' | 'lora', read: (scored: RoleResult) => number) =>
    some.map(({ models }) => read(models[role] as RoleResult));
  const score = ({ metrics }: RoleResult) => metrics[primaryMetric] as number;
  const rank = ({ totalRank }: RoleResult) => totalRank;
  const [learned, uniform] = [of(both, 'autolora', score), of(both, 'lora', score)];
  if (both.length > 0) means.push({ learned: mean(learned), uniform: mean(uniform) });
  const ofBoth = (numbers: readonly number[], digits: number) =>
    numbers.length > 0 ? spreadText(numbers, digits) : '–';
  const cells = [
    title,
    metricInfo(primaryMetric).label,
    spreadText(of(results, 'autolora', score), 3),
    spreadText(of(results, 'autolora', rank), 0),
    ofBoth(uniform, 3),
    ofBoth(of(both, 'lora', rank), 0),
    ofBoth(
      learned.map((value, i) => value - (uniform[i] as number)),
      3,
    ),
    pairedTTest(learned, uniform)?.pValue.toFixed(2) ?? '–',
    both.length < results.length ? `${results.length}, LoRA ${both.length}` : results.length,
    spreadText(
      results.map(({ wallMs }) => (wallMs.total ?? Number.NaN) / 1000),
      0,
    ),
  ];
  lines.push(`| ${cells.join(' | ')} |`);
}
const over = wilcoxonSignedRank(
  means.map(({ learned }) => learned),
  means.map(({ uniform }) => uniform),
);
lines.push(
  '',
  `AutoLoRA's mean is higher on ${means.filter(({ learned, uniform }) => learned > uniform).length} of ${means.length} tasks` +
    (over ? ` (Wilcoxon's signed-rank test over the tasks' means: p = ${over.pValue.toFixed(2)}).` : '.'),
);
console.log(lines.join('\n'));
