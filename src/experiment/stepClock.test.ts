/** What counts as the time of a step. */
import { expect, it, vi } from 'vitest';
import { StepClock } from './stepClock';

it('counts the work of steps and what waits for it, not what passes between them', async () => {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout'] });
  const clock = new StepClock();
  const pass = (ms: number) => vi.advanceTimersByTime(ms);
  clock.begin();
  pass(10);
  clock.end();
  pass(500);
  clock.begin();
  pass(6);
  clock.end();
  // Of the second step too.
  const reading = clock.waitingFor(new Promise((resolve) => setTimeout(resolve, 20)));
  await vi.advanceTimersByTimeAsync(20);
  await reading;
  pass(500);
  clock.begin();
  pass(4);
  expect(clock.lap()).toBe((10 + 6 + 20 + 4) / 2);
  expect(clock.stepMs).toBe(20);
  vi.useRealTimers();
});
