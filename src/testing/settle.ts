/** Lets happen what waits for nothing but its turn, for tests; also while vitest holds the clock. */

/** Of the platform: taken before a test puts a clock of its own in its place. */
const { setTimeout: realTimeout } = globalThis;

/** Resolves once all promises that are due have had their turn. */
export const settle = (): Promise<void> => new Promise((resolve) => realTimeout(resolve, 0));
