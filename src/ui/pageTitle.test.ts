/** The title counts only while something runs. */
import { describe, expect, it } from 'vitest';
import type { Progress } from '../runtime/protocol';
import type { StartEvent } from '../telemetry/events';
import { titleOf } from './pageTitle';

const progress = { status: 'running', phase: 'search', step: 60, steps: 240 } as Progress;
const facts = { phases: [], evaluations: {}, start: {} as StartEvent };

describe('titleOf', () => {
  it('says how far the phase is while running, and when it is finished', () => {
    expect(titleOf({ progress, facts })).toBe('25 % search · AutoLoRA Playground');
    expect(titleOf({ progress: { ...progress, status: 'finished' }, facts })).toContain('Finished');
    expect(titleOf({ progress: { ...progress, status: 'paused' }, facts })).toBe('AutoLoRA Playground');
    expect(titleOf({ progress, facts: { phases: [], evaluations: {} } })).toBe('AutoLoRA Playground');
  });
});
