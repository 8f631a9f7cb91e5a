/** The tokeniser of mteval-v13a, which pymteval and sacrebleu's `13a` share. */
import { words } from './ngrams';

/** Tokens in lower case: those of the E2E challenge's BLEU and NIST. */
export const tokeniseMtevalUncased = (text: string): string[] =>
  tokeniseMteval(text).map((token) => token.toLowerCase());

/** Tokens with their case kept; repeated spaces count once. */
export function tokeniseMteval(text: string): string[] {
  const unescaped = text
    .replaceAll('<skipped>', '')
    .replaceAll('-\n', '')
    .replaceAll('\n', ' ')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>');
  return words(
    ` ${unescaped} `
      // Every ASCII sign but the apostrophe, hyphen, full stop and comma.
      .replace(/([{-~[-` -&(-+:-@/])/g, ' $1 ')
      // Full stop and comma stay only between two digits.
      .replace(/([^0-9])([.,])/gu, '$1 $2 ')
      .replace(/([.,])([^0-9])/gu, ' $1 $2')
      // A hyphen goes only after a digit.
      .replace(/([0-9])(-)/g, '$1 $2 '),
  );
}
