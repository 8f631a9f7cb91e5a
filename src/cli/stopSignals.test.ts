/** Signals that come twice: from the terminal, and passed on. */
import { afterEach, expect, it, vi } from 'vitest';
import { onStopSignal } from './stopSignals';

afterEach(() => {
  vi.useRealTimers();
});

it('takes signals that come together for one, and a later one for another', () => {
  vi.useFakeTimers();
  const act = vi.fn();
  const unlisten = onStopSignal(act);
  process.emit('SIGTERM');
  vi.advanceTimersByTime(900);
  process.emit('SIGTERM');
  expect(act).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(100);
  process.emit('SIGINT');
  expect(act).toHaveBeenCalledTimes(2);
  const listening = process.listenerCount('SIGHUP');
  unlisten();
  expect(process.listenerCount('SIGHUP')).toBe(listening - 1);
});
