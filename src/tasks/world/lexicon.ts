/** Words of the small world: evaluative adjectives, verbs and nouns by polarity, and names of people and places. */

/** 1 praises, −1 blames. */
export type Polarity = 1 | -1;

/** What can be said of a thing depends on what it is: food is juicy, staff is rude. */
export type Quality = 'work' | 'person' | 'food' | 'space' | 'device';

/** Two lists that mirror each other. */
export interface Poles {
  readonly positive: readonly string[];
  readonly negative: readonly string[];
}

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/** Adjectives that fit anything, the commonest first: they are drawn by Zipf's law. */
export const generalAdjectives: Poles = {
  positive: words(
    'good great wonderful excellent superb lovely brilliant impressive charming memorable delightful perfect',
  ),
  negative: words(
    'bad awful terrible horrible poor weak disappointing annoying dreadful forgettable unpleasant dismal',
  ),
};

/** Adjectives that fit one kind of thing. */
export const qualityAdjectives: Readonly<Record<Quality, Poles>> = {
  work: {
    positive: words('gripping witty moving funny clever original thrilling lively'),
    negative: words('boring dull tedious silly predictable shallow confusing clumsy'),
  },
  person: {
    positive: words('friendly helpful kind polite patient'),
    negative: words('rude careless unfriendly impatient lazy'),
  },
  food: {
    positive: words('delicious tasty fresh tender crisp'),
    negative: words('bland greasy soggy burnt tasteless'),
  },
  space: {
    positive: words('clean cosy quiet comfortable bright'),
    negative: words('dirty cramped noisy uncomfortable gloomy'),
  },
  device: {
    positive: words('fast reliable sharp sturdy elegant'),
    negative: words('slow unreliable blurry flimsy ugly'),
  },
};

/** Too short for "more": "more good" is not English, and a comparative in -er would be one more word to learn. */
export const withoutMore: ReadonlySet<string> = new Set(
  words(`good great bad poor weak lovely perfect witty funny lively clever silly dull clumsy kind rude lazy tasty fresh
    crisp bland greasy soggy burnt clean cosy quiet bright dirty noisy gloomy fast sharp sturdy slow blurry flimsy ugly`),
);

/** A verb of effect ("the plot charmed me"), regular in past and participle. */
export interface Verb {
  readonly base: string;
  readonly past: string;
}

const verbs = (text: string): readonly Verb[] =>
  words(text).map((pair) => {
    const [base = '', past = ''] = pair.split('/');
    return { base, past };
  });

/** Effects that anything can have; the second pair adds what only a work has. */
export const effectVerbs = {
  positive: verbs('impress/impressed delight/delighted please/pleased charm/charmed'),
  negative: verbs('annoy/annoyed disappoint/disappointed irritate/irritated depress/depressed'),
} as const;
export const workEffectVerbs = {
  positive: [...effectVerbs.positive, ...verbs('amuse/amused thrill/thrilled')],
  negative: [...effectVerbs.negative, ...verbs('bore/bored tire/tired')],
} as const;

export const attitudeVerbs = {
  positive: verbs('like/liked love/loved enjoy/enjoyed admire/admired adore/adored'),
  negative: verbs('hate/hated dislike/disliked despise/despised detest/detested loathe/loathed'),
} as const;

/** "The film was a triumph." */
export const verdictNouns: Poles = {
  positive: words('joy triumph delight treat success'),
  negative: words('disaster mess bore failure nightmare'),
};

/** "too good to miss", "too dull to bear". */
export const tooToVerbs: Poles = {
  positive: words('miss forget ignore'),
  negative: words('bear recommend enjoy'),
};

/** In front of an affirmed adjective. */
export const intensifiers = words('very really truly quite so simply utterly rather thoroughly');
/** Between "not" and an adjective. */
export const negatedIntensifiers = words('really particularly especially exactly very');

export const women = words(
  'Anna Clara Maria Julia Sophie Helen Laura Nora Emma Grace Ruth Lucy Alice Eva Rosa Ida',
);
export const men = words(
  'Paul Peter David Martin Simon Oscar Felix Henry Leo Victor Hugo Adam Tom Max Karl Ben',
);
export const cities = words(
  'Paris London Oslo Rome Berlin Madrid Vienna Lisbon Prague Dublin Athens Warsaw Boston Chicago Toronto Tokyo',
);
export const titleAdjectives = words(
  'Silver Golden Hidden Broken Distant Red Blue White Northern Little Wild Lost Stone Winter',
);
export const titleNouns = words(
  'River Lamp Bridge Island Mirror Harbour Forest Tower Wolf Fox Star Moon Clock Door Crown Sea',
);
export const days = words('Monday Tuesday Wednesday Thursday Friday Saturday Sunday');
export const months = words('January March April May June August October December');
export const jobs = words(
  'teacher doctor lawyer baker farmer nurse painter writer driver student sailor singer',
);
export const colours = words('red blue green black white yellow grey brown');
export const cuisines = words('Italian French Indian Chinese Greek Spanish Japanese Mexican');
export const dishes = words('soup fish bread salad rice noodles cheese chicken');
export const genres = words('comedy drama thriller western romance mystery documentary musical');

/** The list of one pole. */
export function pole<T>(
  poles: { readonly positive: readonly T[]; readonly negative: readonly T[] },
  polarity: Polarity,
) {
  return polarity === 1 ? poles.positive : poles.negative;
}
