/** What tables of own runs say below: how many examples, what is not on equal terms, what does not belong together, what diverged. */
import { differingFields, type Field, readField } from '../../config/fields';
import { trains } from '../../config/methods';
import { splitSettings } from '../../config/readSettings';
import { type MadeRun, mixtures } from '../../report/mixtures';
import { lostNotes } from '../../report/records';
import { settingText } from '../choices';
import {
  contentsOf,
  type DivergedResult,
  dataTitle,
  groupsOf,
  isSetting,
  type OwnRow,
  placeOf,
  placeTitle,
  placeWords,
  type Result,
  scoredOnWords,
  settingWords,
} from './ownResults';
import type { RunSummary } from './runRecord';

const whole = (count: number) => count.toLocaleString('en');

/** The row that the others are held against first. */
const referenceFirst = (rows: readonly OwnRow[], reference: OwnRow | undefined): readonly OwnRow[] =>
  reference ? [reference, ...rows.filter((row) => row !== reference)] : rows;

/**
 * Of each place how many examples the runs train on and are scored on that others are held against there; without the places
 * where all have as many.
 */
export function exampleNotes(rows: readonly OwnRow[], reference: OwnRow | undefined): string[] {
  const results = referenceFirst(rows, reference).flatMap((row) => row.results);
  const places = [...groupsOf(results, placeOf).values()];
  const counted = places.flatMap((own) => {
    const { run, setting } = own[0] as Result;
    const examples = own.find((result) => result.run.examples && result.setting === setting)?.run.examples;
    if (!examples) return [];
    const { train, scored, available } = examples;
    const of = available === undefined ? '' : ` of ${whole(available)}`;
    const what = trains(run.config) ? `Trained on ${whole(train)} examples, scored` : 'Scored';
    return { title: placeTitle(run), words: `${what} on ${whole(scored)}${of}` };
  });
  const bySize = [...groupsOf(counted, ({ words }) => words)];
  const isOne = bySize.length === 1 && counted.length === places.length;
  return bySize.map(([words, own]) =>
    isOne ? `${words}.` : `${words}: ${own.map(({ title }) => title).join('; ')}.`,
  );
}

/** A row's results of one place, and those of another row that they are held against there. */
interface HeldAgainst {
  label: string;
  result: Result;
  baseLabel: string;
  base: Result;
}

/** Of each place every row but the one that the others are held against there: the reference, or the first that has results. */
function heldAgainst(rows: readonly OwnRow[], reference: OwnRow | undefined): HeldAgainst[] {
  const bases = new Map<string, { baseLabel: string; base: Result }>();
  return referenceFirst(rows, reference).flatMap(({ label, results }) =>
    [...groupsOf(results, placeOf)].flatMap(([place, own]) => {
      const result = own[0] as Result;
      const base = bases.get(place);
      if (base) return { label, result, ...base };
      bases.set(place, { baseLabel: label, base: result });
      return [];
    }),
  );
}

/** Model, data, and how long is trained: what has to agree before methods are compared. */
const isOfEqualTerms = ({ path }: Field): boolean =>
  path.startsWith('data.') ||
  path.startsWith('model.') ||
  ['adapter.from', 'retrain.steps', 'retrain.batchSize'].includes(path);

/** The search alone reads how train is split, unless a part of train is scored. */
const isOfSearch = ({ path }: Field, { config }: RunSummary): boolean =>
  splitSettings.includes(path) && config.data.evaluateOn === 'dev';

/** True of files of a person's own with other contents; an adapter to start from is a setting. */
function hasOtherFiles({ run }: Result, { run: base }: Result): boolean {
  const [own, others] = [contentsOf(run), contentsOf(base)];
  const isAlike = run.config.adapter.from === base.config.adapter.from;
  return isAlike && own !== '' && others !== '' && own !== others;
}

/** What sets it apart of what has to agree and both read; nothing that the row's label says already. */
function unequalTerms({ label, result, base }: HeldAgainst): string[] {
  const isRead = (field: Field) =>
    [result, base].every(({ run, score }) => isSetting(field, run, score.role));
  const settings = differingFields(result.run.config, base.run.config)
    .filter((field) => isOfEqualTerms(field) && !isOfSearch(field, result.run) && isRead(field))
    .filter((field) => !label.includes(settingWords(field, result.run)))
    .map((field) => {
      const instead = settingText(field.path, readField(base.run.config, field.path));
      return `${settingWords(field, result.run)} instead of ${instead}`;
    });
  return [...settings, ...(hasOtherFiles(result, base) ? ['other files'] : [])];
}

/** Rows that were trained or scored on other terms than the one that they are compared with. */
export function termNotes(rows: readonly OwnRow[], reference: OwnRow | undefined): string[] {
  const places = [
    ...groupsOf(
      rows.flatMap(({ results }) => results),
      placeOf,
    ).values(),
  ];
  const unequal = heldAgainst(rows, reference).flatMap((held) => {
    const terms = unequalTerms(held);
    if (terms.length === 0) return [];
    const where = places.length > 1 ? ` on ${placeWords(held.result.run, places).join(', ')}` : '';
    return { baseLabel: held.baseLabel, words: `${held.label}${where} (${terms.join(', ')})` };
  });
  return [...groupsOf(unequal, ({ baseLabel }) => baseLabel)].map(
    ([label, own]) => `Not on equal terms with ${label}: ${own.map(({ words }) => words).join('; ')}.`,
  );
}

/** Weights that are of one name: where they come from, and which of them. */
function weightsOf(run: RunSummary): string {
  const { source, name, revision, pretrained } = run.config.model;
  // A checkpoint's head comes along where it fits the task, which may be one of files of one's own.
  const others = source !== 'embedded' && contentsOf(run);
  return JSON.stringify([source, name, pretrained, source === 'hub' && revision, others]);
}

/** A second result of its run, whose backend has been counted. */
const isBeside = ({ run, score }: Result) => score.role !== run.config.method;

/**
 * Runs of a task and model began from the same weights; those of a place with the same data settings and one seed saw the same
 * examples.
 */
function madeOf(result: Result): MadeRun {
  const { run } = result;
  const { backend, fingerprint, config } = run;
  const where = [config.model.name, ...scoredOnWords(run), `seed ${config.seed}`].join(', ');
  const data = JSON.stringify([placeOf(result), config.data, config.model.maxLength, contentsOf(run)]);
  return {
    begins: `${dataTitle(run)} (${config.model.name})\n${weightsOf(run)}`,
    sees: `${dataTitle(run)} (${where})\n${data}`,
    backend: isBeside(result) ? undefined : backend,
    fingerprint,
  };
}

/** What runs do not share though they should. */
export const mixtureNotes = (results: readonly Result[]): string[] =>
  mixtures(results.map(madeOf), 'Leave the older runs out.');

/** Of models whose training diverged, those that a row lacks, or that would have been a row. */
export function divergedNotes(diverged: readonly DivergedResult[], results: readonly Result[]): string[] {
  const lost = diverged.filter((one) => {
    const ofMethod = results.filter(
      ({ title, run }) => title === one.title && placeOf({ run }) === placeOf(one),
    );
    const ofRow = ofMethod.filter(({ setting }) => setting === one.setting);
    const isThere = ofRow.some(({ run }) => run.config.seed === one.run.config.seed);
    return !isThere && (ofMethod.length === 0 || ofRow.length > 0);
  });
  const names = lost.map(({ title, run }) => `${title} on ${placeTitle(run)}, seed ${run.config.seed}`);
  return lostNotes([...new Set(names)]);
}
