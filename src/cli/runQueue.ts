/** Runs of a recipe, several at a time: those that another one needs before it, a line each, and what is left. */
import { parseExperimentConfig } from '../config/experiment';
import {
  chosenRun,
  expectedPasses,
  type PlannedRun,
  rankedRun,
  remainingMs,
  type TaskWork,
  withNeeded,
} from '../report/plan';
import { clock } from '../telemetry/clock';
import type { LayerRank } from '../telemetry/events';

export interface QueueWork<Result> {
  /** The result of a finished run, or undefined. @throws Error where the folder holds another experiment */
  finished(run: PlannedRun): Result | undefined;
  /** Trains it, or takes it up where it stood. @returns false where it was stopped and saved */
  train(run: PlannedRun): Promise<boolean>;
  /** Validation score of a candidate, and which end is better. */
  score(result: Result, run: PlannedRun): { value: number; higherIsBetter: boolean };
  /** Those it learned. */
  ranks(result: Result): readonly LayerRank[];
  wallMs(result: Result): number;
  say(line: string): void;
}

export interface QueueOutcome<Result> {
  /** By id; candidates too. */
  results: Map<string, Result>;
  /** Runs there are, candidates and other runs' sources too, and how many of them were finished beforehand. */
  total: number;
  already: number;
  /** What each run that failed, or could not be run, says; the first line has the run, the last one the reason. */
  failures: string[];
  /** Somebody asked to stop; everything is saved. */
  stopped: boolean;
}

/** A few lines for the end: what is finished, what failed and why, and what to do. @param wallMs of the whole queue */
export function describeOutcome<Result>(
  { results, total, already, failures, stopped }: QueueOutcome<Result>,
  wallMs: number,
): string[] {
  const now = results.size - already;
  const earlier = already > 0 ? `, ${already} of them before` : '';
  const took = now > 0 ? `; ${now} took ${clock(wallMs)}` : '';
  return [
    `${results.size} of ${total} runs are finished${earlier}${took}.`,
    ...failures.map((failure) => {
      const [first = '', ...more] = failure.trim().split('\n');
      const reason = more.map((line) => line.trim()).findLast((line) => line !== '');
      return reason ? `${first} ${reason}` : first;
    }),
    ...(failures.length > 0 ? ['The same command tries again what failed and keeps what is finished.'] : []),
    ...(stopped ? ['Stopped; the same command goes on.'] : []),
  ];
}

const workOf = ({ task, experiment }: PlannedRun): TaskWork => ({
  task,
  passes: expectedPasses(parseExperimentConfig(experiment)),
});

/**
 * Trains what is not finished. A run that fails does not stop the others; runs that depend on it are left out.
 * @param isStopped asked before every run
 */
export async function runQueue<Result>(
  runs: readonly PlannedRun[],
  jobs: number,
  work: QueueWork<Result>,
  isStopped: () => boolean,
): Promise<QueueOutcome<Result>> {
  const results = new Map<string, Result>();
  const failures: string[] = [];
  const timed: (TaskWork & { wallMs: number })[] = [];
  let stopped = false;
  const note = (run: PlannedRun, result: Result) => {
    results.set(run.id, result);
    timed.push({ ...workOf(run), wallMs: work.wallMs(result) });
  };
  /** The run with what comes of the runs that it needs, or undefined while one of them has no result. */
  const ready = (run: PlannedRun): PlannedRun | undefined => {
    if (run.source) {
      const learned = results.get(run.source.run.id);
      return learned && rankedRun(run, work.ranks(learned));
    }
    if (run.candidates.length === 0) return run;
    const found = run.candidates.map((candidate) => results.get(candidate.id));
    if (found.includes(undefined)) return undefined;
    const scores = found.map((result, i) => work.score(result as Result, run.candidates[i] as PlannedRun));
    return chosenRun(
      run,
      scores.map(({ value }) => value),
      scores[0]?.higherIsBetter ?? true,
    );
  };

  const all = withNeeded(runs);
  // What is finished already is not run again, and tells the pace.
  let waiting = all.filter((planned) => {
    const run = ready(planned);
    if (!run) return true;
    try {
      const result = work.finished(run);
      if (result) note(run, result);
      return !result;
    } catch (error) {
      failures.push(`${run.id} was not run: ${(error as Error).message}`);
      return false;
    }
  });
  const already = results.size;
  work.say(`${all.length} runs${already > 0 ? `, ${already} of them finished already` : ''}.`);
  failures.forEach(work.say);
  const underWay = new Set<PlannedRun>();
  const next = (): PlannedRun | undefined => {
    if (stopped || isStopped()) {
      stopped ||= waiting.length > 0;
      return undefined;
    }
    const index = waiting.findIndex((planned) => ready(planned) !== undefined);
    if (index < 0) return undefined;
    const [planned] = waiting.splice(index, 1) as [PlannedRun];
    return ready(planned);
  };
  const trainOne = async (run: PlannedRun) => {
    underWay.add(run);
    try {
      if (!(await work.train(run))) {
        stopped = true;
        return;
      }
      const result = work.finished(run);
      if (!result) throw new Error('it left no result.');
      note(run, result);
      const left = [...waiting, ...[...underWay].filter((other) => other !== run)];
      const leftMs = remainingMs(left.map(workOf), timed);
      const atOnce = Math.max(1, Math.min(jobs, left.length));
      work.say(
        `${results.size}/${all.length} ${run.id}  ${clock(work.wallMs(result))}${leftMs ? `  about ${clock(leftMs / atOnce)} left` : ''}`,
      );
    } catch (error) {
      failures.push(`${run.id} failed: ${(error as Error).message}`);
      work.say(failures.at(-1) as string);
    } finally {
      underWay.delete(run);
    }
  };
  // A run that waits for its candidates becomes ready when one ends, so every end fills the free places.
  const open = new Set<Promise<void>>();
  const fill = () => {
    while (open.size < jobs) {
      const run = next();
      if (!run) return;
      const ended: Promise<void> = trainOne(run).finally(() => {
        open.delete(ended);
      });
      open.add(ended);
    }
  };
  for (fill(); open.size > 0; fill()) await Promise.race(open);
  waiting = stopped ? [] : waiting;
  for (const { id } of waiting) failures.push(`${id} was not run: a run that it waits for failed.`);
  return { results, total: all.length, already, failures, stopped };
}
