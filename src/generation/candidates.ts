/** Which tokens may come next: bans by n-gram and by length, and the best of several rows. */

/**
 * Tokens that would repeat an n-gram of the history.
 * @param size n; 0 bans nothing
 */
export function repeatingTokens(history: readonly number[], size: number): Set<number> {
  const banned = new Set<number>();
  const start = history.length - size + 1; // where the n−1 tokens begin that a new one would complete
  if (size === 0 || start < 0) return banned;
  for (let at = 0; at < start; at++) {
    let same = true;
    for (let i = 0; same && i < size - 1; i++) same = history[at + i] === history[start + i];
    if (same) banned.add(history[at + size - 1] as number);
  }
  return banned;
}

/**
 * The row with banned tokens at −∞; itself where nothing is banned.
 * @param renormalise makes the rest sum to 1, as a ban before the softmax does
 */
export function without(row: Float64Array, banned: ReadonlySet<number>, renormalise = false): Float64Array {
  if (banned.size === 0) return row;
  const allowed = row.slice();
  for (const token of banned) allowed[token] = Number.NEGATIVE_INFINITY;
  if (!renormalise) return allowed;
  let sum = 0;
  for (const value of allowed) sum += Math.exp(value);
  const shift = Math.log(sum);
  return allowed.map((value) => value - shift);
}

export interface Candidate {
  /** Index of the row it goes on from. */
  from: number;
  token: number;
  score: number;
}

/**
 * The `count` best of all rows, best first, of equals the first; none at −∞.
 * @param offsets added to each row
 */
export function bestCandidates(
  rows: readonly Float64Array[],
  offsets: readonly number[],
  count: number,
): Candidate[] {
  const best: Candidate[] = [];
  rows.forEach((row, from) => {
    const offset = offsets[from] as number;
    for (let token = 0; token < row.length; token++) {
      const score = offset + (row[token] as number);
      const full = best.length === count;
      if (score === Number.NEGATIVE_INFINITY || (full && score <= (best[count - 1] as Candidate).score))
        continue;
      if (full) best.pop();
      let at = best.length;
      while (at > 0 && (best[at - 1] as Candidate).score < score) at--;
      best.splice(at, 0, { from, token, score });
    }
  });
  return best;
}

/** Place of the largest value, of equals the first. */
export function argmax(row: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < row.length; i++) if ((row[i] as number) > (row[best] as number)) best = i;
  return best;
}
