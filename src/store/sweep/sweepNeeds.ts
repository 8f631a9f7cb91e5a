/** What a run of a sweep waits for: results of earlier runs that its ranks are made of, and the files that it trains on. */
import { writeField } from '../../config/fields';
import { metricInfo } from '../../metrics/catalog';
import { bestOf, drawnPattern } from '../../report/plan';
import { sumCosts } from '../../report/runCost';
import type { PlaygroundContext } from '../context';
import { usedFiles } from '../files/chosenFiles';
import { filesKeyOf, isSameKey } from '../runs/contentKey';
import {
  allFiles,
  type ChosenFiles,
  isHandled,
  ownScore,
  type RunScore,
  type RunSummary,
} from '../runs/runRecord';
import type { SweepRun } from './sweepPlan';
import type { SweepItem } from './sweepQueue';

/** @throws Error where it has left no result, or one that is not of its configuration */
function scoreOf(id: string, items: readonly SweepItem[], kept: readonly RunSummary[]): RunScore {
  const item = items.find((other) => other.id === id);
  const run = kept.find((summary) => summary.id === item?.runId);
  const score = run && ownScore(run);
  if (run && isHandled(run))
    throw new Error(`It needs the result of ${id}, whose search or ranks were changed by hand.`);
  // One that could not be stored at first may have been stored since.
  if (run?.finished && score) return score;
  const why =
    item?.status === 'done' ? 'is not kept any more' : item?.status === 'skipped' ? 'was skipped' : 'failed';
  throw new Error(`It needs the result of ${id}, which ${why}.`);
}

/** Whether a grid search of the sweep waits for it. */
export const isCandidate = ({ comparedAs }: SweepItem): boolean => comparedAs?.isCandidate === true;

/** Whether something else may come of a failed run: a candidate that diverged is the worst of its grid search for good. */
export const canRetry = (item: SweepItem): boolean =>
  item.status === 'failed' && !(item.diverged && isCandidate(item));

/**
 * The run with the rank pattern that comes of the runs it waits for; the same one where it waits for none.
 * @param items the whole sweep
 * @throws Error where one of them has left no result
 */
export function readyRun(
  run: SweepRun,
  items: readonly SweepItem[],
  kept: readonly RunSummary[],
): Pick<SweepRun, 'config' | 'comparedAs'> {
  const { config, comparedAs, waitsFor, id = '' } = run;
  const withPattern = (pattern: string) => writeField(config, 'adapter.rankPattern', pattern);
  if (!waitsFor) return { config, comparedAs };
  if ('ranksOf' in waitsFor) {
    const { ranks } = scoreOf(waitsFor.ranksOf, items, kept);
    const k = items.find((item) => item.id === waitsFor.ranksOf)?.config.adapter.rank ?? 0;
    const pattern = drawnPattern(waitsFor.draw, ranks, k, { seed: config.seed, id });
    return { config: withPattern(pattern), comparedAs };
  }
  // One whose training diverged has no score, and so is the worst.
  const candidates = waitsFor.candidates.filter(
    (candidate) => !items.find((item) => item.id === candidate)?.diverged,
  );
  if (candidates.length === 0) throw new Error('The training of all its candidates diverged.');
  const scores = candidates.map((candidate) => scoreOf(candidate, items, kept));
  const values = scores.map(({ metrics, primary }) => metrics[primary] as number);
  const best = bestOf(values, metricInfo((scores[0] as RunScore).primary).higherIsBetter);
  const chosen = items.find((item) => item.id === candidates[best])?.config;
  if (!chosen) throw new Error('One of its candidates has a score that is not a number.');
  return {
    config: withPattern(chosen.adapter.rankPattern),
    comparedAs: comparedAs && {
      ...comparedAs,
      tried: sumCosts(scores.flatMap(({ training }) => training ?? [])),
    },
  };
}

/** The files of a sweep's runs. */
export class SweepFiles {
  /** Those chosen when the queue began: what is chosen later is not for its runs. Not known after a reload. */
  chosen: ChosenFiles | undefined;

  constructor(private readonly context: PlaygroundContext) {}

  /** Of each run that has files of the user's own what tells their contents. */
  keysOf(runs: readonly SweepRun[]): Promise<(string | undefined)[]> {
    const chosen = this.chosen ?? {};
    // One that cannot be read is named when it is to be trained on.
    return Promise.all(
      runs.map(({ config }) => filesKeyOf(usedFiles(config, chosen)).catch(() => undefined)),
    );
  }

  /**
   * What a run of the queue trains on; undefined where the files on the page are those.
   * @throws Error where they are neither on the page nor with a kept run
   */
  async of({ config, filesKey }: SweepItem): Promise<ChosenFiles | undefined> {
    if (this.chosen || !filesKey) return this.chosen;
    const onPage = await filesKeyOf(usedFiles(config, this.context.state.files)).catch(() => '');
    if (onPage === undefined || isSameKey(onPage, filesKey)) return undefined;
    for (const run of await this.context.storage.listRuns()) {
      if (!run.filesKey || !isSameKey(run.filesKey, filesKey)) continue;
      const kept = await this.context.storage.loadFiles(run.id);
      if (kept && allFiles(kept).length > 0) return kept;
    }
    throw new Error(
      'The files that this sweep was begun with are not in this browser any more: choose the same ones again, then continue.',
    );
  }
}
