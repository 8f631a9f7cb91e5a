/** What the tables read of a finished run, and the tables and rank vectors that runs make together. */
import { metricInfo } from '../metrics/catalog';
import { taskByName } from '../tasks/registry';
import type { LayerRank } from '../telemetry/events';
import type { Plan } from './plan';
import type { Recipe } from './recipes';
import { mean } from './statistics';
import type { Column, Row, SeedValue, Table } from './table';

/** What training took, evaluation left out. Counts are undefined where result.json does not have them. */
export interface RunCost {
  wallMs: number;
  steps?: number;
  tokens?: number;
  /** Forward and backward passes. */
  passes?: number;
}

/** One finished run of a method. */
export interface RunRecord {
  /** Name of a `ComparedMethod`. */
  method: string;
  task: string;
  seed: number;
  metrics: Readonly<Record<string, number>>;
  ranks: readonly LayerRank[];
  /** Trained parameters without the task head. */
  adapterParameters: number;
  /** With that of its candidates. */
  cost: RunCost;
}

/** The sum; a count that one of them lacks is unknown. */
export function sumCosts(costs: readonly RunCost[]): RunCost {
  const total = (read: (cost: RunCost) => number | undefined) => {
    const values = costs.map(read);
    return values.includes(undefined)
      ? undefined
      : (values as number[]).reduce((sum, value) => sum + value, 0);
  };
  return {
    wallMs: total(({ wallMs }) => wallMs) as number,
    steps: total(({ steps }) => steps),
    tokens: total(({ tokens }) => tokens),
    passes: total(({ passes }) => passes),
  };
}

const parameterColumn: Column = { key: 'params', label: 'Params', digits: 0 };
const averageKey = 'average';

const metricsOf = (recipe: Recipe, task: string) =>
  recipe.metrics?.[task] ?? [taskByName(task).primaryMetric];

function metricColumn(task: string, metric: string, several: boolean): Column {
  const { label, higherIsBetter, range } = metricInfo(metric);
  const isShare = range[1] === 1;
  return {
    key: `${task}/${metric}`,
    ...(several ? { group: taskByName(task).title, label } : { label: taskByName(task).title }),
    better: higherIsBetter ? 'higher' : 'lower',
    digits: isShare ? 1 : 2,
    factor: isShare ? 100 : 1,
  };
}

const ofMethod = (records: readonly RunRecord[], method: string) =>
  records.filter((record) => record.method === method);

/** One value per seed of which every task has a run. */
function overTasks(
  records: readonly RunRecord[],
  { tasks, seeds }: Pick<Plan, 'tasks' | 'seeds'>,
  read: (records: readonly RunRecord[]) => number | undefined,
): SeedValue[] {
  return seeds.flatMap((seed) => {
    const some = records.filter((record) => record.seed === seed);
    if (!tasks.every((task) => some.some((record) => record.task === task))) return [];
    const value = read(some);
    return value === undefined ? [] : { seed, value };
  });
}

/** Sentences about what the table lacks, and why. */
function gaps({ runs, skipped }: Plan, records: readonly RunRecord[]): string[] {
  const missing = runs.length - records.length;
  return [
    ...skipped,
    ...(missing > 0 ? [`${missing} of ${runs.length} runs are not finished: the table is incomplete.`] : []),
  ];
}

/** Tables 1 to 4 and what figure 2 draws: scores by task and metric. */
export function scoreTable(
  recipe: Recipe,
  plan: Plan,
  records: readonly RunRecord[],
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
    if (averages)
      cells[averageKey] = overTasks(own, plan, (some) =>
        mean(some.map((record) => record.metrics[taskByName(record.task).primaryMetric] as number)),
      );
    return { key: name, label, forReference, cells };
  });
  const average: Column = { key: averageKey, label: 'Avg.', better: 'higher', digits: 1, factor: 100 };
  return {
    name: recipe.name,
    caption: recipe.caption,
    rowHeading: 'Method',
    columns: [parameterColumn, ...columns, ...(averages ? [average] : [])],
    rows,
    comparedWith: recipe.comparedWith,
    notes: [
      'Params: trained parameters without the task head, mean over the tasks.',
      ...metricNotes(metrics, several),
      ...notes,
      ...gaps(plan, records),
    ],
  };
}

/** Which metric a column shows, where its heading names the task alone. */
function metricNotes(metrics: readonly { task: string; metric: string }[], several: boolean): string[] {
  if (several) return ['Shares are given in percent.'];
  const parts = [...new Set(metrics.map(({ metric }) => metric))].map((metric) => {
    const titles = metrics.filter((some) => some.metric === metric).map(({ task }) => taskByName(task).title);
    return `${metricInfo(metric).label} (${titles.join(', ')})`;
  });
  return [`Metrics, times 100: ${parts.join('; ')}.`];
}

/** Method whose cost is 1: AdaLoRA as in the paper, LoRA where it was not run. */
const costUnits = ['adalora', 'lora'] as const;

/** Table 5: what training took, relative to AdaLoRA's and as it is, summed over the tasks. */
export function costTable(
  recipe: Recipe,
  plan: Plan,
  records: readonly RunRecord[],
  notes: readonly string[],
): Table {
  const totals = (method: string, read: (cost: RunCost) => number | undefined) =>
    overTasks(ofMethod(records, method), plan, (some) => read(sumCosts(some.map(({ cost }) => cost))));
  const unit = costUnits.find((method) => totals(method, ({ wallMs }) => wallMs).length > 0);
  const unitLabel = plan.methods.find(({ name }) => name === unit)?.label;
  const relative = (method: string, read: (cost: RunCost) => number | undefined) => {
    const base = new Map(unit ? totals(unit, read).map(({ seed, value }) => [seed, value]) : []);
    return totals(method, read).flatMap(({ seed, value }) => {
      const one = base.get(seed);
      return one ? { seed, value: value / one } : [];
    });
  };
  const kinds = [
    { key: 'wall', label: 'seconds', read: ({ wallMs }: RunCost) => wallMs / 1000 },
    { key: 'steps', label: 'steps', read: ({ steps }: RunCost) => steps },
    { key: 'tokens', label: 'tokens', read: ({ tokens }: RunCost) => tokens },
    { key: 'passes', label: 'passes', read: ({ passes }: RunCost) => passes },
  ].filter(({ read }) => records.some(({ cost }) => read(cost) !== undefined));
  const columns = kinds.flatMap(({ key, label }): Column[] => [
    { key: `${key}/relative`, label: `${label}, relative`, group: 'Cost', digits: 2, unit: '×' },
    { key, label, group: 'Cost', digits: 0 },
  ]);
  const rows = plan.methods.map(({ name, label }): Row => {
    const cells: Record<string, SeedValue[]> = {};
    for (const { key, read } of kinds) {
      cells[key] = totals(name, read);
      cells[`${key}/relative`] = relative(name, read);
    }
    return { key: name, label, cells };
  });
  const uncounted = kinds.length === 1 ? ['Steps, tokens and passes are not in these results.'] : [];
  return {
    name: recipe.name,
    caption: recipe.caption,
    rowHeading: 'Method',
    columns: [...columns].sort((a, b) => Number(Boolean(b.unit)) - Number(Boolean(a.unit))),
    rows,
    notes: [
      'Training alone, summed over the tasks: search and retraining, all candidates of a grid search; evaluation is left out.',
      ...(unitLabel
        ? [`Relative to ${unitLabel} = 1${unit === 'adalora' ? '' : ', since there is no run of AdaLoRA'}.`]
        : []),
      'Seconds depend on the machine and on how many runs shared it.',
      ...uncounted,
      ...notes,
      ...gaps(plan, records),
    ],
  };
}

/** Mean learned rank of each layer of a task over seeds. */
export interface TaskRanks {
  task: string;
  title: string;
  /** k, or the largest rank there is. */
  largest: number;
  /** In the order of every layer's ranks. */
  seeds: readonly number[];
  layers: { layer: string; ranks: number[] }[];
}

/** Figure 3: the ranks of one method, by task. */
export function ranksByTask(plan: Plan, records: readonly RunRecord[], method: string): TaskRanks[] {
  return plan.tasks.flatMap((task) => {
    const own = ofMethod(records, method).filter((record) => record.task === task);
    const [first] = own;
    if (!first) return [];
    const layers = first.ranks.map(({ layer }) => ({
      layer,
      ranks: own.map(({ ranks }) => ranks.find((known) => known.layer === layer)?.rank ?? 0),
    }));
    return {
      task,
      title: taskByName(task).title,
      largest: Math.max(1, ...layers.flatMap(({ ranks }) => ranks)),
      seeds: own.map(({ seed }) => seed),
      layers,
    };
  });
}
