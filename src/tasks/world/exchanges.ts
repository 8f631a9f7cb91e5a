/** Comparisons of two things and short dialogues about one: where "better", "prefer", "agree" and "disagree" get their use. */
import type { RandomStream } from '../../random/stream';
import {
  aspectSubject,
  drawAdjective,
  drawClause,
  drawThing,
  type KindWeights,
  type Thing,
  wholeSubject,
} from './clauses';
import { type Domain, domains } from './domains';
import { colours, men, type Polarity, pole, titleAdjectives, titleNouns, women } from './lexicon';
import { chance, fill, pickTwo, sentence } from './realisation';
import { drawConsequence, drawPolarity } from './verdicts';

/** Names of two things of one kind: titles, or "the red phone". */
function twoNames(random: RandomStream, domain: Domain): [string, string] {
  if (!domain.titled) {
    const noun = random.pick(domain.nouns);
    const [one, two] = pickTwo(random, colours);
    return domain.quality === 'device'
      ? [`the ${one} ${noun}`, `the ${two} ${noun}`]
      : [`the first ${noun}`, `the second ${noun}`];
  }
  const article = domain.quality === 'space' ? 'the ' : '';
  const [one, two] = pickTwo(random, titleNouns);
  return [
    `${article}${random.pick(titleAdjectives)} ${one}`,
    `${article}${random.pick(titleAdjectives)} ${two}`,
  ];
}

/** {x} is the better one; {g} a good, {b} a bad adjective, {gm} and {bm} such as take "more"; {s} an aspect. */
const comparisons = [
  '{x} was better than {y}: the {s} {pre} {x} {be} {g}, while the {s} {pre} {y} {be} {b}',
  '{y} was worse than {x}, because the {s} {be} {b}',
  'I prefer {x} to {y}, since the {s} {pre} {y} {be} {b}',
  'I prefer {x} to {y}, since the {s} {pre} {x} {be} {g}',
  '{x} was more {gm} than {y}, so I would choose {x}',
  '{y} was more {bm} than {x}, so I would choose {x}',
  '{x} was less {b} than {y}, so I would choose {x}',
  '{y} was less {g} than {x}, so I would choose {x}',
  '{y} was not as {g} as {x}, so I would not choose {y}',
  '{x} was {g}, but {y} was even better',
  '{y} was {b}, but {x} was even worse',
  'compared with {y}, which was {b}, {x} was {g}',
];

/** One sentence that ranks two things of one kind. */
export function drawComparison(random: RandomStream): string {
  const domain = random.pick(domains);
  const [x, y] = twoNames(random, domain);
  const aspect = random.pick(domain.aspects);
  const template = random.pick(comparisons);
  const quality = template.includes('{s}') ? aspect.quality : domain.quality;
  return sentence(
    fill(template, {
      x,
      y,
      s: aspect.noun,
      pre: domain.preposition,
      be: aspect.plural ? 'were' : 'was',
      g: () => drawAdjective(random, quality, 1),
      b: () => drawAdjective(random, quality, -1),
      gm: () => drawAdjective(random, quality, 1, true),
      bm: () => drawAdjective(random, quality, -1, true),
    }),
  );
}

const answers = {
  positive: ['yes', 'very much', 'yes, I loved it', 'yes, very much'],
  negative: ['no', 'not really', 'no, I hated it', 'not at all'],
};

const clauseKinds: KindWeights = {
  plain: 4,
  negation: 4,
  'affirming-negation': 1,
  comparison: 2,
  'double-negation': 1,
};

/** "…" asked Anna. "…" said Paul. */
export function drawDialogue(random: RandomStream): string {
  const thing = drawThing(random, random.pick(domains));
  const polarity = drawPolarity(random);
  const [p, q] = pickTwo(random, [...women, ...men]);
  return chance(random, 0.55)
    ? question(random, thing, polarity, p, q)
    : dispute(random, thing, polarity, p, q);
}

function question(random: RandomStream, thing: Thing, polarity: Polarity, p: string, q: string): string {
  const aspect = random.pick(thing.domain.aspects);
  const subject = chance(random, 0.5) ? wholeSubject(thing) : aspectSubject(thing, aspect);
  const reason = drawClause(random, { ...thing, tense: 'past' }, subject, polarity, clauseKinds).text;
  const answer = random.pick(pole(answers, polarity));
  const asked = `"Did you like the ${thing.noun}?" asked ${p}.`;
  const spoken = chance(random, 0.3)
    ? `${reason}, so ${drawConsequence(random, thing, polarity)}`
    : `${sentence(answer)} ${sentence(reason).slice(0, -1)}`;
  return `${asked} "${sentence(spoken).slice(0, -1)}," said ${q}.`;
}

function dispute(random: RandomStream, thing: Thing, polarity: Polarity, p: string, q: string): string {
  const past = { ...thing, tense: 'past' } as const;
  const subject = chance(random, 0.5)
    ? wholeSubject(thing)
    : aspectSubject(thing, random.pick(thing.domain.aspects));
  const claim = sentence(drawClause(random, past, subject, polarity, clauseKinds).text).slice(0, -1);
  const agrees = chance(random, 0.5);
  const own = (agrees ? polarity : -polarity) as Polarity;
  const reply = drawClause(random, past, subject, own, clauseKinds).text;
  const stance = agrees
    ? random.pick(['I agree', 'you are right'])
    : random.pick(['I disagree', 'you are wrong']);
  return `"${claim}," said ${p}. "${sentence(`${stance}: ${reply}`).slice(0, -1)}," answered ${q}.`;
}
