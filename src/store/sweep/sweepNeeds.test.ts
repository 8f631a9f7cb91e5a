/** What a run takes over from those it waits for, and what is said where they left nothing. */
import { describe, expect, it } from 'vitest';
import { type ExperimentInput, parseExperimentConfig } from '../../config/experiment';
import type { LayerRank } from '../../telemetry/events';
import type { RunScore, RunSummary } from '../runs/runRecord';
import { isCandidate, readyRun } from './sweepNeeds';
import { planComparison } from './sweepPlan';
import type { SweepItem } from './sweepQueue';

const training = { wallMs: 10, steps: 4, tokens: 100, passes: 8 };

/** The items of a comparison as done, each kept as a run of its own id with this score. */
function doneWith(
  methods: string[],
  scoreOf: (item: SweepItem, index: number) => Partial<RunScore>,
  input: ExperimentInput = {},
): { items: SweepItem[]; kept: RunSummary[] } {
  const planned = planComparison(parseExperimentConfig(input), { seeds: 1, methods, tasks: [] });
  const items = planned.map((run): SweepItem => ({ ...run, status: 'done', runId: `run of ${run.id}` }));
  const kept = items.map((item, i) => {
    const { method } = item.config;
    const score = { role: method, primary: 'accuracy', ranks: [], training, ...scoreOf(item, i) };
    return { id: item.runId, finished: true, config: item.config, scores: [score] } as unknown as RunSummary;
  });
  return { items, kept };
}

describe('readyRun', () => {
  it('takes the rank pattern of the best candidate, the first of equally good ones, and counts them all', () => {
    const { items, kept } = doneWith(['lora-grid'], (_, i) => ({
      metrics: { accuracy: i === 6 || i === 9 ? 0.8 : 0.5 },
    }));
    const { config, comparedAs } = readyRun(items[16] as SweepItem, items, kept);
    expect(config.adapter.rankPattern).toBe(items[6]?.config.adapter.rankPattern);
    expect(config.data.evaluateOn).toBe('dev');
    expect(comparedAs).toEqual({
      method: 'lora-grid',
      tried: { wallMs: 160, steps: 64, tokens: 1600, passes: 128 },
    });
  });

  it('chooses among the others where candidates diverged', () => {
    const { items, kept } = doneWith(['lora-grid'], (_, i) => ({
      metrics: { accuracy: i === 6 ? 0.8 : 0.5 },
    }));
    const lost = (item: SweepItem) => ({
      ...item,
      status: 'failed' as const,
      diverged: true,
      runId: undefined,
    });
    const some = items.map((item, i) => (i < 7 ? lost(item) : item));
    const { config, comparedAs } = readyRun(some[16] as SweepItem, some, kept);
    expect(config.adapter.rankPattern).toBe(items[7]?.config.adapter.rankPattern);
    expect(comparedAs?.tried?.steps).toBe(9 * 4);
    expect(() => readyRun(items[16] as SweepItem, items.map(lost), kept)).toThrow(
      'The training of all its candidates diverged.',
    );
    expect([items[3], items[16]].map((item) => isCandidate(item as SweepItem))).toEqual([true, false]);
  });

  it('draws ranks from those that were learned, within k, the same every time', () => {
    const ranks: LayerRank[] = [8, 1, 2, 5].map((rank, i) => ({ layer: `${i}.query`, rank }));
    const { items, kept } = doneWith(['ranks-permuted', 'ranks-uniform'], ({ config }) =>
      config.method === 'autolora' ? { ranks, metrics: {} } : { metrics: {} },
    );
    const [source, permuted, uniform] = items as [SweepItem, SweepItem, SweepItem];
    const pattern = readyRun(permuted, items, kept).config.adapter.rankPattern;
    const dealt = pattern.split(',').map((part) => Number(part.split('=')[1]));
    expect([...dealt].sort()).toEqual([1, 2, 5, 8]);
    expect(readyRun(permuted, items, kept).config.adapter.rankPattern).toBe(pattern);
    expect(readyRun(uniform, items, kept).config.adapter.rankPattern).toBe(
      '0.query=4,1.query=4,2.query=4,3.query=4',
    );
    expect(readyRun(source, items, kept).config).toBe(source.config);
  });

  it('takes nothing from a search that somebody changed by hand', () => {
    const { items, kept } = doneWith(['ranks-uniform'], () => ({
      ranks: [{ layer: '0.query', rank: 3 }],
      metrics: {},
    }));
    for (const change of [{ searchEndedAt: 12 }, { halfSteps: true }, { editedRanks: true }])
      expect(() =>
        readyRun(
          items[1] as SweepItem,
          items,
          kept.map((run) => ({ ...run, ...change })),
        ),
      ).toThrow('sst2/autolora/seed-1, whose search or ranks were changed by hand.');
  });

  it('says which run has left no result, and why', () => {
    const { items, kept } = doneWith(['lora-grid'], () => ({ metrics: { accuracy: 0.5 } }));
    const ask =
      (some: SweepItem[], runs = kept) =>
      () =>
        readyRun(items[16] as SweepItem, some, runs);
    const third = items[2] as SweepItem;
    const failed = items.map((item) =>
      item === third ? { ...item, status: 'failed' as const, runId: undefined } : item,
    );
    expect(ask(failed)).toThrow(`It needs the result of ${third.id}, which failed.`);
    // One that could not be stored when it ended, but has been since.
    expect(
      ask(items.map((item) => (item === third ? { ...item, status: 'failed' as const } : item))),
    ).not.toThrow();
    expect(
      ask(
        items,
        kept.filter(({ id }) => id !== third.runId),
      ),
    ).toThrow(`${third.id}, which is not kept any more.`);
    const nameless = doneWith(['lora-grid'], (_, i) => ({ metrics: { accuracy: i === 3 ? NaN : 0.5 } }));
    expect(ask(nameless.items, nameless.kept)).toThrow('a score that is not a number');
  });
});
