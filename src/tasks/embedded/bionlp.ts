/**
 * The embedded BioNLP task: laboratory notes of the small world with the tags of JNLPBA. Dev entity F1 of
 * `wordTagBaseline` (each word's commonest tag): 33.6 %.
 */
import { RandomStream } from '../../random/stream';
import { HeldOutTexts } from '../heldOut';
import type { Split, TaggingExample } from '../task';
import { drawLaboratorySentence } from '../world/laboratoryNotes';

/** Sentences per split. */
export const bionlpSizes = { train: 1200, dev: 300 } as const;

const dataSeed = 20261124;
const generated = new Map<Split, TaggingExample[]>();

/** Sentences that `split` may hold, no two alike; every second invented name of dev is unknown to train. */
export function generateBionlp(split: Split): TaggingExample[] {
  const known = generated.get(split);
  if (known !== undefined) return known;
  const random = RandomStream.of(dataSeed, 'data', 2, split === 'dev' ? 1 : 0);
  const examples: TaggingExample[] = [];
  const seen = new Set<string>();
  // A long note may hold a short one of dev.
  const heldOut = new HeldOutTexts(
    split === 'dev' ? [] : generateBionlp('dev').map(({ words }) => words.join(' ')),
  );
  while (examples.length < bionlpSizes[split]) {
    const { words, tags } = drawLaboratorySentence(random, split);
    const text = words.join(' ');
    if (seen.has(text) || heldOut.occursIn(text)) continue;
    seen.add(text);
    examples.push({ words, tags });
  }
  generated.set(split, examples);
  return examples;
}
