/** The kinds of things that people of the small world review: their nouns, their aspects, what one does with them. */
import type { Quality } from './lexicon';

/** A part or side of a thing that can be praised or blamed on its own. */
export interface Aspect {
  readonly noun: string;
  readonly plural: boolean;
  readonly quality: Quality;
}

export interface Domain {
  readonly name: string;
  readonly nouns: readonly string[];
  /** Kind of adjective that fits the thing as a whole. */
  readonly quality: Quality;
  readonly aspects: readonly Aspect[];
  /** "I would … again", "I told them to …". */
  readonly again: string;
  /** "we … Silver River in Oslo": past tense with the object's place as {T}. */
  readonly visit: readonly string[];
  /** Between an aspect and the thing's name: "the plot of …", "the food at …". */
  readonly preposition: 'of' | 'at' | 'in' | 'on';
  /** Reviewers name things of this kind by a title. */
  readonly titled: boolean;
}

const aspects = (quality: Quality, singular: string, plural = ''): Aspect[] => [
  ...singular
    .split(' ')
    .filter(Boolean)
    .map((noun) => ({ noun, plural: false, quality })),
  ...plural
    .split(' ')
    .filter(Boolean)
    .map((noun) => ({ noun, plural: true, quality })),
];

export const domains: readonly Domain[] = [
  {
    name: 'film',
    nouns: ['film', 'movie', 'picture'],
    quality: 'work',
    aspects: aspects('work', 'plot story acting dialogue ending music script humour', 'characters jokes'),
    again: 'watch it',
    visit: ['we watched {T} at home', 'I saw {T} at the cinema'],
    preposition: 'of',
    titled: true,
  },
  {
    name: 'book',
    nouns: ['book', 'novel'],
    quality: 'work',
    aspects: aspects('work', 'plot story ending style humour dialogue', 'characters chapters'),
    again: 'read it',
    visit: ['I read {T} on the train', 'my sister gave me {T}'],
    preposition: 'of',
    titled: true,
  },
  {
    name: 'concert',
    nouns: ['concert', 'show', 'performance'],
    quality: 'work',
    aspects: aspects('work', 'music singing dancing opening', 'songs costumes'),
    again: 'see it',
    visit: ['we heard {T} in the park', 'I had a ticket for {T}'],
    preposition: 'of',
    titled: false,
  },
  {
    name: 'restaurant',
    nouns: ['restaurant', 'cafe', 'place'],
    quality: 'space',
    aspects: [
      ...aspects('food', 'food soup bread fish salad dessert coffee', 'noodles'),
      ...aspects('person', 'waiter staff chef'),
      ...aspects('space', 'terrace'),
    ],
    again: 'eat there',
    visit: ['we had dinner at {T}', 'I ate at {T} with friends'],
    preposition: 'at',
    titled: true,
  },
  {
    name: 'hotel',
    nouns: ['hotel', 'inn'],
    quality: 'space',
    aspects: [
      ...aspects('space', 'room bathroom lobby garden', 'beds'),
      ...aspects('person', 'staff manager owner'),
      ...aspects('food', 'breakfast'),
    ],
    again: 'stay there',
    visit: ['we stayed at {T} for a week', 'I spent two nights at {T}'],
    preposition: 'at',
    titled: true,
  },
  {
    name: 'gadget',
    nouns: ['phone', 'laptop', 'camera'],
    quality: 'device',
    aspects: aspects('device', 'screen keyboard battery software sound', 'buttons'),
    again: 'buy it',
    visit: ['I bought {T} last week', 'my brother gave me {T}'],
    preposition: 'of',
    titled: false,
  },
  {
    name: 'tour',
    nouns: ['tour', 'trip'],
    quality: 'work',
    aspects: [
      ...aspects('person', 'guide driver'),
      ...aspects('space', 'bus boat'),
      ...aspects('food', 'lunch'),
      ...aspects('work', '', 'stories'),
    ],
    again: 'book it',
    visit: ['we took {T} with the children', 'I went on {T} with my parents'],
    preposition: 'on',
    titled: false,
  },
];
