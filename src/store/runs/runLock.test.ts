/** Two pages over one set of locks, as the tabs of a browser share them. */
import { describe, expect, it } from 'vitest';
import { TabLocks } from '../../testing/tabLocks';
import { createRunLock } from './runLock';

const page = (locks: TabLocks) => createRunLock(locks);

describe('a run’s lock', () => {
  it('is one page’s until it takes another run or lets go', async () => {
    const locks = new TabLocks();
    const [one, other] = [page(locks), page(locks)];
    expect(await one.take('first', 20)).toBe(true);
    expect(await one.take('first', 20)).toBe(true);
    expect(await other.take('first', 20)).toBe(false);
    expect(await other.take('second', 20)).toBe(true);
    expect(await one.take('third', 20)).toBe(true);
    expect(await other.take('first', 20)).toBe(true);
    expect(await one.take('second', 20)).toBe(true);
    other.release();
    expect(await one.take('first', 20)).toBe(true);
  });

  it('waits a little for a page that is just letting go', async () => {
    const locks = new TabLocks();
    const [one, other] = [page(locks), page(locks)];
    await one.take('first');
    const taken = other.take('first', 2000);
    setTimeout(one.release, 10);
    expect(await taken).toBe(true);
  });

  it('can be acted on while no page has it, and is free again then', async () => {
    const locks = new TabLocks();
    const [one, other] = [page(locks), page(locks)];
    await one.take('first', 20);
    const acted: string[] = [];
    const note = (what: string) => async () => void acted.push(what);
    expect(await other.whileFree('first', note('of another page'))).toBe(false);
    expect(await one.whileFree('first', note('of this page'))).toBe(false);
    expect(await other.whileFree('second', note('free'))).toBe(true);
    expect(acted).toEqual(['free']);
    const failing = other.whileFree('second', () => Promise.reject(new Error('No.')));
    await expect(failing).rejects.toThrow('No.');
    expect(await one.take('second', 20)).toBe(true);
    // Without locks a page knows at least its own run.
    const alone = createRunLock(undefined);
    await alone.take('first');
    expect(await alone.whileFree('first', note('of this page'))).toBe(false);
  });

  it('tells whether other pages have runs', async () => {
    const locks = new TabLocks();
    const [one, other] = [page(locks), page(locks)];
    void locks.request('of something else', () => new Promise<void>(() => {}));
    expect(await one.othersHaveRuns()).toBe(false);
    await one.take('first');
    expect(await one.othersHaveRuns()).toBe(false);
    expect(await other.othersHaveRuns()).toBe(true);
    await other.take('second');
    expect(await one.othersHaveRuns()).toBe(true);
  });

  it('is always had where the browser has no locks, or forbids them', async () => {
    expect(await createRunLock(undefined).take('first')).toBe(true);
    const forbid = () => Promise.reject(new DOMException('No site data.', 'SecurityError'));
    const forbidding = { request: forbid, query: forbid };
    expect(await createRunLock(forbidding).take('first')).toBe(true);
    for (const locks of [undefined, forbidding])
      expect(await createRunLock(locks).othersHaveRuns()).toBe(false);
  });
});
