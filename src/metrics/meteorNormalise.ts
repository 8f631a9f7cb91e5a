/** METEOR 1.5's `-norm` for English: how it splits a text into words before it aligns them. */
import { words } from './ngrams';

const alpha = 'A-Za-zŠŽšžŸÀ-ÖØ-öø-žЀ-ӿԀ-ԧꙀ-ꙮꙺ-ꚗᴀ-ᵿ';
const alnum = `0-9${alpha}`;
const pattern = (source: string) => new RegExp(source, 'gu');

/** In METEOR's order; `replace` goes once over the text for each, as there. */
const RULES: readonly (readonly [RegExp, string])[] = [
  [pattern(`([^${alnum}\\s.'\`,\\-‘’])`), ' $1 '],
  // Runs of full stops stay whole and stand alone.
  [/\.{2,}/g, ' $& '],
  [/([^0-9]),([^0-9])/gu, '$1 , $2'],
  [/([0-9]),([^0-9])/gu, '$1 , $2'],
  [/([^0-9]),([0-9])/gu, '$1 , $2'],
  [/[`‘’]/g, "'"],
  [/[“”]|''/g, ' " '],
  [/–/g, '-'],
  [/--/g, '-'],
  // Compounds come apart, so that half of one can match.
  [pattern(`([${alnum}.])-([${alnum}])`), '$1 $2'],
  [pattern(`([^${alpha}])'([^${alpha}])`), "$1 ' $2"],
  [pattern(`([^${alnum}])'([${alpha}])`), "$1 ' $2"],
  [pattern(`([${alpha}])'([^${alpha}])`), "$1 ' $2"],
  [pattern(`([${alpha}])'([${alpha}])`), "$1 '$2"],
  [/([0-9])'s/g, "$1 's"],
];

/** Words in lower case that keep their full stop, as Moses lists them; `pp` only before a number. */
const KEEP_STOP = new Set(['v', 'vs', 'rev']);

/**
 * The words of a text. METEOR puts in lower case what this returns; the texts that are scored here are so already, for
 * which reason only those nonbreaking prefixes are known that are written in lower case.
 */
export function meteorWords(text: string): string[] {
  const apart = words(RULES.reduce((so, [search, by]) => so.replace(search, by), ` ${text} `));
  return words(
    apart
      .map((word, i) => {
        if (word.length < 2 || !word.endsWith('.') || word.startsWith('..')) return word;
        const stem = word.slice(0, -1);
        const next = apart[i + 1] ?? '';
        if (stem.includes('.') && pattern(`[${alpha}]`).test(stem)) return word.replaceAll('.', '');
        const keeps = KEEP_STOP.has(stem) || /^[a-z]/.test(next) || (stem === 'pp' && /^[0-9]/.test(next));
        return keeps ? word : `${stem} .`;
      })
      .join(' ')
      .toLowerCase(),
  );
}
