/** Entity precision, recall and F1 over IOB1, IOB2 and IOBES tags, as seqeval counts them by default and conlleval does. */

/** A named stretch of words. */
export interface Entity {
  type: string;
  /** First word. */
  start: number;
  /** Last word, included. */
  end: number;
}

/** How tags become entities: `lenient` as conlleval (an `I-` may begin one), `iob2` only those begun by `B-`. */
export type TagScheme = 'lenient' | 'iob2';

const parts = (tag: string) => {
  const dash = tag.indexOf('-');
  // A bare type, as in "protein", counts as inside, which is how seqeval reads it.
  return dash < 0
    ? { mark: tag.slice(0, 1), type: '_' }
    : { mark: tag.slice(0, dash), type: tag.slice(dash + 1) || '_' };
};

/**
 * The entities of one sentence. Lenient: a stretch begins at `B-`, `S-`, after `E-`, `S-` or `O`, or where the type
 * changes; it ends before those, and after `E-` and `S-`.
 */
export function entitiesOf(tags: readonly string[], scheme: TagScheme = 'lenient'): Entity[] {
  const entities: Entity[] = [];
  let open: Entity | undefined;
  let previous = 'O';
  tags.forEach((tag, i) => {
    const { mark, type } = parts(tag);
    const outside = mark === 'O' || mark === '.';
    const continues =
      open !== undefined &&
      !outside &&
      (mark === 'I' || mark === 'E') &&
      type === open.type &&
      previous !== 'E' &&
      previous !== 'S';
    if (continues && open) open.end = i;
    else {
      if (open) entities.push(open);
      const begins = !outside && (scheme === 'lenient' || mark === 'B');
      open = begins ? { type, start: i, end: i } : undefined;
    }
    previous = mark;
  });
  if (open) entities.push(open);
  return entities;
}

/** Right, predicted and true entities of one type or of all. */
export interface EntityCounts {
  right: number;
  predicted: number;
  gold: number;
}

/** Counts per type, in the order in which types turn up. @throws Error on unequal numbers of sentences or words. */
export function entityCounts(
  predictions: readonly (readonly string[])[],
  gold: readonly (readonly string[])[],
  scheme: TagScheme = 'lenient',
): Map<string, EntityCounts> {
  if (predictions.length !== gold.length)
    throw new Error(
      `There are tags for ${predictions.length} predicted sentences and ${gold.length} true ones; each needs its own.`,
    );
  const counts = new Map<string, EntityCounts>();
  const of = (type: string) => {
    const found = counts.get(type) ?? { right: 0, predicted: 0, gold: 0 };
    counts.set(type, found);
    return found;
  };
  gold.forEach((tags, i) => {
    const predicted = predictions[i] as readonly string[];
    if (predicted.length !== tags.length)
      throw new Error(
        `Sentence ${i + 1} has ${predicted.length} predicted tags for ${tags.length} words; each word needs one.`,
      );
    const keyOf = ({ type, start, end }: Entity) => `${start} ${end} ${type}`;
    const wanted = entitiesOf(tags, scheme);
    const keys = new Set(wanted.map(keyOf));
    for (const { type } of wanted) of(type).gold += 1;
    for (const entity of entitiesOf(predicted, scheme)) {
      of(entity.type).predicted += 1;
      if (keys.has(keyOf(entity))) of(entity.type).right += 1;
    }
  });
  return counts;
}

/** Precision, recall and F1 of counts; 0 where there is nothing to divide by, as seqeval's zero_division=0. */
export function entityScores({ right, predicted, gold }: EntityCounts): {
  precision: number;
  recall: number;
  f1: number;
} {
  const ratio = (n: number, of: number) => (of === 0 ? 0 : n / of);
  const precision = ratio(right, predicted);
  const recall = ratio(right, gold);
  return { precision, recall, f1: ratio(2 * precision * recall, precision + recall) };
}

/** Sums over all types. */
export function totalCounts(counts: ReadonlyMap<string, EntityCounts>): EntityCounts {
  const total = { right: 0, predicted: 0, gold: 0 };
  for (const { right, predicted, gold } of counts.values()) {
    total.right += right;
    total.predicted += predicted;
    total.gold += gold;
  }
  return total;
}

/** What a tagging task reports, over all types at once: `entityPrecision`, `entityRecall`, `entityF1`. */
export function entityMetrics(
  predictions: readonly (readonly string[])[],
  gold: readonly (readonly string[])[],
): { values: Record<string, number>; confusion: number[][] } {
  const { precision, recall, f1 } = entityScores(totalCounts(entityCounts(predictions, gold)));
  return { values: { entityPrecision: precision, entityRecall: recall, entityF1: f1 }, confusion: [] };
}
