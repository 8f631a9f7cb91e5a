/** What cannot be tried says why. */
import { describe, expect, it } from 'vitest';
import { parseExperimentConfig } from '../../config/experiment';
import { chapters } from './chapters';
import { canTry, isSet, type RunStanding, tryHint } from './trying';

const triesOf = (id: string) => chapters.find((chapter) => chapter.id === id)?.tries ?? [];
const searching: RunStanding = { status: 'paused', phase: 'search', viewing: false, through: true };
const thresholded: RunStanding = { ...searching, status: 'thresholded' };
const retraining: RunStanding = { ...searching, status: 'running', phase: 'retrain' };
const finished: RunStanding = { ...searching, status: 'finished', phase: 'evaluate' };

describe('what belongs to the search', () => {
  const tries = triesOf('thresholding');

  it('can be tried while the run is searched, without a word', () => {
    expect(tries.every((one) => canTry(one, searching))).toBe(true);
    expect(tryHint(tries, searching)).toBeUndefined();
  });

  it.each([thresholded, retraining, finished])('is over afterwards: %o', (run) => {
    expect(tries.some((one) => canTry(one, run))).toBe(false);
    expect(tryHint(tries, run)).toBe('This run is past its search: Reset takes it back to step 0.');
  });

  it('is the threshold alone once the search has taken its steps', () => {
    const run: RunStanding = { ...searching, phase: 'threshold', through: false };
    const possible = tries.filter((one) => canTry(one, run)).map(({ kind }) => kind);
    expect(possible).toEqual(tries.map(({ kind }) => kind).filter((kind) => kind === 'threshold'));
    expect(tryHint(tries, run)).toBe('The search is over: Threshold now derives the ranks.');
    expect(triesOf('retraining').some((one) => one.kind === 'play' && canTry(one, run))).toBe(false);
    expect(tryHint(triesOf('retraining'), run)).toContain('Threshold now');
    // With Auto on, Play goes on by itself.
    const auto = { ...run, through: true };
    expect(triesOf('retraining').every((one) => canTry(one, auto))).toBe(true);
    expect(tryHint(triesOf('retraining'), auto)).toBeUndefined();
  });

  it('cannot be tried on a run that is only looked at', () => {
    const run = { ...searching, viewing: true };
    expect(tries.some((one) => canTry(one, run))).toBe(false);
    expect(tryHint(tries, run)).toContain('only looked at');
  });
});

describe('Play to the end', () => {
  const tries = triesOf('retraining');

  it('says that it stops at the threshold where Auto is off', () => {
    expect(tries.every((one) => canTry(one, searching))).toBe(true);
    expect(tryHint(tries, searching)).toBeUndefined();
    expect(tryHint(tries, { ...searching, through: false })).toBe(
      'Auto is off: Play stops at the threshold.',
    );
  });

  it('is over with the run', () => {
    expect(tries.some((one) => canTry(one, finished))).toBe(false);
    expect(tryHint(tries, finished)).toBe('This run is finished: Reset takes it back to step 0.');
  });
});

it('knows settings that the controls say already', () => {
  const settings = triesOf('ablations').flatMap((one) => (one.kind === 'set' ? one : []));
  const setIn = (config: object) =>
    settings.filter(({ fields }) => isSet(fields, parseExperimentConfig(config))).map(({ label }) => label);
  expect(setIn({})).toEqual(['Back to AutoLoRA']);
  expect(setIn({ adapter: { selection: 'sigmoid' } })).toEqual(['Sigmoid']);
  expect(setIn({ hypergradient: { estimator: 'exact' } })).toEqual([]);
});

it('says nothing of settings, which can always be chosen', () => {
  const tries = triesOf('ablations');
  expect(tries.every((one) => canTry(one, finished))).toBe(true);
  expect(tryHint(tries, finished)).toBeUndefined();
});
