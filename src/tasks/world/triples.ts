/** Facts about people, works, buildings and cities of the small world as triples, and which of them dev sets keep. */
import type { RandomStream } from '../../random/stream';
import type { Split } from '../task';
import { splitOf } from './heldOutSplit';
import { cities, cuisines, dishes, genres, jobs, men, titleAdjectives, titleNouns, women } from './lexicon';
import { chance, weighted } from './realisation';

export type EntityKind = 'woman' | 'man' | 'book' | 'film' | 'hotel' | 'museum' | 'library' | 'city';

export interface Entity {
  readonly kind: EntityKind;
  readonly name: string;
}

/** One fact: the object is an entity of the world or a plain value. */
export interface Triple {
  readonly subject: Entity;
  readonly predicate: Predicate;
  readonly object: string;
  /** The object's kind where more can be said about it. */
  readonly objectKind?: EntityKind;
}

const surnames = 'Fox Wolf Stone Winter White Little Forest Bridge Moon Tower Crown'.split(' ');
const numbers = 'three four five six seven eight nine ten twelve twenty'.split(' ');
const years = '1968 1984 1999 2007 2016 2024'.split(' ');

/** Where the world's cities lie. */
export const countryOf: Readonly<Record<string, string>> = {
  Paris: 'France',
  London: 'England',
  Oslo: 'Norway',
  Rome: 'Italy',
  Berlin: 'Germany',
  Madrid: 'Spain',
  Vienna: 'Austria',
  Lisbon: 'Portugal',
  Prague: 'Czechia',
  Dublin: 'Ireland',
  Athens: 'Greece',
  Warsaw: 'Poland',
  Boston: 'America',
  Chicago: 'America',
  Toronto: 'Canada',
  Tokyo: 'Japan',
};

/** Predicates by kind of subject, in the order of a record. */
const predicates = {
  person: ['occupation', 'birthPlace', 'birthYear', 'residence', 'workplace', 'spouse'],
  book: ['genre', 'language', 'year', 'author'],
  film: ['genre', 'language', 'year', 'starring', 'director'],
  building: ['location', 'numberOfRooms', 'openingYear', 'architect', 'owner'],
  city: ['country', 'speciality', 'leader'],
} as const;
export type Predicate = (typeof predicates)[keyof typeof predicates][number];

export const isPerson = (kind: EntityKind) => kind === 'woman' || kind === 'man';

/** Predicates that something of a kind can have. */
export function predicatesOf(kind: EntityKind): readonly Predicate[] {
  if (isPerson(kind)) return predicates.person;
  return kind === 'book' || kind === 'film' || kind === 'city' ? predicates[kind] : predicates.building;
}

/** A thing of the world by name, other than those in `taken`. */
function drawEntity(random: RandomStream, kind: EntityKind, taken: Set<string>): Entity {
  for (;;) {
    const name = nameOf(random, kind);
    if (taken.has(name)) continue;
    taken.add(name);
    return { kind, name };
  }
}

function nameOf(random: RandomStream, kind: EntityKind): string {
  if (kind === 'city') return random.pick(cities);
  if (isPerson(kind)) return `${random.pick(kind === 'woman' ? women : men)} ${random.pick(surnames)}`;
  if (kind === 'book' || kind === 'film') return `${random.pick(titleAdjectives)} ${random.pick(titleNouns)}`;
  const name = random.pick([...titleAdjectives, ...titleNouns]);
  return `${name} ${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;
}

const buildingKinds: readonly EntityKind[] = ['hotel', 'museum', 'library'];

/** One fact of a kind about `subject`. */
function drawTriple(random: RandomStream, subject: Entity, predicate: Predicate, taken: Set<string>): Triple {
  const value = (object: string): Triple => ({ subject, predicate, object });
  const entity = (kind: EntityKind): Triple => {
    const { name } = drawEntity(random, kind, taken);
    return { subject, predicate, object: name, objectKind: kind };
  };
  switch (predicate) {
    case 'occupation':
      return value(random.pick(jobs));
    case 'birthPlace':
    case 'residence':
    case 'location':
      return entity('city');
    case 'birthYear':
      return value(random.pick(years.slice(0, 3)));
    case 'year':
    case 'openingYear':
      return value(random.pick(years));
    case 'workplace':
      return entity(random.pick(buildingKinds));
    case 'spouse':
      return entity(subject.kind === 'woman' ? 'man' : 'woman');
    case 'genre':
      return value(random.pick(genres));
    case 'language':
      return value(random.pick(cuisines.filter((name) => name !== 'Indian' && name !== 'Mexican')));
    case 'numberOfRooms':
      return value(random.pick(numbers));
    case 'country':
      return value(countryOf[subject.name] as string);
    case 'speciality':
      return value(random.pick(dishes));
    default:
      return entity(chance(random, 0.5) ? 'woman' : 'man');
  }
}

/** `count` facts about one thing, predicates in their order. */
function drawFacts(random: RandomStream, subject: Entity, count: number, taken: Set<string>): Triple[] {
  const all = predicatesOf(subject.kind);
  const chosen = [...random.permutation(all.length)].slice(0, count);
  return all
    .filter((_, i) => chosen.includes(i))
    .map((predicate) => drawTriple(random, subject, predicate, taken));
}

const sizes = [
  { weight: 3, size: 1 },
  { weight: 5, size: 2 },
  { weight: 5, size: 3 },
  { weight: 2, size: 4 },
];
const mainKinds = [
  { weight: 2, kind: 'woman' },
  { weight: 2, kind: 'man' },
  { weight: 3, kind: 'book' },
  { weight: 3, kind: 'film' },
  { weight: 1.5, kind: 'hotel' },
  { weight: 1.5, kind: 'museum' },
  { weight: 1.5, kind: 'library' },
  { weight: 1.5, kind: 'city' },
] as const;

/** One to four facts about one thing, or about a thing and another that one of the facts names (a chain). */
export function drawTriples(random: RandomStream): Triple[] {
  const { size } = weighted(random, sizes);
  const taken = new Set<string>();
  const subject = drawEntity(random, weighted(random, mainKinds).kind, taken);
  const far = size > 1 && chance(random, 0.45) ? 1 + random.below(Math.min(2, size - 1)) : 0;
  const near = drawFacts(random, subject, Math.min(size - far, predicatesOf(subject.kind).length), taken);
  const links = near.filter((triple) => triple.objectKind !== undefined);
  if (far === 0 || links.length === 0) return near;
  const link = random.pick(links);
  const other: Entity = { kind: link.objectKind as EntityKind, name: link.object };
  return [...near, ...drawFacts(random, other, far, taken)];
}

/** `subject : predicate : object | …`: the prompt, and the unit that is held out. */
export function tripleSource(triples: readonly Triple[]): string {
  return triples
    .map(({ subject, predicate, object }) => `${subject.name} : ${predicate} : ${object}`)
    .join(' | ');
}

/** Two facts or more whose predicates, taken together, stand in dev sets only. */
export function isHeldOutCombination(triples: readonly Triple[]): boolean {
  if (triples.length < 2) return false;
  return splitOf('predicates', triples.map((triple) => triple.predicate).join(' ')) === 'dev';
}

/** The split that a record may stand in; none for a held-out combination whose own hash says `train`. */
export function splitOfTriples(triples: readonly Triple[]): Split | undefined {
  const split = splitOf(tripleSource(triples));
  return split === 'train' && isHeldOutCombination(triples) ? undefined : split;
}
