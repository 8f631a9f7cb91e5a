/** The same digest as Node's, however the bytes are cut. */
import { createHash, randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { Sha256 } from './sha256';

it.each([0, 1, 55, 56, 63, 64, 65, 119, 120, 1000, 100_003])('digests %i bytes', (length) => {
  const bytes = new Uint8Array(randomBytes(length));
  const hash = new Sha256();
  for (let at = 0, step = 1; at < length; at += step, step = (step * 7 + 3) % 997)
    hash.update(bytes.subarray(at, at + step));
  const expected = createHash('sha256').update(bytes).digest('hex');
  expect(new Sha256().update(bytes).digest()).toBe(expected);
  expect(hash.digest()).toBe(expected);
});
