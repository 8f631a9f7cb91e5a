/** Two ways to write without a language model: copy the text of the most similar training record, or list the slots. */
import type { GenerationExample } from './task';

/** A record as what it can share with others: whole slots, and slots (or predicates) without their values. */
function piecesOf(source: string): Set<string> {
  return new Set(
    source.split(' | ').flatMap((slot) => {
      const fields = slot.split(' : ');
      return [slot, fields[fields.length - 2] ?? slot];
    }),
  );
}

/**
 * For each record the first text of the training record that shares most with it (Jaccard index of slots with and without
 * values; the earlier one at a draw), with the names of that record left as they are.
 */
export function nearestRecordTexts(
  train: readonly GenerationExample[],
  sources: readonly string[],
): string[] {
  const known = train.map(({ source, references }) => ({
    pieces: piecesOf(source),
    text: references[0] as string,
  }));
  return sources.map((source) => {
    const pieces = [...piecesOf(source)];
    let best = { similarity: -1, text: '' };
    for (const candidate of known) {
      const shared = pieces.filter((piece) => candidate.pieces.has(piece)).length;
      const similarity = shared / (pieces.length + candidate.pieces.size - shared);
      if (similarity > best.similarity) best = { similarity, text: candidate.text };
    }
    return best.text;
  });
}

/** "The name is Silver River, the food is French."; triples as "The author of Silver River is Anna Fox." */
export function slotListing(source: string): string {
  const clauses = source.split(' | ').map((slot) => {
    const fields = slot.split(' : ');
    const [subject, predicate, object] = fields;
    return fields.length === 3
      ? `the ${predicate} of ${subject} is ${object}`
      : `the ${subject} is ${predicate}`;
  });
  return `T${clauses.join(', ').slice(1)}.`;
}
