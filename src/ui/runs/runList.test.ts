/** Order and search of the list of runs. */
import { describe, expect, it } from 'vitest';
import { parseExperimentConfig } from '../../config/experiment';
import { type RunScore, type RunSummary, statusText } from '../../store/runs/runRecord';
import { matchesSearch, sortRuns } from './runList';

const run = (name: string, more: Partial<RunSummary> = {}): RunSummary => ({
  id: name,
  name,
  createdAt: 1,
  savedAt: 1,
  tags: [],
  notes: '',
  pinned: false,
  config: parseExperimentConfig({}),
  finished: false,
  phase: 'search',
  step: 0,
  steps: 100,
  scores: [],
  editedRanks: false,
  weightBytes: 1,
  ...more,
});
const names = (runs: readonly RunSummary[]) => runs.map(({ name }) => name);

describe('sortRuns', () => {
  it('orders by status: failed, under way by how far, finished', () => {
    const runs = [
      run('done', { finished: true, phase: 'evaluate' }),
      run('early', { step: 3 }),
      run('broken', { error: 'NaN', step: 90 }),
      run('retraining', { phase: 'retrain', step: 1 }),
      run('later', { step: 60 }),
    ];
    const rising = ['broken', 'early', 'later', 'retraining', 'done'];
    expect(names(sortRuns(runs, { key: 'status', falling: false }))).toEqual(rising);
    expect(names(sortRuns(runs, { key: 'status', falling: true }))).toEqual([...rising].reverse());
    expect(runs.map(statusText)).toEqual([
      'finished',
      'search 3/100',
      'failed',
      'retrain 1/100',
      'search 60/100',
    ]);
  });

  it('orders by the time of the run’s own training, without the LoRA beside it', () => {
    const scored = (name: string, ...wallMs: number[]) =>
      run(name, {
        scores: wallMs.map((ms, i) => ({ role: i === 0 ? 'autolora' : 'lora', wallMs: ms }) as RunScore),
      });
    const runs = [scored('short', 2000, 9000), scored('long', 3000), scored('unscored')];
    expect(names(sortRuns(runs, { key: 'time', falling: true }))).toEqual(['long', 'short', 'unscored']);
  });

  it('keeps pinned runs in front', () => {
    const runs = [run('b', { createdAt: 3 }), run('a', { pinned: true }), run('c', { createdAt: 2 })];
    expect(names(sortRuns(runs, { key: 'created', falling: true }))).toEqual(['a', 'b', 'c']);
    expect(names(sortRuns(runs, { key: 'name', falling: true }))).toEqual(['a', 'c', 'b']);
  });
});

describe('matchesSearch', () => {
  it('wants every word, wherever it stands', () => {
    const one = run('brave fox', { tags: ['workshop'], notes: 'Second try' });
    expect(matchesSearch(one, 'FOX workshop')).toBe(true);
    expect(matchesSearch(one, 'sst2 autolora')).toBe(true);
    expect(matchesSearch(one, 'fox lion')).toBe(false);
    // As its row calls it.
    const compared = run('brave fox', { comparedAs: { method: 'ranks-permuted' } });
    expect(matchesSearch(compared, 'permuted')).toBe(true);
    expect(matchesSearch(one, 'permuted')).toBe(false);
  });
});
