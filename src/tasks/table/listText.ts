/** Lists that stand in a text cell: as JSON writes them, or as Python and NumPy print lists of strings. */
import type { Cell } from './table';

const quoted = String.raw`(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")`;
const printedList = new RegExp(String.raw`^\[(?:${quoted}(?:\s*,\s*|\s+|(?=\])))+\]$`, 's');
const eachQuoted = new RegExp(quoted, 'gs');

/** Undefined where the text is no whole list; then it may be words, the first of which is a bracket. */
export function listOfText(text: string): readonly Cell[] | undefined {
  if (!text.startsWith('[')) return undefined;
  try {
    const list: unknown = JSON.parse(text);
    if (Array.isArray(list)) return list as Cell[];
  } catch {
    // Not JSON.
  }
  if (!printedList.test(text)) return undefined;
  return [...text.matchAll(eachQuoted)].map(([item]) => unescaped(item.slice(1, -1)));
}

/** True for a text that begins as a list of strings does: what is not read as one must not be taken for words. */
export const opensList = (text: string): boolean => /^\[['"]./s.test(text);

const letters: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

/** A string between its marks, by Python's rules: an unknown escape stays as it stands. */
const unescaped = (text: string) =>
  text.replace(
    /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|([\\'"])|([ntr]))/g,
    (_, byte: string, unit: string, mark: string, letter: string) =>
      mark ?? letters[letter] ?? String.fromCharCode(Number.parseInt(byte ?? unit, 16)),
  );
