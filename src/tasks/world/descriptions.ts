/**
 * Unlabelled descriptions of restaurants, people, books, films, buildings and cities for pretraining: alone, or after a
 * note of the facts and a TAB. Records that dev sets may hold never occur, nor do texts of the embedded dev sets, not even
 * as a part of a longer text.
 */
import type { RandomStream } from '../../random/stream';
import { generateE2e } from '../embedded/e2e';
import { generateWebnlg } from '../embedded/webnlg';
import { HeldOutTexts } from '../heldOut';
import { splitOf } from './heldOutSplit';
import { chance, weighted } from './realisation';
import { drawRestaurant, drawRestaurantText, restaurantSource, slotsOf } from './restaurants';
import { drawTriples, splitOfTriples, type Triple, tripleSource } from './triples';
import { drawTripleText } from './tripleTexts';

/** Facts in three columns, whatever they are about: thing, kind of fact, value. */
interface Noted {
  readonly rows: readonly (readonly [string, string, string])[];
  /** The prompt of the data-to-text tasks. */
  readonly source: string;
  readonly text: string;
}

function drawNotedRestaurant(random: RandomStream): Noted {
  for (;;) {
    const record = drawRestaurant(random);
    const source = restaurantSource(record);
    if (splitOf(source) === 'dev') continue;
    const rows = slotsOf(record)
      .slice(1)
      .map(([slot, value]) => [record.name, slot, value] as const);
    return { rows, source, text: drawRestaurantText(random, record) };
  }
}

function drawNotedTriples(random: RandomStream): Noted {
  for (;;) {
    const triples = drawTriples(random);
    if (splitOfTriples(triples) !== 'train') continue;
    const rows = triples.map(
      ({ subject, predicate, object }: Triple) => [subject.name, predicate, object] as const,
    );
    return { rows, source: tripleSource(triples), text: drawTripleText(random, triples) };
  }
}

/** Facts by what they are about, in order: "Silver River: cafe, French; …". */
function grouped(rows: Noted['rows'], field: (row: Noted['rows'][number]) => string): string {
  const names = [...new Set(rows.map(([name]) => name))];
  return names
    .map((name) => {
      const fields = rows.filter((row) => row[0] === name).map(field);
      return `${name}: ${fields.join(', ')}`;
    })
    .join('; ');
}

/** How people jot facts down: not at all, in key words, or as the prompt of the tasks. */
const notes = [
  { weight: 36, write: undefined },
  { weight: 28, write: ({ rows }: Noted) => grouped(rows, ([, kind, value]) => `${kind} ${value}`) },
  { weight: 19, write: ({ rows }: Noted) => grouped(rows, ([, kind, value]) => `${kind} = ${value}`) },
  { weight: 17, write: ({ source }: Noted) => source },
] as const;

/** Longest line, in words. */
const maximumWords = 44;

let heldOut: HeldOutTexts | undefined;

/** A description of one to three sentences, or a note of facts, a TAB and the description; at most 44 words. */
export function drawDescriptionLine(random: RandomStream): string {
  const { write } = weighted(random, notes);
  heldOut ??= new HeldOutTexts(
    [...generateE2e('dev'), ...generateWebnlg('dev')].flatMap(({ references }) => references),
  );
  for (;;) {
    const noted = chance(random, 0.45) ? drawNotedRestaurant(random) : drawNotedTriples(random);
    const line = write === undefined ? noted.text : `${write(noted)}\t${noted.text}`;
    if (line.split(/\s/).length <= maximumWords && !heldOut.occursIn(noted.text)) return line;
  }
}
