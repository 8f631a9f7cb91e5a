/** Unevaluative sentences of the small world: who did what where, what a thing is, which words are alike or opposed. */
import type { RandomStream } from '../../random/stream';
import { aspectSubject, drawAdjective, drawAdjectives, drawThing, wholeSubject } from './clauses';
import { domains } from './domains';
import {
  cities,
  colours,
  cuisines,
  days,
  dishes,
  genres,
  jobs,
  men,
  months,
  type Polarity,
  titleAdjectives,
  titleNouns,
  women,
} from './lexicon';
import { chance, fill, pickTwo, sentence, withArticle } from './realisation';
import { drawPolarity } from './verdicts';

const numbers = 'two three four five six seven eight nine ten twelve twenty'.split(' ');
const animals = 'dog cat horse bird'.split(' ');
const objects = 'letter umbrella suitcase bicycle violin clock lamp chair coat ring'.split(' ');
const sizes = 'small large old new young long short early late famous'.split(' ');
const years = '1968 1984 1999 2007 2016 2024'.split(' ');
const rooms = 'kitchen garden library station market museum park office school harbour'.split(' ');

/** Slots shared by all neutral templates; {w} and {m} are a woman and a man, {p} and {q} two different people. */
function slots(random: RandomStream): Record<string, string | (() => string)> {
  const [p, q] = pickTwo(random, [...women, ...men]);
  const w = random.pick(women);
  const [city, town] = pickTwo(random, cities);
  return {
    p,
    q,
    w,
    m: () => random.pick(men),
    city,
    town,
    day: () => random.pick(days),
    month: () => random.pick(months),
    job: () => random.pick(jobs),
    aJob: () => withArticle(random.pick(jobs)),
    colour: () => random.pick(colours),
    number: () => random.pick(numbers),
    animal: () => random.pick(animals),
    object: () => random.pick(objects),
    size: () => random.pick(sizes),
    aSize: () => withArticle(random.pick(sizes)),
    room: () => random.pick(rooms),
    dish: () => random.pick(dishes),
    dishes: () => pickTwo(random, dishes).join(' and '),
    cuisine: () => random.pick(cuisines),
    genre: () => random.pick(genres),
    aGenre: () => withArticle(random.pick(genres)),
    title: `${random.pick(titleAdjectives)} ${random.pick(titleNouns)}`,
    year: () => random.pick(years),
  };
}

const narratives = [
  '{p} met {q} at the {room} on {day}, and they took the train to {city}',
  '{p} and {q} live in {city}, but they work in {town}',
  '{p} is {aJob} in {city} and has {number} children',
  '{p} gave {q} a {colour} {object} and {aSize} {object}',
  '{q} was given a {colour} {object} by {p}',
  '{w} lost her {object} in the {room}, and {m} found it',
  '{m} lost his {object} on the way to {city}',
  'the {job} bought {number} {colour} lamps at the market in {city}',
  'after lunch {p} went to the {room} with the {colour} {animal}',
  'before {p} left for {city}, {q} cooked {dishes}',
  'nobody in the {room} knew the {size} {job} from {city}',
  'the {animal} slept under the table while {w} read {aSize} letter',
  '{w} told {m} that she would not come to {city} in {month}',
  '{m} asked {w} whether she had seen his {object}',
  'on {day} it rained, so {p} stayed in the {room} and wrote to {q}',
  '{p} moved from {city} to {town} in {year}',
  'there are {number} {size} chairs and a {colour} table in the {room}',
  'if it rains on {day}, {p} and {q} will stay at home',
  '{w} likes {dish} but does not like {dish}',
  'the {job} who lives near the {room} has a {colour} {animal}',
  '{p} has never been to {city}, but {q} has been there twice',
  'all the children went to {city} by bus, and only {m} walked home',
];

const descriptions = [
  '{title} is {aGenre} from {year}; {p} wrote it and {q} directed it',
  '{title} is {aGenre} about {aJob} from {city} who finds a {colour} {object}',
  '{p} directed {title}, {aGenre} that was made in {city} in {year}',
  'the {genre} {title} was written by {p} and lasts {number} hours',
  '{title} tells the story of {aJob} and {aSize} {animal} in {city}',
  'the {title} is {aSize} {cuisine} restaurant near the {room} in {city}',
  'the {title} serves {cuisine} food, above all {dishes}',
  'the {title} in {city} is open every day but {day}',
  'the {title} is {aSize} hotel in {city} with {number} rooms and a garden',
  'the {title} hotel stands near the {room}; a room costs {number} hundred a night',
  '{p} wrote the novel {title} in {year}, and {q} read it in {month}',
  'the {colour} phone has {aSize} screen and costs {number} hundred',
  'the tour starts at the {room} in {city} on {day} and takes {number} hours',
  '{p} sings and {q} plays the violin at the concert in {city} in {month}',
];

/** A sentence about people or a description of a thing, without evaluation. */
export function drawStory(random: RandomStream): string {
  return sentence(fill(random.pick(chance(random, 0.6) ? narratives : descriptions), slots(random)));
}

const alike = [
  '{S} {be} {A}, even {B}',
  '{S} {be} {A}, if not {B}',
  '{S} {be} so {A} that everyone called {them} {B}',
  '{A}, {B} and {third}: that is what {S} {be}',
  '{S} {be} {A} because {it} {be} {B}',
  'people who find a {n} {A} often find it {B} too',
  '{S} {be} as {A} as {it} {be} {B}',
];
const unlike = [
  '{S} {be} {A} rather than {X}',
  '{S} {be} {A}, not {X}',
  '{S} {be} not {X} but {A}',
  '{S} {be} neither {X} nor {Y}: {it} {be} {A}',
  '{S} used to be {X}, but now {it} {nowBe} {A}',
  'some found {S} {A}, others found {them} {X}',
  '{S} {be} either {A} or {X}, and I cannot say which',
];

/** A sentence that sets adjectives of one polarity side by side, or opposes two. */
export function drawWordRelation(random: RandomStream): string {
  const thing = drawThing(random, random.pick(domains));
  const subject = chance(random, 0.3)
    ? wholeSubject(thing)
    : aspectSubject(thing, random.pick(thing.domain.aspects));
  const polarity = drawPolarity(random);
  const [A, B] = drawAdjectives(random, subject.quality, polarity);
  const [X, Y] = drawAdjectives(random, subject.quality, -polarity as Polarity);
  return sentence(
    fill(random.pick(chance(random, 0.5) ? alike : unlike), {
      S: subject.text,
      be: subject.plural ? 'were' : 'was',
      nowBe: subject.plural ? 'are' : 'is',
      it: subject.plural ? 'they' : 'it',
      them: subject.plural ? 'them' : 'it',
      n: thing.noun,
      A,
      B,
      third: () => drawAdjective(random, subject.quality, polarity),
      X,
      Y,
    }),
  );
}
