/** What reviewers conclude, do and advise: sentences that go with a polarity, for unlabelled text only. */
import type { RandomStream } from '../../random/stream';
import { drawAdjective, type Thing } from './clauses';
import { type Polarity, type Poles, pole, verdictNouns } from './lexicon';
import { chance, fill, withArticle } from './realisation';

/** Slots: {again} "watch it", {n} noun of the thing, {aA} "a superb", {aN} "a triumph". */
const sentences: Poles = {
  positive: [
    'I would {again} again',
    'I will {again} again',
    'I loved it',
    'I enjoyed it very much',
    'I can recommend it to everyone',
    'I gave it five stars',
    'it was worth every penny',
    'I came home happy',
    'I told all my friends to {again}',
    'my friends thanked me',
    'I smiled all the way home',
    'I want more of this',
    'in short, {aA} {n}',
    'all in all, {aN}',
    'I am glad that we went',
    'thumbs up',
  ],
  negative: [
    'I would not {again} again',
    'I will never {again} again',
    'I hated it',
    'I did not enjoy it',
    'I cannot recommend it to anyone',
    'I gave it one star',
    'it was not worth a penny',
    'I came home angry',
    'I told all my friends to stay away',
    'my friends blamed me',
    'I complained all the way home',
    'I want my money back',
    'in short, {aA} {n}',
    'all in all, {aN}',
    'I am sorry that we went',
    'thumbs down',
  ],
};

/** After ", so". */
const consequences: Poles = {
  positive: [
    'I would {again} again',
    'I left happy',
    'I stayed to the very end',
    'I gave it five stars',
    'I told everyone to {again}',
    'I was glad',
    'it was worth the money',
  ],
  negative: [
    'I would not {again} again',
    'I left angry',
    'I left early',
    'I gave it one star',
    'I warned everyone',
    'I was sorry',
    'it was a waste of money',
  ],
};

/** Before the review. */
const headlines: Poles = {
  positive: [
    'loved it',
    'recommended',
    'worth it',
    'five stars',
    'thumbs up',
    '{aN}',
    '{A}',
    '{A}',
    'a good {n}',
    '{aA} {n}',
    'yes',
    'happy',
  ],
  negative: [
    'hated it',
    'avoid',
    'not worth it',
    'one star',
    'thumbs down',
    '{aN}',
    '{A}',
    '{A}',
    'a bad {n}',
    '{aA} {n}',
    'no',
    'angry',
  ],
};

function draw(random: RandomStream, thing: Thing, polarity: Polarity, templates: Poles): string {
  const adjective = drawAdjective(random, thing.domain.quality, polarity);
  return fill(random.pick(pole(templates, polarity)), {
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
