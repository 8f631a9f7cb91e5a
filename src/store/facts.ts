/** The few things a run states once: start, phases, ranks, evaluations, end; folded from telemetry. */
import { methodNames } from '../config/methods';
import type { BackendReport } from '../runtime/protocol';
import type {
  EvaluationEvent,
  PhaseEvent,
  RanksEvent,
  Role,
  StartEvent,
  TelemetryEvent,
} from '../telemetry/events';

/** Plain data, stored with a run. */
export interface RunFacts {
  start?: StartEvent;
  /** What the run began on; absent in records of earlier versions. */
  backend?: BackendReport;
  /** Phase events in the order they came. */
  phases: PhaseEvent[];
  ranks?: RanksEvent;
  evaluations: Partial<Record<Role, EvaluationEvent>>;
  /** Wall time of the whole experiment, once it is done. */
  doneMs?: number;
}

export const noFacts: RunFacts = { phases: [], evaluations: {} };

/** The facts after an event; the same object where the event adds none. */
export function withEvent(facts: RunFacts, event: TelemetryEvent): RunFacts {
  switch (event.type) {
    case 'start':
      return { ...noFacts, start: event };
    case 'phase':
      return { ...facts, phases: [...facts.phases, event] };
    case 'ranks':
      return { ...facts, ranks: event };
    case 'evaluation':
      return { ...facts, evaluations: { ...facts.evaluations, [event.role]: event } };
    case 'done':
      return { ...facts, doneMs: event.wallMs };
    default:
      return facts;
  }
}

/** What has been evaluated, in the order of the methods. */
export const evaluatedRoles = ({ evaluations }: Pick<RunFacts, 'evaluations'>): Role[] =>
  methodNames.filter((role) => evaluations[role]);

/** Which examples a run is scored on. */
export const scoredOn = ({ start }: RunFacts): 'dev' | 'validation' => start?.task.evaluatedOn ?? 'dev';

/** Milliseconds that a role's finished phases took: search, threshold, retraining, evaluation together. */
export function wallMsOf(facts: RunFacts, role: Role): number {
  return facts.phases.reduce((sum, phase) => (phase.role === role ? sum + (phase.wallMs ?? 0) : sum), 0);
}

/** Search steps that were really taken: fewer than planned where the threshold was asked for early. */
export function searchStepsTaken(facts: RunFacts, lastReported: number): number {
  return facts.ranks?.step ?? lastReported;
}
