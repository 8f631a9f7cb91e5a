/** Keys are left to inputs, and Space to buttons. */
import { describe, expect, it } from 'vitest';
import { belongsToControl } from './useKeys';

describe('belongsToControl', () => {
  it('leaves every key to inputs', () => {
    for (const tagName of ['INPUT', 'textarea', 'SELECT'])
      expect(belongsToControl('w', { tagName })).toBe(true);
    expect(belongsToControl('.', { tagName: 'DIV', isContentEditable: true })).toBe(true);
  });

  it('leaves only Space to switches', () => {
    expect(belongsToControl(' ', { tagName: 'INPUT', type: 'checkbox' })).toBe(true);
    expect(belongsToControl('w', { tagName: 'INPUT', type: 'checkbox' })).toBe(false);
    expect(belongsToControl('w', { tagName: 'INPUT', type: 'text' })).toBe(true);
  });

  it('leaves Space to buttons, but not other keys', () => {
    expect(belongsToControl(' ', { tagName: 'BUTTON' })).toBe(true);
    expect(belongsToControl('w', { tagName: 'BUTTON' })).toBe(false);
    expect(belongsToControl(' ', { tagName: 'DIV', role: 'slider' })).toBe(true);
    expect(belongsToControl(' ', { tagName: 'g', role: 'gridcell' })).toBe(false);
    expect(belongsToControl(' ', null)).toBe(false);
  });
});
