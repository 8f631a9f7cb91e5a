/** Runs of a recipe, several at a time: those that another one needs before it, a line each, and what is left. */
import { parseExperimentConfig } from '../config/experiment';
import {
  chosenRun,
  expectedPasses,
  neededBy,
  type PlannedRun,
  rankedRun,
  remainingMs,
  type TaskWork,
  withNeeded,
} from '../report/plan';
import { clock } from '../telemetry/clock';
import type { LayerRank } from '../telemetry/events';

/** It is finished, or was stopped and saved, or another process is training it, which a sentence says. */
export type TrainEnd = 'finished' | 'stopped' | { elsewhere: string };

export interface QueueWork<Result> {
  /** The result of a finished run, or undefined. @throws Error where the folder holds another experiment */
  finished(run: PlannedRun): Result | undefined;
  /** Whether its training has come to a loss that is no number, so that there will be no result. */
  hasDiverged(run: PlannedRun): boolean;
  /** Trains it, or takes it up where it stood. */
  train(run: PlannedRun): Promise<TrainEnd>;
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
  /** Ids of candidates without a result, since their training diverged: the worst of their grid search. */
  diverged: string[];
  /** Ids of the failed runs whose training diverged. */
  lost: string[];
  /** What each run says that another process trains, or that waits for such a run. */
  elsewhere: string[];
  /** Somebody asked to stop; everything is saved. */
  stopped: boolean;
}

/** A sentence about candidates that have no score, where there are some. */
export const divergedNotes = (ids: readonly string[]): string[] =>
  ids.length > 0
    ? [
        `Grid search: training diverged with ${ids.join(', ')}; ${ids.length === 1 ? 'it counts' : 'they count'} as the worst there, and in no cost.`,
      ]
    : [];

/** A few lines for the end: what is finished, what failed and why, and what to do. @param wallMs of the whole queue */
export function describeOutcome<Result>(
  { results, total, already, failures, diverged, elsewhere, stopped }: QueueOutcome<Result>,
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
    ...elsewhere,
    ...divergedNotes(diverged),
    ...(failures.length > 0 ? ['The same command tries again what failed and keeps what is finished.'] : []),
    ...(elsewhere.length > 0
      ? ['The same command, once the others are finished, makes the table whole.']
      : []),
    ...(stopped ? ['Stopped; the same command goes on.'] : []),
  ];
}

const workOf = ({ task, experiment }: PlannedRun): TaskWork => ({
  task,
  passes: expectedPasses(parseExperimentConfig(experiment)),
});

/**
 * Trains what is not finished. A run that fails does not stop the others; runs that depend on it are left out. Of a candidate
 * whose training diverges the grid search goes on without it.
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
  const diverged = new Set<string>();
  const lost: string[] = [];
  const elsewhere = new Map<string, string>();
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
    const candidates = run.candidates.filter(({ id }) => !diverged.has(id));
    const found = candidates.map((candidate) => results.get(candidate.id));
    if (found.length === 0 || found.includes(undefined)) return undefined;
    const scores = found.map((result, i) => work.score(result as Result, candidates[i] as PlannedRun));
    return chosenRun(
      { ...run, candidates },
      scores.map(({ value }) => value),
      scores[0]?.higherIsBetter ?? true,
    );
  };

  /** Of a run that has just failed, and may have left what nobody can read. */
  const isKnownDiverged = (run: PlannedRun): boolean => {
    try {
      return work.hasDiverged(run);
    } catch {
      return false;
    }
  };

  const all = withNeeded(runs);
  // What is finished already is not run again, and tells the pace.
  let waiting = all.filter((planned) => {
    const run = ready(planned);
    if (!run) return true;
    try {
      const result = work.finished(run);
      if (result) note(run, result);
      else if (run.isCandidate && work.hasDiverged(run)) {
        // Any other run without a score has failed, and is tried again.
        diverged.add(run.id);
        return false;
      }
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
      const end = await work.train(run);
      if (end === 'stopped') {
        stopped = true;
        return;
      }
      if (typeof end === 'object') {
        elsewhere.set(run.id, `${run.id} was not run here: ${end.elsewhere}`);
        work.say(elsewhere.get(run.id) as string);
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
      const isLost = isKnownDiverged(run);
      if (isLost && run.isCandidate) {
        diverged.add(run.id);
        work.say(`${run.id} diverged.`);
        return;
      }
      failures.push(`${run.id} failed: ${(error as Error).message}`);
      work.say(failures.at(-1) as string);
      if (isLost) lost.push(run.id);
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
  for (const run of waiting) {
    const { id } = run;
    const needed = neededBy(run).map((other) => other.id);
    const left = needed.filter((other) => !results.has(other) && !diverged.has(other));
    if (left.length === 0) failures.push(`${id} was not run: the training of all its candidates diverged.`);
    else if (left.every((other) => elsewhere.has(other)))
      elsewhere.set(id, `${id} was not run here: it waits for a run of another process.`);
    else failures.push(`${id} was not run: a run that it waits for failed.`);
  }
  return {
    results,
    total: all.length,
    already,
    failures,
    diverged: [...diverged],
    lost,
    elsewhere: [...elsewhere.values()],
    stopped,
  };
}
