/** Faults of grammar, each put into a sentence at one place, in words that are common anyway. */
import type { RandomStream } from '../../random/stream';
import { nouns, people } from './frames';
import { colours } from './lexicon';

/** Puts one fault into a sentence, given as words with their commas; undefined where it has no place for it. */
export type Fault = (random: RandomStream, words: readonly string[]) => string[] | undefined;

const bare = (word: string | undefined) => (word ?? '').replace(',', '');
export const listed = (text: string) => new Set(text.split(' '));

/** Does something at one of the places where `fits`. */
const somewhere =
  (
    fits: (words: readonly string[], at: number) => boolean,
    change: (random: RandomStream, words: readonly string[], at: number) => readonly string[],
    width = 1,
  ): Fault =>
  (random, words) => {
    const places = [...words.keys()].filter((at) => fits(words, at));
    if (places.length === 0) return undefined;
    const at = random.pick(places);
    return [...words.slice(0, at), ...change(random, words, at), ...words.slice(at + width)];
  };

/** Base forms and pasts; "meet" for "met" could be a present tense. */
const pasts = new Map(
  (
    'give/gave get/got receive/received sell/sold buy/bought purchase/purchased lend/lent borrow/borrowed ' +
    'find/found discover/discovered lose/lost repair/repaired fix/fixed break/broke clean/cleaned ' +
    'steal/stole help/helped assist/assisted call/called phone/phoned visit/visited invite/invited ' +
    'travel/travelled go/went leave/left'
  )
    .split(' ')
    .map((verb) => verb.split('/') as [string, string]),
);
const bases = new Map([...pasts].map(([base, past]) => [past, base]));

/**
 * "Did Anna gave", "Anna give": the same forms, each where the other belongs, so that neither gives itself away, and
 * neither stands beside the word that forbids it.
 */
const verbForm = somewhere(
  (words, at) => {
    const word = words[at] ?? '';
    if (words.includes('did')) return pasts.has(word);
    return (
      bases.has(word) && people.includes(words[at - 1] ?? '') && !words.some((w) => /^(?:was|were)$/.test(w))
    );
  },
  (_, words, at) => [pasts.get(words[at] ?? '') ?? bases.get(words[at] ?? '') ?? ''],
);

/** Replaces a word of the table. "Who were called" can be said; behind other words the number is plain. */
const exchange = (table: Readonly<Record<string, string>>, when = '') =>
  somewhere(
    (words, at) =>
      table[words[at] ?? ''] !== undefined &&
      (when === '' || words.includes(when)) &&
      !['who', 'what', 'whom'].includes(words[at - 1] ?? ''),
    (_, words, at) => [table[words[at] ?? ''] ?? ''],
  );
const wereForWas = exchange({ was: 'were' });
const wasForWere = exchange({ were: 'was' });
/** "Anna live in Oslo", "where does Anna lives": as with "did", each form where the other belongs. */
const plainPresent = exchange({ has: 'have', owns: 'own', lives: 'live', works: 'work' });
const doubledPresent = exchange({ have: 'has', own: 'owns', live: 'lives', work: 'works' }, 'does');

const plurals = new Set(nouns.map((noun) => `${noun}s`));
/** Two adjectives and a noun at most. */
const nounBehind = (words: readonly string[], at: number) =>
  [1, 2, 3]
    .map((step) => at + step)
    .find((i) => nouns.includes(bare(words[i])) || plurals.has(bare(words[i])));
export const singularBehind = (words: readonly string[], at: number) => {
  const noun = nounBehind(words, at);
  return noun !== undefined && nouns.includes(bare(words[noun]));
};

/** "Anna found lamp". Plurals and schools can do without. */
const missingArticle = somewhere(
  (words, at) => /^an?$/.test(words[at] ?? '') || (words[at] === 'the' && singularBehind(words, at)),
  () => [],
);
const prepositions = listed('to from by in at for');
const giving = listed('give gave sell sold lend lent');
/** "Who did Anna give the lamp" can be said, and "what did Anna give Paul", and "Monday" for "on Monday". */
const missingPreposition = somewhere(
  (words, at) =>
    words[0] !== 'who' &&
    prepositions.has(words[at] ?? '') &&
    (words[at] !== 'to' || (at > 0 && !giving.has(words[at - 1] ?? ''))),
  () => [],
);

const amounts = listed('two three four five six seven eight nine');
const adjectives = new Set([...colours, ...listed('large big small little old new')]);
const isVowel = (word: string) => /^[aeiou]/.test(word);
/** A word before the one it stands behind: "a lamp red", "who Anna did help". The comma stays in its place. */
const wordOrder = somewhere(
  (words, at) => {
    const [one, two] = [words[at] ?? '', bare(words[at + 1])];
    if (two === '') return false;
    if (adjectives.has(one)) {
      // "A umbrella grey" would have two faults.
      const clash = /^an?$/.test(words[at - 1] ?? '') && isVowel(one) !== isVowel(two);
      return !clash && (nouns.includes(two) || plurals.has(two));
    }
    return at === 1 && /^(?:where|when|who|what)$/.test(words[0] ?? '') && /^(?:did|was|is|does)$/.test(one);
  },
  (_, words, at) => {
    const comma = words[at + 1]?.endsWith(',') ? ',' : '';
    return [bare(words[at + 1]), `${words[at]}${comma}`];
  },
  2,
);
/** "Anna a red lamp found". */
const verbBehindObject: Fault = (random, words) =>
  somewhere(
    (all, at) =>
      bases.has(all[at] ?? '') &&
      people.includes(all[at - 1] ?? '') &&
      (/^an?$/.test(all[at + 1] ?? '') || amounts.has(all[at + 1] ?? '')),
    (_, all, at) => {
      const end = (nounBehind(all, at + 1) ?? at) + 1;
      return [...all.slice(at + 1, end), all[at] ?? '', ...all.slice(end)];
    },
    Number.POSITIVE_INFINITY,
  )(random, words);

/** "two red lamp", "a red lamps". */
const number: Fault = (random, words) =>
  somewhere(
    (all, at) =>
      (/^an?$/.test(all[at] ?? '') || amounts.has(all[at] ?? '')) && (nounBehind(all, at) ?? at) > at + 1,
    (_, all, at) => {
      const end = nounBehind(all, at) ?? at;
      const noun = bare(all[end]);
      const comma = all[end]?.endsWith(',') ? ',' : '';
      const turned = plurals.has(noun) ? noun.slice(0, -1) : `${noun}s`;
      return [...all.slice(at, end), `${turned}${comma}`, ...all.slice(end + 1)];
    },
    Number.POSITIVE_INFINITY,
  )(random, words);

/** With how often each is tried; several find no place in most sentences. */
export const faults: readonly { readonly weight: number; readonly fault: Fault }[] = [
  { weight: 8, fault: verbForm },
  { weight: 1, fault: wereForWas },
  { weight: 5, fault: wasForWere },
  { weight: 3, fault: plainPresent },
  { weight: 4, fault: doubledPresent },
  { weight: 1, fault: missingArticle },
  { weight: 1, fault: missingPreposition },
  { weight: 5, fault: wordOrder },
  { weight: 3, fault: verbBehindObject },
  { weight: 4, fault: number },
];
