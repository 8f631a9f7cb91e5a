/**
 * The embedded entailment task: two sentences of the small world, and a hypothesis about one of them that follows (0) or
 * does not (1): it is ruled out, left open, or takes a value from the other sentence. Dev accuracy of
 * `bagOfWordsBaseline`: 57.1 % on unigrams, 55.2 % with bigrams; on hypotheses alone 51.7 % on either; the majority has
 * 50 %.
 */
import type { SequenceExample, Split } from '../task';
import { actOf } from '../world/acts';
import { unrelatedTo } from '../world/entailment';
import { statement } from '../world/eventSentences';
import { drawnSets } from '../world/exampleSets';
import { drawFrame, extended, type Frame, generalised, sayable, withValue } from '../world/frames';
import { entails, matchedPair, type Relation } from '../world/matched';
import { chance, sentence, weighted } from '../world/realisation';

export const rteSizes = { trainSize: 1600, devSize: 480 };

const negatives: readonly { readonly weight: number; readonly relation: Relation | 'crossed' }[] = [
  { weight: 4, relation: 'excluded' },
  { weight: 3, relation: 'open' },
  { weight: 3, relation: 'crossed' },
];

const sets = drawnSets({
  seed: 20261125,
  ...rteSizes,
  kinds: 2,
  draw(random, label) {
    const relation = label === 0 ? 'follows' : weighted(random, negatives).relation;
    const pair = matchedPair(random, relation === 'crossed' ? 'follows' : relation, 0.4, [2]);
    if (pair === undefined) return undefined;
    const { first, second, role } = pair;
    const alike = relation === 'crossed' || chance(random, 0.5) ? actOf(first.act) : undefined;
    let other: Frame = unrelatedTo(random, first, () => drawFrame(random, alike));
    // The other sentence has a value of the role that counts more often than not, whatever the label.
    const telling = alike !== undefined && (relation === 'crossed' || chance(random, 0.7));
    if (telling && other.values[role] === undefined) {
      if (role !== 'colour' && role !== 'size' && actOf(other.act).core.includes(role)) return undefined;
      other = extended(random, other, role);
    }
    other = telling ? generalised(random, other, role) : generalised(random, other);
    if (!sayable(other)) return undefined;
    const value = other.values[role];
    if (relation === 'crossed' && (value === undefined || Object.values(first.values).includes(value)))
      return undefined;
    const claim = relation === 'crossed' && value !== undefined ? withValue(second, role, value) : second;
    // "Somebody lost a coat" may follow from the other sentence.
    if (label === 1 && entails(other, claim)) return undefined;
    const told = [first, other].map((frame) => sentence(statement(random, frame)));
    if (chance(random, 0.5)) told.reverse();
    return { example: { text: told.join(' '), pair: sentence(statement(random, claim)), label } };
  },
});

/** Two sentences and a hypothesis; 0 entailment, 1 not entailment. */
export function generateRte(split: Split): SequenceExample[] {
  return sets(split);
}
