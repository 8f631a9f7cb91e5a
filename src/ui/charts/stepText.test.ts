/** Steps of the search, and of what comes after it on the same axis. */
import { expect, it } from 'vitest';
import { stepText } from './stepText';

it('counts anew behind the threshold, as transport and files do', () => {
  const mark = { x: 240, label: 'threshold' };
  expect(stepText(300, mark)).toBe('step 60 after the threshold');
  expect(stepText(240, mark)).toBe('step 240');
  expect(stepText(300)).toBe('step 300');
});
