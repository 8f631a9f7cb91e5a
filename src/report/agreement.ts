/** How well the ranks that several runs learned agree on where rank goes, and how often chance would agree as well. */
import { averageRanks, spearmanCorrelation } from '../metrics/correlation';
import { mean } from '../metrics/mean';
import { RandomStream } from '../random/stream';
import { taskByName } from '../tasks/registry';
import type { LayerRank } from '../telemetry/events';
import { splitTwin } from './comparedMethods';
import { numberText } from './numberText';
import type { Plan } from './plan';
import type { Recipe } from './recipes';
import { gaps, type MethodRun, ofMethod } from './records';
import { hasOrder } from './statistics';
import type { Row, SeedValue, Table } from './table';

/** Shuffles behind a p-value of a report; a page, which must not stand still, takes fewer. */
const reportShuffles = 9999;

/** Ranks of the values, which are not all the same, centred and of length 1, so that a dot product is Spearman's ρ. */
function standardised(values: readonly number[]): Float64Array {
  const ranks = averageRanks(values);
  const centre = mean(ranks);
  const length = Math.hypot(...ranks.map((rank) => rank - centre));
  return Float64Array.from(ranks, (rank) => (rank - centre) / length);
}

/** Mean over all pairs of vectors of one group of their dot product. */
function meanProduct(vectors: readonly Float64Array[]): number {
  let squares = 0;
  const sum = new Float64Array(vectors[0]?.length ?? 0);
  for (const vector of vectors)
    vector.forEach((value, i) => {
      sum[i] = (sum[i] as number) + value;
      squares += value * value;
    });
  const all = sum.reduce((total, value) => total + value * value, 0);
  return (all - squares) / (vectors.length * (vectors.length - 1));
}

/**
 * Permutation test of agreement: how often rank vectors dealt to the layers at random, each by itself, agree as well as
 * these.
 * @param groups vectors of a group are compared with one another; the statistic is the mean ρ of a group's pairs, averaged
 * over the groups; constant vectors are left out
 * @returns the statistic, and its one-sided p (1 + hits) / (1 + shuffles); undefined where no group has two vectors
 */
export function agreementTest(
  groups: readonly (readonly (readonly number[])[])[],
  shuffles = reportShuffles,
): { spearman: number; pValue: number } | undefined {
  const compared = groups
    .map((group) => group.filter(hasOrder))
    .filter((group) => group.length > 1)
    .map((group) => group.map(standardised));
  if (compared.length === 0) return undefined;
  const statistic = (some: readonly (readonly Float64Array[])[]) => mean(some.map(meanProduct));
  const spearman = statistic(compared);
  const random = RandomStream.of(0, 'ranks');
  let hits = 0;
  for (let shuffle = 0; shuffle < shuffles; shuffle++) {
    const dealt = compared.map((group) =>
      group.map((vector) => {
        const order = random.permutation(vector.length);
        return vector.map((_, i) => vector[order[i] as number] as number);
      }),
    );
    // Equal but for rounding is as good.
    if (statistic(dealt) >= spearman - 1e-12) hits += 1;
  }
  return { spearman, pValue: (1 + hits) / (1 + shuffles) };
}

const vectorOf = (ranks: readonly LayerRank[]) => ranks.map(({ rank }) => rank);

/** Rank vectors over the same layers, by seed. */
export type RankVectors = ReadonlyMap<number, readonly number[]>;

/** What AutoLoRA learned on a task. */
export interface LearnedRanks {
  key: string;
  title: string;
  learned: RankVectors;
  /** With the same seeds, of runs that differ by their split alone. */
  otherSplit: RankVectors;
}

/** What is to be said of seeds whose layers all have one rank: a sentence with a space before it, or nothing. */
export function levelNote(vectors: readonly (readonly number[])[]): string {
  const level = vectors.filter((vector) => !hasOrder(vector)).length;
  if (level === 0) return '';
  return ` ${level} of ${vectors.length} seeds gave every layer one rank and ${level === 1 ? 'is' : 'are'} left out.`;
}

const pOf = (pValue: number) => (pValue < 0.001 ? pValue.toFixed(4) : pValue.toFixed(3));

/**
 * A row each: every seed's mean ρ with the other seeds, its ρ with the run that differs by its split alone, and the learned
 * total. Vectors of one rank everywhere have no ρ. Undefined where there are no two runs to compare.
 */
export function agreementTable(
  name: string,
  learnedRanks: readonly LearnedRanks[],
  notes: readonly string[],
  shuffles = reportShuffles,
): Table | undefined {
  const isCompared = ({ learned, otherSplit }: LearnedRanks) =>
    learned.size > 1 || [...learned.keys()].some((seed) => otherSplit.has(seed));
  if (!learnedRanks.some(isCompared)) return undefined;
  const tested: string[] = [];
  const rows = learnedRanks.map(({ key, title, learned, otherSplit }): Row => {
    const runs = [...learned].map(([seed, vector]) => ({ seed, vector }));
    const ordered = runs.filter(({ vector }) => hasOrder(vector));
    const seeds = ordered.flatMap(({ seed, vector }): SeedValue[] => {
      const others = ordered.filter((other) => other.seed !== seed);
      return others.length > 0
        ? [{ seed, value: mean(others.map((other) => spearmanCorrelation(vector, other.vector))) }]
        : [];
    });
    const pairs = ordered.flatMap(({ seed, vector }) => {
      const other = otherSplit.get(seed);
      return other && hasOrder(other) ? [{ seed, vectors: [vector, other] as const }] : [];
    });
    const left = levelNote(runs.map(({ vector }) => vector));
    if (left) tested.push(`${title}:${left}`);
    const say = (what: string, test: ReturnType<typeof agreementTest>) => {
      if (test)
        tested.push(
          `${title}, ${what}: mean ρ ${numberText(test.spearman, 2)}, and p = ${pOf(test.pValue)} that ranks dealt to the layers at random agree as well.`,
        );
    };
    say('between seeds', agreementTest([runs.map(({ vector }) => vector)], shuffles));
    say(
      'same seed, another split',
      agreementTest(
        pairs.map(({ vectors }) => vectors),
        shuffles,
      ),
    );
    return {
      key,
      label: title,
      cells: {
        total: runs.map(({ seed, vector }) => ({ seed, value: vector.reduce((sum, rank) => sum + rank, 0) })),
        seeds,
        split: pairs.map(({ seed, vectors: [one, other] }) => ({
          seed,
          value: spearmanCorrelation(one, other),
        })),
      },
    };
  });
  return {
    name,
    caption: 'Agreement of the rank vectors that AutoLoRA learned: Spearman’s ρ over the layers',
    rowHeading: 'Task',
    columns: [
      { key: 'total', label: 'Total rank', digits: 1 },
      { key: 'seeds', label: 'ρ between seeds', digits: 2 },
      { key: 'split', label: 'ρ, same seed, another split', digits: 2 },
    ],
    rows,
    notes: [
      'ρ between seeds: of each seed its mean over the other seeds, so the values share pairs and their spread is no error of the mean. Equal ranks share their place; a vector of one rank everywhere has no order and is left out.',
      'Another seed draws initial weights, order, split and which examples are taken; another split leaves all but the split.',
      ...tested,
      `p: one-sided, by ${shuffles.toLocaleString('en')} random orders of each vector.`,
      ...notes,
    ],
  };
}

/** The same of a recipe's runs, a row per task. */
export function recipeAgreement(
  recipe: Recipe,
  plan: Plan,
  records: readonly MethodRun[],
  notes: readonly string[],
): Table | undefined {
  const learnedRanks = plan.tasks.map((task): LearnedRanks => {
    const vectors = (method: string) =>
      new Map(
        ofMethod(records, method)
          .filter((record) => record.task === task)
          .map(({ seed, ranks }) => [seed, vectorOf(ranks)]),
      );
    return {
      key: task,
      title: taskByName(task).title,
      learned: vectors('autolora'),
      otherSplit: vectors(splitTwin),
    };
  });
  return agreementTable(`${recipe.name}-agreement`, learnedRanks, [...notes, ...gaps(plan, records)]);
}
