/** Evaluative clauses of a wanted polarity about a thing of the small world or one of its aspects. */
import type { RandomStream } from '../../random/stream';
import type { Aspect, Domain } from './domains';
import {
  attitudeVerbs,
  effectVerbs,
  generalAdjectives,
  intensifiers,
  negatedIntensifiers,
  type Polarity,
  pole,
  type Quality,
  qualityAdjectives,
  titleAdjectives,
  titleNouns,
  tooToVerbs,
  type Verb,
  verdictNouns,
  withoutMore,
  workEffectVerbs,
} from './lexicon';
import { type Pattern, type PatternKind, patternTable } from './predicates';
import { chance, fill, pickZipf, weighted, withArticle } from './realisation';

/** One thing that is reviewed, e.g. the film "Silver River". */
export interface Thing {
  readonly domain: Domain;
  /** "film", "movie": one of the domain's nouns. */
  readonly noun: string;
  /** "Silver River", or undefined where the kind of thing has no title. */
  readonly title: string | undefined;
  readonly tense: 'past' | 'present';
}

/** What a clause is about. */
export interface Subject {
  /** "the plot", "the plot of Silver River", "the film". */
  readonly text: string;
  readonly noun: string;
  readonly plural: boolean;
  readonly quality: Quality;
  /** The thing as a whole rather than an aspect. */
  readonly whole: boolean;
}

/** A clause without capital or full stop. */
export interface Clause {
  readonly text: string;
  readonly polarity: Polarity;
  readonly subject: Subject;
  readonly kind: PatternKind;
}

export function drawThing(random: RandomStream, domain: Domain): Thing {
  const noun = random.pick(domain.nouns);
  const name = `${random.pick(titleAdjectives)} ${random.pick(titleNouns)}`;
  const titled = domain.titled && chance(random, 0.5);
  const place = domain.name === 'restaurant' || domain.name === 'hotel';
  return {
    domain,
    noun,
    title: titled ? (place ? `the ${name}` : name) : undefined,
    tense: chance(random, 0.75) ? 'past' : 'present',
  };
}

/** The thing as it is first mentioned: "Silver River", "the hotel". */
export function nameOf(thing: Thing): string {
  return thing.title ?? `the ${thing.noun}`;
}

export function wholeSubject(thing: Thing): Subject {
  return {
    text: `the ${thing.noun}`,
    noun: thing.noun,
    plural: false,
    quality: thing.domain.quality,
    whole: true,
  };
}

/** An aspect, with the thing's name when `full`. */
export function aspectSubject(thing: Thing, aspect: Aspect, full = false): Subject {
  const { noun, plural, quality } = aspect;
  const text = full ? `the ${noun} ${thing.domain.preposition} ${nameOf(thing)}` : `the ${noun}`;
  return { text, noun, plural, quality, whole: false };
}

/** Adjectives of a polarity that fit a kind of thing: half of them general. `more`: only such as take "more". */
export function drawAdjective(
  random: RandomStream,
  quality: Quality,
  polarity: Polarity,
  more = false,
): string {
  for (;;) {
    const adjective = chance(random, 0.5)
      ? pickZipf(random, pole(generalAdjectives, polarity))
      : random.pick(pole(qualityAdjectives[quality], polarity));
    if (!more || !withoutMore.has(adjective)) return adjective;
  }
}

/** Two different adjectives of one polarity. */
export function drawAdjectives(random: RandomStream, quality: Quality, polarity: Polarity): [string, string] {
  const first = drawAdjective(random, quality, polarity);
  for (;;) {
    const second = drawAdjective(random, quality, polarity);
    if (second !== first) return [first, second];
  }
}

/** How often each kind of pattern is drawn. */
export type KindWeights = Readonly<Partial<Record<PatternKind, number>>>;

const fits = (pattern: Pattern, subject: Subject) =>
  pattern.word !== 'noun' || (subject.whole && !subject.plural);

/** A clause about `subject` whose polarity, all operators applied, is `polarity`. */
export function drawClause(
  random: RandomStream,
  thing: Thing,
  subject: Subject,
  polarity: Polarity,
  kinds: KindWeights,
): Clause {
  const kind = weighted(
    random,
    Object.entries(kinds).map(([name, weight]) => ({ name: name as PatternKind, weight })),
  ).name;
  const pattern = weighted(
    random,
    patternTable.filter((candidate) => candidate.kind === kind && fits(candidate, subject)),
  );
  return { text: realise(random, thing, subject, pattern, polarity), polarity, subject, kind };
}

function realise(
  random: RandomStream,
  thing: Thing,
  subject: Subject,
  pattern: Pattern,
  polarity: Polarity,
): string {
  const wordPolarity = (pattern.flips ? -polarity : polarity) as Polarity;
  const [first, second] = pattern.needsMore
    ? [drawAdjective(random, subject.quality, wordPolarity, true), '']
    : drawAdjectives(random, subject.quality, wordPolarity);
  const effect: Verb = random.pick(
    pole<Verb>(subject.quality === 'work' ? workEffectVerbs : effectVerbs, wordPolarity),
  );
  const attitude: Verb = random.pick(pole<Verb>(attitudeVerbs, wordPolarity));
  const noun = random.pick(pole(verdictNouns, wordPolarity));
  return fill(pattern.template, {
    S: subject.text,
    be: beOf(subject, thing.tense),
    A: first,
    B: second,
    very: () => random.pick(intensifiers),
    really: () => random.pick(negatedIntensifiers),
    to: () => random.pick(pole(tooToVerbs, wordPolarity)),
    V: effect.past,
    v: effect.base,
    L: attitude.past,
    l: attitude.base,
    N: noun,
    aN: withArticle(noun),
  });
}

function beOf(subject: Subject, tense: Thing['tense']): string {
  if (tense === 'past') return subject.plural ? 'were' : 'was';
  return subject.plural ? 'are' : 'is';
}
