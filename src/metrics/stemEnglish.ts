/** The English stemmer of Snowball ("Porter2", https://snowballstem.org/algorithms/english/stemmer.html) as METEOR 1.5 carries it. */

const EXCEPTIONS: Readonly<Record<string, string>> = {
  skis: 'ski',
  skies: 'sky',
  dying: 'die',
  lying: 'lie',
  tying: 'tie',
  idly: 'idl',
  gently: 'gentl',
  ugly: 'ugli',
  early: 'earli',
  only: 'onli',
  singly: 'singl',
};
const UNCHANGED = new Set(['sky', 'news', 'howe', 'atlas', 'cosmos', 'bias', 'andes']);
/** Left alone once a plural is off. */
const WHOLE = new Set(['inning', 'outing', 'canning', 'herring', 'earring', 'proceed', 'exceed', 'succeed']);

/** Longest first within each ending, which is what the search below needs. */
const STEP_2: readonly (readonly [string, string])[] = [
  ['ization', 'ize'],
  ['ational', 'ate'],
  ['fulness', 'ful'],
  ['ousness', 'ous'],
  ['iveness', 'ive'],
  ['tional', 'tion'],
  ['biliti', 'ble'],
  ['lessli', 'less'],
  ['entli', 'ent'],
  ['ation', 'ate'],
  ['alism', 'al'],
  ['aliti', 'al'],
  ['ousli', 'ous'],
  ['iviti', 'ive'],
  ['fulli', 'ful'],
  ['enci', 'ence'],
  ['anci', 'ance'],
  ['abli', 'able'],
  ['izer', 'ize'],
  ['ator', 'ate'],
  ['alli', 'al'],
  ['bli', 'ble'],
  ['ogi', 'og'],
  ['li', ''],
];
const STEP_3: readonly (readonly [string, string])[] = [
  ['ational', 'ate'],
  ['tional', 'tion'],
  ['alize', 'al'],
  ['icate', 'ic'],
  ['iciti', 'ic'],
  ['ative', ''],
  ['ical', 'ic'],
  ['ness', ''],
  ['ful', ''],
];
const STEP_4 = 'ement ance ence able ible ment ant ent ism ate iti ous ive ize ion al er ic'.split(' ');

const VOWEL = /[aeiouy]/;
const endsShort = (word: string) =>
  /^[aeiouy][^aeiouy]$/.test(word) || /[^aeiouy][aeiouy][^aeiouywxY]$/.test(word);

/** Start of the part after the first non-vowel that follows a vowel, from a place on. */
function regionAfter(word: string, from: number): number {
  const found = /[aeiouy][^aeiouy]/.exec(word.slice(from));
  return found ? from + found.index + 2 : word.length;
}

/** The stem of a word in lower case; words of one or two letters are their own. */
export function stemEnglish(given: string): string {
  if (Object.hasOwn(EXCEPTIONS, given)) return EXCEPTIONS[given] as string;
  if (UNCHANGED.has(given) || given.length < 3) return given;
  let word = given.replace(/^'/, '');
  // A capital Y is a consonant: at the start and after a vowel.
  word = word.replace(/^y/, 'Y').replace(/([aeiouy])y/g, '$1Y');
  const prefix = /^(?:gener|commun|arsen)/.exec(word);
  const r1 = prefix ? prefix[0].length : regionAfter(word, 0);
  const r2 = regionAfter(word, r1);

  word = word.replace(/(?:'s'|'s|')$/, '');
  word = plural(word);
  if (WHOLE.has(word)) return word;
  word = pastAndProgressive(word, r1);
  word = word.replace(/(.[^aeiouy])[yY]$/, '$1i');
  word = replaceEnding(word, STEP_2, r1, (ending, stem) =>
    ending === 'ogi' ? stem.endsWith('l') : ending === 'li' ? /[cdeghkmnrt]$/.test(stem) : true,
  );
  word = replaceEnding(word, STEP_3, r1, (ending, stem) => ending !== 'ative' || stem.length >= r2);
  word = withoutSuffix(word, r2);
  return lastLetter(word, r1, r2).replaceAll('Y', 'y');
}

/** Step 1a. */
function plural(word: string): string {
  if (word.endsWith('sses')) return word.slice(0, -2);
  if (/ie[ds]$/.test(word)) return word.length > 4 ? word.slice(0, -2) : word.slice(0, -1);
  if (/(?:us|ss)$/.test(word) || !word.endsWith('s')) return word;
  // A vowel must stand before the letter that comes before the s.
  return VOWEL.test(word.slice(0, -2)) ? word.slice(0, -1) : word;
}

/** Step 1b. */
function pastAndProgressive(word: string, r1: number): string {
  const eed = /eed(?:ly)?$/.exec(word);
  if (eed) return eed.index >= r1 ? `${word.slice(0, eed.index)}ee` : word;
  const ending = /(?:ingly|edly|ing|ed)$/.exec(word);
  if (!ending || !VOWEL.test(word.slice(0, ending.index))) return word;
  const stem = word.slice(0, ending.index);
  if (/(?:at|bl|iz)$/.test(stem)) return `${stem}e`;
  if (/(bb|dd|ff|gg|mm|nn|pp|rr|tt)$/.test(stem)) return stem.slice(0, -1);
  return stem.length <= r1 && endsShort(stem) ? `${stem}e` : stem;
}

/** Steps 2 and 3: the longest ending is the one that counts, and it must lie in R1. */
function replaceEnding(
  word: string,
  endings: readonly (readonly [string, string])[],
  r1: number,
  allowed: (ending: string, stem: string) => boolean,
): string {
  const found = endings.find(([ending]) => word.endsWith(ending));
  if (!found) return word;
  const stem = word.slice(0, word.length - found[0].length);
  return stem.length >= r1 && allowed(found[0], stem) ? stem + found[1] : word;
}

/** Step 4. */
function withoutSuffix(word: string, r2: number): string {
  const suffix = STEP_4.find((ending) => word.endsWith(ending));
  if (!suffix) return word;
  const stem = word.slice(0, word.length - suffix.length);
  if (stem.length < r2 || (suffix === 'ion' && !/[st]$/.test(stem))) return word;
  return stem;
}

/** Step 5. */
function lastLetter(word: string, r1: number, r2: number): string {
  const stem = word.slice(0, -1);
  if (word.endsWith('e') && (stem.length >= r2 || (stem.length >= r1 && !endsShort(stem)))) return stem;
  if (word.endsWith('ll') && stem.length >= r2) return stem;
  return word;
}
