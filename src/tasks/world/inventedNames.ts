/** Invented names of genes, proteins and cells, built from few syllables; some of them only dev sets may use. */
import type { RandomStream } from '../../random/stream';
import type { Split } from '../task';
import { splitOf } from './heldOutSplit';
import { chance } from './realisation';

const firstSyllables = 'Zor Bel Mak Tin Rop Lam Vek Dun Gal Pim Kor Fen Nib Sul'.split(' ');
const lastSyllables = 'bak to mel rin dor ka lex tam vi gan pol nu'.split(' ');

/** All names: "Zorbak", "Kortam". */
export const inventedNames: readonly string[] = firstSyllables.flatMap((first) =>
  lastSyllables.map((last) => first + last),
);
const namesOf: Readonly<Record<Split, readonly string[]>> = {
  train: inventedNames.filter((name) => splitOf(name) === 'train'),
  dev: inventedNames.filter((name) => splitOf(name) === 'dev'),
};

/** A name, one in six with a number ("Zorbak-2"); in dev sets every second one is unknown to train sets. */
export function drawInventedName(random: RandomStream, split: Split): string {
  const unseen = split === 'dev' && chance(random, 0.5);
  const name = random.pick(namesOf[unseen ? 'dev' : 'train']);
  return chance(random, 1 / 6) ? `${name}-${1 + random.below(3)}` : name;
}
