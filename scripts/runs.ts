/** What the scripts that make tables share: runs of `autolora run`, several at a time, and their spread. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { mean, sampleDeviation } from '../src/report/statistics';

/**
 * Runs an experiment in a process of its own; its file is written beside the folder.
 * @throws Error with the end of what the run said
 */
export async function autoloraRun(experiment: object, folder: string, ...flags: string[]): Promise<void> {
  writeFileSync(`${folder}.json`, JSON.stringify(experiment));
  const args = ['scripts/autolora.mjs', 'run', `${folder}.json`, '--out', folder, ...flags];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let tail = '';
  child.stderr.on('data', (data) => {
    tail = (tail + data).slice(-2000);
  });
  const code = await new Promise((resolve) => child.on('exit', resolve));
  if (code !== 0) throw new Error(`autolora run ${folder}.json ended with ${code}:\n${tail}`);
}

/** Takes the jobs in their order, so many at a time. */
export async function inParallel<Job>(
  jobs: readonly Job[],
  atOnce: number,
  run: (job: Job) => Promise<void>,
): Promise<void> {
  const waiting = [...jobs];
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let job = waiting.shift(); job; job = waiting.shift()) await run(job);
    }),
  );
}

/** Mean ± sample standard deviation, both times `factor`. */
export function spread(numbers: readonly number[], digits: number, factor = 1): string {
  const deviation = sampleDeviation(numbers) ?? 0;
  return `${(factor * mean(numbers)).toFixed(digits)} ± ${(factor * deviation).toFixed(digits)}`;
}
