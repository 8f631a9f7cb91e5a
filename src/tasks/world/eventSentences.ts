/** Frames in words: statements, denials, questions about one role or about the whole, and short answers. */
import type { RandomStream } from '../../random/stream';
import { type Act, actOf, type Role } from './acts';
import { type Frame, isWoman, sizeWord, toldRoles, without } from './frames';
import { chance, fill, withArticle } from './realisation';

const slotRoles: Readonly<Record<string, Role>> = {
  A: 'agent',
  B: 'other',
  T: 'noun',
  D: 'noun',
  N: 'noun',
  Ns: 'noun',
  origin: 'origin',
  goal: 'goal',
  home: 'home',
  aJob: 'job',
};
/** Roles that only a template can tell; the thing's own and place and time come along by themselves. */
const templateRoles: readonly Role[] = ['agent', 'other', 'noun', 'origin', 'goal', 'home', 'job'];

const rolesOf = (template: string) => [
  ...new Set([...template.matchAll(/\{(\w+)\}/g)].flatMap(([, slot = '']) => slotRoles[slot] ?? [])),
];

/** Templates that tell all the frame tells and need no more; of `templates`, as many roles as possible. */
function fitting(act: Act, frame: Frame, templates: readonly string[]): string[] {
  const usable = templates.filter((template) =>
    rolesOf(template).every((role) => act.core.includes(role) || frame.values[role] !== undefined),
  );
  const told = (template: string) =>
    rolesOf(template).filter((role) => templateRoles.includes(role) && frame.values[role] !== undefined)
      .length;
  const most = Math.max(...usable.map(told));
  return usable.filter((template) => told(template) === most);
}

const plural = (noun: string) => noun.replace(/$/, 's');

/** The words of the slots. `person` renames people, e.g. to pronouns. */
function slots(random: RandomStream, frame: Frame, words: Readonly<Record<string, string>>) {
  const { agent, other, noun, colour, size, number, origin, goal, home, job } = frame.values;
  const many = number !== undefined;
  const sized = size === undefined ? [] : [sizeWord(random, size)];
  const coloured = colour === undefined ? [] : [colour];
  const named = noun === undefined ? 'something' : many ? plural(noun) : noun;
  const described = [...sized, ...coloured, named].join(' ');
  const indefinite = noun === undefined ? named : many ? `${number} ${described}` : withArticle(described);
  return {
    A: agent ?? 'somebody',
    B: other ?? 'somebody',
    T: indefinite,
    D: noun === undefined ? named : `the ${many ? `${number} ` : ''}${described}`,
    N: [...sized, named].join(' '),
    Ns: [...sized, ...coloured, noun === undefined ? 'things' : plural(noun)].join(' '),
    was: many ? 'were' : 'was',
    is: many ? 'are' : 'is',
    origin: origin ?? '',
    goal: goal ?? '',
    home: home ?? '',
    aJob: withArticle(job ?? ''),
    ...words,
  };
}

const trimmed = (text: string) => text.replace(/ (?:by|from) somebody\b/, '');

/** With place and time behind; in statements sometimes one of them in front. */
function placed(random: RandomStream, frame: Frame, clause: string, front: boolean): string {
  const { place, time } = frame.values;
  const adjuncts = [place, time].filter((adjunct) => adjunct !== undefined);
  if (front && adjuncts.length > 0 && chance(random, 0.35)) {
    const first = random.below(adjuncts.length);
    const behind = adjuncts.filter((_, i) => i !== first);
    return [`${adjuncts[first]},`, clause, ...behind].join(' ');
  }
  if (adjuncts.length === 2 && chance(random, 0.3)) adjuncts.reverse();
  return [clause, ...adjuncts].join(' ');
}

function realise(
  random: RandomStream,
  frame: Frame,
  templates: readonly string[],
  front: boolean,
  words: Readonly<Record<string, string>> = {},
): string {
  const template = random.pick(fitting(actOf(frame.act), frame, templates));
  return placed(random, frame, trimmed(fill(template, slots(random, frame, words))), front);
}

/** The frame as a clause without capital or full stop, in one of its forms. */
export function statement(random: RandomStream, frame: Frame): string {
  return realise(random, frame, actOf(frame.act).said, true);
}

/** The plain form, with words for slots: { A: 'she', T: 'it' }. */
export function plainStatement(
  random: RandomStream,
  frame: Frame,
  words: Readonly<Record<string, string>> = {},
): string {
  return realise(
    random,
    frame,
    fitting(actOf(frame.act), frame, actOf(frame.act).said).slice(0, 1),
    false,
    words,
  );
}

/** "Anna did not give Paul a red lamp". Needs all core roles, and no more than one of job and home. */
export function denial(random: RandomStream, frame: Frame): string {
  return realise(random, frame, actOf(frame.act).denied, true);
}

/** "did Anna give Paul the red lamp in Oslo", without the question mark. */
export function whetherQuestion(random: RandomStream, frame: Frame): string {
  return realise(random, frame, actOf(frame.act).whether, false);
}

/** Roles that can be asked about: those told, with all of the core. */
export function askableRoles(frame: Frame): Role[] {
  const act = actOf(frame.act);
  if (act.core.some((role) => frame.values[role] === undefined)) return [];
  return toldRoles(frame).filter(
    (role) => role === 'place' || role === 'time' || act.ask[role] !== undefined,
  );
}

/** "who gave Paul the lamp": a question about one role by the other roles of the frame, without the question mark. */
export function roleQuestion(random: RandomStream, frame: Frame, role: Role): string {
  const act = actOf(frame.act);
  const rest = without(frame, role);
  if (role === 'place' || role === 'time') {
    return `${role === 'place' ? 'where' : 'when'} ${realise(random, rest, act.whether, false)}`;
  }
  return realise(random, rest, act.ask[role] ?? [], false);
}

/** Roles whose values the question about `role` shows. Of a life it shows the person only. */
export function shownRoles(frame: Frame, role: Role): Role[] {
  const hidden: readonly Role[] =
    frame.act === 'live' ? ['job', 'home'] : role === 'colour' ? ['number'] : [];
  return toldRoles(without(frame, role)).filter((told) => !hidden.includes(told));
}

/** The value of a role as a short answer: "Anna", "in Oslo", "a lamp", "red". */
export function shortAnswer(random: RandomStream, frame: Frame, role: Role): string {
  const value = frame.values[role] ?? '';
  if (role === 'noun') return slots(random, frame, {}).T;
  if (role === 'job') return withArticle(value);
  return value;
}

export const pronoun = (name: string) => (isWoman(name) ? 'she' : 'he');
export const objectPronoun = (name: string) => (isWoman(name) ? 'her' : 'him');
