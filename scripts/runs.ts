/** What the scripts that make tables share: runs of `autolora run`, several at a time, and their spread. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunResult } from '../src/cli/result';
import { spawnTrainer } from '../src/cli/trainer';
import { mean, sampleDeviation } from '../src/report/statistics';

/** Runs experiments in processes of their own; Ctrl-C has them save. @param flags passed on to `autolora run` */
export function experimentRunner(...flags: string[]): (experiment: object, folder: string) => Promise<void> {
  const { train, stop } = spawnTrainer(flags);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  /** Its file is written beside the folder. @throws Error with the end of what the run said */
  return async (experiment, folder) => {
    writeFileSync(`${folder}.json`, JSON.stringify(experiment));
    const { code, said } = await train(`${folder}.json`, folder);
    if (code !== 0) throw new Error(`autolora run ${folder}.json ended with ${code}:\n${said}`);
  };
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

/** What a finished run wrote; undefined where there is none. */
export function resultIn(folder: string): RunResult | undefined {
  const path = join(folder, 'result.json');
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}
