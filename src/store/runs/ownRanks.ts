/** The ranks that the person's own runs of AutoLoRA learned: by layer, and how well seeds and splits agree on them. */
import { methodFacts } from '../../config/methods';
import { agreementTable, type LearnedRanks } from '../../report/agreement';
import { splitTwin } from '../../report/comparedMethods';
import type { TaskRanks } from '../../report/records';
import type { Table } from '../../report/table';
import { mixtureNotes } from './ownNotes';
import { groupsOf, placeOf, placeWords, type Result, rowsOf } from './ownResults';
import { isHandled } from './runRecord';

/** AutoLoRA's runs of one place and setting, seeds alone apart. */
interface LearnedGroup {
  title: string;
  own: readonly Result[];
  /** Those that differ by their split alone. */
  otherSplit: readonly Result[];
}

const withoutSplit = ({ setting }: Result) => setting.replace(/^data\.splitSeed .*\n/m, '');

/** What sets a row apart from plain AutoLoRA: `(SAMA)` of `AutoLoRA, SAMA`. */
function variantWords(label: string): string[] {
  const words = label.slice(methodFacts.autolora.title.length).replace(/^[, ]+/, '');
  if (words === '') return [];
  return [words.startsWith('(') ? words : `(${words})`];
}

function learnedGroups(results: readonly Result[]): LearnedGroup[] {
  const learned = results.filter(
    ({ run, score }) => run.config.method === 'autolora' && score.role === 'autolora' && !isHandled(run),
  );
  const isTwin = ({ run }: Result) => run.comparedAs?.method === splitTwin;
  const places = [
    ...groupsOf(
      learned.filter((result) => !isTwin(result)),
      placeOf,
    ).values(),
  ];
  return places.flatMap((ofPlace) => {
    const [{ run }] = ofPlace as [Result];
    return rowsOf(ofPlace).map(({ label, results: own }) => ({
      title: [...placeWords(run, places), ...variantWords(label)].join(' '),
      own,
      otherSplit: learned.filter(
        (result) =>
          isTwin(result) &&
          placeOf(result) === placeOf(own[0] as Result) &&
          withoutSplit(result) === withoutSplit(own[0] as Result),
      ),
    }));
  });
}

/** Ranks of AutoLoRA's runs by task and settings, means over seeds alone, as the paper's figure 3 shows them. */
export function ownRanks(results: readonly Result[]): TaskRanks[] {
  return learnedGroups(results).map(({ title, own }) => {
    const [{ run, score: first }] = own as [Result];
    return {
      task: run.config.data.task,
      title,
      largest: Math.max(1, ...own.map((result) => result.run.config.adapter.rank)),
      seeds: own.map((result) => result.run.config.seed),
      layers: first.ranks.map(({ layer }) => ({
        layer,
        ranks: own.map(({ score }) => score.ranks.find((known) => known.layer === layer)?.rank ?? 0),
      })),
    };
  });
}

/** Random orders behind a p: a tenth of a report's, since the page waits for them. */
const shuffles = 999;

/** How well the ranks agree that AutoLoRA's runs learned; undefined where there are no two to compare. */
export function ownAgreement(results: readonly Result[]): Table | undefined {
  const vectors = (own: readonly Result[]) =>
    new Map(own.map(({ run, score }) => [run.config.seed, score.ranks.map(({ rank }) => rank)]));
  const groups = learnedGroups(results);
  const learned = groups.map(
    ({ title, own, otherSplit }): LearnedRanks => ({
      key: title,
      title,
      learned: vectors(own),
      otherSplit: vectors(otherSplit),
    }),
  );
  const compared = groups.flatMap(({ own, otherSplit }) => [...own, ...otherSplit]);
  return agreementTable('own-agreement', learned, mixtureNotes(compared), shuffles);
}
