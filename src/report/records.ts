/** What the tables read of a finished run, and the score tables and rank vectors that runs make together. */
import { type ExperimentConfig, parseExperimentConfig } from '../config/experiment';
import { metricInfo } from '../metrics/catalog';
import { mean } from '../metrics/mean';
import { taskByName } from '../tasks/registry';
import type { LayerRank } from '../telemetry/events';
import { totalRank } from '../telemetry/ranks';
import type { Plan } from './plan';
import type { Recipe } from './recipes';
import type { RunCost } from './runCost';
import type { Column, Row, SeedValue, Table } from './table';

/** One finished run of a method. */
export interface MethodRun {
  /** Name of a `ComparedMethod`. */
  method: string;
  task: string;
  seed: number;
  metrics: Readonly<Record<string, number>>;
  ranks: readonly LayerRank[];
  /** Trained parameters without the task head. */
  adapterParameters: number;
  /** What is left of them where the method prunes while it trains. */
  keptParameters?: number;
  /** With that of its candidates. */
  cost: RunCost;
}

const parameterColumn: Column = { key: 'params', label: 'Params', digits: 0 };
const rankColumn: Column = { key: 'rank', label: 'Total rank', digits: 1 };
/** The mean over a table's tasks. */
export const averageColumn: Column = {
  key: 'average',
  label: 'Avg.',
  better: 'higher',
  digits: 1,
  factor: 100,
};

const metricsOf = (recipe: Recipe, task: string) =>
  recipe.metrics?.[task] ?? [taskByName(task).primaryMetric];

/** How a column shows a metric: shares in percent. */
export function metricFormat(metric: string): Pick<Column, 'better' | 'digits' | 'factor'> {
  const { higherIsBetter, range } = metricInfo(metric);
  const better = higherIsBetter ? 'higher' : 'lower';
  return range[1] === 1 ? { better, digits: 1, factor: 100 } : { better, digits: 2, factor: 1 };
}

function metricColumn(task: string, metric: string, several: boolean): Column {
  const { title } = taskByName(task);
  return {
    key: `${task}/${metric}`,
    ...(several
      ? { group: title, label: metricInfo(metric).label }
      : { label: title, metric: metricInfo(metric).label }),
    ...metricFormat(metric),
  };
}

export const ofMethod = (records: readonly MethodRun[], method: string) =>
  records.filter((record) => record.method === method);

/** One value per seed of which every task has a run. */
export function overTasks(
  records: readonly MethodRun[],
  { tasks, seeds }: Pick<Plan, 'tasks' | 'seeds'>,
  read: (records: readonly MethodRun[]) => number | undefined,
): SeedValue[] {
  return seeds.flatMap((seed) => {
    const some = records.filter((record) => record.seed === seed);
    if (!tasks.every((task) => some.some((record) => record.task === task))) return [];
    const value = read(some);
    return value === undefined ? [] : { seed, value };
  });
}

/** Runs that are named where a table lacks them. */
const mostNamed = 8;

/** Ids, the first few of them. */
function named(ids: readonly string[], between = ', '): string {
  const more = ids.length - mostNamed;
  return [...ids.slice(0, mostNamed), ...(more > 0 ? [`${more} more`] : [])].join(between);
}

/** A sentence about runs without a result, since their training diverged: means leave out where a method failed. */
export const lostNotes = (ids: readonly string[]): string[] =>
  ids.length > 0
    ? [
        `Training diverged, so there is no score: ${named(ids, '; ')}. Means are over the seeds that are left.`,
      ]
    : [];

/** A sentence about what the table lacks. */
export function gaps({ runs }: Plan, records: readonly MethodRun[]): string[] {
  const has = ({ method, task, seed }: Plan['runs'][number]) =>
    records.some((record) => record.method === method && record.task === task && record.seed === seed);
  const missing = runs.filter((run) => !has(run)).map(({ id }) => id);
  if (missing.length === 0) return [];
  return [
    `The table is incomplete: ${missing.length} of ${runs.length} runs without a result (${named(missing)}).`,
  ];
}

/** Tables 1 to 4 and what figure 2 draws: scores by task and metric. */
export function scoreTable(
  recipe: Recipe,
  plan: Plan,
  records: readonly MethodRun[],
  notes: readonly string[],
): Table {
  const several = plan.tasks.some((task) => metricsOf(recipe, task).length > 1);
  const metrics = plan.tasks.flatMap((task) => metricsOf(recipe, task).map((metric) => ({ task, metric })));
  const columns = metrics.map(({ task, metric }) => metricColumn(task, metric, several));
  const averages = recipe.average && plan.tasks.length > 1;
  const rows = plan.methods.map(({ name, label, forReference }): Row => {
    const own = ofMethod(records, name);
    const cells: Record<string, SeedValue[]> = {
      params: overTasks(own, plan, (some) => mean(some.map(({ adapterParameters }) => adapterParameters))),
    };
    for (const { task, metric } of metrics)
      cells[`${task}/${metric}`] = own
        .filter((record) => record.task === task)
        .flatMap(({ seed, metrics: { [metric]: value } }) => (value === undefined ? [] : { seed, value }));
    if (recipe.totalRank)
      cells.rank = own.some(({ ranks }) => ranks.length > 0)
        ? overTasks(own, plan, (some) => mean(some.map(({ ranks }) => totalRank(ranks))))
        : [];
    if (averages)
      cells[averageColumn.key] = overTasks(own, plan, (some) =>
        mean(some.map((record) => record.metrics[taskByName(record.task).primaryMetric] as number)),
      );
    return { key: name, label, forReference, cells };
  });
  return {
    name: recipe.name,
    caption: recipe.caption,
    rowHeading: 'Method',
    columns: [
      parameterColumn,
      ...(recipe.totalRank ? [rankColumn] : []),
      ...columns,
      ...(averages ? [averageColumn] : []),
    ],
    rows,
    comparedWith: recipe.comparedWith,
    notes: [
      `Params: trainable parameters without the task head${recipe.totalRank ? '; total rank: of all layers together; both the' : ','} mean over the tasks.`,
      ...pruningNotes(plan, records),
      ...(recipe.notes ?? []),
      ...metricNotes(metrics, several),
      ...notes,
      ...gaps(plan, records),
    ],
  };
}

/**
 * How small a method is that is larger while it trains; nothing of one that prunes nothing.
 * @param kept parameters left, by run
 * @param where ` on E2E`, of a table in which that differs
 */
export const pruningNotesOf = (label: string, kept: readonly number[], where = ''): string[] =>
  kept.length > 0
    ? [
        `Of ${label}’s parameters${where} ${Math.round(mean(kept)).toLocaleString('en')} are left after pruning (mean over its runs).`,
      ]
    : [];

const pruningNotes = ({ methods }: Plan, records: readonly MethodRun[]): string[] =>
  methods.flatMap(({ name, label }) =>
    pruningNotesOf(
      label,
      ofMethod(records, name).flatMap(({ keptParameters }) => keptParameters ?? []),
    ),
  );

/** Which metric a column shows, where its heading names the task alone. */
function metricNotes(metrics: readonly { task: string; metric: string }[], several: boolean): string[] {
  if (several) return ['Shares are given in percent.'];
  const parts = [...new Set(metrics.map(({ metric }) => metric))].map((metric) => {
    const titles = metrics.filter((some) => some.metric === metric).map(({ task }) => taskByName(task).title);
    return `${metricInfo(metric).label} (${titles.join(', ')})`;
  });
  return [`Metrics, times 100: ${parts.join('; ')}.`];
}

/** Mean learned rank of each layer of a task over seeds. */
export interface TaskRanks {
  task: string;
  title: string;
  /** k, or the largest rank there is where that is larger. */
  largest: number;
  /** In the order of every layer's ranks. */
  seeds: readonly number[];
  layers: { layer: string; ranks: number[] }[];
}

/** Components that a layer begins with, where no pattern says otherwise: AutoLoRA's k. */
const componentsOf = ({ method, adapter, adalora, sora }: ExperimentConfig): number => {
  if (method === 'adalora') return adalora.initRank;
  return method === 'sora' ? sora.maxRank : adapter.rank;
};

/** Figure 3: the ranks of one method, by task. */
export function ranksByTask(plan: Plan, records: readonly MethodRun[], method: string): TaskRanks[] {
  return plan.tasks.flatMap((task) => {
    const own = ofMethod(records, method).filter((record) => record.task === task);
    const [first] = own;
    if (!first || first.ranks.length === 0) return [];
    const planned = plan.runs.filter((run) => run.task === task && run.method === method);
    const layers = first.ranks.map(({ layer }) => ({
      layer,
      ranks: own.map(({ ranks }) => ranks.find((known) => known.layer === layer)?.rank ?? 0),
    }));
    return {
      task,
      title: taskByName(task).title,
      largest: Math.max(
        1,
        ...planned.map(({ experiment }) => componentsOf(parseExperimentConfig(experiment))),
        ...layers.flatMap(({ ranks }) => ranks),
      ),
      seeds: own.map(({ seed }) => seed),
      layers,
    };
  });
}
