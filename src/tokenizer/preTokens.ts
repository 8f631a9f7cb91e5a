/** GPT-2's pre-tokenisation, which byte-level BPE is trained on and used with. */

/**
 * White space as Unicode and the reference's regular expressions know it; JavaScript's `\s` leaves out U+0085 and adds
 * U+FEFF.
 */
const space = '\\t-\\r \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';

/** Contractions, words with the space before them, numbers, marks, white space. */
export const byteLevelPattern = new RegExp(
  `'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^${space}\\p{L}\\p{N}]+|[${space}]+(?![^${space}])|[${space}]+`,
  'gu',
);
