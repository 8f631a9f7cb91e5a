/**
 * The embedded inference task: a statement of the small world and a hypothesis that follows from it (0), that it leaves
 * open (1) or that it rules out (2). As in SNLI both are about one occasion, so that another value of a role rules the
 * first one out. Dev accuracy of `bagOfWordsBaseline`: 47.5 % on unigrams, 49.8 % with bigrams; on hypotheses alone
 * 37.3 % and 36.3 %; the majority has 33.3 %.
 */
import type { SequenceExample, Split } from '../task';
import { actOf } from '../world/acts';
import { single } from '../world/entailment';
import { denial, statement } from '../world/eventSentences';
import { drawnSets } from '../world/exampleSets';
import { matchedPair, type Relation } from '../world/matched';
import { chance, sentence } from '../world/realisation';

const relations: readonly Relation[] = ['follows', 'open', 'excluded'];
/** What a denied hypothesis must be to the premise before the denial. */
const undenied: Readonly<Record<Relation, Relation>> = {
  follows: 'excluded',
  open: 'open',
  excluded: 'follows',
};

export const mnliSizes = { trainSize: 1800, devSize: 480 };

const sets = drawnSets({
  seed: 20261124,
  ...mnliSizes,
  kinds: 3,
  draw(random, label) {
    const wanted = relations[label] as Relation;
    const denied = chance(random, 0.12);
    const pair = matchedPair(random, denied ? undenied[wanted] : wanted, 0.4, [2, 3]);
    if (pair === undefined) return undefined;
    const { first, second } = pair;
    const named = actOf(second.act).core.every((role) => second.values[role] !== undefined);
    if (denied && (!named || single(random, second) !== second)) return undefined;
    const hypothesis = denied ? denial(random, second) : statement(random, second);
    return {
      example: { text: sentence(statement(random, first)), pair: sentence(hypothesis), label },
    };
  },
});

/** Premise and hypothesis; 0 entailment, 1 neutral, 2 contradiction. */
export function generateMnli(split: Split): SequenceExample[] {
  return sets(split);
}
