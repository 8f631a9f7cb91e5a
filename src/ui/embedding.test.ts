/** Links for slides hide what they name, and nothing else. */
import { describe, expect, it } from 'vitest';
import { decodeLink } from '../config/link';
import { hiddenParts, unknownParts } from './embedding';

describe('hiddenParts', () => {
  it('reads embed and hide out of a link', () => {
    const { unknown } = decodeLink('#v=1&embed=1&hide=experiment,%20result,nonsense&seed=2');
    expect([...hiddenParts(unknown)].sort()).toEqual(['experiment', 'masthead', 'result']);
    expect(unknownParts(unknown)).toEqual(['nonsense']);
    expect(hiddenParts(decodeLink('#v=1&embed=0').unknown).size).toBe(0);
    expect(unknownParts(decodeLink('#v=1&hide=charts,').unknown)).toEqual([]);
  });
});
