/** A run's line in the list: whose time and cost is whose, and what somebody did to it. */
import { describe, expect, it } from 'vitest';
import { parseExperimentConfig } from '../../config/experiment';
import type {
  EvaluationEvent,
  PhaseCost,
  PhaseEvent,
  RanksEvent,
  Role,
  StartEvent,
} from '../../telemetry/events';
import { noFacts, type RunFacts } from '../facts';
import { RunHistory } from '../history';
import { isHandled, type RunRecord, statusOrder, statusText, summaryOf } from './runRecord';

const cost = (n: number): PhaseCost => ({
  steps: n,
  examples: 0,
  tokens: 10 * n,
  forwardPasses: 2 * n,
  backwardPasses: n,
});

const phase = (
  role: Role,
  name: PhaseEvent['phase'],
  wallMs: number,
  more: Partial<PhaseEvent> = {},
): PhaseEvent => ({
  type: 'phase',
  role,
  phase: name,
  status: 'end',
  steps: 1,
  wallMs,
  ...more,
});

const evaluation = (role: Role, accuracy: number): EvaluationEvent => ({
  type: 'evaluation',
  role,
  kind: 'classification',
  metrics: { accuracy },
  primary: 'accuracy',
  confusion: [],
  parameters: { adapter: 1, head: 2, frozen: 3 },
  ranks: [{ layer: '0.query', rank: 2 }],
  predictions: [],
});

const record = (facts: Partial<RunFacts>, progress: Partial<RunRecord['progress']> = {}): RunRecord => ({
  version: 1,
  id: '1',
  name: 'calm otter',
  createdAt: 1000,
  savedAt: 2000,
  config: parseExperimentConfig({}),
  progress: {
    status: 'paused',
    role: 'autolora',
    phase: 'search',
    step: 60,
    steps: 240,
    stepMs: 1,
    remainingMs: 1,
    tensors: 0,
    bytes: 0,
    ...progress,
  },
  snapshot: { state: {}, tensors: Uint8Array.of(1, 2, 3) },
  history: new RunHistory().stored(),
  facts: { ...noFacts, ...facts },
});

describe('summaryOf', () => {
  it('gives each role the time of its phases, and as training what was not evaluation', () => {
    const phases = [
      phase('autolora', 'search', 0, { status: 'begin', wallMs: undefined }),
      phase('autolora', 'search', 100, { cost: cost(5) }),
      phase('autolora', 'threshold', 1),
      phase('autolora', 'retrain', 20, { cost: cost(3) }),
      phase('autolora', 'evaluate', 4, { cost: cost(1000) }),
      phase('lora', 'retrain', 15, { cost: cost(2) }),
      phase('lora', 'evaluate', 3, { cost: cost(1000) }),
    ];
    const evaluations = { lora: evaluation('lora', 0.7), autolora: evaluation('autolora', 0.8) };
    const summary = summaryOf(record({ phases, evaluations }, { status: 'finished' }), { tags: ['a'] });
    expect(summary).toMatchObject({
      id: '1',
      name: 'calm otter',
      tags: ['a'],
      notes: '',
      pinned: false,
      finished: true,
      weightBytes: 3,
    });
    expect(summary.scores).toEqual([
      {
        role: 'autolora',
        primary: 'accuracy',
        metrics: { accuracy: 0.8 },
        parameters: { adapter: 1, head: 2, frozen: 3 },
        ranks: [{ layer: '0.query', rank: 2 }],
        wallMs: 125,
        training: { wallMs: 121, steps: 8, tokens: 80, passes: 24 },
      },
      expect.objectContaining({
        role: 'lora',
        metrics: { accuracy: 0.7 },
        wallMs: 18,
        training: { wallMs: 15, steps: 2, tokens: 20, passes: 6 },
      }),
    ]);
    expect(isHandled(summary)).toBe(false);
    expect(summary).not.toHaveProperty('searchEndedAt');
    expect(summary).not.toHaveProperty('halfSteps');
  });

  it.each<[string, Partial<RunFacts>, object]>([
    [
      'a search that was ended early',
      {
        phases: [
          phase('autolora', 'search', 0, { status: 'begin' }),
          phase('autolora', 'search', 9, { status: 'stopped', reason: 'asked', step: 37 }),
        ],
      },
      { searchEndedAt: 37 },
    ],
    ['half steps', { phases: [phase('autolora', 'search', 9, { byHand: true })] }, { halfSteps: true }],
    ['ranks set by hand', { ranks: { edited: true } as RanksEvent }, { editedRanks: true }],
  ])('tells of %s', (_, facts, told) => {
    const summary = summaryOf(record(facts));
    expect(summary).toMatchObject(told);
    expect(isHandled(summary)).toBe(true);
  });

  it('knows its examples, and whose training diverged', () => {
    const task = { trainSize: 1000, devSize: 500, devAvailable: 872 };
    const start = { type: 'start', task } as StartEvent;
    expect(summaryOf(record({ start }))).toMatchObject({
      examples: { train: 1000, scored: 500, available: 872 },
    });
    const lost = phase('lora', 'retrain', 9, { status: 'stopped', reason: 'diverged' });
    expect(summaryOf(record({ phases: [lost] })).diverged).toEqual(['lora']);
    expect(summaryOf(record({}, { failure: 'No number.', diverged: true })).diverged).toEqual(['autolora']);
    expect(summaryOf(record({}))).not.toHaveProperty('diverged');
  });

  it('takes no stop at stable ranks for a person’s', () => {
    const stop = phase('autolora', 'search', 9, { status: 'stopped', reason: 'stable-ranks', step: 37 });
    expect(isHandled(summaryOf(record({ phases: [stop] })))).toBe(false);
  });
});

it('the state of a run is a word or its phase, and sorts by how far it is', () => {
  const at = (progress: Partial<RunRecord['progress']>, error?: string) => ({
    ...summaryOf(record({}, progress)),
    error,
  });
  const inOrder = [
    at({}, 'No room.'),
    at({}),
    at({ step: 240 }),
    at({ phase: 'retrain', step: 1, steps: 480 }),
    at({ status: 'finished', phase: 'evaluate' }),
  ];
  expect(inOrder.map(statusText)).toEqual([
    'failed',
    'search 60/240',
    'search 240/240',
    'retrain 1/480',
    'finished',
  ]);
  const order = inOrder.map(statusOrder);
  expect(order).toEqual([...order].sort((a, b) => a - b));
  expect(new Set(order).size).toBe(order.length);
});
