/** Tables and a figure over the person's own runs, in the layout of the paper's: method × task, costs, ranks. */
import { differingFields, type Field, fields, fieldTitle, readField } from '../config/fields';
import { methodFacts } from '../config/methods';
import { metricInfo } from '../metrics/catalog';
import { comparedTitle } from '../report/comparedMethods';
import type { TaskRanks } from '../report/records';
import { type RunCost, sumCosts } from '../report/runCost';
import type { Column, Row, Table } from '../report/table';
import { totalRank } from '../telemetry/ranks';
import { taskInfo } from './choices';
import { sortedKey } from './contentKey';
import { isHandled, type RunScore, type RunSummary } from './runRecord';

/** A score with what it is a score of. */
interface Result {
  run: RunSummary;
  score: RunScore;
  /** The method, and what a person did to it by hand. */
  title: string;
  /** All settings but the seed: runs of one cell agree in it. */
  setting: string;
  /** What its training took, with that of its candidates; undefined where an older version kept the run. */
  training?: RunCost;
}

function groupsOf<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

const placeOf = ({ run: { config } }: Result) => `${config.data.task}/${config.model.name}`;

const contentsOf = ({ filesKey = '' }: RunSummary) => sortedKey(filesKey);

/** Fields that set rows apart: ranks that are made of other runs' results are not a setting of one's own. */
const isSetting = ({ path }: Field, { comparedAs }: RunSummary): boolean =>
  path !== 'seed' && !(comparedAs && path === 'adapter.rankPattern');

/** All settings, in the order of the schema, and the contents of files of a person's own. */
const settingOf = (run: RunSummary): string =>
  [
    ...fields.flatMap((field) =>
      isSetting(field, run) ? `${field.path} ${readField(run.config, field.path)}` : [],
    ),
    contentsOf(run),
  ].join('\n');

const loraOfItsSize = `${methodFacts.lora.title} of AutoLoRA’s size`;

function titleOf(run: RunSummary, { role }: RunScore): string {
  const { config, comparedAs, editedRanks, searchEndedAt, halfSteps } = run;
  return [
    role === config.method ? comparedTitle(config, comparedAs?.method) : loraOfItsSize,
    ...(searchEndedAt === undefined ? [] : [`search ended at step ${searchEndedAt}`]),
    ...(halfSteps ? ['half steps by hand'] : []),
    ...(editedRanks ? ['ranks by hand'] : []),
  ].join(', ');
}

/** Finished scores; of runs that agree in everything, the newest. Candidates are no results. */
function resultsOf(runs: readonly RunSummary[]): Result[] {
  const found = new Map<string, Result>();
  for (const run of [...runs].sort((one, other) => one.createdAt - other.createdAt)) {
    if (run.comparedAs?.isCandidate) continue;
    for (const score of run.scores) {
      const title = titleOf(run, score);
      const setting = settingOf(run);
      const training =
        score.training &&
        sumCosts([score.training, ...(run.comparedAs?.tried ? [run.comparedAs.tried] : [])]);
      found.set(`${title}\n${setting}\n${run.config.seed}`, { run, score, title, setting, training });
    }
  }
  return [...found.values()];
}

/** Results of one place by their settings; all but the first say what sets them apart from it. */
function settingsOf(ofPlace: readonly Result[]): { own: Result[]; differing: string }[] {
  const settings = [...groupsOf(ofPlace, ({ setting }) => setting).values()];
  const runs = settings.flatMap(([one]) => (one ? [one.run] : []));
  const contents = [...new Set(runs.map(contentsOf))];
  return settings.map((own, i) => {
    const run = runs[i] as RunSummary;
    const { config } = run;
    const differing = differingFields(config, (runs[0] as RunSummary).config)
      .filter((field) => isSetting(field, run))
      .map((field) => `${fieldTitle(field)} ${readField(config, field.path)}`);
    const ofFiles = contents.indexOf(contentsOf(run));
    if (ofFiles > 0) differing.push(`files changed, ${ofFiles}`);
    return { own, differing: differing.join(', ') };
  });
}

/**
 * Rows by their method. Tasks bring settings of their own, so a method's row holds whatever it was trained with there; where
 * one task has several settings of a method, the further ones are rows that say what sets them apart.
 */
function rowsOf(results: readonly Result[]): { key: string; label: string; results: Result[] }[] {
  return [...groupsOf(results, ({ title }) => title)].flatMap(([title, ofTitle]) => {
    const rows: { key: string; label: string; results: Result[] }[] = [];
    for (const ofPlace of groupsOf(ofTitle, placeOf).values()) {
      for (const { own, differing } of settingsOf(ofPlace)) {
        const label = differing === '' ? title : `${title} (${differing})`;
        const known = rows.find((row) => row.label === label);
        if (known) known.results.push(...own);
        else rows.push({ key: label, label, results: [...own] });
      }
    }
    return rows;
  });
}

const taskTitle = (task: string) => taskInfo(task)?.title ?? task;

/** A task and a model: what is counted or scored there is never averaged with another place's. */
interface Place {
  key: string;
  title: string;
  metric: string;
}

function placesOf(results: readonly Result[]): Place[] {
  return [...groupsOf(results, placeOf)].map(([key, own]) => {
    const { run, score } = own[0] as Result;
    const { data, model } = run.config;
    return { key, title: `${taskTitle(data.task)}, ${model.name}`, metric: score.primary };
  });
}

/** A column of one place, and what it reads. */
interface PlaceColumn extends Column {
  place: string;
  read(result: Result): number | undefined;
}

const cellsOf = (columns: readonly PlaceColumn[], results: readonly Result[]): Row['cells'] =>
  Object.fromEntries(
    columns.map(({ key, place, read }) => [
      key,
      results.flatMap((result) => {
        const value = placeOf(result) === place ? read(result) : undefined;
        return value === undefined ? [] : { seed: result.run.config.seed, value };
      }),
    ]),
  );

/** Scores: mean ± standard deviation over seeds, the best in bold, each row tested against LoRA. */
export function ownScoreTable(runs: readonly RunSummary[]): Table | undefined {
  const results = resultsOf(runs);
  if (results.length === 0) return undefined;
  const columns = placesOf(results).flatMap(({ key: place, title, metric }): PlaceColumn[] => {
    const { label, higherIsBetter, range } = metricInfo(metric);
    const share = range[1] === 1;
    const own = { place, group: title };
    return [
      {
        ...own,
        key: `${place}/params`,
        label: 'Trainable parameters',
        digits: 0,
        read: ({ score }) => score.parameters.adapter,
      },
      {
        ...own,
        key: `${place}/rank`,
        label: 'Total rank',
        digits: 1,
        read: ({ score }) => (score.ranks.length > 0 ? totalRank(score.ranks) : undefined),
      },
      {
        ...own,
        key: place,
        label,
        better: higherIsBetter ? 'higher' : 'lower',
        digits: share ? 1 : 2,
        factor: share ? 100 : 1,
        read: ({ score }) => score.metrics[metric],
      },
    ];
  });
  const rows = rowsOf(results).map(
    ({ key, label, results: own }): Row => ({
      key,
      label,
      forReference: own.every(({ score }) => score.role === 'full'),
      cells: cellsOf(columns, own),
    }),
  );
  const lora = loraRow(rows);
  return {
    name: 'own-runs',
    caption: 'Own runs',
    rowHeading: 'Method',
    columns,
    rows,
    comparedWith: lora?.key,
    notes: ['Trainable parameters: without the task head. Shares are given in percent.'],
  };
}

/** Rows are tested against LoRA, else against the one that AutoLoRA trains beside itself. */
const loraRow = <R extends { label: string }>(rows: readonly R[]): R | undefined =>
  rows.find(({ label }) => label === methodFacts.lora.title) ??
  rows.find(({ label }) => label === loraOfItsSize);

/** What training took, evaluation left out, and against AdaLoRA's where there is one, else LoRA's. */
export function ownCostTable(runs: readonly RunSummary[]): Table | undefined {
  const results = resultsOf(runs);
  if (results.length === 0) return undefined;
  const rows = rowsOf(results);
  const unit = rows.find(({ label }) => label === methodFacts.adalora.title) ?? loraRow(rows);
  const cellOf = (result: Result) => `${placeOf(result)}/${result.run.config.seed}`;
  const unitPasses = new Map(unit?.results.map((result) => [cellOf(result), result.training?.passes]));
  const columns = placesOf(results).flatMap(({ key: place, title }): PlaceColumn[] => {
    const own = { place, group: title };
    const counted = (name: string, label: string, read: (training: RunCost) => number): PlaceColumn => ({
      ...own,
      key: `${place}/${name}`,
      label,
      digits: 0,
      read: ({ training }) => training && read(training),
    });
    return [
      counted('steps', 'Steps', ({ steps }) => steps),
      counted('tokens', 'Tokens', ({ tokens }) => tokens),
      counted('passes', 'Passes', ({ passes }) => passes),
      counted('seconds', 'Seconds', ({ wallMs }) => wallMs / 1000),
      ...(unit
        ? [
            {
              ...own,
              key: `${place}/relative`,
              label: `Passes, ${unit.label} = 1`,
              digits: 2,
              unit: '×',
              read: (result: Result) => {
                const passes = unitPasses.get(cellOf(result));
                return passes && result.training ? result.training.passes / passes : undefined;
              },
            },
          ]
        : []),
    ];
  });
  return {
    name: 'own-costs',
    caption: 'What own runs took',
    rowHeading: 'Method',
    columns,
    rows: rows.map(({ key, label, results: own }) => ({ key, label, cells: cellsOf(columns, own) })),
    notes: [
      'Training alone, search and retraining together, with all candidates of a grid search; evaluation is left out. A pass is the model on one batch, forward or backward; tokens are counted without padding. Seconds are of the machine that trained.',
    ],
  };
}

/** Ranks of AutoLoRA's runs by task and settings, means over seeds alone, as the paper's figure 3 shows them. */
export function ownRanks(runs: readonly RunSummary[]): TaskRanks[] {
  const learned = resultsOf(runs).filter(
    ({ run, score }) => run.config.method === 'autolora' && score.role === 'autolora' && !isHandled(run),
  );
  const groups = groupsOf(learned, placeOf);
  const settings = [...groups.values()].flatMap(settingsOf);
  return settings.flatMap(({ own, differing }) => {
    const [first] = own;
    if (!first) return [];
    const { task } = first.run.config.data;
    const several = [...groups.values()].filter(([one]) => one?.run.config.data.task === task).length > 1;
    return {
      task,
      title: [
        taskTitle(task),
        ...(several ? [first.run.config.model.name] : []),
        ...(differing ? [`(${differing})`] : []),
      ].join(' '),
      largest: Math.max(1, ...own.map(({ run }) => run.config.adapter.rank)),
      seeds: own.map(({ run }) => run.config.seed),
      layers: first.score.ranks.map(({ layer }) => ({
        layer,
        ranks: own.map(({ score }) => score.ranks.find((known) => known.layer === layer)?.rank ?? 0),
      })),
    };
  });
}
