/** Reviews jotted down in key words ("superb plot, acting far from dull: five stars"): many judgements in few words. */
import type { RandomStream } from '../../random/stream';
import { drawAdjective, type Thing } from './clauses';
import type { Aspect } from './domains';
import type { Polarity } from './lexicon';
import { chance, sentence, weighted } from './realisation';
import { drawHeadline, drawVerdict } from './verdicts';

/** What may stand before an adjective, and whether it turns it. */
const operators = [
  { text: 'not', flips: true, weight: 6 },
  { text: 'not at all', flips: true, weight: 3 },
  { text: 'never', flips: true, weight: 3 },
  { text: 'hardly', flips: true, weight: 3 },
  { text: 'far from', flips: true, weight: 3 },
  { text: 'anything but', flips: true, weight: 3 },
  { text: 'by no means', flips: true, weight: 1 },
  { text: 'in no way', flips: true, weight: 1 },
  { text: 'scarcely', flips: true, weight: 1 },
  { text: 'nothing but', flips: false, weight: 2 },
  { text: 'nothing short of', flips: false, weight: 2 },
  { text: 'never less than', flips: false, weight: 1 },
  { text: 'never anything but', flips: false, weight: 1 },
  { text: 'very', flips: false, weight: 2 },
] as const;

function drawRemark(random: RandomStream, aspect: Aspect, polarity: Polarity, operated: number): string {
  if (!chance(random, operated)) {
    const adjective = drawAdjective(random, aspect.quality, polarity);
    return chance(random, 0.5) ? `${adjective} ${aspect.noun}` : `${aspect.noun} ${adjective}`;
  }
  const { text, flips } = weighted(random, operators);
  const adjective = drawAdjective(random, aspect.quality, (flips ? -polarity : polarity) as Polarity);
  return `${aspect.noun} ${text} ${adjective}`;
}

/** Two to four remarks on aspects of a thing, and a conclusion before or after; all of one polarity. */
export function drawNotes(random: RandomStream, thing: Thing, polarity: Polarity): string {
  const order = random.permutation(thing.domain.aspects.length);
  // Half of the notes are all plain, so that words can be told apart before operators turn them.
  const operated = chance(random, 0.5) ? 0 : 0.6;
  const remarks = [...order.subarray(0, 2 + random.below(3))].map((i) =>
    drawRemark(random, thing.domain.aspects[i] as Aspect, polarity, operated),
  );
  const list = remarks.join(', ');
  if (chance(random, 0.4)) return sentence(`${drawHeadline(random, thing, polarity)}: ${list}`);
  return `${sentence(list)} ${sentence(drawVerdict(random, thing, polarity))}`;
}
