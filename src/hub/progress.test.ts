/** The meter of a download: at most ten reports a second, and none of the bytes left unsaid when a stream stalls. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ByteMeter, type HubProgress } from './progress';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function metered() {
  const said: HubProgress[] = [];
  const meter = new ByteMeter(
    () => Date.now(),
    (progress) => said.push(progress),
  );
  let bytes = 0;
  const come = (count: number, last = false) => {
    bytes += count;
    meter.note({ file: 'model.safetensors', fileBytes: bytes, bytes }, count, last);
  };
  return { said, meter, come, saidBytes: () => said.map(({ fileBytes }) => fileBytes) };
}

describe('ByteMeter', () => {
  it('says the last bytes before a stream stalls', () => {
    const { come, saidBytes } = metered();
    come(100);
    vi.advanceTimersByTime(10);
    come(100);
    vi.advanceTimersByTime(10);
    come(50);
    expect(saidBytes()).toEqual([100]);
    vi.advanceTimersByTime(79);
    expect(saidBytes()).toEqual([100]);
    vi.advanceTimersByTime(1);
    expect(saidBytes()).toEqual([100, 250]);
    vi.advanceTimersByTime(60_000);
    expect(saidBytes()).toEqual([100, 250]);
  });

  it('speaks at most ten times a second, and says the end at once and once', () => {
    const { come, said, saidBytes } = metered();
    for (let i = 0; i < 100; i++) {
      come(10);
      vi.advanceTimersByTime(10);
    }
    expect(said.length).toBeLessThanOrEqual(11);
    expect(said.at(-1)?.bytesPerSecond).toBeGreaterThan(900);
    come(5, true);
    expect(saidBytes().at(-1)).toBe(1005);
    const count = said.length;
    vi.advanceTimersByTime(1000);
    expect(said).toHaveLength(count);
  });

  it('is silent after its end', () => {
    const { come, meter, saidBytes } = metered();
    come(1);
    come(1);
    meter.end();
    vi.advanceTimersByTime(1000);
    expect(saidBytes()).toEqual([1]);
  });
});
