/** A second sentence is asked for wherever the run at hand reads pairs, whatever method it trains. */
import { describe, expect, it } from 'vitest';
import { methodNames } from '../../config/methods';
import type { EvaluationEvent, Role } from '../../telemetry/events';
import { firstEvaluation, takesPair } from './tryExamples';

const evaluation = (role: Role, pair?: string): EvaluationEvent => ({
  type: 'evaluation',
  role,
  kind: 'classification',
  metrics: {},
  primary: 'accuracy',
  confusion: [],
  parameters: { adapter: 1, head: 1, frozen: 1 },
  ranks: [],
  predictions: [
    { text: 'one', ...(pair !== undefined && { pair }), label: 0, prediction: 0, logits: [1, 0] },
  ],
});

describe('takesPair', () => {
  it.each(methodNames)('sees the pairs that %s was scored on', (role) => {
    const facts = { evaluations: { [role]: evaluation(role, 'two') } };
    expect(takesPair('own', facts, '')).toBe(true);
    expect(takesPair('own', { evaluations: { [role]: evaluation(role) } }, '')).toBe(false);
  });

  it('goes by the task and by the columns before anything is scored', () => {
    expect(takesPair('mrpc', { evaluations: {} }, '')).toBe(true);
    expect(takesPair('sst2', { evaluations: {} }, '')).toBe(false);
    expect(takesPair('own', { evaluations: {} }, 'text=a,pair=b')).toBe(true);
  });
});

it('examples come from the method that is named first', () => {
  const evaluations = { dora: evaluation('dora'), lora: evaluation('lora') };
  expect(firstEvaluation({ evaluations })?.role).toBe('lora');
  expect(firstEvaluation({ evaluations: {} })).toBeUndefined();
});
