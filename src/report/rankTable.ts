/** The numbers behind figure 3: learned rank of every layer by task, and how well the seeds agree on where rank goes. */
import { methodFacts } from '../config/methods';
import { spearmanCorrelation } from '../metrics/correlation';
import { levelNote } from './agreement';
import type { ComparedMethod } from './comparedMethods';
import { numberText } from './numberText';
import type { Plan } from './plan';
import type { Recipe } from './recipes';
import { gaps, type MethodRun, ofMethod, type TaskRanks } from './records';
import { kendallCorrelation, meanAgreement } from './statistics';
import type { Row, Table } from './table';

/** Of one seed there is no agreement to speak of, and none of one rank everywhere, which has no order. */
const agreement = ({ title, layers, seeds }: TaskRanks): string => {
  const vectors = seeds.map((_, i) => layers.map(({ ranks }) => ranks[i] as number));
  if (vectors.length < 2) return `${title}: one seed, so nothing is known of how stable these ranks are.`;
  const left = levelNote(vectors);
  const spearman = meanAgreement(vectors, spearmanCorrelation);
  const kendall = meanAgreement(vectors, kendallCorrelation);
  return spearman === undefined || kendall === undefined
    ? `${title}: no two seeds whose ranks differ between layers, so no agreement to speak of.${left}`
    : `${title}: agreement of the rank vectors of two seeds, mean over all pairs: Spearman ${numberText(spearman, 2)}, Kendall ${numberText(kendall, 2)}.${left}`;
};

/** As captions name them: those that are the same everywhere are not learned. */
const ranksOf = ({ label, settings }: ComparedMethod): string =>
  methodFacts[settings.method].ranks === 'learned' ? `ranks that ${label} learned` : `ranks of ${label}`;

/** A row per task and projection, a column per block; the name carries the method where a recipe has several. */
export function rankTable(
  recipe: Recipe,
  plan: Plan,
  method: ComparedMethod,
  tasks: readonly TaskRanks[],
  records: readonly MethodRun[],
  notes: readonly string[],
): Table {
  const blocks = [
    ...new Set(tasks.flatMap(({ layers }) => layers.map(({ layer }) => Number.parseInt(layer, 10)))),
  ].sort((a, b) => a - b);
  const rows = tasks.flatMap(({ task, title, layers, seeds }) =>
    ['query', 'value'].map((projection): Row => {
      const cells = blocks.map((block) => {
        const ranks = layers.find(({ layer }) => layer === `${block}.${projection}`)?.ranks ?? [];
        return [`${block}`, ranks.map((value, i) => ({ seed: seeds[i] as number, value }))] as const;
      });
      return {
        key: `${task}/${projection}`,
        label: `${title} ${projection}`,
        cells: Object.fromEntries(cells),
      };
    }),
  );
  const own = { ...plan, runs: plan.runs.filter((run) => run.method === method.name) };
  const several = plan.methods.length > 1;
  const mostSeeds = Math.max(0, ...tasks.map(({ seeds }) => seeds.length));
  return {
    name: several ? `${recipe.name}-${method.name}` : recipe.name,
    caption: recipe.caption.replace('{ranks}', ranksOf(method)),
    rowHeading: 'Block',
    columns: blocks.map((block) => ({
      key: `${block}`,
      label: `${block}`,
      digits: mostSeeds > 1 ? 1 : 0,
    })),
    rows,
    notes: [...tasks.map(agreement), ...notes, ...gaps(own, ofMethod(records, method.name))],
  };
}
