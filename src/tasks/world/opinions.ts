/** Opinions of one or two clauses whose polarity follows from how they are put together: contrast, report, weighing. */
import type { RandomStream } from '../../random/stream';
import {
  aspectSubject,
  type Clause,
  drawAdjective,
  drawClause,
  drawThing,
  type KindWeights,
  nameOf,
  type Subject,
  type Thing,
  wholeSubject,
} from './clauses';
import { domains } from './domains';
import { cities, days, men, type Polarity, women } from './lexicon';
import { chance, contract, fill, pickTwo, sentence, weighted, withArticle } from './realisation';

/** How an opinion comes by its polarity. */
export type Construction = 'single' | 'agreement' | 'contrast' | 'reported' | 'expectation' | 'weighed';

export interface Opinion {
  /** One or two written sentences. */
  readonly text: string;
  readonly polarity: Polarity;
  readonly construction: Construction;
  readonly thing: Thing;
}

/** How often each construction is drawn, and which clauses stand alone and inside others. */
export interface OpinionMix {
  readonly constructions: Readonly<Record<Construction, number>>;
  readonly single: KindWeights;
  readonly inner: KindWeights;
  /** Probability of a neutral opening before an opinion of a single clause. */
  readonly opening: number;
}

/** Draws an opinion of the wanted polarity about a fresh thing, or about `thing`. */
export function drawOpinion(
  random: RandomStream,
  polarity: Polarity,
  mix: OpinionMix,
  thing: Thing = drawThing(random, random.pick(domains)),
): Opinion {
  const construction = weighted(
    random,
    Object.entries(mix.constructions).map(([name, weight]) => ({ name: name as Construction, weight })),
  ).name;
  const draft = builders[construction](random, thing, polarity, mix);
  const written = draft
    .split('. ')
    .map((part) => sentence(part))
    .join(' ');
  return { text: chance(random, 0.25) ? contract(written) : written, polarity, construction, thing };
}

type Builder = (random: RandomStream, thing: Thing, polarity: Polarity, mix: OpinionMix) => string;

const opposite = (polarity: Polarity) => -polarity as Polarity;

/** Neutral first sentence that names the thing. */
function drawOpening(random: RandomStream, thing: Thing): string {
  const visit = fill(random.pick(thing.domain.visit), { T: nameOf(thing) });
  return chance(random, 0.4) ? `${visit} on ${random.pick(days)}` : visit;
}

/** Two subjects with different nouns: the first for the clause that decides, the second for the other. */
function drawSubjects(random: RandomStream, thing: Thing, wholeProbability: number): [Subject, Subject] {
  const [one, two] = pickTwo(random, thing.domain.aspects);
  const deciding = chance(random, wholeProbability) ? wholeSubject(thing) : aspectSubject(thing, one);
  return [deciding, aspectSubject(thing, two)];
}

const single: Builder = (random, thing, polarity, mix) => {
  const opened = chance(random, mix.opening);
  const subject = chance(random, 0.4)
    ? wholeSubject(thing)
    : aspectSubject(thing, random.pick(thing.domain.aspects), !opened);
  const { text } = drawClause(random, thing, subject, polarity, mix.single);
  if (!opened) return text;
  const opening = drawOpening(random, thing);
  return chance(random, 0.7) ? `${opening}. ${text}` : `${opening}, and ${text}`;
};

const agreementJoints = ['{a}, and {b}', '{a}; what is more, {b}', '{a}. {b}', '{a}, and on top of that {b}'];

const agreement: Builder = (random, thing, polarity, mix) => {
  const [one, two] = drawSubjects(random, thing, 0.3);
  const a = drawClause(random, thing, one, polarity, mix.inner).text;
  const b = drawClause(random, thing, two, polarity, mix.inner).text;
  return fill(random.pick(agreementJoints), { a, b });
};

/** {b} decides; {a} and {d} ("the dull plot") concede. */
const contrastJoints = [
  { template: 'although {a}, {b}', weight: 3 },
  { template: 'though {a}, {b}', weight: 1 },
  { template: 'even though {a}, {b}', weight: 2 },
  { template: 'while {a}, {b}', weight: 2 },
  { template: '{a}, but {b}', weight: 4 },
  { template: '{a}, yet {b}', weight: 1 },
  { template: '{a}. still, {b}', weight: 1 },
  { template: '{a}. however, {b}', weight: 1 },
  { template: 'despite the {d}, {b}', weight: 2 },
  { template: '{b}, although {a}', weight: 3 },
  { template: '{b}, even though {a}', weight: 2 },
  { template: '{b}, despite the {d}', weight: 2 },
  { template: '{b}, in spite of the {d}', weight: 1 },
];

const contrast: Builder = (random, thing, polarity, mix) => {
  const [deciding, conceded] = drawSubjects(random, thing, 0.5);
  return fill(weighted(random, contrastJoints).template, {
    a: () => drawClause(random, thing, conceded, opposite(polarity), mix.inner).text,
    b: () => drawClause(random, thing, deciding, polarity, mix.inner).text,
    d: () => `${drawAdjective(random, conceded.quality, opposite(polarity))} ${conceded.noun}`,
  });
};

interface Source {
  text: string;
  /** "they were", "she was". */
  pronounBe: string;
}

function drawSource(random: RandomStream): Source {
  return random.pick<() => Source>([
    () => ({
      text: random.pick(['the critics', 'my friends', 'the papers', 'our neighbours']),
      pronounBe: 'they were',
    }),
    () => ({ text: random.pick([random.pick(women), 'my sister', 'my mother']), pronounBe: 'she was' }),
    () => ({ text: random.pick([random.pick(men), 'my brother', 'my father']), pronounBe: 'he was' }),
  ])();
}

const reports = [
  '{src} told me that {c}',
  '{src} said that {c}',
  'according to {src}, {c}',
  '{src} thought that {c}',
];

/** What the writer makes of a reported opinion; {p} is "they were". */
const outcomes = [
  { text: ', and {p} right', flips: false },
  { text: ', and I agree', flips: false },
  { text: ', and I could not agree more', flips: false },
  { text: ', and {p} not wrong', flips: false },
  { text: '. {p} right', flips: false },
  { text: ', but {p} wrong', flips: true },
  { text: ', but I disagree', flips: true },
  { text: ', but I cannot agree', flips: true },
  { text: ', but {p} not right', flips: true },
  { text: '. {p} wrong', flips: true },
];

const reported: Builder = (random, thing, polarity, mix) => {
  const outcome = random.pick(outcomes);
  const claimed = outcome.flips ? opposite(polarity) : polarity;
  const source = drawSource(random);
  const subject = chance(random, 0.5)
    ? wholeSubject(thing)
    : aspectSubject(thing, random.pick(thing.domain.aspects), chance(random, 0.5));
  const be = { ...thing, tense: 'past' } as const;
  const claim = chance(random, 0.3)
    ? `${source.text} called ${subject.text} ${drawAdjective(random, subject.quality, claimed)}`
    : fill(random.pick(reports), {
        src: source.text,
        c: drawImpersonal(random, be, subject, claimed, mix.inner).text,
      });
  return claim + fill(outcome.text, { p: source.pronounBe });
};

/** A clause that does not speak of "I", so that somebody else can hold it. */
function drawImpersonal(
  random: RandomStream,
  thing: Thing,
  subject: Subject,
  polarity: Polarity,
  kinds: KindWeights,
): Clause {
  for (;;) {
    const clause = drawClause(random, thing, subject, polarity, kinds);
    if (!/\b(I|me|us)\b/.test(clause.text)) return clause;
  }
}

/** {x} adjective of the other polarity, {y} of the opinion's own; each with the noun or "one". */
const expectations = [
  'I had expected {ax} {n}, but what I got was {ay} one',
  'I had been promised {ay} {n}, and that is what I got',
  'I had been promised {ax} {n}, but that is not what I got',
  'instead of the {x} {n} that we had expected, we got {ay} one',
  'it was not the {x} {n} that I had expected but {ay} one',
  'we expected {ay} {n}, and in {c} we found it',
  'it was not the {x} {n} that everyone had promised',
];

const expectation: Builder = (random, thing, polarity) => {
  const quality = thing.domain.quality;
  const x = drawAdjective(random, quality, opposite(polarity));
  const y = drawAdjective(random, quality, polarity);
  return fill(random.pick(expectations), {
    n: thing.noun,
    x,
    ax: withArticle(x),
    ay: withArticle(y),
    c: () => random.pick(cities),
  });
};

/** {x} is the noun of the clause that decides, {y} of the other. */
const scales = [
  '; in the end the {x} mattered more than the {y}',
  ', and it is the {x} that counts',
  ', and for me the {x} matters more than the {y}',
  '; I came for the {x}, not for the {y}',
];

const weighed: Builder = (random, thing, polarity, mix) => {
  const [one, two] = pickTwo(
    random,
    thing.domain.aspects.filter((aspect) => !aspect.plural),
  );
  const deciding = aspectSubject(thing, one);
  const other = aspectSubject(thing, two);
  const decidingText = drawClause(random, thing, deciding, polarity, mix.inner).text;
  const otherText = drawClause(random, thing, other, opposite(polarity), mix.inner).text;
  const [a, b] = chance(random, 0.5) ? [decidingText, otherText] : [otherText, decidingText];
  return `${a}, ${b}${fill(random.pick(scales), { x: deciding.noun, y: other.noun })}`;
};

const builders: Readonly<Record<Construction, Builder>> = {
  single,
  agreement,
  contrast,
  reported,
  expectation,
  weighed,
};
