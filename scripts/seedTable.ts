/**
 * `npm run seeds -- [--experiment examples/quickstart.json] [--seeds 5] [--jobs 2] [--out runs/seeds]`: the same
 * experiment over seeds, on the pretrained model and on one with random weights, as a Markdown table of mean ± sd
 * beside the majority class and bags of words. Runs that are already there are not run again.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bagOfWordsBaseline } from '../src/tasks/bagOfWords';
import { taskByName } from '../src/tasks/registry';
import type { EvaluationEvent, TelemetryEvent } from '../src/telemetry/events';

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
const jobs: Job[] = [];
for (const model of ['pretrained', 'untrained'] as const) {
  const file = join(values.out, `${model}.json`);
  writeFileSync(
    file,
    JSON.stringify({ ...experiment, model: { ...experiment.model, pretrained: model === 'pretrained' } }),
  );
  for (let seed = 1; seed <= Number(values.seeds); seed++)
    jobs.push({ model, seed, folder: join(values.out, `${model}-${seed}`) });
}

function run({ model, seed, folder }: Job): Promise<void> {
  if (existsSync(join(folder, 'result.json'))) return Promise.resolve();
  const args = [
    'scripts/autolora.mjs',
    'run',
    join(values.out, `${model}.json`),
    '--out',
    folder,
    '--seed',
    `${seed}`,
  ];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let tail = '';
    child.stderr.on('data', (data) => {
      tail = (tail + data).slice(-2000);
    });
    child.on('exit', (code) => {
      console.error(`${model} seed ${seed}: ${code === 0 ? 'done' : `failed\n${tail}`}`);
      if (code === 0) resolve();
      else reject(new Error(`autolora run ended with ${code}`));
    });
  });
}

const waiting = [...jobs];
await Promise.all(
  Array.from({ length: Number(values.jobs) }, async () => {
    for (let job = waiting.shift(); job; job = waiting.shift()) await run(job);
  }),
);

/** Mean ± sample standard deviation. */
function spread(numbers: readonly number[], digits: number, factor = 1): string {
  const mean = numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
  const variance = numbers.reduce((sum, x) => sum + (x - mean) ** 2, 0) / Math.max(1, numbers.length - 1);
  return `${(factor * mean).toFixed(digits)} ± ${(factor * Math.sqrt(variance)).toFixed(digits)}`;
}

const eventsOf = (folder: string): TelemetryEvent[] =>
  readFileSync(join(folder, 'telemetry.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

const lines = [
  `| model | method | ${'accuracy (%)'} | Matthews | total rank | adapter parameters | seeds |`,
  '|---|---|---|---|---|---|---|',
];
for (const model of ['pretrained', 'untrained'] as const) {
  const runs = jobs.filter((job) => job.model === model).map(({ folder }) => eventsOf(folder));
  for (const role of ['autolora', 'lora'] as const) {
    const scored = runs.flatMap((events) =>
      events.filter((event): event is EvaluationEvent => event.type === 'evaluation' && event.role === role),
    );
    const rank = ({ ranks }: EvaluationEvent) => ranks.reduce((sum, layer) => sum + layer.rank, 0);
    lines.push(
      `| ${model} | ${role === 'lora' ? 'LoRA' : 'AutoLoRA'} | ${spread(
        scored.map(({ metrics }) => metrics.accuracy as number),
        1,
        100,
      )} | ${spread(
        scored.map(({ metrics }) => metrics.matthews as number),
        3,
      )} | ${spread(scored.map(rank), 1)} | ${spread(
        scored.map(({ parameters }) => parameters.adapter),
        0,
      )} | ${scored.length} |`,
    );
  }
}
const task = taskByName(experiment.data?.task ?? 'sentiment');
if (task.generate) {
  const [train, dev] = [task.generate('train'), task.generate('dev')];
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
const walls = jobs
  .filter(({ model }) => model === 'pretrained')
  .map(({ folder }) => {
    const done = eventsOf(folder).at(-1);
    return done?.type === 'done' ? done.wallMs / 1000 : Number.NaN;
  });
lines.push('', `Wall time of one pretrained run: ${spread(walls, 0)} s (${values.jobs} at a time).`);
console.log(lines.join('\n'));
