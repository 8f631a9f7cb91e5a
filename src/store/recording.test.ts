/** When the last record has the run as it stands. */
import { expect, it } from 'vitest';
import type { Progress } from '../runtime/protocol';
import type { PlaygroundContext } from './context';
import { noFacts } from './facts';
import { isRecorded } from './recording';

it.each<[string, Partial<Progress>, Partial<Progress>, boolean]>([
  ['as it stood', {}, {}, true],
  ['a batch of its evaluation later', {}, { step: 5 }, false],
  ['finished since', {}, { step: 10, status: 'finished' }, false],
  ['finished, and taken up again', { step: 10, status: 'finished' }, { step: 0, status: 'finished' }, true],
])('knows a run %s', (_, recorded, now, isKept) => {
  const stood = { phase: 'evaluate', role: 'lora', step: 4, steps: 10, status: 'running' } as Progress;
  const run = { id: '1', facts: noFacts };
  const context = {
    workerIsEmpty: false,
    state: { run, facts: noFacts, progress: { ...stood, ...now } },
    lastRecord: { ...run, progress: { ...stood, ...recorded } },
  };
  expect(isRecorded(context as unknown as PlaygroundContext)).toBe(isKept);
});
