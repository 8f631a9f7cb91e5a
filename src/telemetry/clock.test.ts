/** Times as people read them. */
import { expect, it } from 'vitest';
import { clock } from './clock';

it('writes minutes and hours, and nothing below 0', () => {
  expect([400, 7_400, 59_600, 723_000, 3_723_000, -5_000].map(clock)).toEqual([
    '0:00',
    '0:07',
    '1:00',
    '12:03',
    '1:02:03',
    '0:00',
  ]);
});
