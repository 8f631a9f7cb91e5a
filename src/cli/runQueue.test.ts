/** Order, resumption, dependence, failure and the estimate of a queue of runs, without training anything. */
import { describe, expect, it } from 'vitest';
import { planRuns } from '../report/plan';
import type { LayerRank } from '../telemetry/events';
import { describeOutcome, type QueueWork, runQueue } from './runQueue';

interface Fake {
  score: number;
  pattern: string;
  ranks?: LayerRank[];
}

const runs = (methods: string[], seeds = [1]) =>
  planRuns({ tasks: ['cola'], methods, seeds }, (task) => ({ data: { task } })).runs;

/** What every AutoLoRA of this world learns. */
const learned: LayerRank[] = [1, 2, 3, 4, 5, 6, 7, 8].map((rank, i) => ({
  layer: `${i >> 1}.${i % 2 ? 'value' : 'query'}`,
  rank,
}));

/** A world in which training takes a moment and leaves the score of the rank pattern. */
function world(scores: Record<string, number> = {}, failing: string[] = [], diverging: string[] = []) {
  const done = new Map<string, Fake>();
  const trained: string[] = [];
  const said: string[] = [];
  let most = 0;
  let open = 0;
  const work: QueueWork<Fake> = {
    finished: ({ id }) => done.get(id),
    hasDiverged: ({ id }) => trained.includes(id) && diverging.includes(id),
    train: async ({ id, experiment }) => {
      open += 1;
      most = Math.max(most, open);
      trained.push(id);
      await new Promise((resolve) => setImmediate(resolve));
      open -= 1;
      if (failing.includes(id) || diverging.includes(id)) throw new Error('out of memory');
      const pattern = experiment.adapter?.rankPattern ?? '';
      done.set(id, { score: scores[pattern] ?? 0, pattern, ranks: learned });
      return 'finished';
    },
    score: ({ score }) => ({ value: score, higherIsBetter: true }),
    ranks: ({ ranks = [] }) => ranks,
    wallMs: () => 1000,
    say: (line) => said.push(line),
  };
  return { done, trained, said, work, most: () => most };
}
const never = () => false;

describe('runQueue', () => {
  it('runs what is not finished, as many at a time as asked', async () => {
    const { done, trained, work, most, said } = world();
    done.set('cola/lora/seed-1', { score: 0, pattern: '' });
    const outcome = await runQueue(runs(['lora', 'autolora'], [1, 2]), 2, work, never);
    expect(outcome).toMatchObject({ failures: [], stopped: false });
    expect(outcome.results.size).toBe(4);
    expect(trained).not.toContain('cola/lora/seed-1');
    expect(trained).toHaveLength(3);
    expect(most()).toBe(2);
    expect(said[0]).toBe('4 runs, 1 of them finished already.');
    expect(said.at(-1)).toMatch(/^4\/4 /);
  });

  it('tries every candidate of a grid, then the best, and none of them twice', async () => {
    const { trained, done, work } = world({ 'query=2,value=8': 0.9, 'query=8,value=8': 0.7 });
    const grid = runs(['lora-grid']);
    expect((await runQueue(grid, 3, work, never)).failures).toEqual([]);
    expect(trained).toHaveLength(17);
    expect(trained.at(-1)).toBe('cola/lora-grid/seed-1');
    expect(done.get('cola/lora-grid/seed-1')?.pattern).toBe('query=2,value=8');
    await runQueue(grid, 3, work, never);
    expect(trained).toHaveLength(17);
  });

  it('runs what learns ranks first, once, and gives them to what needs them', async () => {
    const methods = ['ranks-permuted', 'ranks-random', 'ranks-uniform'];
    const { trained, done, work, said } = world();
    const outcome = await runQueue(runs(methods, [1, 2]), 4, work, never);
    expect(outcome.failures).toEqual([]);
    // Its own run is not in the plan, and still comes first.
    expect(said[0]).toBe('8 runs.');
    expect(trained.filter((id) => id === 'cola/autolora/seed-1')).toHaveLength(1);
    for (const method of methods)
      expect(trained.indexOf('cola/autolora/seed-2')).toBeLessThan(trained.indexOf(`cola/${method}/seed-2`));
    const ranksOf = (method: string, seed: number) =>
      (done.get(`cola/${method}/seed-${seed}`)?.pattern ?? '').split(',').map((entry) => entry.split('='));
    for (const method of ['ranks-permuted', 'ranks-random']) {
      const ranks = ranksOf(method, 1).map(([, rank]) => Number(rank));
      expect(ranks.reduce((sum, rank) => sum + rank)).toBe(36);
      expect(ranksOf(method, 1).map(([layer]) => layer)).toEqual(learned.map(({ layer }) => layer));
      expect(ranksOf(method, 2)).not.toEqual(ranksOf(method, 1));
    }
    // 36 on 8 layers is nearest to 5 (4.5 rounds up).
    expect(ranksOf('ranks-uniform', 2).map(([, rank]) => rank)).toEqual(Array(8).fill('5'));
    expect((await runQueue(runs(methods, [1, 2]), 4, work, never)).results.size).toBe(8);
    expect(trained).toHaveLength(8);
  });

  it('leaves out what needs the ranks of a run that failed', async () => {
    const { work } = world({}, ['cola/autolora/seed-1']);
    expect((await runQueue(runs(['autolora', 'ranks-permuted']), 2, work, never)).failures).toEqual([
      'cola/autolora/seed-1 failed: out of memory',
      'cola/ranks-permuted/seed-1 was not run: a run that it waits for failed.',
    ]);
  });

  it('goes on after a failure, but not with what waits for it', async () => {
    const failing = 'cola/lora-grid/query-1-value-1/seed-1';
    const { trained, work } = world({}, [failing]);
    const { failures, results, stopped } = await runQueue(runs(['lora-grid', 'lora']), 2, work, never);
    expect(failures).toEqual([
      `${failing} failed: out of memory`,
      'cola/lora-grid/seed-1 was not run: a run that it waits for failed.',
    ]);
    expect(stopped).toBe(false);
    expect(trained).not.toContain('cola/lora-grid/seed-1');
    expect(results.has('cola/lora/seed-1')).toBe(true);
  });

  it('takes a candidate that diverged for the worst, and does not train it again', async () => {
    const best = 'cola/lora-grid/query-2-value-8/seed-1';
    const scores = { 'query=2,value=8': 0.9, 'query=8,value=8': 0.7 };
    const { trained, done, work } = world(scores, [], [best]);
    const grid = runs(['lora-grid']);
    for (const times of [1, 2]) {
      expect(await runQueue(grid, times, work, never)).toMatchObject({ failures: [], diverged: [best] });
      expect(trained).toHaveLength(17);
    }
    expect(done.get('cola/lora-grid/seed-1')?.pattern).toBe('query=8,value=8');
  });

  it('chooses none of candidates that all diverged; any other run that diverged has failed, and is told apart', async () => {
    const grid = runs(['lora-grid']);
    const all = grid.flatMap(({ candidates }) => candidates.map(({ id }) => id));
    const { failures } = await runQueue(grid, 1, world({}, [], all).work, never);
    expect(failures).toEqual([
      'cola/lora-grid/seed-1 was not run: the training of all its candidates diverged.',
    ]);
    const lora = await runQueue(runs(['lora']), 1, world({}, [], ['cola/lora/seed-1']).work, never);
    expect(lora).toMatchObject({
      failures: ['cola/lora/seed-1 failed: out of memory'],
      diverged: [],
      lost: ['cola/lora/seed-1'],
    });
  });

  it('leaves to another process what that trains, with what waits for it, and goes on with the rest', async () => {
    const { work, said } = world();
    const busy: QueueWork<Fake> = {
      ...work,
      train: async (run) =>
        run.id === 'cola/autolora/seed-1' ? { elsewhere: 'Process 7 trains it.' } : work.train(run),
    };
    const outcome = await runQueue(runs(['autolora', 'ranks-permuted', 'lora']), 1, busy, never);
    expect([...outcome.results.keys()]).toEqual(['cola/lora/seed-1']);
    expect(outcome).toMatchObject({
      failures: [],
      elsewhere: [
        'cola/autolora/seed-1 was not run here: Process 7 trains it.',
        'cola/ranks-permuted/seed-1 was not run here: it waits for a run of another process.',
      ],
    });
    expect(said).toContain(outcome.elsewhere[0]);
  });

  it('stops when asked, with what is finished', async () => {
    const { trained, work } = world();
    const outcome = await runQueue(runs(['lora'], [1, 2, 3]), 1, work, () => trained.length >= 2);
    expect(outcome.stopped).toBe(true);
    expect(outcome.results.size).toBe(2);
    const saved = await runQueue(runs(['lora']), 1, { ...world().work, train: async () => 'stopped' }, never);
    expect(saved).toMatchObject({ stopped: true, failures: [] });
  });
});

describe('describeOutcome', () => {
  it('counts, and gives every failure its reason on one line', () => {
    const outcome = {
      results: new Map([['a', 1] as const, ['b', 2] as const]),
      total: 5,
      already: 1,
      failures: [
        'cola/lora/seed-1 failed: autolora run ended with 1:\nlora retrain 3/4\nNo memory is left.\n',
        'cola/x/seed-1 was not run: a run that it waits for failed.',
      ],
      diverged: [],
      lost: [],
      elsewhere: [],
      stopped: false,
    };
    expect(describeOutcome(outcome, 62_000)).toEqual([
      '2 of 5 runs are finished, 1 of them before; 1 took 1:02.',
      'cola/lora/seed-1 failed: autolora run ended with 1: No memory is left.',
      'cola/x/seed-1 was not run: a run that it waits for failed.',
      'The same command tries again what failed and keeps what is finished.',
    ]);
    const held = { ...outcome, failures: [], diverged: ['a', 'b'], elsewhere: ['c was not run here.'] };
    expect(describeOutcome(held, 62_000).slice(1)).toEqual([
      'c was not run here.',
      'Grid search: training diverged with a, b; they count as the worst there, and in no cost.',
      'The same command, once the others are finished, makes the table whole.',
    ]);
    const done = { ...outcome, total: 2, already: 2, failures: [] };
    expect(describeOutcome(done, 5)).toEqual(['2 of 2 runs are finished, 2 of them before.']);
    expect(describeOutcome({ ...done, total: 3, stopped: true }, 5).at(-1)).toBe(
      'Stopped; the same command goes on.',
    );
  });
});
