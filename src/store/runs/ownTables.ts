/** Tables over the results of the person's own runs, in the layout of the paper's: method × task, costs; scores as bars. */
import { isWritingTask } from '../../config/taskSettings';
import { metricInfo } from '../../metrics/catalog';
import { mean } from '../../metrics/mean';
import { tableMetrics } from '../../report/recipes';
import { averageColumn, metricFormat, pruningNotesOf } from '../../report/records';
import type { RunCost } from '../../report/runCost';
import type { Column, Row, SeedValue, Table } from '../../report/table';
import { totalRank } from '../../telemetry/ranks';
import { divergedNotes, exampleNotes, mixtureNotes, termNotes } from './ownNotes';
import {
  type DivergedResult,
  dataTitle,
  groupsOf,
  methodRow,
  type OwnRow,
  placeOf,
  placeTitle,
  placeWords,
  type Result,
  referenceRow,
  rowsOf,
  scoredOnWords,
} from './ownResults';

interface Place {
  key: string;
  title: string;
  /** Those of the paper's table of the task, as far as they were counted. */
  metrics: readonly string[];
}

function placesOf(results: readonly Result[]): Place[] {
  return [...groupsOf(results, placeOf)].map(([key, own]) => {
    const { run, score } = own[0] as Result;
    const counted = tableMetrics(run.config.data.task)?.filter((metric) => metric in score.metrics) ?? [];
    return {
      key,
      title: placeTitle(run),
      metrics: counted.includes(score.primary) ? counted : [score.primary],
    };
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

function metricColumn({ key: place, title }: Place, metric: string): PlaceColumn {
  return {
    place,
    group: title,
    key: `${place}/${metric}`,
    label: metricInfo(metric).label,
    ...metricFormat(metric),
    read: ({ score }) => score.metrics[metric],
  };
}

/** A share to be had on dev of what reads texts: of such scores Tables 1 and 4 have the mean over their tasks. */
const isAveraged = ({ run, score }: Result): boolean => {
  const { higherIsBetter, range } = metricInfo(score.primary);
  const isShare = higherIsBetter && range[1] === 1;
  return isShare && scoredOnWords(run).length === 0 && !isWritingTask(run.config.data.task);
};

/** Of each task with such scores the place with most of them. */
function averagedPlaces(results: readonly Result[]): string[] {
  const byTask = groupsOf(results.filter(isAveraged), ({ run }) => run.config.data.task);
  return [...byTask.values()].map((ofTask) => {
    const places = [...groupsOf(ofTask, placeOf)];
    const [place] = places.reduce((most, one) => (one[1].length > most[1].length ? one : most));
    return place;
  });
}

/** The mean of a row's scores over these places, by what each is judged by: a value per seed that has them all. */
function averagesOf(own: readonly Result[], places: readonly string[]): SeedValue[] {
  return [...groupsOf(own, ({ run }) => String(run.config.seed)).values()].flatMap((ofSeed) => {
    const found = places.map((place) => ofSeed.find((result) => placeOf(result) === place));
    const values = found.flatMap((result) => result?.score.metrics[result.score.primary] ?? []);
    const [{ run }] = ofSeed as [Result];
    return values.length === places.length ? { seed: run.config.seed, value: mean(values) } : [];
  });
}

/** By the label of a row; undefined where none has two tasks with a seed of both. */
function averagesByRow(
  rows: readonly OwnRow[],
  places: readonly string[],
): Map<string, SeedValue[]> | undefined {
  if (places.length < 2) return undefined;
  const averages = new Map(rows.map(({ label, results }) => [label, averagesOf(results, places)]));
  return [...averages.values()].some((values) => values.length > 0) ? averages : undefined;
}

/**
 * Scores: mean ± standard deviation over seeds, the best in bold, each row tested against another.
 * @param against label of the row that the others are tested against; where it is not there, `referenceRow`'s
 * @param diverged models that have no score
 */
export function ownScoreTable(
  results: readonly Result[],
  against?: string,
  diverged: readonly DivergedResult[] = [],
): Table | undefined {
  if (results.length === 0) return undefined;
  const places = placesOf(results);
  const columns = places.flatMap((place): PlaceColumn[] => {
    const own = { place: place.key, group: place.title };
    return [
      {
        ...own,
        key: `${place.key}/params`,
        label: 'Trainable parameters',
        digits: 0,
        read: ({ score }) => score.parameters.adapter,
      },
      {
        ...own,
        key: `${place.key}/rank`,
        label: 'Total rank',
        digits: 1,
        read: ({ score }) => (score.ranks.length > 0 ? totalRank(score.ranks) : undefined),
      },
      ...place.metrics.map((metric) => metricColumn(place, metric)),
    ];
  });
  const rows = rowsOf(results);
  const reference = rows.find(({ label }) => label === against) ?? referenceRow(rows);
  const averaged = averagedPlaces(results);
  const averages = averagesByRow(rows, averaged);
  return {
    name: 'own-runs',
    caption: 'Own runs',
    rowHeading: 'Method',
    columns: averages ? [...columns, averageColumn] : columns,
    rows: rows.map(({ label, results: own }) => ({
      key: label,
      label,
      forReference: own.every(({ score }) => score.role === 'full'),
      cells: { ...cellsOf(columns, own), [averageColumn.key]: averages?.get(label) ?? [] },
    })),
    comparedWith: reference?.label,
    notes: [
      'Trainable parameters: without the task head. Shares are given in percent.',
      ...(averages ? [averageNote(places.filter(({ key }) => averaged.includes(key)))] : []),
      ...pruningNotes(rows),
      ...validationNotes(results),
      ...exampleNotes(rows, reference),
      ...termNotes(rows, reference),
      ...divergedNotes(diverged, results),
      ...mixtureNotes(results),
    ],
  };
}

const averageNote = (places: readonly Place[]): string =>
  `Avg.: mean over ${places.map(({ title }) => title).join('; ')} of the scores that these tasks are judged by, of the seeds that a row has for all of them.`;

/**
 * What bars show of a score table: of every place the score that it is judged by, under its task's name alone where that is
 * enough; undefined where there is nothing to draw.
 * @param results those of the table
 */
export function ownBars(scores: Table, results: readonly Result[]): Table | undefined {
  const judged = new Map(results.map((result) => [`${placeOf(result)}/${result.score.primary}`, result]));
  const places = [...groupsOf(results, placeOf).values()];
  const isDrawn = ({ key }: Column) =>
    scores.rows.some(({ cells: { [key]: values = [] } }) =>
      values.some(({ value }) => Number.isFinite(value)),
    );
  const columns = scores.columns.filter(isDrawn).flatMap((column): Column[] => {
    const run = judged.get(column.key)?.run;
    if (!run) return [];
    const label = placeWords(run, places).join(', ');
    return [{ ...column, group: undefined, label, metric: column.label }];
  });
  if (columns.length === 0) return undefined;
  return { ...scores, name: 'own-bars', caption: 'Scores of own runs', columns };
}

/** How small a method is that is larger while it trains. */
const pruningNotes = (rows: readonly OwnRow[]): string[] =>
  rows.flatMap(({ label, results }) =>
    [...groupsOf(results, placeOf).values()].flatMap((own) => {
      const kept = own.flatMap(({ score }) => score.parameters.kept ?? []);
      return pruningNotesOf(label, kept, ` on ${dataTitle((own[0] as Result).run)}`);
    }),
  );

const validationNotes = (results: readonly Result[]): string[] =>
  results.some(({ run }) => scoredOnWords(run).length > 0)
    ? [
        'Validation: scored on the held-out part of train, dev is not read; AutoLoRA’s β has learnt on it, so its score there is too good.',
      ]
    : [];

/** What training took, evaluation left out, and against AdaLoRA's where there is one, else `referenceRow`'s. */
export function ownCostTable(results: readonly Result[]): Table | undefined {
  if (results.length === 0) return undefined;
  const rows = rowsOf(results);
  const unit = methodRow(rows, 'adalora') ?? referenceRow(rows);
  const cellOf = (result: Result) => `${placeOf(result)}/${result.run.config.seed}`;
  const unitCosts = new Map(unit?.results.map((result) => [cellOf(result), result.training]));
  const columns = placesOf(results).flatMap(({ key: place, title }): PlaceColumn[] => {
    const own = { place, group: title };
    const counted = (name: string, label: string, read: (training: RunCost) => number): PlaceColumn => ({
      ...own,
      key: `${place}/${name}`,
      label,
      digits: 0,
      read: ({ training }) => training && read(training),
    });
    const relative = (name: string, label: string, read: (training: RunCost) => number): PlaceColumn => ({
      ...own,
      key: `${place}/relative-${name}`,
      label: `${label}, ${unit?.label} = 1`,
      digits: 2,
      unit: '×',
      read: (result) => {
        const one = unitCosts.get(cellOf(result));
        return one && read(one) > 0 && result.training ? read(result.training) / read(one) : undefined;
      },
    });
    const passes = (training: RunCost) => training.passes;
    const seconds = (training: RunCost) => training.wallMs / 1000;
    return [
      counted('steps', 'Steps', ({ steps }) => steps),
      counted('tokens', 'Tokens', ({ tokens }) => tokens),
      counted('passes', 'Passes', passes),
      counted('seconds', 'Seconds', seconds),
      ...(unit ? [relative('passes', 'Passes', passes), relative('seconds', 'Seconds', seconds)] : []),
    ];
  });
  return {
    name: 'own-costs',
    caption: 'What own runs took',
    rowHeading: 'Method',
    columns,
    rows: rows.map(({ label, results: own }) => ({ key: label, label, cells: cellsOf(columns, own) })),
    notes: [
      'Training alone, search and retraining together, with the candidates of a grid search that have a score; evaluation is left out, and so is the search that drawn ranks come from. A pass is the model on one batch, forward or backward; tokens are counted without padding. Seconds are of the machine that trained.',
      ...termNotes(rows, unit),
      ...mixtureNotes(results),
    ],
  };
}
