/** WebNLG's triples: as its files have them, and as they stand in a prompt. */

/** Subject, predicate, object as they stand in the file, underscores and quotation marks included. */
export type Triple = readonly [string, string, string];

/** One entry of a file before its empty texts are dropped. */
export interface WebnlgEntry {
  triples: readonly Triple[];
  texts: readonly string[];
  /** Where it stands: "line 3", "entry Id5 of Airport". */
  place: string;
}

/**
 * `subject : predicate : object | …`, triples in the file's order and spelt as there: what LoRA (and prefix tuning before
 * it) gives GPT-2, made from the modified triple set.
 */
export function webnlgPrompt(triples: readonly Triple[]): string {
  return triples.map((triple) => triple.join(' : ')).join(' | ');
}

/** `A | predicate | B` as a triple. @returns undefined if it has not three parts. */
export function splitTriple(text: string): Triple | undefined {
  const [subject, predicate, ...object] = text.split('|').map((part) => part.trim());
  if (!subject || !predicate || object.length === 0 || object.join('') === '') return undefined;
  return [subject, predicate, object.join(' | ')];
}
