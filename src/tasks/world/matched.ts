/**
 * Pairs of frames whose relation neither frame shows by itself: acts, roles and details are drawn in the same way for
 * every relation, so that only comparing the two tells.
 */
import type { RandomStream } from '../../random/stream';
import { actOf, type Role } from './acts';
import { changed, drawFrame, type Frame, sayable, spareDetails, swapped, toldRoles, without } from './frames';
import { chance } from './realisation';

/** How the second frame stands to the first. */
export type Relation = 'follows' | 'open' | 'excluded';

export interface MatchedPair {
  readonly first: Frame;
  readonly second: Frame;
  /** What the relation turns on, told by the second. */
  readonly role: Role;
}

const things: readonly Role[] = ['colour', 'size', 'number'];

/** A frame with one of these counts of details, its number not counted; undefined if the draw has another count. */
export function detailed(random: RandomStream, counts: readonly number[]): Frame | undefined {
  const frame = drawFrame(random);
  return counts.includes(spareDetails(frame).length) ? frame : undefined;
}

/** True if whoever knows the first frame knows all that the second tells. */
export function entails(known: Frame, claim: Frame): boolean {
  if (known.act !== claim.act) return false;
  // Two lamps are something, but they are not a lamp.
  if (claim.values.noun !== undefined && known.values.number !== claim.values.number) return false;
  const holds = (values: Frame['values']) =>
    toldRoles(claim).every((role) => values[role] === claim.values[role]);
  const { agent, other, ...rest } = known.values;
  const mirrored = {
    ...rest,
    ...(other === undefined ? {} : { agent: other }),
    ...(agent === undefined ? {} : { other: agent }),
  };
  return holds(known.values) || (actOf(known.act).mutual && holds(mirrored));
}

/** Roles changed over or the act turned into its opposite: hardly a word is another. Undefined if nothing can be. */
function turnedAround(frame: Frame): Frame | undefined {
  const { opposite } = actOf(frame.act);
  return opposite === undefined ? swapped(frame) : { act: opposite, values: frame.values };
}

/**
 * Of a frame with roles r and s, the second frame tells r and not s. The first tells r (`follows`), or r or another role
 * with another value (`excluded`), or s and not r (`open`).
 * @param turned How often an excluded frame is turned around instead.
 * @param counts How many details the frame may have.
 */
export function matchedPair(
  random: RandomStream,
  relation: Relation,
  turned: number,
  counts: readonly number[],
): MatchedPair | undefined {
  const frame = detailed(random, counts);
  if (frame === undefined) return undefined;
  const { core, details } = actOf(frame.act);
  // Older than one, one can be older than another: comparisons exclude too little.
  if (details.length === 0) return undefined;
  const bare = things.every((role) => frame.values[role] === undefined);
  const pool =
    core.length > 1 && chance(random, 0.2)
      ? core.filter((role) => role !== 'noun' || bare)
      : spareDetails(frame);
  if (pool.length < 2) return undefined;
  const [i = 0, j = 0] = random.permutation(pool.length);
  const [r, s] = [pool[i] as Role, pool[j] as Role];
  const others = spareDetails(frame).filter((role) => role !== r && role !== s);
  const second = without(frame, s, ...others.filter(() => chance(random, 0.5)));
  const like = without(frame, s);
  if (![second, like, without(frame, r)].every(sayable)) return undefined;
  // Whatever the relation, the frame must be of a kind that this way of excluding fits.
  const turn = chance(random, turned);
  const around = turn
    ? turnedAround(like)
    : changed(random, like, chance(random, 0.6) ? r : random.pick(toldRoles(second)));
  if (around === undefined || (turn && turnedAround(second) === undefined)) return undefined;
  // Half of the premises tell s as well, so that the number of words that both sides use says little.
  if (relation === 'follows') return { first: chance(random, 0.5) ? frame : like, second, role: r };
  return { first: relation === 'open' ? without(frame, r) : around, second, role: r };
}

/**
 * One of these roles, most often a detail where there is one: how many people a sentence names follows from its verb, so
 * that one name too many could be counted; the number of details is anybody's guess.
 */
function pickVaried(random: RandomStream, frame: Frame, roles: readonly Role[]): Role | undefined {
  const { core } = actOf(frame.act);
  const details = roles.filter((role) => !core.includes(role));
  const from = details.length > 0 && chance(random, 0.8) ? details : roles;
  return from.length === 0 ? undefined : random.pick(from);
}

/** The frame with another value of one of these roles, or now and then of the opposite act. */
export function varied(random: RandomStream, frame: Frame, roles: readonly Role[]): Frame | undefined {
  const { opposite } = actOf(frame.act);
  if (opposite !== undefined && chance(random, 0.25)) return { act: opposite, values: frame.values };
  const role = pickVaried(random, frame, roles);
  return role && changed(random, frame, role);
}

/** Two frames that are the same, or differ in one thing while both tell equally much. */
export function sameOrNearMiss(
  random: RandomStream,
  same: boolean,
): { first: Frame; second: Frame } | undefined {
  const frame = detailed(random, [0, 1, 2, 3]);
  // Of who is a baker or lives in Oslo there are so few ways to speak that running text happens on all of them.
  if (frame === undefined || (frame.act === 'live' && spareDetails(frame).length < 2)) return undefined;
  const way = random.uniform();
  if (way < 0.88) {
    const second = way < 0.5 ? swapped(frame) : varied(random, frame, toldRoles(frame));
    return second && { first: frame, second: same ? frame : second };
  }
  // One detail in the place of another.
  const spare = spareDetails(frame);
  if (spare.length < 2) return undefined;
  const [i = 0, j = 0] = random.permutation(spare.length);
  const [first, second] = [without(frame, spare[i] as Role), without(frame, spare[j] as Role)];
  return sayable(first) && sayable(second) ? { first, second: same ? first : second } : undefined;
}
