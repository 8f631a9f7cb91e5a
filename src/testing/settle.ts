/** Lets happen what is under way, for tests; also while vitest holds the clock. */
import { vi } from 'vitest';

/** Of the platform: taken before a test puts a clock of its own in its place. */
const { setTimeout: realTimeout } = globalThis;

/** Resolves once all promises that are due have had their turn. */
export const settle = (): Promise<void> => new Promise((resolve) => realTimeout(resolve, 0));

/** Resolves with what `check` gives once it throws no more; rejects with what it threw last, after 20 s of a slow machine. */
export const eventually = <T>(check: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(check, { timeout: 20_000 });
