/**
 * The embedded question-answering task: a question about the small world and a sentence that answers it (0) or does not
 * (1): the sentence leaves out what is asked, has another value, or has the roles changed over. Dev accuracy of
 * `bagOfWordsBaseline`: 61.3 % on unigrams, 56.5 % with bigrams; on sentences alone 56.0 % and 56.7 %; the majority has
 * 50 %.
 */
import type { SequenceExample, Split } from '../task';
import { actOf, type Role } from '../world/acts';
import { single } from '../world/entailment';
import { askableRoles, roleQuestion, shownRoles, statement } from '../world/eventSentences';
import { drawnSets } from '../world/exampleSets';
import { sayable, spareDetails, swapped, without } from '../world/frames';
import { detailed, varied } from '../world/matched';
import { chance, sentence } from '../world/realisation';

export const qnliSizes = { trainSize: 1600, devSize: 480 };

const sets = drawnSets({
  seed: 20261126,
  ...qnliSizes,
  kinds: 2,
  draw(random, label) {
    const fact = detailed(random, [0, 1, 2, 3]);
    if (fact === undefined) return undefined;
    const { core } = actOf(fact.act);
    const askable = askableRoles(fact);
    const details = askable.filter((role) => spareDetails(fact).includes(role));
    const aboutDetail = chance(random, 0.6);
    const whose = aboutDetail ? details : askable.filter((role) => core.includes(role));
    if (whose.length === 0) return undefined;
    const role: Role = random.pick(whose);
    // Details that the question does not tell; the sentence does.
    const spare = spareDetails(fact).filter((detail) => detail !== role);
    const asked = single(random, without(fact, ...spare.filter(() => chance(random, 0.5))), role);
    const shown = shownRoles(asked, role);
    if (!sayable(asked) || (asked.act === 'travel' && !sayable(without(asked, role)))) return undefined;
    // Whatever the label, the fact must be of a kind that this way of not answering fits.
    const withheld = aboutDetail && chance(random, 0.5);
    const turn = !withheld && chance(random, 0.5);
    const missing = withheld ? without(fact, role) : turn ? swapped(fact) : varied(random, fact, shown);
    if (missing === undefined || !sayable(missing)) return undefined;
    const unasked = spare.filter((detail) => asked.values[detail] === undefined);
    const told =
      label === 1 ? missing : withheld && unasked.length > 0 ? without(fact, random.pick(unasked)) : fact;
    if (!sayable(told)) return undefined;
    const question = `${sentence(roleQuestion(random, asked, role)).replace(/\.$/, '')}?`;
    return { example: { text: question, pair: sentence(statement(random, told)), label } };
  },
});

/** Question and sentence; 0 entailment (it answers), 1 not entailment. */
export function generateQnli(split: Split): SequenceExample[] {
  return sets(split);
}
