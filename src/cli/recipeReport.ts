/** Everything a recipe shows, as files: Markdown, LaTeX and CSV of its tables, SVG of its figures. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { recipeAgreement } from '../report/agreement';
import { barFigure } from '../report/barFigure';
import { costTable, tradeTable } from '../report/costs';
import { toCsv, toSeedCsv } from '../report/csv';
import { toLatex } from '../report/latex';
import { toMarkdown } from '../report/markdown';
import type { Plan } from '../report/plan';
import { rankFigure } from '../report/rankFigure';
import { rankTable } from '../report/rankTable';
import type { Recipe } from '../report/recipes';
import { type MethodRun, ranksByTask, scoreTable } from '../report/records';
import type { Table } from '../report/table';
import { triedTables } from '../report/triedTables';

/** Tables, and figures by file name. */
interface Shown {
  tables: readonly Table[];
  figures: Readonly<Record<string, string>>;
}

function shownBy(recipe: Recipe, plan: Plan, records: readonly MethodRun[], notes: readonly string[]): Shown {
  const only = (...tables: (Table | undefined)[]): Shown => ({
    tables: tables.filter((table) => table !== undefined),
    figures: {},
  });
  switch (recipe.shows) {
    case 'costs':
      return only(costTable(recipe, plan, records, notes));
    case 'trade':
      return only(tradeTable(recipe, plan, records, notes));
    case 'tried':
      return only(...triedTables(recipe, plan, records, notes));
    case 'agreement':
      return only(scoreTable(recipe, plan, records, notes), recipeAgreement(recipe, plan, records, notes));
    case 'bars': {
      const table = scoreTable(recipe, plan, records, notes);
      return { tables: [table], figures: { [table.name]: barFigure(table) } };
    }
    case 'ranks': {
      const ranks = plan.methods.map((method) => ranksByTask(plan, records, method.name));
      const tables = plan.methods.map((method, i) =>
        rankTable(recipe, plan, method, ranks[i] ?? [], records, notes),
      );
      const figures = tables.flatMap(({ name, caption }, i) => {
        const tasks = ranks[i] ?? [];
        return tasks.length > 0 ? [[name, rankFigure(name, caption, tasks)] as const] : [];
      });
      return { tables, figures: Object.fromEntries(figures) };
    }
    case 'scores':
      return only(scoreTable(recipe, plan, records, notes));
  }
}

/** From the runs there are. @returns paths of the files, and the Markdown */
export function writeReport(
  out: string,
  recipe: Recipe,
  plan: Plan,
  records: readonly MethodRun[],
  notes: readonly string[],
): { written: string[]; markdown: string } {
  const written: string[] = [];
  const write = (name: string, content: string) => {
    writeFileSync(join(out, name), content);
    written.push(join(out, name));
  };
  const { tables, figures } = shownBy(recipe, plan, records, [
    ...notes,
    `Made by autolora reproduce ${recipe.name}.`,
  ]);
  for (const table of tables) {
    write(`${table.name}.md`, toMarkdown(table));
    write(`${table.name}.tex`, toLatex(table));
    write(`${table.name}.csv`, toCsv(table));
    write(`${table.name}-seeds.csv`, toSeedCsv(table));
  }
  for (const [name, figure] of Object.entries(figures)) write(`${name}.svg`, figure);
  return { written, markdown: tables.map(toMarkdown).join('\n') };
}
