/** Scores of kept runs as tables read them: what each is a score of, which belong together, and how their rows are called. */
import type { ExperimentConfig } from '../../config/experiment';
import { differingFields, type Field, fields, fieldTitle, readField } from '../../config/fields';
import { methodFacts } from '../../config/methods';
import { changesResult } from '../../config/readSettings';
import { comparedTitle, loraOfItsSize, ranksMadeBy } from '../../report/comparedMethods';
import { type RunCost, sumCosts } from '../../report/runCost';
import type { Role } from '../../telemetry/events';
import { settingText, taskTitle } from '../choices';
import { sortedKey } from './contentKey';
import type { RunScore, RunSummary } from './runRecord';

/** A score with what it is a score of. */
export interface Result {
  run: RunSummary;
  score: RunScore;
  /** The method, and what a person did to it by hand. */
  title: string;
  /** All settings but the seed: runs of one cell agree in it. */
  setting: string;
  /** What its training took, with that of its candidates; undefined where an older version kept the run. */
  training?: RunCost;
}

/** What would have been a score. */
export type DivergedResult = Pick<Result, 'run' | 'title' | 'setting'>;

export function groupsOf<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

/** Said of what is scored on the held-out part of train; nothing of dev. */
export const scoredOnWords = ({ config }: RunSummary): readonly string[] =>
  config.data.evaluateOn === 'validation' ? ['validation'] : [];

/** Where data or a model come from, unless they are the page's own. */
const sourceWords = { embedded: '', files: ' from files', hub: ' from the Hub' } as const;

/** What a run was finetuned for, and on whose data. */
export const dataTitle = ({ config: { data } }: RunSummary): string =>
  `${taskTitle(data.task)}${sourceWords[data.source]}`;

const modelTitle = ({ config: { model } }: RunSummary) => `${model.name}${sourceWords[model.source]}`;

/**
 * A task, a model, where both come from, and what is scored on: what is counted or scored there is never averaged with another
 * place's.
 */
export const placeOf = ({ run }: Pick<Result, 'run'>): string => {
  const { data } = run.config;
  return [`${data.task}${sourceWords[data.source]}`, modelTitle(run), ...scoredOnWords(run)].join('/');
};

/** How a place is called: `SST-2 from the Hub, roberta-quick`. */
export const placeTitle = (run: RunSummary): string =>
  [dataTitle(run), modelTitle(run), ...scoredOnWords(run)].join(', ');

/** How a place is called among others: its model is named where its task has several. */
export function placeWords(run: RunSummary, places: readonly (readonly Result[])[]): string[] {
  const several = places.filter(([one]) => one && dataTitle(one.run) === dataTitle(run)).length > 1;
  return [dataTitle(run), ...(several ? [modelTitle(run)] : []), ...scoredOnWords(run)];
}

/** Of files of a person's own; '' where there are none, or nothing is known of them. */
export const contentsOf = ({ filesKey = '' }: RunSummary): string => sortedKey(filesKey);

/** Whether a run's numbers can depend on a setting, be it through what its ranks are made of. */
function dependsOn({ config, comparedAs }: RunSummary, path: string): boolean {
  if (changesResult(config, path)) return true;
  const by = ranksMadeBy(comparedAs?.method);
  if (by === 'search') return changesResult({ ...config, method: 'autolora' }, path);
  const data = { ...config.data, evaluateOn: 'validation' } as const;
  return by === 'candidates' && changesResult({ ...config, data }, path);
}

/** Settings of the LoRA beside it, which say nothing of AutoLoRA's own score. */
const besideSettings = ['baseline.rank', 'adapter.rankPattern'];

/**
 * Whether a field sets rows apart: one that the numbers depend on. Ranks that are made of other runs' results are not a setting of one's own,
 * and what a run is scored on is told by its column.
 */
export function isSetting({ path }: Field, run: RunSummary, role: Role): boolean {
  if (['seed', 'baseline.enabled', 'data.evaluateOn'].includes(path)) return false;
  if (role === 'autolora' && besideSettings.includes(path)) return false;
  if (path === 'adapter.rankPattern' && ranksMadeBy(run.comparedAs?.method)) return false;
  return dependsOn(run, path);
}

/** All settings, in the order of the schema, and the contents of files of a person's own. */
const settingOf = (run: RunSummary, role: Role): string =>
  [
    ...fields.flatMap((field) =>
      isSetting(field, run, role) ? `${field.path} ${readField(run.config, field.path)}` : [],
    ),
    contentsOf(run),
  ].join('\n');

/** The LoRA beside AutoLoRA, which is of AutoLoRA's size unless somebody chose its ranks. */
function besideTitle({ adapter, baseline }: ExperimentConfig): string {
  if (adapter.rankPattern !== '') return 'LoRA beside AutoLoRA, ranks by layer';
  return baseline.rank > 0 ? `LoRA beside AutoLoRA, rank ${baseline.rank}` : loraOfItsSize;
}

function titleOf(run: RunSummary, role: Role): string {
  const { config, comparedAs, editedRanks, searchEndedAt, halfSteps } = run;
  return [
    role === config.method ? comparedTitle(config, comparedAs?.method) : besideTitle(config),
    ...(searchEndedAt === undefined ? [] : [`search ended at step ${searchEndedAt}`]),
    ...(halfSteps ? ['half steps by hand'] : []),
    ...(editedRanks ? ['ranks by hand'] : []),
  ].join(', ');
}

const namesOf = (run: RunSummary, role: Role) => ({
  title: titleOf(run, role),
  setting: settingOf(run, role),
});

/** Finished scores; of runs that agree in everything, the newest. Candidates are no results. */
export function resultsOf(runs: readonly RunSummary[]): Result[] {
  const found = new Map<string, Result>();
  for (const run of [...runs].sort((one, other) => one.createdAt - other.createdAt)) {
    if (run.comparedAs?.isCandidate) continue;
    for (const score of run.scores) {
      const { title, setting } = namesOf(run, score.role);
      const training =
        score.training &&
        sumCosts([score.training, ...(run.comparedAs?.tried ? [run.comparedAs.tried] : [])]);
      const key = [title, placeOf({ run }), setting, run.config.seed].join('\n');
      found.set(key, { run, score, title, setting, training });
    }
  }
  return [...found.values()];
}

/** Models without a score, since their training diverged. Candidates are no results. */
export const divergedResults = (runs: readonly RunSummary[]): DivergedResult[] =>
  runs
    .filter(({ comparedAs }) => !comparedAs?.isCandidate)
    .flatMap((run) => (run.diverged ?? []).map((role) => ({ run, ...namesOf(run, role) })));

/** True of a run's own score that a comparison of methods asked for. */
const isComparedAs = ({ run, score }: Result, method?: string): boolean =>
  score.role === run.config.method &&
  run.comparedAs !== undefined &&
  (method === undefined || run.comparedAs.method === method);

/** `Dev examples 100`. */
export const settingWords = (field: Field, { config }: RunSummary): string =>
  `${fieldTitle(field)} ${settingText(field.path, readField(config, field.path))}`;

/**
 * Results of one place by their settings; all but the first say what sets them apart from it. The first is one that a
 * comparison asked for, where there is one: what was tried besides must not take its name.
 */
function settingsOf(ofPlace: readonly Result[]): { own: Result[]; differing: string }[] {
  const groups = [...groupsOf(ofPlace, ({ setting }) => setting).values()];
  const compared = (own: readonly Result[]) => own.some((result) => isComparedAs(result));
  const settings = [...groups.filter(compared), ...groups.filter((own) => !compared(own))];
  const firsts = settings.flatMap(([one]) => one ?? []);
  const contents = [...new Set(firsts.map(({ run }) => contentsOf(run)))];
  return settings.map((own, i) => {
    const { run, score } = firsts[i] as Result;
    const differing = differingFields(run.config, (firsts[0] as Result).run.config)
      .filter((field) => isSetting(field, run, score.role))
      .map((field) => settingWords(field, run));
    const ofFiles = contents.indexOf(contentsOf(run));
    if (ofFiles > 0) differing.push(`files changed, ${ofFiles}`);
    return { own, differing: differing.join(', ') };
  });
}

/** A row of a table. */
export interface OwnRow {
  label: string;
  results: Result[];
}

/**
 * Rows by their method. Tasks bring settings of their own, so a method's row holds whatever it was trained with there; where
 * one task has several settings of a method, the further ones are rows that say what sets them apart.
 */
export function rowsOf(results: readonly Result[]): OwnRow[] {
  return [...groupsOf(results, ({ title }) => title)].flatMap(([title, ofTitle]) => {
    const rows: OwnRow[] = [];
    for (const ofPlace of groupsOf(ofTitle, placeOf).values()) {
      for (const { own, differing } of settingsOf(ofPlace)) {
        const label = differing === '' ? title : `${title} (${differing})`;
        const known = rows.find((row) => row.label === label);
        if (known) known.results.push(...own);
        else rows.push({ label, results: [...own] });
      }
    }
    return rows;
  });
}

/** The row that a comparison asked for as this method, else the one that is called so. */
export const methodRow = (rows: readonly OwnRow[], method: 'lora' | 'adalora' | 'autolora') =>
  rows.find(({ results }) => results.some((result) => isComparedAs(result, method))) ??
  rows.find(({ label }) => label === methodFacts[method].title);

/**
 * What rows are tested against where nobody chose: LoRA; else AutoLoRA, where it was compared with other methods; else the
 * LoRA that it trains beside itself.
 */
export function referenceRow(rows: readonly OwnRow[]): OwnRow | undefined {
  const compared = rows.some(({ results }) => results.some((result) => isComparedAs(result)));
  const beside = rows.filter(({ results: [one] }) => one && one.score.role !== one.run.config.method);
  return (
    methodRow(rows, 'lora') ??
    (compared ? methodRow(rows, 'autolora') : undefined) ??
    beside.find(({ label }) => label === loraOfItsSize) ??
    beside[0]
  );
}
