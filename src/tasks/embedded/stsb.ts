/**
 * The embedded similarity task: two statements of the small world, scored from 0 to 5 by how much of all that they tell
 * (the act and the values of its roles) both tell. Spearman's correlation of `bagOfWordsRegression` on dev: 0.64 on
 * unigrams, 0.56 with bigrams; of the length 0.07; a constant has 0.
 */
import type { RandomStream } from '../../random/stream';
import type { SequenceExample, Split } from '../task';
import { actOf, acts } from '../world/acts';
import { statement } from '../world/eventSentences';
import { drawnSets } from '../world/exampleSets';
import { changed, drawFrame, type Frame, sayable, swapped, toldRoles, without } from '../world/frames';
import { chance, sentence } from '../world/realisation';

export const stsbSizes = { trainSize: 1800, devSize: 480 };

/** Another act with the same roles, which is not mutual. */
function otherAct(random: RandomStream, frame: Frame): Frame | undefined {
  const act = actOf(frame.act);
  const roles = [...act.core, ...act.details].join();
  const others = acts.filter(
    (other) => other.name !== act.name && !other.mutual && [...other.core, ...other.details].join() === roles,
  );
  return others.length === 0 ? undefined : { act: random.pick(others).name, values: frame.values };
}

/** How many things two frames tell: each by itself, in sum, and both. */
function overlap(a: Frame, b: Frame): { sum: number; both: number } {
  const [own, others] = [toldRoles(a), toldRoles(b)];
  const both = own.filter((role) => a.values[role] === b.values[role]).length;
  return { sum: own.length + others.length + 2, both: both + Number(a.act === b.act) };
}

/** A share that differs from pair to pair, so that alike and unlike pairs are both common. */
const rates = [0.05, 0.25, 0.5, 0.75] as const;

/**
 * The frame with some of it told otherwise. People change places more often than names, and details come and go on both
 * sides: what differs is then hard to count by words.
 */
function altered(random: RandomStream, frame: Frame): { first: Frame; second: Frame } | undefined {
  const { core } = actOf(frame.act);
  const rate = random.pick(rates);
  const turned = chance(random, rate) ? swapped(frame) : undefined;
  let second = turned ?? frame;
  if (chance(random, rate / 4)) second = otherAct(random, second) ?? second;
  for (const role of toldRoles(second)) {
    const often = !core.includes(role) ? 1 : role === 'noun' ? 0.7 : 0.25;
    if (chance(random, rate * often)) second = changed(random, second, role);
  }
  const details = actOf(frame.act).details;
  const first = without(frame, ...details.filter(() => chance(random, 0.25)));
  second = without(second, ...details.filter(() => chance(random, 0.25)));
  return sayable(first) && sayable(second) ? { first, second } : undefined;
}

const sets = drawnSets({
  seed: 20261129,
  ...stsbSizes,
  // Equally many of each of five parts of the scale.
  kinds: 5,
  draw(random, kind) {
    const frame = drawFrame(random);
    if (actOf(frame.act).mutual) return undefined;
    const pair = altered(random, frame);
    if (pair === undefined) return undefined;
    const { sum, both } = overlap(pair.first, pair.second);
    const label = Math.round((50 * both) / (sum - both)) / 10;
    if (Math.min(4, Math.floor(label)) !== kind) return undefined;
    const [text, other] = [pair.first, pair.second].map((told) => sentence(statement(random, told)));
    return { example: { text: text ?? '', pair: other ?? '', label } };
  },
});

/** Two statements and how alike they are, 0 to 5. */
export function generateStsb(split: Split): SequenceExample[] {
  return sets(split);
}
