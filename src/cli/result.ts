/** result.json: what a finished run says about itself, read from its telemetry. */
import { rankPatternOf } from '../adapters/rankPattern';
import type { ExperimentConfig } from '../config/experiment';
import { methodFacts, methodTitle } from '../config/methods';
import type { BackendReport } from '../runtime/protocol';
import type {
  EvaluationEvent,
  Fingerprint,
  HubCommits,
  LayerRank,
  ParameterCount,
  PhaseCost,
  Prediction,
  RanksEvent,
  Role,
  StartEvent,
  TelemetryEvent,
} from '../telemetry/events';
import { totalRank } from '../telemetry/ranks';
import type { Engine } from './engine';

/** One trained model of the run. */
export interface RoleResult {
  ranks: LayerRank[];
  totalRank: number;
  metrics: Record<string, number>;
  /** The metric the task is judged by. */
  primary: string;
  confusion: number[][];
  parameters: ParameterCount & { total: number };
}

export interface RunResult {
  method: Role;
  seed: number;
  /** Ranks at the end, learned or given; empty for a method without ranks. */
  ranks: LayerRank[];
  /** As PEFT spells it, keyed by full module name; empty for a method without ranks. */
  rankPattern: Record<string, number>;
  totalRank: number;
  /** Of the method's own model; `models` has the baseline's too. */
  metrics: Record<string, number>;
  parameters: RoleResult['parameters'];
  models: Partial<Record<Role, RoleResult>>;
  /** Milliseconds by `role/phase`, and of the whole experiment. */
  wallMs: Record<string, number>;
  /** What was counted, by `role/phase`. */
  cost: Record<string, PhaseCost>;
  model: StartEvent['model'];
  task: StartEvent['task'];
  /** Of what came from the Hub. */
  commits?: HubCommits;
  /** Absent in results of earlier versions. */
  fingerprint?: Fingerprint;
  /** s of each layer of the adapter that training began from. */
  scalings?: StartEvent['scalings'];
  /** What was said at the start and on the way. */
  notes: string[];
  /** With every default filled in. */
  config: ExperimentConfig;
  backend: BackendReport;
  versions: Record<string, string>;
}

function ofRole({ ranks, metrics, primary, confusion, parameters }: EvaluationEvent): RoleResult {
  const total = parameters.adapter + parameters.head;
  return {
    ranks,
    totalRank: totalRank(ranks),
    metrics,
    primary,
    confusion,
    parameters: { ...parameters, total },
  };
}

/**
 * @param events all of a finished run
 * @throws Error where the telemetry lacks its start or an evaluation
 */
export function resultOf(
  events: readonly TelemetryEvent[],
  { backend, versions }: Pick<Engine, 'backend' | 'versions'>,
): { result: RunResult; predictions: Map<Role, Prediction[]> } {
  const start = events.find((event): event is StartEvent => event.type === 'start');
  const evaluations = events.filter((event): event is EvaluationEvent => event.type === 'evaluation');
  const method = start?.config.method;
  const own = evaluations.find(({ role }) => role === method);
  if (!start || !method || !own)
    throw new Error('The telemetry lacks its start or its evaluation; start the run again.');
  const learned = events.findLast((event): event is RanksEvent => event.type === 'ranks');
  const wallMs: Record<string, number> = {};
  const cost: Record<string, PhaseCost> = {};
  for (const event of events) {
    if (event.type === 'phase' && event.cost) cost[`${event.role}/${event.phase}`] = event.cost;
    if (event.type === 'phase' && event.wallMs !== undefined)
      wallMs[`${event.role}/${event.phase}`] = event.wallMs;
    if (event.type === 'done') wallMs.total = event.wallMs;
  }
  const models: RunResult['models'] = {};
  for (const evaluation of evaluations) models[evaluation.role] = ofRole(evaluation);
  const { ranks, totalRank, metrics, parameters } = models[method] as RoleResult;
  const result: RunResult = {
    method,
    seed: start.config.seed,
    ranks,
    rankPattern: learned?.rankPattern ?? rankPatternOf(ranks, start.model.family),
    totalRank,
    metrics,
    parameters,
    models,
    wallMs,
    cost,
    model: start.model,
    task: start.task,
    ...(start.commits && { commits: start.commits }),
    ...(start.fingerprint && { fingerprint: start.fingerprint }),
    ...(start.scalings && { scalings: start.scalings }),
    notes: [...start.notes, ...events.flatMap((event) => (event.type === 'notice' ? event.message : []))],
    config: start.config,
    backend,
    versions,
  };
  return { result, predictions: new Map(evaluations.map(({ role, predictions }) => [role, predictions])) };
}

/** A few lines for people. */
export function describeResult({ models, wallMs, seed, task, model, notes, config }: RunResult): string {
  const lines = Object.entries(models).map(([role, { metrics, primary, totalRank, parameters }]) => {
    const score = `${primary} ${(metrics[primary] as number).toFixed(4)}`;
    const left =
      parameters.kept === undefined ? '' : ` (${parameters.kept.toLocaleString('en')} left after pruning)`;
    const size = `${parameters.adapter.toLocaleString('en')}${left} + ${parameters.head.toLocaleString('en')} head parameters`;
    const name = role === config.method ? methodTitle(config) : methodFacts[role as Role].title;
    const rank = methodFacts[role as Role].ranks ? `  total rank ${totalRank}` : '';
    return `${name.padEnd(15)} ${score}${rank}  ${size}`;
  });
  const ranks = models.autolora?.ranks.map(({ layer, rank }) => `${layer} ${rank}`).join(', ');
  const whole = (count: number) => count.toLocaleString('en');
  const { devSize, devAvailable, evaluatedOn = 'dev' } = task;
  const cut = devAvailable
    ? `, scored on ${whole(devSize)} of ${whole(devAvailable)} ${evaluatedOn} examples`
    : '';
  return [
    `${task.name} on ${model.name}, seed ${seed}${cut}, ${((wallMs.total ?? 0) / 1000).toFixed(0)} s`,
    ...lines,
    ...(ranks ? [`Ranks: ${ranks}`] : []),
    ...notes,
  ].join('\n');
}
