/**
 * What the scripts that make tables share: runs of `autolora run`, several at a time. Ctrl-C has them save; the same
 * command goes on with what was cut off and keeps what is finished.
 */
import { writeFileSync } from 'node:fs';
import { finishedResult } from '../src/cli/finishedRun';
import type { RunResult } from '../src/cli/result';
import { lockedExit } from '../src/cli/runLock';
import { onStopSignal } from '../src/cli/stopSignals';
import { spawnTrainer } from '../src/cli/trainer';
import type { ExperimentInput } from '../src/config/experiment';

/** One run: its experiment, and the folder that it goes to; its file is written beside the folder. */
export interface Job {
  folder: string;
  experiment: ExperimentInput;
}

/** What the finished run wrote; undefined where there is none. @throws Error where the folder holds another experiment's */
export const resultOf = ({ folder, experiment }: Job): RunResult | undefined =>
  finishedResult(folder, experiment);

/**
 * Trains what is not finished, in the jobs' order, so many at a time, in processes of their own. After a failure no
 * further run begins, and those under way end first. Does not return where it was stopped.
 * @throws Error with the end of what the run said
 */
export async function trainAll(
  jobs: readonly Job[],
  atOnce: number,
  { train, stop } = spawnTrainer(['--resume']),
): Promise<void> {
  let stopAsked = false;
  const unlisten = onStopSignal(() => {
    if (!stopAsked) console.error('Saving the runs; the same command goes on.');
    stopAsked = true;
    stop();
  });
  /** Another process trains one of them. */
  let isElsewhere = false;
  const waiting = [...jobs];
  const work = async () => {
    for (let job = waiting.shift(); job && !stopAsked; job = waiting.shift()) {
      if (resultOf(job)) continue;
      const { folder, experiment } = job;
      writeFileSync(`${folder}.json`, JSON.stringify(experiment));
      const { code, said } = await train(`${folder}.json`, folder);
      if (code === 130 && stopAsked) continue;
      if (code === lockedExit) {
        console.error(said.trim().split('\n').at(-1));
        isElsewhere = true;
        continue;
      }
      if (code !== 0) throw new Error(`autolora run ${folder}.json ended with ${code}:\n${said}`);
      const scored = resultOf(job);
      const own = scored?.models[scored.method];
      console.error(`${folder}: ${own?.primary} ${own?.metrics[own.primary]?.toFixed(4)}`);
    }
  };
  const ends = Array.from({ length: atOnce }, () =>
    work().catch((error: unknown) => {
      waiting.length = 0;
      throw error;
    }),
  );
  const failed = (await Promise.allSettled(ends)).find((end) => end.status === 'rejected');
  unlisten();
  if (failed) throw failed.reason;
  if (stopAsked) process.exit(130);
  if (isElsewhere) process.exit(lockedExit);
}
