/** What follows from a frame, what it rules out, and what it leaves open: hypotheses by label. */
import type { RandomStream } from '../../random/stream';
import { actOf, type Role } from './acts';
import { denial, statement, whetherQuestion } from './eventSentences';
import {
  changed,
  extended,
  type Frame,
  generalised,
  openDetails,
  people,
  sayable,
  spareDetails,
  swapped,
  toldRoles,
  without,
  withValue,
} from './frames';
import { chance } from './realisation';

/** GLUE's classes of MNLI, in its order. */
export type Inference = 'entailment' | 'neutral' | 'contradiction';
export const inferences: readonly Inference[] = ['entailment', 'neutral', 'contradiction'];

/** Of a life one thing at a time can be denied or asked. */
export function single(random: RandomStream, frame: Frame, kept?: Role): Frame {
  if (frame.act !== 'live' || frame.values.job === undefined || frame.values.home === undefined) return frame;
  if (kept === 'job' || kept === 'home') return without(frame, kept === 'job' ? 'home' : 'job');
  return without(frame, chance(random, 0.5) ? 'job' : 'home');
}

/** Whether all of the core is named: "somebody did not find a lamp" would say another thing. */
const named = (frame: Frame) => actOf(frame.act).core.every((role) => frame.values[role] !== undefined);

/** A frame that holds, is open or is false when `fact` is all that is known. Undefined where the fact has no such. */
export function inferred(random: RandomStream, fact: Frame, label: Inference): Frame | undefined {
  if (label === 'entailment') return single(random, generalised(random, fact));
  if (label === 'neutral') {
    const open = openDetails(fact);
    if (open.length === 0) return undefined;
    const role = random.pick(open);
    return single(random, generalised(random, extended(random, fact, role), role), role);
  }
  const turned = chance(random, 0.25) ? turn(fact) : undefined;
  if (turned !== undefined) return generalised(random, turned, 'agent', 'other', 'origin', 'goal');
  const role = random.pick(toldRoles(fact));
  // Older than one, one can be older than another: only the turned comparison is ruled out.
  if (actOf(fact.act).details.length === 0) return swapped(fact);
  return single(random, generalised(random, changed(random, fact, role), role), role);
}

/** The fact's roles changed over, or its act turned into the opposite. */
function turn(fact: Frame): Frame | undefined {
  const { opposite } = actOf(fact.act);
  return opposite === undefined ? swapped(fact) : { act: opposite, values: fact.values };
}

/** A fact of which one thing is not known, so that something stays open. */
export function withGap(random: RandomStream, fact: Frame): Frame {
  const { core } = actOf(fact.act);
  const spare = spareDetails(fact);
  const shorter = spare.length > 1 ? without(fact, random.pick(spare)) : fact;
  if (sayable(shorter) && openDetails(shorter).length > 0) return shorter;
  return core.length > 1 ? without(fact, random.pick(core)) : fact;
}

const denied: Readonly<Record<Inference, Inference>> = {
  entailment: 'contradiction',
  neutral: 'neutral',
  contradiction: 'entailment',
};

/** A hypothesis of the wanted label about `fact`; one in `1/negation` is a denial of the opposite. */
export function hypothesis(
  random: RandomStream,
  fact: Frame,
  label: Inference,
  negation: number,
): string | undefined {
  const negative = chance(random, negation);
  const frame = inferred(random, fact, negative ? denied[label] : label);
  if (frame === undefined || (negative && !named(frame))) return undefined;
  return negative ? denial(random, single(random, frame)) : statement(random, frame);
}

/** A yes-no question whose answer is yes (entailment), no or unknown. */
export function query(random: RandomStream, fact: Frame, label: Inference): string | undefined {
  const frame = inferred(random, fact, label);
  return frame === undefined || !named(frame) ? undefined : whetherQuestion(random, frame);
}

/** A fact about other people, with nothing that the first one tells of them. */
export function unrelatedTo(random: RandomStream, fact: Frame, draw: () => Frame): Frame {
  const busy = Object.values(fact.values);
  let other = draw();
  for (const role of ['agent', 'other'] as const) {
    const name = other.values[role];
    if (name === undefined || !busy.includes(name)) continue;
    const free = people.filter((p) => !busy.includes(p) && !Object.values(other.values).includes(p));
    other = withValue(other, role, random.pick(free));
  }
  return other;
}
