/** A score table for each setting that was tried on validation (recipe `rates`). */
import type { Plan } from './plan';
import type { Recipe } from './recipes';
import { type MethodRun, scoreTable } from './records';
import type { Table } from './table';
import { triedSettings } from './triedSettings';

/** Tables of the settings of which the plan has a method; each is tested against what the method has today. */
export function triedTables(
  recipe: Recipe,
  plan: Plan,
  records: readonly MethodRun[],
  notes: readonly string[],
): Table[] {
  return triedSettings.flatMap(({ method, title, tried, today }) => {
    const names = new Set(tried.map(({ name }) => name));
    const methods = plan.methods.filter(({ name }) => names.has(name));
    const own = records.filter((record) => names.has(record.method));
    if (methods.length === 0 || own.length === 0) return [];
    const part = { ...plan, methods, runs: plan.runs.filter((run) => names.has(run.method)) };
    const named = methods.find(({ name }) => name === today)?.label;
    const told = named ? [`Today, with the embedded models: ${named}.`, ...notes] : notes;
    const table = scoreTable({ ...recipe, comparedWith: today }, part, own, told);
    return [
      {
        ...table,
        name: `${recipe.name}-${method}`,
        caption: `${recipe.caption}: ${methods[0]?.label.split(',')[0]}, ${title}`,
        // The best is wanted of all rows, full finetuning's too.
        rows: table.rows.map((row) => ({ ...row, forReference: false })),
      },
    ];
  });
}
