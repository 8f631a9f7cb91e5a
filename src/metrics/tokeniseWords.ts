/** The tokenisers of the WebNLG scores: LoRA's own split into words and signs, and NLTK's word_tokenize on one line. */
import { words } from './ngrams';

/** Runs of letters, digits and underscores, and every other sign by itself; in lower case, as LoRA writes its files. */
export function tokeniseLora(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}_]+|[^\p{L}\p{N}_\s]/gu) ?? [];
}

/** Patterns of NLTKWordTokenizer in its order: opening quotes, signs, brackets, dashes. */
const SIGNS: readonly (readonly [RegExp, string])[] = [
  [/([«“‘„]|`+)/gu, ' $1 '],
  [/^"/g, '``'],
  [/(``)/g, ' $1 '],
  [/([ ([{<])("|'{2})/g, '$1 `` '],
  // A single letter in quotes, unless it is the rest of a contraction.
  [/(')(?!re|ve|ll|m|t|s|d|n)([\p{L}\p{N}_])(?![\p{L}\p{N}_])/giu, '$1 $2'],
  [/([^.])(\.)([\])}>"'»”’ ]*)\s*$/gu, '$1 $2 $3 '],
  [/([:,])([^\p{Nd}])/gu, ' $1 $2'],
  [/([:,])$/g, ' $1 '],
  [/\.{2,}/g, ' $& '],
  [/[;@#$%&]/g, ' $& '],
  [/([^.])(\.)([\])}>"']*)\s*$/g, '$1 $2$3 '],
  [/[?!]/g, ' $& '],
  [/([^'])' /g, "$1 ' "],
  [/[*]/g, ' $& '],
  [/[\][(){}<>]/g, ' $& '],
  [/--/g, ' -- '],
];

/** Closing quotes and the parts of contractions, once the line is set between spaces. */
const ENDINGS: readonly (readonly [RegExp, string])[] = [
  [/([»”’])/gu, ' $1 '],
  [/''/g, " '' "],
  [/"/g, " '' "],
  [/\s+/gu, ' '],
  [/([^' ])('[sS]|'[mM]|'[dD]|') /g, '$1 $2 '],
  [/([^' ])('ll|'LL|'re|'RE|'ve|'VE|n't|N'T) /g, '$1 $2 '],
  [/\b(can)(not)\b/gi, ' $1 $2 '],
  [/\b(d)('ye)\b/gi, ' $1 $2 '],
  [/\b(gim)(me)\b/gi, ' $1 $2 '],
  [/\b(gon)(na)\b/gi, ' $1 $2 '],
  [/\b(got)(ta)\b/gi, ' $1 $2 '],
  [/\b(lem)(me)\b/gi, ' $1 $2 '],
  [/\b(more)('n)\b/gi, ' $1 $2 '],
  [/\b(wan)(na)(?=\s)/gi, ' $1 $2 '],
  [/ ('t)(is)\b/gi, ' $1 $2 '],
  [/ ('t)(was)\b/gi, ' $1 $2 '],
];

/** NLTK's word_tokenize with preserve_line: only the line's last full stop is split off. Case is kept. */
export function tokeniseNltk(text: string): string[] {
  const apply = (line: string, rules: typeof SIGNS) =>
    rules.reduce((so, [pattern, by]) => so.replace(pattern, by), line);
  return words(apply(` ${apply(text, SIGNS)} `, ENDINGS));
}
