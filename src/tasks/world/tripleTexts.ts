/** How the facts of triples are said: forms of every predicate, and texts of one to three sentences from them. */
import type { RandomStream } from '../../random/stream';
import { type Described, type Fact, planSentences, planVerbPhrase, written } from './microplanning';
import { chance, withArticle } from './realisation';
import { type EntityKind, isPerson, type Predicate, type Triple } from './triples';

type Forms = Omit<Fact, 'kind'> & {
  /** What the object does, where it is a person: "wrote {S}". */
  readonly active?: readonly string[];
};

const possessives = { it: 'its', she: 'her', he: 'his' } as const;

function pronounOf(kind: EntityKind): Described['pronoun'] {
  if (kind === 'woman') return 'she';
  return kind === 'man' ? 'he' : 'it';
}

/** Forms of a predicate with its object; `its` is the possessive of the subject. */
function formsOf({ subject, predicate, object }: Triple): Forms {
  const its = possessives[pronounOf(subject.kind)];
  const made = (past: string, active: string, role: string): Forms => ({
    verb: [`was ${past} by ${object}`],
    after: [`${past} by ${object}`],
    active: [active, `is the ${role} of {S}`],
    follow: [`${its} ${role} is ${object}`],
  });
  const forms: Record<Predicate, () => Forms> = {
    occupation: () => ({
      head: object,
      verb: [`is ${withArticle(object)}`, `works as ${withArticle(object)}`],
    }),
    birthPlace: () => ({
      verb: [`was born in ${object}`, `comes from ${object}`],
      after: [`born in ${object}`],
    }),
    birthYear: () => ({ verb: [`was born in ${object}`], after: [`born in ${object}`] }),
    residence: () => ({
      verb: [`lives in ${object}`, `has a home in ${object}`],
      after: [`living in ${object}`],
    }),
    workplace: () => ({
      verb: [`works at ${object}`, `has a job at ${object}`],
      after: [`working at ${object}`],
    }),
    spouse: () => ({
      verb: [`is married to ${object}`],
      follow: [`${its} ${subject.kind === 'woman' ? 'husband' : 'wife'} is ${object}`],
    }),
    genre: () => ({ head: object, verb: [`is ${withArticle(object)}`] }),
    language: () => ({ before: [object], verb: [`is in ${object}`], after: [`in ${object}`] }),
    year: () => ({ verb: [`appeared in ${object}`, `came out in ${object}`], after: [`from ${object}`] }),
    author: () => made('written', 'wrote {S}', 'author'),
    director: () => made('directed', 'directed {S}', 'director'),
    starring: () => ({
      verb: [`stars ${object}`],
      after: [`starring ${object}`],
      active: ['plays the main part in {S}', 'is the star of {S}'],
      follow: [`${its} star is ${object}`],
    }),
    location: () => ({
      verb: [`is in ${object}`, `stands in ${object}`],
      after: [`in ${object}`],
      front: [`in ${object}`],
    }),
    numberOfRooms: () => ({ verb: [`has ${object} rooms`], after: [`with ${object} rooms`] }),
    openingYear: () => ({ verb: [`opened in ${object}`, `was opened in ${object}`] }),
    architect: () => made('designed', 'designed {S}', 'architect'),
    owner: () => ({
      verb: [`belongs to ${object}`, `is owned by ${object}`],
      after: [`owned by ${object}`],
      active: ['owns {S}', 'is the owner of {S}'],
      follow: [`${its} owner is ${object}`],
    }),
    country: () => ({ verb: [`is in ${object}`, `lies in ${object}`], after: [`in ${object}`] }),
    speciality: () => ({
      verb: [`is known for ${object}`, `is famous for ${object}`],
      after: [`known for ${object}`],
      follow: [`its speciality is ${object}`],
    }),
    leader: () => ({
      verb: [`is led by ${object}`],
      after: [`led by ${object}`],
      active: ['leads {S}', 'is the leader of {S}'],
      follow: [`its leader is ${object}`],
    }),
  };
  return forms[predicate]();
}

/** The facts of one subject; birth place and year are said as one ("was born in Oslo in 1984"). */
function factsOf(triples: readonly Triple[]): Fact[] {
  const place = triples.find((triple) => triple.predicate === 'birthPlace');
  const year = triples.find((triple) => triple.predicate === 'birthYear');
  return triples.flatMap((triple): Fact[] => {
    if (place !== undefined && year !== undefined) {
      if (triple === year) return [];
      if (triple === place) {
        const born = `born in ${place.object} in ${year.object}`;
        return [{ kind: 'birth', verb: [`was ${born}`], after: [born] }];
      }
    }
    const { active, ...forms } = formsOf(triple);
    const clause = active?.map((phrase) => `${triple.object} ${phrase}`);
    return [{ kind: triple.predicate, ...forms, ...(clause === undefined ? {} : { clause }) }];
  });
}

function described(triples: readonly Triple[]): Described {
  const { kind, name } = (triples[0] as Triple).subject;
  // Of a title alone nobody can tell whether it is a book's or a film's.
  const telling = new Set<Predicate>(['author', 'director', 'starring']);
  const work = kind === 'book' || kind === 'film';
  const known = work ? triples.some(({ predicate }) => telling.has(predicate)) : !isPerson(kind);
  return { name, ...(known ? { noun: kind } : {}), pronoun: pronounOf(kind), facts: factsOf(triples) };
}

/** Facts about a thing, and then about the other that `link` names: as a relative clause or a sentence of its own. */
function chained(
  random: RandomStream,
  near: readonly Triple[],
  link: Triple,
  far: readonly Triple[],
): string {
  const { subject, object } = link;
  const { active, verb } = formsOf(link);
  const who = isPerson(link.objectKind as EntityKind) ? 'who' : 'which';
  const others = near.filter((triple) => triple !== link);
  const farVerbs = planVerbPhrase(random, factsOf(far));
  if (active !== undefined && chance(random, 0.35)) {
    const opening = `${object}, who ${farVerbs}, ${random.pick(active).replace('{S}', subject.name)}`;
    if (others.length === 0) return written([opening]);
    return written([opening, `${pronounOf(subject.kind)} ${planVerbPhrase(random, factsOf(others))}`]);
  }
  const sentences = others.length === 0 ? [] : planSentences(random, described(others));
  const start = sentences.length === 0 ? subject.name : pronounOf(subject.kind);
  const linked = `${start} ${random.pick(verb)}`;
  if (chance(random, 0.5)) return written([...sentences, `${linked}, ${who} ${farVerbs}`]);
  return written([...sentences, linked, `${object} ${farVerbs}`]);
}

/** A text that says every triple. */
export function drawTripleText(random: RandomStream, triples: readonly Triple[]): string {
  const first = (triples[0] as Triple).subject.name;
  const near = triples.filter(({ subject }) => subject.name === first);
  const far = triples.filter(({ subject }) => subject.name !== first);
  if (far.length === 0) return written(planSentences(random, described(near)));
  const about = (far[0] as Triple).subject.name;
  const link = near.find(({ object }) => object === about) as Triple;
  return chained(random, near, link, far);
}
