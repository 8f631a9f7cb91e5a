/**
 * Running text that relates sentences: events and stories, restatements, questions with answers, judgements of claims.
 * Pretraining on it teaches to compare and to copy. No unit of a dev set occurs (see `splitOf`).
 */
import type { RandomStream } from '../../random/stream';
import { actOf, type Role } from './acts';
import { hypothesis, type Inference, inferences, query, single, unrelatedTo, withGap } from './entailment';
import {
  askableRoles,
  objectPronoun,
  plainStatement,
  pronoun,
  roleQuestion,
  shortAnswer,
  statement,
  whetherQuestion,
} from './eventSentences';
import {
  changed,
  drawFrame,
  type Frame,
  generalised,
  sayable,
  swapped,
  toldRoles,
  without,
  withValue,
} from './frames';
import { splitOf } from './heldOutSplit';
import { chance, sentence, weighted } from './realisation';

/** True if a pair, in either order, may be trained on. */
const free = (a: string, b: string) => splitOf(a, b) === 'train' && splitOf(b, a) === 'train';

const ask = (question: string) => `${sentence(question).replace(/\.$/, '')}?`;

/** What stands on the two sides of a tab (or a space). Undefined where a draw came to nothing. */
interface Drawn {
  readonly first: string;
  readonly second?: string;
  /** Pairs that a task could hold. */
  readonly units: readonly (readonly [string, string])[];
}
type Draw = (random: RandomStream) => Drawn | undefined;

const plainEvent: Draw = (random) => ({
  first: sentence(statement(random, drawFrame(random))),
  units: [],
});

/** Two facts told apart by their values: in one sentence, of one kind; in two, of any. */
const twoEvents: Draw = (random) => {
  const fact = drawFrame(random);
  const joined = chance(random, 0.5);
  const alike = joined || chance(random, 0.5) ? actOf(fact.act) : undefined;
  const other = unrelatedTo(random, fact, () => drawFrame(random, alike));
  const one = statement(random, generalised(random, fact));
  const two = statement(random, generalised(random, other));
  const units: Drawn['units'] = [[sentence(one), sentence(two)]];
  return joined
    ? { first: sentence(`${one}, ${random.pick(['and', 'but', 'while'])} ${two}`), units }
    : { first: sentence(one), second: sentence(two), units };
};

/** What somebody did, and what one of the people did next, with pronouns. */
const story: Draw = (random) => {
  const fact = drawFrame(random);
  const { agent = '', other, noun, number } = fact.values;
  const next = drawFrame(random);
  // Who has got a thing can do something with it; who has lost it cannot.
  const handed = noun !== undefined && next.values.noun !== undefined && !['lose', 'own'].includes(fact.act);
  const held = handed && next.act !== 'own';
  const actor = other !== undefined && (held || chance(random, 0.5)) ? other : agent;
  const renamed = withValue(
    unrelatedTo(random, fact, () => next),
    'agent',
    actor,
  );
  // "Then she gave him a lamp": the other one of the first sentence, if "him" and "her" tell the two apart.
  const partner = actor === agent ? other : agent;
  const met =
    partner !== undefined && renamed.values.other !== undefined && pronoun(partner) !== pronoun(actor);
  const again = met && chance(random, 0.8) ? withValue(renamed, 'other', partner) : renamed;
  const sequel = held ? without(again, 'colour', 'size', 'number') : again;
  const words: Record<string, string> = {
    ...(held ? { T: number === undefined ? 'it' : 'them' } : {}),
    ...(again === renamed ? {} : { B: objectPronoun(partner ?? '') }),
  };
  const first = sentence(statement(random, fact));
  const told = plainStatement(random, sequel, { ...words, A: chance(random, 0.6) ? pronoun(actor) : actor });
  const timed = actOf(next.act).details.includes('time') && sequel.values.time === undefined;
  const second = sentence(`${timed ? random.pick(['then ', 'later ', '']) : ''}${told}`);
  return { first, second, units: [[first, second]] };
};

/** The same told in another way, or less of it. */
const restatement: Draw = (random) => {
  const fact = drawFrame(random);
  const less = chance(random, 0.35) ? single(random, generalised(random, fact)) : fact;
  const first = sentence(statement(random, fact));
  const again = statement(random, less);
  if (sentence(again) === first) return undefined;
  const opening =
    less === fact
      ? random.pick(['in other words, ', 'that is, ', 'so ', ''])
      : random.pick(['so ', 'this means that ', '']);
  return { first, second: sentence(`${opening}${again}`), units: [[first, sentence(again)]] };
};

const questionRestatement: Draw = (random) => {
  const fact = drawFrame(random);
  const roles = askableRoles(fact);
  if (roles.length === 0) return undefined;
  const role = random.pick(roles);
  const [one, two] = chance(random, 0.75)
    ? [roleQuestion(random, fact, role), roleQuestion(random, fact, role)]
    : [
        whetherQuestion(random, single(random, fact, 'job')),
        whetherQuestion(random, single(random, fact, 'job')),
      ];
  if (one === two) return undefined;
  const opening = random.pick(['in other words, ', 'that is, ', '']);
  return { first: ask(one), second: ask(`${opening}${two}`), units: [[ask(one), ask(two)]] };
};

const answers: Readonly<Record<Inference, string>> = {
  entailment: 'Yes',
  neutral: 'Perhaps',
  contradiction: 'No',
};
const verdicts: Readonly<Record<Inference, string>> = {
  entailment: 'True',
  neutral: 'Unknown',
  contradiction: 'False',
};

const drawLabel = (random: RandomStream): Inference => random.pick(inferences);

/** A fact with a gap where something must stay open. */
function drawFact(random: RandomStream): Frame {
  const fact = drawFrame(random);
  return chance(random, 0.4) ? withGap(random, fact) : fact;
}

/** "True: Paul got a lamp." or "Paul got a lamp? Yes." */
function judged(random: RandomStream, claim: string, label: Inference): string {
  return chance(random, 0.5) ? `${verdicts[label]}: ${claim}.` : `${ask(claim)} ${answers[label]}.`;
}

/** One or two claims about a fact, each with the verdict in front or behind. */
const judgement: Draw = (random) => {
  const fact = drawFact(random);
  const first = sentence(statement(random, fact));
  const claims = [drawLabel(random), drawLabel(random)]
    .slice(0, chance(random, 0.6) ? 2 : 1)
    .map((label) => ({ label, claim: hypothesis(random, fact, label, 0.15) }))
    .filter((entry): entry is { label: Inference; claim: string } => entry.claim !== undefined);
  if (claims.length === 0 || claims.some(({ claim }) => sentence(claim) === first)) return undefined;
  return {
    first,
    second: claims.map(({ claim, label }) => judged(random, claim, label)).join(' '),
    units: claims.map(({ claim }) => [first, sentence(claim)] as const),
  };
};

/** Two facts, and a claim about one of them. */
const judgementOfTwo: Draw = (random) => {
  const fact = generalised(random, drawFrame(random));
  const alike = chance(random, 0.5) ? actOf(fact.act) : undefined;
  const other = generalised(
    random,
    unrelatedTo(random, fact, () => drawFrame(random, alike)),
  );
  const label = drawLabel(random);
  const claim = hypothesis(random, fact, label, 0.1);
  if (claim === undefined) return undefined;
  const told = [sentence(statement(random, fact)), sentence(statement(random, other))] as const;
  const first = (chance(random, 0.5) ? [told[1], told[0]] : told).join(' ');
  return { first, second: judged(random, claim, label), units: [[first, sentence(claim)], told] };
};

/** Two or three yes-no questions about a fact, answered. */
const yesNo: Draw = (random) => {
  const fact = drawFact(random);
  const first = sentence(statement(random, fact));
  const units: [string, string][] = [];
  const said: string[] = [];
  for (let i = 0; i < 3; i++) {
    const label = drawLabel(random);
    const question = query(random, fact, label);
    if (question === undefined || said.includes(ask(question))) continue;
    units.push([first, ask(question)]);
    said.push(ask(question), `${answers[label]}.`);
  }
  return said.length === 0 ? undefined : { first, second: said.join(' '), units };
};

/** Short questions about the values of a fact: "In Oslo? No. A red lamp? Yes." */
const shortQuestions: Draw = (random) => {
  const fact = drawFrame(random);
  const first = sentence(statement(random, fact));
  const roles = toldRoles(fact);
  const said = [...random.permutation(roles.length)].slice(0, 3).map((i) => {
    const role = roles[i] as Role;
    const right = chance(random, 0.5);
    const asked = shortAnswer(random, right ? fact : changed(random, fact, role), role);
    if (right) return `${ask(asked)} Yes.`;
    return `${ask(asked)} No${chance(random, 0.4) ? `, ${shortAnswer(random, fact, role)}` : ''}.`;
  });
  return { first, second: said.join(' '), units: [] };
};

/** Questions about roles, with short answers, or "nobody said" where the fact tells nothing of it. */
const roleAnswers: Draw = (random) => {
  const full = drawFrame(random);
  const roles = askableRoles(full);
  if (roles.length === 0) return undefined;
  const details = roles.filter((role) => actOf(full.act).details.includes(role));
  const hidden = details.length > 1 && chance(random, 0.35) ? random.pick(details) : undefined;
  const fact = hidden === undefined ? full : without(full, hidden);
  if (!sayable(fact)) return undefined;
  const first = sentence(statement(random, fact));
  const units: [string, string][] = [];
  const asked = [...random.permutation(roles.length)].slice(0, 2).map((i) => roles[i] as Role);
  if (hidden !== undefined && !asked.includes(hidden)) asked[0] = hidden;
  const said = asked.map((role) => {
    // Of the other roles some go without saying.
    const kept = role === hidden ? withValue(fact, role, full.values[role] ?? '') : fact;
    const question = ask(
      roleQuestion(random, generalised(random, kept, role, ...actOf(fact.act).core), role),
    );
    units.push([question, first], [first, question]);
    return `${question} ${role === hidden ? 'Unknown' : sentence(shortAnswer(random, fact, role)).slice(0, -1)}.`;
  });
  return { first, second: said.join(' '), units };
};

/** A question, and the sentence that answers it, or one that does not. */
const questionThenSentence: Draw = (random) => {
  const full = drawFrame(random);
  const roles = askableRoles(full);
  if (roles.length === 0) return undefined;
  const role = random.pick(roles);
  const question = ask(roleQuestion(random, generalised(random, full, role, ...actOf(full.act).core), role));
  const rest = without(full, role);
  const answered = chance(random, 0.6) || !actOf(full.act).details.includes(role) || !sayable(rest);
  const told = sentence(statement(random, answered ? full : rest));
  const remark = answered
    ? random.pick(['', ` So: ${shortAnswer(random, full, role)}.`, ' That is the answer.'])
    : ' That is no answer.';
  const second = `${told}${remark}`;
  return { first: question, second, units: [[question, told]] };
};

const sameness: Readonly<Partial<Record<Role, string>>> = {
  noun: 'thing',
  colour: 'colour',
  number: 'number',
  place: 'place',
  time: 'time',
  home: 'city',
  job: 'job',
};

/** Two statements that differ in some values, and a remark on which. */
const likeness: Draw = (random) => {
  const fact = drawFrame(random);
  let other = fact;
  for (const role of toldRoles(fact)) if (chance(random, 0.4)) other = changed(random, other, role);
  const [first, again] = [sentence(statement(random, fact)), sentence(statement(random, other))];
  if (first === again) return undefined;
  const compared = (word: string, ...roles: readonly Role[]) =>
    `${roles.every((role) => other.values[role] === fact.values[role]) ? 'same' : 'different'} ${word}`;
  const remarks = toldRoles(fact).flatMap((role) =>
    sameness[role] === undefined ? [] : compared(sameness[role], role),
  );
  remarks.push(
    fact.values.other === undefined ? compared('person', 'agent') : compared('people', 'agent', 'other'),
  );
  const shown = [...random.permutation(remarks.length)].slice(0, 3).map((i) => remarks[i]);
  return { first, second: `${again} ${sentence(shown.join(', '))}`, units: [[first, again]] };
};

/** The same question or statement again, or another with the same words: which is it? */
const sameOrNot: Draw = (random) => {
  const fact = drawFrame(random);
  const same = chance(random, 0.5);
  const other = same
    ? fact
    : chance(random, 0.4)
      ? swapped(fact)
      : changed(random, fact, random.pick(toldRoles(fact)));
  if (other === undefined) return undefined;
  const word = same ? 'the same' : 'not the same';
  if (chance(random, 0.5)) {
    const [first, second] = [sentence(statement(random, fact)), sentence(statement(random, other))];
    if (first === second) return undefined;
    return { first, second: `${sentence(word).slice(0, -1)}: ${second}`, units: [[first, second]] };
  }
  const roles = askableRoles(fact);
  if (roles.length === 0) return undefined;
  const role = random.pick(roles);
  if (actOf(fact.act).core.some((r) => other.values[r] === undefined)) return undefined;
  const asked = same || fact.values[role] === other.values[role] ? role : undefined;
  if (asked === undefined) return undefined;
  const [first, second] = [ask(roleQuestion(random, fact, asked)), ask(roleQuestion(random, other, asked))];
  if (first === second) return undefined;
  return { first, second: `${sentence(word).slice(0, -1)}: ${second}`, units: [[first, second]] };
};

const kinds: readonly { readonly weight: number; readonly draw: Draw }[] = [
  { weight: 13, draw: plainEvent },
  { weight: 10, draw: twoEvents },
  { weight: 10, draw: story },
  { weight: 17, draw: restatement },
  { weight: 7, draw: questionRestatement },
  { weight: 10, draw: judgement },
  { weight: 4, draw: judgementOfTwo },
  { weight: 6, draw: yesNo },
  { weight: 8, draw: shortQuestions },
  { weight: 5, draw: roleAnswers },
  { weight: 4, draw: questionThenSentence },
  { weight: 3, draw: likeness },
  { weight: 4, draw: sameOrNot },
];

const maximumWords = 36;

/** Sentences and questions in a text. */
const sentencesOf = (text: string) => text.match(/[^.?!]+[.?!]/g)?.map((part) => part.trim()) ?? [];

/**
 * One line of a few sentences, at most 36 words, in half of the pairs with a tab between the two parts. Neither
 * its pairs nor its sentences belong to a dev set.
 */
export function drawRelationLine(random: RandomStream): string {
  for (;;) {
    const { draw } = weighted(random, kinds);
    // The kind is kept until it comes out, so that the mixture is as stated.
    for (let tries = 0; tries < 50; tries++) {
      const drawn = draw(random);
      if (drawn === undefined || !drawn.units.every(([a, b]) => free(a, b))) continue;
      const { first, second } = drawn;
      if ([first, ...drawn.units.flat()].flatMap(sentencesOf).some((part) => splitOf(part) === 'dev'))
        continue;
      const line = second === undefined ? first : `${first}${chance(random, 0.5) ? '\t' : ' '}${second}`;
      if (line.split(/\s+/).length <= maximumWords) return line;
    }
  }
}
