/** What runs take: counts and times as they are and against AdaLoRA's, alone (Table 5) or beside the scores they buy. */
import type { Plan } from './plan';
import type { Recipe } from './recipes';
import { gaps, type MethodRun, ofMethod, overTasks, scoreTable } from './records';
import { type RunCost, sumCosts } from './runCost';
import type { Column, Row, SeedValue, Table } from './table';

interface CostKind {
  key: string;
  label: string;
  read(cost: RunCost): number;
}

const costKinds: readonly CostKind[] = [
  { key: 'wall', label: 'seconds', read: ({ wallMs }) => wallMs / 1000 },
  { key: 'steps', label: 'steps', read: ({ steps }) => steps },
  { key: 'tokens', label: 'tokens', read: ({ tokens }) => tokens },
  { key: 'passes', label: 'passes', read: ({ passes }) => passes },
];

/** What a method's runs of a seed took over all tasks. */
function totalsOf(
  plan: Plan,
  records: readonly MethodRun[],
  method: string,
  { read }: CostKind,
): SeedValue[] {
  return overTasks(ofMethod(records, method), plan, (some) => read(sumCosts(some.map(({ cost }) => cost))));
}

/** Times the cost of another method, seed by seed. */
function relativeTo(
  plan: Plan,
  records: readonly MethodRun[],
  method: string,
  unit: string | undefined,
  kind: CostKind,
): SeedValue[] {
  const base = new Map(
    unit ? totalsOf(plan, records, unit, kind).map(({ seed, value }) => [seed, value]) : [],
  );
  return totalsOf(plan, records, method, kind).flatMap(({ seed, value }) => {
    const one = base.get(seed);
    return one ? { seed, value: value / one } : [];
  });
}

/** Of rows whose ranks another run has learned. */
const drawnNotes = ({ methods }: Plan): string[] =>
  methods.some(({ ranksFrom }) => ranksFrom)
    ? ['LoRA at ranks made of learned ones is counted without the search that those come from.']
    : [];

/** Method whose cost is 1: AdaLoRA as in the paper, LoRA where it was not run. */
const costUnits = ['adalora', 'lora'] as const;

/** Table 5: what training took, relative to AdaLoRA's and as it is, summed over the tasks. */
export function costTable(
  recipe: Recipe,
  plan: Plan,
  records: readonly MethodRun[],
  notes: readonly string[],
): Table {
  const [wall] = costKinds as [CostKind];
  const unit = costUnits.find((method) => totalsOf(plan, records, method, wall).length > 0);
  const unitLabel = plan.methods.find(({ name }) => name === unit)?.label;
  const columns = costKinds.flatMap(({ key, label }): Column[] => [
    { key: `${key}/relative`, label: `${label}, relative`, group: 'Cost', digits: 2, unit: '×' },
    { key, label, group: 'Cost', digits: 0 },
  ]);
  const rows = plan.methods.map(({ name, label }): Row => {
    const cells: Record<string, SeedValue[]> = {};
    for (const kind of costKinds) {
      cells[kind.key] = totalsOf(plan, records, name, kind);
      cells[`${kind.key}/relative`] = relativeTo(plan, records, name, unit, kind);
    }
    return { key: name, label, cells };
  });
  return {
    name: recipe.name,
    caption: recipe.caption,
    rowHeading: 'Method',
    columns: [...columns].sort((a, b) => Number(Boolean(b.unit)) - Number(Boolean(a.unit))),
    rows,
    notes: [
      'Training alone, summed over the tasks: search and retraining, and the candidates of a grid search that have a score; evaluation is left out.',
      ...(unitLabel
        ? [`Relative to ${unitLabel} = 1${unit === 'adalora' ? '' : ', since there is no run of AdaLoRA'}.`]
        : []),
      'Seconds depend on the machine and on how many runs shared it.',
      ...drawnNotes(plan),
      ...notes,
      ...gaps(plan, records),
    ],
  };
}

/** What costs are measured by in `tradeTable`, and the columns that have it. */
const tradeUnits = [
  { method: 'adalora', label: '/ AdaLoRA' },
  { method: 'adalora-equal-data', label: '/ AdaLoRA, equal data' },
] as const;

const tradeUnitsNote =
  '/ AdaLoRA: times what AdaLoRA took in as many steps as AutoLoRA retrains for by default (= 1). / AdaLoRA, equal data: times ' +
  'what it took to read as many examples as AutoLoRA’s default search and retraining read together (= 1).';

/** Scores of each method beside what they cost, against AdaLoRA of the same training steps and of as many examples. */
export function tradeTable(
  recipe: Recipe,
  plan: Plan,
  records: readonly MethodRun[],
  notes: readonly string[],
): Table {
  const units = tradeUnits.filter(({ method }) => plan.methods.some(({ name }) => name === method));
  const scores = scoreTable(recipe, plan, records, [
    'Passes: forward and backward passes of the model on a batch, seconds: wall time, of search and retraining together, summed over the tasks; evaluation is left out.',
    ...(units.length > 0 ? [tradeUnitsNote] : []),
    'Seconds depend on the machine and on how many runs shared it; passes do not.',
    ...drawnNotes(plan),
    ...notes,
  ]);
  const kinds = costKinds.filter(({ key }) => key === 'passes' || key === 'wall').reverse();
  const columns = kinds.flatMap(({ key, label }): Column[] => [
    ...units.map((unit) => ({
      key: `${key}/${unit.method}`,
      label: `${label} ${unit.label}`,
      digits: 2,
      unit: '×',
    })),
    { key, label, digits: 0 },
  ]);
  const rows = scores.rows.map((row): Row => {
    const cells: Record<string, readonly SeedValue[]> = { ...row.cells };
    for (const kind of kinds) {
      cells[kind.key] = totalsOf(plan, records, row.key, kind);
      for (const { method } of units)
        cells[`${kind.key}/${method}`] = relativeTo(plan, records, row.key, method, kind);
    }
    return { ...row, cells };
  });
  return { ...scores, columns: [...scores.columns, ...columns], rows };
}
