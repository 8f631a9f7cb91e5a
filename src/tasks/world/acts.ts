/** What people of the small world do and are: each act with its roles and the ways to state, deny and ask about it. */

/** What a frame can tell. `agent` and `other` are people; colour, size and number describe `noun`. */
export type Role =
  | 'agent'
  | 'other'
  | 'noun'
  | 'colour'
  | 'size'
  | 'number'
  | 'origin'
  | 'goal'
  | 'home'
  | 'job'
  | 'place'
  | 'time';

/**
 * Templates have slots {A} agent, {B} other, {T} the thing with "a" or its number, {D} the thing with "the", {N} its
 * noun with size, {Ns} its plural with size and colour, {was} {is} {has} agreeing with the thing, {origin} {goal}
 * {home} {aJob}. Place and time follow or stand in front; no template holds them.
 */
export interface Act {
  readonly name: string;
  /** Roles that are "somebody" or "something" when nothing is known of them. */
  readonly core: readonly Role[];
  /** Roles that are left out when nothing is known of them. */
  readonly details: readonly Role[];
  /** The first is the plainest: active, agent in front. */
  readonly said: readonly string[];
  readonly denied: readonly string[];
  readonly whether: readonly string[];
  readonly ask: Readonly<Partial<Record<Role, readonly string[]>>>;
  /** Agent and other may change places: meeting is mutual. */
  readonly mutual: boolean;
  /** Who finds a thing does not lose it. */
  readonly opposite?: string;
}

interface Verb {
  readonly base: string;
  readonly past: string;
  readonly participle: string;
}
const verb = (text: string): Verb => {
  const [base = '', past = '', participle = past] = text.split('/');
  return { base, past, participle };
};

const thingDetails: readonly Role[] = ['colour', 'size', 'number', 'place', 'time'];

/** A thing goes from agent to other; `takings` say the same from the other's side. */
function transfer(giving: string, ...takings: string[]): Act {
  const { base, past, participle } = verb(giving);
  const taken = takings.map(verb);
  return {
    name: base,
    core: ['agent', 'other', 'noun'],
    details: thingDetails,
    mutual: false,
    said: [
      `{A} ${past} {T} to {B}`,
      `{A} ${past} {B} {T}`,
      `{B} was ${participle} {T} by {A}`,
      `{T} {was} ${participle} to {B} by {A}`,
      ...taken.map((take) => `{B} ${take.past} {T} from {A}`),
    ],
    denied: [
      `{A} did not ${base} {T} to {B}`,
      `{A} did not ${base} {B} {T}`,
      `{B} was not ${participle} {T} by {A}`,
      ...taken.map((take) => `{B} did not ${take.base} {T} from {A}`),
    ],
    whether: [
      `did {A} ${base} {D} to {B}`,
      `did {A} ${base} {B} {D}`,
      `was {B} ${participle} {D} by {A}`,
      ...taken.map((take) => `did {B} ${take.base} {D} from {A}`),
    ],
    ask: {
      agent: [
        `who ${past} {B} {D}`,
        `who ${past} {D} to {B}`,
        `by whom was {B} ${participle} {D}`,
        ...taken.flatMap((take) => [
          `who did {B} ${take.base} {D} from`,
          `from whom did {B} ${take.base} {D}`,
        ]),
      ],
      other: [
        `who did {A} ${base} {D} to`,
        `to whom did {A} ${base} {D}`,
        ...taken.map((take) => `who ${take.past} {D} from {A}`),
      ],
      noun: [
        `what did {A} ${base} to {B}`,
        `what was {B} ${participle} by {A}`,
        ...taken.map((take) => `what did {B} ${take.base} from {A}`),
      ],
      colour: [
        `what colour {was} the {N} that {A} ${past} to {B}`,
        ...taken.map((take) => `what colour {was} the {N} that {B} ${take.past} from {A}`),
      ],
      number: [
        `how many {Ns} did {A} ${base} to {B}`,
        ...taken.map((take) => `how many {Ns} did {B} ${take.base} from {A}`),
      ],
    },
  };
}

/** Somebody does something to a thing; several verbs are synonyms. */
function deed(verbs: readonly string[], opposite?: string): Act {
  const all = verbs.map(verb);
  const each = (templates: (v: Verb) => string[]) => all.flatMap(templates);
  return {
    name: all[0]?.base ?? '',
    core: ['agent', 'noun'],
    details: thingDetails,
    mutual: false,
    ...(opposite === undefined ? {} : { opposite }),
    said: each((v) => [`{A} ${v.past} {T}`, `{T} {was} ${v.participle} by {A}`]),
    denied: each((v) => [`{A} did not ${v.base} {T}`, `{T} {was} not ${v.participle} by {A}`]),
    whether: each((v) => [`did {A} ${v.base} {D}`, `{was} {D} ${v.participle} by {A}`]),
    ask: {
      agent: each((v) => [`who ${v.past} {D}`, `by whom {was} {D} ${v.participle}`]),
      noun: each((v) => [`what did {A} ${v.base}`, `what was ${v.participle} by {A}`]),
      colour: each((v) => [
        `what colour {was} the {N} that {A} ${v.past}`,
        `what colour {was} the {N} that {was} ${v.participle} by {A}`,
      ]),
      number: each((v) => [`how many {Ns} did {A} ${v.base}`, `how many {Ns} were ${v.participle} by {A}`]),
    },
  };
}

/** Somebody does something to somebody. */
function treatment(...verbs: string[]): Act {
  const all = verbs.map(verb);
  const each = (templates: (v: Verb) => string[]) => all.flatMap(templates);
  return {
    name: all[0]?.base ?? '',
    core: ['agent', 'other'],
    details: ['place', 'time'],
    mutual: false,
    said: each((v) => [`{A} ${v.past} {B}`, `{B} was ${v.participle} by {A}`]),
    denied: each((v) => [`{A} did not ${v.base} {B}`, `{B} was not ${v.participle} by {A}`]),
    whether: each((v) => [`did {A} ${v.base} {B}`, `was {B} ${v.participle} by {A}`]),
    ask: {
      agent: each((v) => [`who ${v.past} {B}`, `by whom was {B} ${v.participle}`]),
      other: each((v) => [`who did {A} ${v.base}`, `who was ${v.participle} by {A}`]),
    },
  };
}

/** Two people on a scale: who is older, the other is younger. */
function comparison(more: string, less: string): Act {
  return {
    name: more,
    core: ['agent', 'other'],
    details: [],
    mutual: false,
    said: [`{A} is ${more} than {B}`, `{B} is ${less} than {A}`],
    denied: [`{A} is not ${more} than {B}`, `{B} is not ${less} than {A}`],
    whether: [`is {A} ${more} than {B}`, `is {B} ${less} than {A}`],
    ask: {
      agent: [`who is ${more} than {B}`, `who is {B} ${less} than`],
      other: [`who is {A} ${more} than`, `who is ${less} than {A}`],
    },
  };
}

const meeting: Act = {
  name: 'meet',
  core: ['agent', 'other'],
  details: ['place', 'time'],
  mutual: true,
  said: ['{A} met {B}', '{B} met {A}', '{A} and {B} met', '{B} and {A} met'],
  denied: ['{A} did not meet {B}', '{B} did not meet {A}', '{A} and {B} did not meet'],
  whether: ['did {A} meet {B}', 'did {B} meet {A}', 'did {A} and {B} meet'],
  ask: { agent: ['who met {B}', 'who did {B} meet'], other: ['who did {A} meet', 'who met {A}'] },
};

const journey: Act = {
  name: 'travel',
  core: ['agent'],
  details: ['origin', 'goal', 'time'],
  mutual: false,
  said: [
    '{A} travelled from {origin} to {goal}',
    '{A} went from {origin} to {goal}',
    '{A} left {origin} for {goal}',
    '{A} travelled to {goal}',
    '{A} went to {goal}',
    '{A} travelled from {origin}',
    '{A} left {origin}',
  ],
  denied: [
    '{A} did not travel from {origin} to {goal}',
    '{A} did not go from {origin} to {goal}',
    '{A} did not leave {origin} for {goal}',
    '{A} did not travel to {goal}',
    '{A} did not go to {goal}',
    '{A} did not leave {origin}',
  ],
  whether: [
    'did {A} travel from {origin} to {goal}',
    'did {A} go from {origin} to {goal}',
    'did {A} leave {origin} for {goal}',
    'did {A} travel to {goal}',
    'did {A} go to {goal}',
    'did {A} leave {origin}',
  ],
  ask: {
    agent: [
      'who travelled from {origin} to {goal}',
      'who went from {origin} to {goal}',
      'who left {origin} for {goal}',
      'who travelled to {goal}',
      'who went to {goal}',
      'who left {origin}',
    ],
    goal: [
      'what city did {A} travel to from {origin}',
      'where did {A} go from {origin}',
      'where did {A} travel to',
      'where did {A} go',
    ],
    origin: [
      'from where did {A} travel to {goal}',
      'from where did {A} go to {goal}',
      'where did {A} travel from',
      'what city did {A} leave',
    ],
  },
};

const life: Act = {
  name: 'live',
  core: ['agent'],
  details: ['job', 'home'],
  mutual: false,
  said: [
    '{A} is {aJob} and lives in {home}',
    '{A} lives in {home} and works as {aJob}',
    '{A} works as {aJob} and lives in {home}',
    '{A} is {aJob}',
    '{A} works as {aJob}',
    '{A} lives in {home}',
  ],
  denied: ['{A} is not {aJob}', '{A} does not work as {aJob}', '{A} does not live in {home}'],
  whether: ['is {A} {aJob}', 'does {A} work as {aJob}', 'does {A} live in {home}'],
  ask: {
    agent: ['who is {aJob}', 'who works as {aJob}', 'who lives in {home}'],
    job: ['what is the job of {A}', 'what does {A} work as'],
    home: ['where does {A} live', 'what city does {A} live in'],
  },
};

const possession: Act = {
  name: 'own',
  core: ['agent', 'noun'],
  details: ['colour', 'size', 'number'],
  mutual: false,
  said: ['{A} has {T}', '{A} owns {T}'],
  denied: ['{A} does not have {T}', '{A} does not own {T}'],
  whether: ['does {A} have {T}', 'does {A} own {T}'],
  ask: {
    agent: ['who has {T}', 'who owns {T}'],
    noun: ['what does {A} have', 'what does {A} own'],
    colour: ['what colour {is} the {N} that {A} has', 'what colour {is} the {N} that {A} owns'],
    number: ['how many {Ns} does {A} have', 'how many {Ns} does {A} own'],
  },
};

/** With how often each is drawn. */
export const acts: readonly (Act & { readonly weight: number })[] = [
  { weight: 4, ...transfer('give/gave/given', 'get/got', 'receive/received') },
  { weight: 4, ...transfer('sell/sold', 'buy/bought', 'purchase/purchased') },
  { weight: 3, ...transfer('lend/lent', 'borrow/borrowed') },
  { weight: 2, ...deed(['find/found', 'discover/discovered'], 'lose') },
  { weight: 2, ...deed(['lose/lost'], 'find') },
  { weight: 2, ...deed(['repair/repaired', 'fix/fixed'], 'break') },
  { weight: 2, ...deed(['break/broke/broken'], 'repair') },
  { weight: 2, ...deed(['clean/cleaned']) },
  { weight: 2, ...deed(['steal/stole/stolen']) },
  { weight: 1.5, ...treatment('help/helped', 'assist/assisted') },
  { weight: 1.5, ...treatment('call/called', 'phone/phoned') },
  { weight: 1.5, ...treatment('visit/visited') },
  { weight: 1.5, ...treatment('invite/invited') },
  { weight: 2, ...meeting },
  { weight: 3, ...journey },
  { weight: 3, ...life },
  { weight: 2, ...possession },
  { weight: 1.5, ...comparison('older', 'younger') },
  { weight: 1.5, ...comparison('taller', 'shorter') },
];

const byName = new Map(acts.map((act) => [act.name, act]));

/** @throws Error if no act has this name. */
export function actOf(name: string): Act {
  const act = byName.get(name);
  if (act === undefined) throw new Error(`The small world has no act called "${name}".`);
  return act;
}
