/** Whole runs on tiny models, for tests: every head, every method, in seconds. */
import { type ExperimentInput, parseExperimentConfig } from '../config/experiment';
import type { MethodName } from '../config/methods';
import { ExperimentSession, type SessionInput } from '../experiment/session';
import { bionlpTask } from '../tasks/bionlp';
import { e2eTask } from '../tasks/e2e';
import { sst2Task } from '../tasks/sst2';
import type { Example } from '../tasks/task';
import type { EvaluationEvent, TelemetryEvent } from '../telemetry/events';
import { tinyGpt2, tinyModel } from './tinyModel';

/** Retraining steps of every run. */
export const steps = 6;

/** A tiny model, its task and examples for each kind of head. */
export const kinds = {
  sequence: {
    model: tinyModel,
    task: sst2Task,
    example: (i: number): Example => ({ text: `w${i} ${i % 2 ? 'yes' : 'no'}`, label: i % 2 }),
  },
  tagging: {
    model: tinyModel,
    task: bionlpTask,
    example: (i: number): Example => ({
      words: [`p${i}`, 'kinase', 'binds'],
      tags: ['B-protein', 'I-protein', 'O'],
    }),
  },
  generation: {
    model: tinyGpt2,
    task: e2eTask,
    example: (i: number): Example => ({ source: `name : n${i}`, references: [`here is n${i}`] }),
  },
} as const;
export type Kind = keyof typeof kinds;

/** A run of `method`; small, and the same every time. */
export const inputFor = (kind: Kind, method: MethodName, more: ExperimentInput = {}): SessionInput => {
  const { model, task, example } = kinds[kind];
  const examples = (count: number, first: number) =>
    Array.from({ length: count }, (_, i) => example(first + i));
  return {
    config: parseExperimentConfig({
      method,
      seed: 3,
      reportEvery: 2,
      data: { trainSize: 0, devSize: 0 },
      adapter: { rank: 3, dropout: 0.1 },
      adalora: { initRank: 3, targetRank: 2, initialFraction: 0.2, finalFraction: 0.4 },
      sora: { maxRank: 3, lambda: 10 },
      houlsby: { bottleneck: 4 },
      search: { steps: 4, batchSize: 4 },
      retrain: { steps, batchSize: 4, learningRate: 0.01, dropout: 0.1 },
      generation: { beams: 2, maxNewTokens: 3 },
      ...more,
    }),
    model: model(),
    task,
    train: examples(12, 0),
    dev: examples(5, 40),
    notes: [],
  };
};

/** A session that goes on from the threshold to retraining by itself. */
export async function openSession(input: SessionInput): Promise<ExperimentSession> {
  const session = await ExperimentSession.create(input);
  session.through = true;
  return session;
}

/** Plays to the end. */
export async function finish(session: ExperimentSession): Promise<TelemetryEvent[]> {
  session.through = true;
  const events: TelemetryEvent[] = [];
  while (session.progress.status !== 'finished') events.push(...(await session.advance()));
  return events;
}

/** Telemetry without what the clock decides. */
export const timeless = (events: readonly unknown[]) =>
  JSON.parse(JSON.stringify(events, (key, value) => (key.endsWith('Ms') ? undefined : value)));

export const ofType = <T extends TelemetryEvent['type']>(events: readonly TelemetryEvent[], type: T) =>
  events.filter((event) => event.type === type) as Extract<TelemetryEvent, { type: T }>[];

/** Train losses as they were reported. */
export const lossesOf = (events: readonly TelemetryEvent[]) =>
  ofType(events, 'train').map(({ trainLoss }) => trainLoss);

/** The first evaluation of a run that has one. */
export const evaluationOf = (events: readonly TelemetryEvent[]) =>
  ofType(events, 'evaluation')[0] as EvaluationEvent;
