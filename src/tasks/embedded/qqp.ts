/**
 * The embedded question-pair task: two questions about the small world that ask the same in other words (1), or nearly:
 * with roles changed over, about another value, or about another role (0). Dev accuracy of `bagOfWordsBaseline`: 68.5 %
 * on unigrams (F1 69.5 %), 62.9 % with bigrams (61.5 %); the majority has 50 %.
 */
import type { RandomStream } from '../../random/stream';
import type { SequenceExample, Split } from '../task';
import type { Role } from '../world/acts';
import { single } from '../world/entailment';
import { askableRoles, roleQuestion, shownRoles, whetherQuestion } from '../world/eventSentences';
import { drawnSets } from '../world/exampleSets';
import { type Frame, swapped, toldRoles } from '../world/frames';
import { detailed, varied } from '../world/matched';
import { chance, sentence } from '../world/realisation';

export const qqpSizes = { trainSize: 1600, devSize: 480 };

/** A fact and what is asked about it: a role, or whether it holds. */
interface Asked {
  readonly fact: Frame;
  readonly role: Role | undefined;
}

/** What was asked for takes the other's part: "Who gave Paul a lamp?", "Who did Paul give a lamp?" */
const counterpart: Readonly<Partial<Record<Role, Role>>> = {
  agent: 'other',
  other: 'agent',
  origin: 'goal',
  goal: 'origin',
};

function question(random: RandomStream, { fact, role }: Asked): string {
  const clause = role === undefined ? whetherQuestion(random, fact) : roleQuestion(random, fact, role);
  return `${sentence(clause).replace(/\.$/, '')}?`;
}

/** A question with nearly the same words that asks another thing. */
function nearMiss(random: RandomStream, { fact, role }: Asked): Asked | undefined {
  const way = random.uniform();
  if (way < 0.55) {
    const turned = swapped(fact);
    if (turned === undefined) return undefined;
    const other = role === undefined ? undefined : counterpart[role];
    const moves = other !== undefined && fact.values[other] !== undefined;
    return { fact: turned, role: moves ? other : role };
  }
  if (way < 0.9) {
    const other = varied(random, fact, role === undefined ? toldRoles(fact) : shownRoles(fact, role));
    return other && { fact: other, role };
  }
  const others = askableRoles(fact).filter((other) => other !== role);
  return role === undefined || others.length === 0 ? undefined : { fact, role: random.pick(others) };
}

const sets = drawnSets({
  seed: 20261128,
  ...qqpSizes,
  kinds: 2,
  draw(random, label) {
    const drawn = detailed(random, [0, 1, 2, 3]);
    if (drawn === undefined) return undefined;
    const roles = askableRoles(drawn);
    const role = roles.length === 0 || chance(random, 0.2) ? undefined : random.pick(roles);
    const fact = single(random, drawn, role);
    const one: Asked = { fact, role };
    // Whatever the label, there must be a near miss.
    const other = nearMiss(random, one);
    if (other === undefined) return undefined;
    return {
      example: { text: question(random, one), pair: question(random, label === 1 ? one : other), label },
    };
  },
});

/** Two questions; 1 if they ask the same, else 0. */
export function generateQqp(split: Split): SequenceExample[] {
  return sets(split);
}
