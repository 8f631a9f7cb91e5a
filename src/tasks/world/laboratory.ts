/** Laboratory notes without tags, for pretraining; no note of a dev set occurs, not even as a part of a longer one. */
import type { RandomStream } from '../../random/stream';
import { generateBionlp } from '../embedded/bionlp';
import { HeldOutTexts } from '../heldOut';
import { drawLaboratorySentence } from './laboratoryNotes';
import { chance } from './realisation';

/** Words as people write them, marks next to words. */
function joined(words: readonly string[]): string {
  return words
    .join(' ')
    .replace(/ ([.,)])/g, '$1')
    .replaceAll('( ', '(');
}

let heldOut: HeldOutTexts | undefined;

function drawNote(random: RandomStream): string[] {
  heldOut ??= new HeldOutTexts(generateBionlp('dev').map(({ words }) => words.join(' ')));
  for (;;) {
    const { words } = drawLaboratorySentence(random, 'train');
    if (!heldOut.occursIn(words.join(' '))) return words;
  }
}

/** One or two notes, words apart from marks as JNLPBA has them or (one line in three) as people write; up to 44 words. */
export function drawLaboratoryLine(random: RandomStream): string {
  const close = chance(random, 1 / 3);
  const notes = Array.from({ length: chance(random, 0.4) ? 2 : 1 }, () => {
    const words = drawNote(random);
    return close ? joined(words) : words.join(' ');
  });
  const line = notes.join(' ');
  return line.split(' ').length <= 44 ? line : (notes[0] as string);
}
