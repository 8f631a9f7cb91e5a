/** Records of restaurants, cafes, pubs and inns of the small world, as E2E writes them, and texts that say them. */
import type { RandomStream } from '../../random/stream';
import { cuisines, titleAdjectives, titleNouns } from './lexicon';
import { type Described, type Fact, planSentences, written } from './microplanning';
import { chance, pickTwo, withArticle } from './realisation';

/** Slots in the order of a record; `name` is always there. */
const restaurantSlots = [
  'name',
  'Type',
  'food',
  'price',
  'customer rating',
  'area',
  'family friendly',
  'near',
] as const;
export type RestaurantSlot = (typeof restaurantSlots)[number];

/** Three to eight slots with their values. */
export type RestaurantRecord = Readonly<Partial<Record<RestaurantSlot, string>> & { name: string }>;

type Forms = Omit<Fact, 'kind'>;

const types = ['restaurant', 'cafe', 'pub', 'inn'];

const prices: Readonly<Record<string, Forms>> = {
  cheap: { before: ['cheap'], after: ['with low prices'], verb: ['is cheap', 'has low prices'], tone: 1 },
  moderate: {
    before: ['moderately priced'],
    after: ['with moderate prices'],
    verb: ['is moderately priced', 'has moderate prices'],
  },
  expensive: {
    before: ['expensive'],
    after: ['with high prices'],
    verb: ['is expensive', 'has high prices'],
    tone: -1,
  },
};

const grade = (value: string, before: string, tone?: 1 | -1): Forms => ({
  before: [before],
  after: [`with ${value === 'average' ? 'an' : 'a'} ${value} customer rating`],
  verb: [
    `has ${value === 'average' ? 'an' : 'a'} ${value} customer rating`,
    `is rated ${value} by its customers`,
  ],
  tone,
});
const stars = (number: string, tone?: 1 | -1): Forms => {
  const value = number === 'one' ? 'one star' : `${number} stars`;
  return {
    ...(number === 'one' ? {} : { before: [`${number}-star`] }),
    after: [`with ${value}`, `with a customer rating of ${value}`],
    verb: [`has a customer rating of ${value}`, `is rated ${value} by its customers`],
    tone,
  };
};
const ratings: Readonly<Record<string, Forms>> = {
  low: grade('low', 'low-rated', -1),
  average: grade('average', 'average-rated'),
  high: grade('high', 'highly rated', 1),
  'one star': stars('one', -1),
  'three stars': stars('three'),
  'five stars': stars('five', 1),
};

const families: Readonly<Record<string, Forms>> = {
  yes: {
    before: ['family-friendly', 'child-friendly'],
    after: ['for the whole family'],
    verb: ['welcomes families', 'is suited to families', 'is good for children'],
    tone: 1,
  },
  no: {
    after: ['for adults only'],
    verb: [
      'is not suited to families',
      'does not welcome families',
      'is not family-friendly',
      'is not good for children',
    ],
    tone: -1,
  },
};

const areas: Readonly<Record<string, string>> = {
  'city centre': 'in the city centre',
  riverside: 'by the riverside',
  harbour: 'at the harbour',
  'old town': 'in the old town',
};

const values: Readonly<Record<Exclude<RestaurantSlot, 'name' | 'near'>, readonly string[]>> = {
  Type: types,
  food: cuisines,
  price: Object.keys(prices),
  'customer rating': Object.keys(ratings),
  area: Object.keys(areas),
  'family friendly': Object.keys(families),
};

function place(where: string): Forms {
  return {
    after: [where],
    front: [where],
    verb: [`is ${where}`, `stands ${where}`, `can be found ${where}`],
  };
}

/** How the value of a slot can be said. */
export function restaurantForms(slot: Exclude<RestaurantSlot, 'name'>, value: string): Forms {
  const table = { price: prices, 'customer rating': ratings, 'family friendly': families };
  if (slot === 'Type') return { head: value, verb: [`is ${withArticle(value)}`] };
  if (slot === 'food') {
    return {
      before: [value],
      after: [`with ${value} food`, `serving ${value} food`],
      verb: [`serves ${value} food`, `offers ${value} food`],
      clause: [`if you want ${value} food, try {S}`, `you can eat ${value} food at {S}`],
    };
  }
  if (slot === 'area') return place(areas[value] as string);
  if (slot === 'near') {
    const near = [`near ${value}`, `close to ${value}`];
    return { after: near, front: near, verb: near.flatMap((where) => place(where).verb) };
  }
  return table[slot][value] as Forms;
}

/** A record of three to eight slots, name and (nine times in ten) type among them. */
export function drawRestaurant(random: RandomStream): RestaurantRecord {
  const [noun, other] = pickTwo(random, titleNouns);
  const record: Partial<Record<RestaurantSlot, string>> = {
    name: `${random.pick(titleAdjectives)} ${noun}`,
  };
  const typed = chance(random, 0.9);
  const rest = restaurantSlots.slice(2);
  const count = 3 + random.below(6) - (typed ? 2 : 1);
  const order = [...random.permutation(rest.length)].slice(0, count);
  if (typed) record.Type = random.pick(types);
  for (const slot of rest.filter((_, i) => order.includes(i))) {
    record[slot] =
      slot === 'near'
        ? `the ${random.pick(titleAdjectives)} ${other}`
        : random.pick(values[slot as keyof typeof values]);
  }
  return record as RestaurantRecord;
}

/** Slots that are present, in order. */
export function slotsOf(record: RestaurantRecord): [RestaurantSlot, string][] {
  return restaurantSlots.flatMap((slot): [RestaurantSlot, string][] => {
    const value = record[slot];
    return value === undefined ? [] : [[slot, value]];
  });
}

/** `name : Silver River | Type : cafe | …`: the prompt, and the unit that is held out. */
export function restaurantSource(record: RestaurantRecord): string {
  return slotsOf(record)
    .map(([slot, value]) => `${slot} : ${value}`)
    .join(' | ');
}

/** English order of premodifiers: "a cheap five-star family-friendly French cafe". */
const premodifierOrder: RestaurantSlot[] = [
  'Type',
  'price',
  'customer rating',
  'family friendly',
  'food',
  'area',
  'near',
];

/** A text of one to three sentences that says every slot of the record. */
export function drawRestaurantText(random: RandomStream, record: RestaurantRecord): string {
  const facts = premodifierOrder.flatMap((slot): Fact[] => {
    const value = record[slot];
    return value === undefined
      ? []
      : [{ kind: slot, ...restaurantForms(slot as Exclude<RestaurantSlot, 'name'>, value) }];
  });
  const thing: Described = { name: record.name, noun: 'place', pronoun: 'it', facts };
  return written(planSentences(random, thing));
}
