/** Microplanning: from facts about one thing to a text that says them all, by aggregation, order and referring expressions. */
import type { RandomStream } from '../../random/stream';
import { chance, sentence, weighted, withArticle } from './realisation';

/** The ways in which one fact can be said; at least a verb phrase. */
export interface Fact {
  /** Slot or predicate: "food", "birthPlace". */
  readonly kind: string;
  /** Verb phrases: "serves French food". */
  readonly verb: readonly string[];
  /** Before the head noun: "cheap", "French". */
  readonly before?: readonly string[];
  /** After the head noun: "in the city centre", "with five stars". */
  readonly after?: readonly string[];
  /** At the start of a sentence: "in the city centre". */
  readonly front?: readonly string[];
  /** Whole clauses that name the thing as {S}: "Anna Fox wrote {S}". Open a text only. */
  readonly clause?: readonly string[];
  /** Whole clauses about a thing that was named before: "its author is Anna Fox". */
  readonly follow?: readonly string[];
  /** This fact is the head noun itself: "cafe", "teacher". */
  readonly head?: string;
  /** Speaks for (1) or against (−1) the thing: unlike facts are joined by "but". */
  readonly tone?: 1 | -1;
}

/** One thing with its facts, premodifiers in their English order. */
export interface Described {
  readonly name: string;
  /** Head noun that says nothing new, where no fact is one: "place", "book"; none for people. */
  readonly noun?: string;
  readonly pronoun: 'it' | 'she' | 'he';
  readonly facts: readonly Fact[];
}

/** A text in the making: facts not yet said, and whether the head noun has been. */
interface Draft {
  readonly thing: Described;
  readonly random: RandomStream;
  left: Fact[];
  said: string | undefined;
}

function take<K extends 'before' | 'after' | 'front' | 'clause'>(
  draft: Draft,
  form: K,
  most: number,
): string[] {
  const able = draft.left.filter((fact) => fact[form] !== undefined && fact.head === undefined);
  const order = draft.random.permutation(able.length).subarray(0, most);
  const phrases: string[] = [];
  for (const fact of able.filter((_, i) => order.includes(i))) {
    const phrase = draft.random.pick(fact[form] as readonly string[]);
    // "with low prices with five stars" is no English: the second fact waits for its verb.
    if (phrase.startsWith('with ') && phrases.some((other) => other.startsWith('with '))) continue;
    phrases.push(phrase);
    draft.left = draft.left.filter((other) => other !== fact);
  }
  return phrases;
}

/** "cheap French cafe in the city centre", or undefined where there is no head noun. */
function nominal(draft: Draft, name: string): string | undefined {
  const { thing, random } = draft;
  const fact = draft.left.find((candidate) => candidate.head !== undefined);
  const head = fact?.head ?? draft.said ?? thing.noun;
  if (head === undefined) return undefined;
  draft.left = draft.left.filter((candidate) => candidate !== fact);
  draft.said = head;
  const before = take(draft, 'before', random.below(3));
  const after = take(draft, 'after', random.below(3));
  return [...before, head, ...(name === '' ? [] : [name]), ...after].join(' ');
}

/** One to `most` verb phrases, joined by "and", or by "but" where they disagree. */
function verbs(draft: Draft, most: number): string {
  const { random } = draft;
  const order = [...random.permutation(draft.left.length)];
  const chosen = order.slice(0, Math.min(most, 1 + random.below(3))).map((i) => draft.left[i] as Fact);
  draft.left = draft.left.filter((fact) => !chosen.includes(fact));
  for (const fact of chosen) draft.said ??= fact.head;
  const phrases = chosen.map((fact) => random.pick(fact.verb));
  const last = phrases.pop() as string;
  if (phrases.length === 0) return last;
  const tones = chosen.map((fact) => fact.tone ?? 0);
  const against = (tones.at(-1) as number) * (tones.at(-2) as number) < 0;
  return `${phrases.join(', ')} ${against ? 'but' : 'and'} ${last}`;
}

const openings = [
  { weight: 5, name: 'nominal' },
  { weight: 3, name: 'there is' },
  { weight: 3, name: 'front' },
  { weight: 3, name: 'apposition' },
  { weight: 2, name: 'named noun' },
  { weight: 3, name: 'verbs' },
  { weight: 2, name: 'relative' },
  { weight: 3, name: 'clause' },
] as const;

/** The first sentence, which names the thing; undefined where the facts do not allow it. */
function open(draft: Draft, opening: (typeof openings)[number]['name']): string | undefined {
  const { thing, random } = draft;
  const { name } = thing;
  const called = (front: string) => {
    const phrase = nominal(draft, `called ${name}`);
    return phrase === undefined ? undefined : `${front} ${withArticle(phrase)}`;
  };
  if (opening === 'clause') {
    const [clause] = take(draft, 'clause', 1);
    return clause?.replaceAll('{S}', name);
  }
  if (opening === 'there is') return thing.pronoun === 'it' ? called('there is') : undefined;
  if (opening === 'front') {
    const [front] = take(draft, 'front', 1);
    return front === undefined
      ? undefined
      : called(`${front}${random.pick([' there is', ', you will find'])}`);
  }
  if (opening === 'verbs') return `${name} ${verbs(draft, 2)}`;
  if (opening === 'relative') {
    if (draft.left.length < 2) return undefined;
    return `${name}, ${thing.pronoun === 'it' ? 'which' : 'who'} ${verbs(draft, 1)}, ${verbs(draft, 1)}`;
  }
  if (opening === 'named noun') {
    const phrase = nominal(draft, name);
    return phrase === undefined || draft.left.length === 0 ? undefined : `the ${phrase} ${verbs(draft, 2)}`;
  }
  const phrase = nominal(draft, '');
  if (phrase === undefined) return undefined;
  if (opening === 'nominal') return `${name} is ${withArticle(phrase)}`;
  return draft.left.length === 0 ? undefined : `${name}, ${withArticle(phrase)}, ${verbs(draft, 2)}`;
}

/** "it", "the cafe". */
function again(draft: Draft): string {
  const { thing, said, random } = draft;
  return said !== undefined && chance(random, 0.3) ? `the ${said}` : thing.pronoun;
}

function follow(draft: Draft): string {
  const subject = again(draft);
  if (draft.left.some((fact) => fact.head !== undefined))
    return `${subject} is ${withArticle(nominal(draft, '') as string)}`;
  const [only] = draft.left;
  if (draft.left.length === 1 && only?.follow !== undefined && chance(draft.random, 0.4)) {
    draft.left = [];
    return draft.random.pick(only.follow);
  }
  return `${subject} ${verbs(draft, 3)}`;
}

/** Sentences without capital or stop that say every fact once; the first names the thing, the others refer to it. */
export function planSentences(random: RandomStream, thing: Described): string[] {
  if (thing.facts.length === 0) throw new Error(`There is no fact to say about ${thing.name}.`);
  for (;;) {
    const draft: Draft = { thing, random, left: [...thing.facts], said: undefined };
    const first = open(draft, weighted(random, openings).name);
    if (first === undefined) continue;
    const sentences = [first];
    while (draft.left.length > 0) sentences.push(follow(draft));
    if (sentences.length <= 3) return sentences;
  }
}

/** "was born in Oslo and lives in Rome": all facts as one verb phrase. */
export function planVerbPhrase(random: RandomStream, facts: readonly Fact[]): string {
  return facts.map((fact) => random.pick(fact.verb)).join(' and ');
}

/** The sentences as written text. */
export function written(sentences: readonly string[]): string {
  return sentences.map(sentence).join(' ');
}
