/** What reviewers conclude, do and advise: sentences that go with a polarity, for unlabelled text only. */
import type { RandomStream } from '../../random/stream';
import { drawAdjective, type Thing } from './clauses';
import { type Polarity, type Poles, pole, verdictNouns } from './lexicon';
import { chance, fill, pickZipf, withArticle } from './realisation';

/** Slots: {again} "watch it", {n} noun of the thing, {A} "superb", {aA} "a superb", {aN} "a triumph". */
const sentences: Poles = {
  positive: [
    'I loved it',
    'I would {again} again',
    'five stars',
    'I can recommend it to everyone',
    'it was worth every penny',
    'thumbs up',
    'in short, {aA} {n}',
    'I told all my friends to {again}',
    'I came home happy',
    'all in all, {aN}',
  ],
  negative: [
    'I hated it',
    'I would never {again} again',
    'one star',
    'I cannot recommend it to anyone',
    'it was not worth a penny',
    'thumbs down',
    'in short, {aA} {n}',
    'I told all my friends to stay away',
    'I came home angry',
    'all in all, {aN}',
  ],
};

/** After ", so". */
const consequences: Poles = {
  positive: [
    'I left happy',
    'I would {again} again',
    'I gave it five stars',
    'I was glad',
    'I stayed to the very end',
  ],
  negative: [
    'I left angry',
    'I would never {again} again',
    'I gave it one star',
    'I was sorry',
    'I left early',
  ],
};

/** Before the review. */
const headlines: Poles = {
  positive: ['loved it', 'five stars', '{A}', 'thumbs up', 'recommended', '{aN}', '{aA} {n}', 'yes', 'happy'],
  negative: ['hated it', 'one star', '{A}', 'thumbs down', 'avoid', '{aN}', '{aA} {n}', 'no', 'angry'],
};

function draw(random: RandomStream, thing: Thing, polarity: Polarity, templates: Poles): string {
  const adjective = drawAdjective(random, thing.domain.quality, polarity);
  return fill(pickZipf(random, pole(templates, polarity)), {
    again: thing.domain.again,
    n: thing.noun,
    A: adjective,
    aA: withArticle(adjective),
    aN: () => withArticle(random.pick(pole(verdictNouns, polarity))),
  });
}

/** A concluding sentence, without capital or stop. */
export function drawVerdict(random: RandomStream, thing: Thing, polarity: Polarity): string {
  return draw(random, thing, polarity, sentences);
}

/** "I left early", to follow ", so". */
export function drawConsequence(random: RandomStream, thing: Thing, polarity: Polarity): string {
  return draw(random, thing, polarity, consequences);
}

/** "Hated it", to stand before a review. */
export function drawHeadline(random: RandomStream, thing: Thing, polarity: Polarity): string {
  return draw(random, thing, polarity, headlines);
}

/** Polarity by a fair coin. */
export function drawPolarity(random: RandomStream): Polarity {
  return chance(random, 0.5) ? 1 : -1;
}
