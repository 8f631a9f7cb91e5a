/** Sizes as people read them, on the page and the command line alike. */
import { expect, it } from 'vitest';
import { describeBytes } from './describeBytes';

it('counts in powers of ten, with a digit behind the point where it says something', () => {
  expect([0, 512.4, 1500, 95_300_000, 498_800_000, 1_400_000_000].map(describeBytes)).toEqual([
    '0 bytes',
    '512 bytes',
    '1.5 kB',
    '95.3 MB',
    '499 MB',
    '1.4 GB',
  ]);
});
