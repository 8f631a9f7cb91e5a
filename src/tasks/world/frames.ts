/** Frames: who did what to what, where and when, as values of roles; drawing them, and changing what they tell. */
import type { RandomStream } from '../../random/stream';
import { type Act, actOf, acts, type Role } from './acts';
import { cities, colours, days, jobs, men, months, women } from './lexicon';
import { chance, weighted } from './realisation';

/** A fact of the small world. A role without a value is not known. */
export interface Frame {
  readonly act: string;
  readonly values: Readonly<Partial<Record<Role, string>>>;
}

export const people = [...women, ...men];
export const nouns = 'letter umbrella suitcase bicycle violin clock lamp chair coat ring camera book'.split(
  ' ',
);
const numbers = 'two three four five six seven eight nine'.split(' ');
/** Neighbours are opposites; the second word of each is a synonym, where there is one. */
const sizes = [
  ['large', 'big'],
  ['small', 'little'],
  ['old', 'old'],
  ['new', 'new'],
] as const;
const rooms = [
  ...'kitchen garden library museum park office'.split(' ').map((room) => `in the ${room}`),
  ...'station market school harbour'.split(' ').map((room) => `at the ${room}`),
];
const inCities = cities.map((city) => `in ${city}`);
const onDays = days.map((day) => `on ${day}`);
const inMonths = months.map((month) => `in ${month}`);

/** Values that exclude one another: nobody is in two cities on one occasion, but in a city and a garden. */
const choices: Readonly<Record<Role, readonly (readonly string[])[]>> = {
  agent: [people],
  other: [people],
  noun: [nouns],
  colour: [colours],
  size: [sizes.slice(0, 2).map(([word]) => word), sizes.slice(2).map(([word]) => word)],
  number: [numbers],
  origin: [cities],
  goal: [cities],
  home: [cities],
  job: [jobs],
  place: [inCities, rooms],
  time: [onDays, inMonths],
};

/** The size itself or its synonym. */
export function sizeWord(random: RandomStream, size: string): string {
  return random.pick(sizes.find(([word]) => word === size) ?? [size]);
}

export const isWoman = (name: string) => women.includes(name);

/** A value for a role that none of the frame's own values equals. */
function drawValue(random: RandomStream, role: Role, taken: readonly (string | undefined)[]): string {
  for (;;) {
    const value = random.pick(random.pick(choices[role]));
    if (!taken.includes(value)) return value;
  }
}

/** How likely a detail is told. */
const detailRates: Readonly<Partial<Record<Role, number>>> = {
  colour: 0.5,
  size: 0.25,
  number: 0.25,
  place: 0.5,
  time: 0.45,
  origin: 0.85,
  goal: 0.9,
  job: 0.85,
  home: 0.85,
};

/** A frame of a random act (or of `act`) with all its core roles and some details, at least one where there are any. */
export function drawFrame(random: RandomStream, act: Act = weighted(random, acts)): Frame {
  for (;;) {
    const values: Partial<Record<Role, string>> = {};
    for (const role of act.core) values[role] = drawValue(random, role, Object.values(values));
    for (const role of act.details) {
      if (chance(random, detailRates[role] ?? 0))
        values[role] = drawValue(random, role, Object.values(values));
    }
    const told = act.details.filter((role) => values[role] !== undefined).length;
    const frame = { act: act.name, values };
    if (told <= 3 && (told > 0 || act.details.length === 0) && sayable(frame)) return frame;
  }
}

/** Of a journey and a life either end, the job or the home must be known for there to be anything to say. */
export function sayable(frame: Frame): boolean {
  const { core } = actOf(frame.act);
  return (
    core.length > 1 ||
    (['origin', 'goal', 'job', 'home'] as const).some((role) => frame.values[role] !== undefined)
  );
}

/** Roles of which the frame tells something. */
export function toldRoles(frame: Frame): Role[] {
  const { core, details } = actOf(frame.act);
  return [...core, ...details].filter((role) => frame.values[role] !== undefined);
}

export function withValue(frame: Frame, role: Role, value: string): Frame {
  return { act: frame.act, values: { ...frame.values, [role]: value } };
}

/** The frame without what it tells of these roles. */
export function without(frame: Frame, ...roles: readonly Role[]): Frame {
  const values = { ...frame.values };
  for (const role of roles) delete values[role];
  // Nothing can be said of a thing that is not known.
  if (values.noun === undefined)
    for (const role of ['colour', 'size', 'number'] as const) delete values[role];
  return { act: frame.act, values };
}

/** The same with another value of a role that excludes the old one. */
export function changed(random: RandomStream, frame: Frame, role: Role): Frame {
  const old = frame.values[role];
  const group = choices[role].find((values) => values.includes(old ?? '')) ?? choices[role][0] ?? [];
  const taken = Object.values(frame.values);
  return withValue(frame, role, random.pick(group.filter((value) => !taken.includes(value))));
}

/** Pairs of roles that can change places without changing a word. */
const exchangeable = [
  ['agent', 'other'],
  ['origin', 'goal'],
] as const;

/** The frame with agent and other, or origin and goal, changed over; undefined where that changes nothing. */
export function swapped(frame: Frame): Frame | undefined {
  if (actOf(frame.act).mutual) return undefined;
  for (const [one, two] of exchangeable) {
    const [a, b] = [frame.values[one], frame.values[two]];
    if (a !== undefined && b !== undefined)
      return { act: frame.act, values: { ...frame.values, [one]: b, [two]: a } };
  }
  return undefined;
}

/** Details of the act of which the frame tells nothing and could. The number is never open: "a lamp" is one lamp. */
export function openDetails(frame: Frame): Role[] {
  return actOf(frame.act).details.filter(
    (role) =>
      role !== 'number' &&
      frame.values[role] === undefined &&
      (frame.values.noun !== undefined || (role !== 'colour' && role !== 'size')),
  );
}

/** Details that the frame can do without: all but the number, since two lamps are not "a lamp". */
export function spareDetails(frame: Frame): Role[] {
  return actOf(frame.act).details.filter((role) => role !== 'number' && frame.values[role] !== undefined);
}

/** The frame with a value for a role of which it told nothing. */
export function extended(random: RandomStream, frame: Frame, role: Role): Frame {
  return withValue(frame, role, drawValue(random, role, Object.values(frame.values)));
}

/** The frame with some of what it tells left out, but for `kept`: details, and now and then who or what. */
export function generalised(random: RandomStream, frame: Frame, ...kept: readonly Role[]): Frame {
  const { core } = actOf(frame.act);
  const told = spareDetails(frame).filter((role) => !kept.includes(role));
  const shorter = without(frame, ...told.filter(() => chance(random, 0.6)));
  const result = sayable(shorter) ? shorter : frame;
  const unnamed = core.length > 1 && chance(random, 0.2) ? random.pick(core) : undefined;
  const describes = ['colour', 'size', 'number'].some((role) => kept.includes(role as Role));
  if (unnamed === undefined || kept.includes(unnamed) || (unnamed === 'noun' && describes)) return result;
  return without(result, unnamed);
}
