/** Tables and a figure over the person's own runs, in the layout of the paper's: method × task, costs, ranks. */
import type { ExperimentConfig } from '../config/experiment';
import { differingFields, fields, readField } from '../config/fields';
import { methodFacts, methodTitle } from '../config/methods';
import { metricInfo } from '../metrics/catalog';
import type { TaskRanks } from '../report/records';
import type { Column, Row, SeedValue, Table } from '../report/table';
import { taskInfo } from './choices';
import type { RunScore, RunSummary } from './runRecord';

/** A score with what it is a score of. */
interface Result {
  run: RunSummary;
  score: RunScore;
  /** The method, and whether a person set its ranks. */
  title: string;
  /** All settings but the seed: runs of one cell agree in it. */
  setting: string;
}

function groupsOf<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

const placeOf = ({ run: { config } }: Result) => `${config.data.task}/${config.model.name}`;

/** All fields but the seed, in the order of the schema. */
const settingOf = (config: ExperimentConfig): string =>
  fields.flatMap(({ path }) => (path === 'seed' ? [] : String(readField(config, path)))).join('\n');

/** Finished scores; of runs that agree in everything, the newest. */
function resultsOf(runs: readonly RunSummary[]): Result[] {
  const found = new Map<string, Result>();
  for (const run of [...runs].sort((one, other) => one.createdAt - other.createdAt)) {
    for (const score of run.scores) {
      const own = score.role === run.config.method;
      const title = own
        ? `${methodTitle(run.config)}${run.editedRanks ? ', ranks by hand' : ''}`
        : `${methodFacts[score.role].title} of AutoLoRA’s size`;
      const setting = settingOf(run.config);
      found.set(`${title}\n${setting}\n${run.config.seed}`, { run, score, title, setting });
    }
  }
  return [...found.values()];
}

/**
 * Rows by their method. Tasks bring settings of their own, so a method's row holds whatever it was trained with there; where
 * one task has several settings of a method, the further ones are rows that say what sets them apart.
 */
function rowsOf(results: readonly Result[]): { key: string; label: string; results: Result[] }[] {
  return [...groupsOf(results, ({ title }) => title)].flatMap(([title, ofTitle]) => {
    const rows: { key: string; label: string; results: Result[] }[] = [];
    for (const ofPlace of groupsOf(ofTitle, placeOf).values()) {
      const settings = [...groupsOf(ofPlace, ({ setting }) => setting).values()] as [Result, ...Result[]][];
      settings.forEach((own, i) => {
        const differing = differingFields(
          own[0].run.config,
          (settings[0] as Result[])[0]?.run.config ?? own[0].run.config,
        )
          .filter(({ path }) => path !== 'seed')
          .map(({ label, path }) => `${label} ${readField(own[0].run.config, path)}`);
        const label = i === 0 ? title : `${title} (${differing.join(', ')})`;
        const known = rows.find((row) => row.label === label);
        if (known) known.results.push(...own);
        else rows.push({ key: label, label, results: [...own] });
      });
    }
    return rows;
  });
}

const seedsOf = (results: readonly Result[], read: (result: Result) => number): SeedValue[] =>
  results.map((result) => ({ seed: result.run.config.seed, value: read(result) }));

const totalRank = ({ ranks }: RunScore) => ranks.reduce((sum, { rank }) => sum + rank, 0);
const titleOf = (task: string) => taskInfo(task)?.title ?? task;

/** One column per task and model: scores of different models are never averaged. */
function columnsOf(results: readonly Result[]) {
  return [...groupsOf(results, placeOf)].map(([key, own]) => {
    const { run, score } = own[0] as Result;
    return { key, task: run.config.data.task, model: run.config.model.name, metric: score.primary };
  });
}

/** Scores: mean ± standard deviation over seeds, the best in bold, each row tested against LoRA. */
export function ownScoreTable(runs: readonly RunSummary[]): Table | undefined {
  const results = resultsOf(runs);
  if (results.length === 0) return undefined;
  const columns = columnsOf(results);
  const rows = rowsOf(results).map(
    ({ key, label, results: own }): Row => ({
      key,
      label,
      cells: {
        params: seedsOf(own, ({ score }) => score.parameters.adapter),
        rank: own.every(({ score }) => score.ranks.length > 0)
          ? seedsOf(own, ({ score }) => totalRank(score))
          : [],
        ...Object.fromEntries(
          columns.map(({ key: column, task, model, metric }) => [
            column,
            seedsOf(
              own.filter(({ run: { config } }) => config.data.task === task && config.model.name === model),
              ({ score }) => score.metrics[metric] ?? Number.NaN,
            ),
          ]),
        ),
      },
    }),
  );
  const lora =
    rows.find(({ label }) => label === methodFacts.lora.title) ??
    rows.find(({ label }) => label.startsWith('LoRA'));
  return {
    name: 'own-runs',
    caption: 'Own runs',
    rowHeading: 'Method',
    columns: [
      { key: 'params', label: 'Params', digits: 0 },
      { key: 'rank', label: 'Total rank', digits: 1 },
      ...columns.map(({ key, task, model, metric }): Column => {
        const { label, higherIsBetter, range } = metricInfo(metric);
        const share = range[1] === 1;
        return {
          key,
          group: `${titleOf(task)}, ${model}`,
          label,
          better: higherIsBetter ? 'higher' : 'lower',
          digits: share ? 1 : 2,
          factor: share ? 100 : 1,
        };
      }),
    ],
    rows,
    comparedWith: lora?.key,
    notes: ['Params: trained parameters without the task head. Shares are given in percent.'],
  };
}

/** What training took, evaluation left out, and against AdaLoRA's where there is one, else LoRA's. */
export function ownCostTable(runs: readonly RunSummary[]): Table | undefined {
  const results = resultsOf(runs);
  if (results.length === 0) return undefined;
  const rows = rowsOf(results);
  const unit =
    rows.find(({ label }) => label === methodFacts.adalora.title) ??
    rows.find(({ label }) => label === methodFacts.lora.title) ??
    rows.find(({ label }) => label.startsWith(methodFacts.lora.title));
  const cellOf = (result: Result) => `${placeOf(result)}/${result.run.config.seed}`;
  const unitPasses = new Map(unit?.results.map((result) => [cellOf(result), result.score.passes]));
  return {
    name: 'own-costs',
    caption: 'What own runs took',
    rowHeading: 'Method',
    columns: [
      { key: 'passes', label: 'Passes', digits: 0 },
      { key: 'seconds', label: 'Seconds', digits: 0 },
      ...(unit
        ? [{ key: 'relative', label: `Passes, ${unit.label} = 1`, digits: 2, unit: '×' } as Column]
        : []),
    ],
    rows: rows.map(({ key, label, results: own }) => ({
      key,
      label,
      cells: {
        passes: seedsOf(own, ({ score }) => score.passes),
        seconds: seedsOf(own, ({ score }) => score.wallMs / 1000),
        relative: own.flatMap((result) => {
          const passes = unitPasses.get(cellOf(result));
          return passes ? { seed: result.run.config.seed, value: result.score.passes / passes } : [];
        }),
      },
    })),
    notes: [
      'A pass is the model on one batch, forward or backward. Seconds are with evaluation, on this machine.',
    ],
  };
}

/** Ranks of AutoLoRA's runs by task, as the paper's figure 3 shows them. */
export function ownRanks(runs: readonly RunSummary[]): TaskRanks[] {
  const learned = resultsOf(runs).filter(
    ({ run, score }) => run.config.method === 'autolora' && score.role === 'autolora' && !run.editedRanks,
  );
  const groups = groupsOf(learned, placeOf);
  return [...groups.values()].flatMap((own) => {
    const [first] = own;
    if (!first) return [];
    const { task } = first.run.config.data;
    const several = [...groups.values()].filter(([one]) => one?.run.config.data.task === task).length > 1;
    return {
      task,
      title: several ? `${titleOf(task)} ${first.run.config.model.name}` : titleOf(task),
      largest: Math.max(1, ...own.map(({ run }) => run.config.adapter.rank)),
      seeds: own.map(({ run }) => run.config.seed),
      layers: first.score.ranks.map(({ layer }) => ({
        layer,
        ranks: own.map(({ score }) => score.ranks.find((known) => known.layer === layer)?.rank ?? 0),
      })),
    };
  });
}
