/**
 * Laboratory notes about invented genes, proteins and cells, with the tags of JNLPBA: one name is a protein, a gene, an
 * mRNA or a cell line as its head noun or its verb has it.
 */
import type { RandomStream } from '../../random/stream';
import type { Split } from '../task';
import { splitOf } from './heldOutSplit';
import { drawInventedName } from './inventedNames';
import { fill, weighted } from './realisation';

/** JNLPBA's kinds of entity. */
export const entityKinds = ['protein', 'DNA', 'RNA', 'cell_type', 'cell_line'] as const;

/** A sentence in words with IOB2 tags. */
export interface TaggedSentence {
  words: string[];
  tags: string[];
}

/** An option by weight; "[DNA {n} gene]" is an entity with its kind, {n} an invented name. */
interface Weighted {
  readonly weight: number;
  readonly text: string;
}
const options = (...texts: readonly (readonly [number, string])[]): readonly Weighted[] =>
  texts.map(([weight, text]) => ({ weight, text }));

const tissues = 'nerve blood liver skin T B'.split(' ');
const numbers = 'two three four five six'.split(' ');

/** Noun phrases by slot; capitals are slots where the name may stand alone and its context must tell its kind. */
const phrases: Readonly<Record<string, readonly Weighted[]>> = {
  PROTEIN: options(
    [12, '[protein {n}]'],
    [2, 'the [protein {n} protein]'],
    [3, 'the [protein {n} receptor]'],
    [1, 'the [protein human {n} receptor]'],
    [2, '[protein {n} kinase]'],
    [2, 'the [protein transcription factor {n}]'],
    [1, 'the [protein {tissue} growth factor] ( [protein {n}] )'],
    [1, 'the [protein T cell receptor]'],
    [1, 'the [protein {n} and {n} receptors]'],
  ),
  dna: options(
    [4, 'the [DNA {n} gene]'],
    [1, 'the [DNA human {n} gene]'],
    [2, 'the [DNA {n} promoter]'],
    [1, 'the [DNA {n} gene promoter]'],
    [2, 'the [DNA {n} receptor gene]'],
    [1, 'the [DNA {n} kinase gene]'],
    [1, 'the [DNA T cell receptor gene]'],
    [2, 'the [DNA {n} enhancer]'],
    [1, 'the [DNA {n} and {n} genes]'],
  ),
  DNA: options([5, '[DNA {n}]'], [5, '{dna}']),
  rna: options(
    [4, '[RNA {n} mRNA]'],
    [1, '[RNA human {n} mRNA]'],
    [2, '[RNA {n} receptor mRNA]'],
    [1, '[RNA {n} kinase mRNA]'],
    [2, '[RNA {n} transcripts]'],
    [1, '[RNA {n} and {n} transcripts]'],
  ),
  RNA: options([5, '[RNA {n}]'], [5, '{rna}']),
  line: options(
    [4, '[cell_line {n} cells]'],
    [2, 'the [cell_line {n} cell line]'],
    [2, 'the [cell_line {tissue} cell line {n}]'],
    [1, '[cell_line {n} T cells]'],
    [1, '[cell_line {n} and {n} cells]'],
  ),
  LINE: options([5, '[cell_line {n}]'], [5, '{line}']),
  type: options(
    [5, '[cell_type {tissue} cells]'],
    [2, '[cell_type human {tissue} cells]'],
    [1, '[cell_type resting {tissue} cells]'],
    [2, '[cell_type lymphocytes]'],
    [1, '[cell_type human lymphocytes]'],
    [2, '[cell_type monocytes]'],
  ),
  cells: options([6, '{type}'], [4, '{line}']),
};

const clauses = options(
  [3, '{PROTEIN} bound {PROTEIN} in {cells}'],
  [3, '{PROTEIN} bound to {dna}'],
  [3, '{PROTEIN} activated {PROTEIN} in {cells}'],
  [2, '{PROTEIN} activated {dna} but not {dna}'],
  [2, '{PROTEIN} and {PROTEIN} formed a complex'],
  [2, '{PROTEIN} WAS purified from {cells}'],
  [2, '{PROTEIN} blocked the growth of {cells}'],
  [2, 'an inhibitor of {PROTEIN} blocked the growth of {LINE}'],
  [2, '{cells} secreted {PROTEIN} and {PROTEIN}'],
  [2, '{cells} expressed a receptor for {PROTEIN}'],
  [2, 'levels of {PROTEIN} rose in {cells}'],
  [2, 'levels of {rna} fell in {cells}'],
  [2, 'the gene for {PROTEIN} was active in {cells}'],
  [4, '{DNA} WAS cloned from {cells}'],
  [3, '{number} mutations in {DNA} were found in {cells}'],
  [3, '{DNA} encoded {PROTEIN}'],
  [3, 'transcription of {DNA} was blocked by {PROTEIN}'],
  [2, '{cells} had {number} copies of {DNA}'],
  [2, '{DNA} lay close to {DNA} on the same chromosome'],
  [4, 'translation of {RNA} was blocked by {PROTEIN}'],
  [4, '{RNA} WAS spliced in {cells}'],
  [3, '{RNA} WAS translated in {cells}'],
  [2, '{cells} contained {rna} but no [protein {n}]'],
  [4, 'we grew {LINE} in culture'],
  [3, '{LINE} WAS infected with the virus'],
  [3, '{LINE} divided in the presence of {PROTEIN}'],
  [2, '[protein {n}] , a new receptor of {type} , bound {PROTEIN}'],
  [2, '[DNA {n}] , a new gene of {type} , encoded {PROTEIN}'],
  [1, '[cell_line {n}] , a new line of {type} , expressed {PROTEIN}'],
);

const openings = options(
  [10, ''],
  [2, 'we found that '],
  [2, 'these results suggest that '],
  [1, 'here we show that '],
  [1, 'as expected , '],
  [1, 'in contrast , '],
  [1, 'in {cells} , '],
);
const endings = options(
  [10, ''],
  [2, ' after {number} days'],
  [2, ' in the presence of {PROTEIN}'],
  [1, ' at low levels'],
  [1, ' in the absence of {PROTEIN}'],
  [2, ', whereas {clause}'],
  [1, ' and {clause}'],
);

const maximumWords = 24;

function expand(random: RandomStream, template: string, split: Split): string {
  const slots: Record<string, () => string> = {
    n: () => drawInventedName(random, split),
    tissue: () => random.pick(tissues),
    number: () => random.pick(numbers),
    clause: () => expand(random, weighted(random, clauses).text, split),
  };
  for (const [name, list] of Object.entries(phrases))
    slots[name] = () => expand(random, weighted(random, list).text, split);
  return fill(template, slots);
}

/** Reads "the [DNA Zorbak gene] was" as words with tags. */
function readTagged(text: string): TaggedSentence {
  const words: string[] = [];
  const tags: string[] = [];
  let kind: string | undefined;
  let begun = false;
  for (const token of text.replaceAll(',', ' ,').split(/\s+/)) {
    if (token.startsWith('[')) {
      kind = token.slice(1);
      begun = false;
      continue;
    }
    const closes = token.endsWith(']');
    words.push(closes ? token.slice(0, -1) : token);
    tags.push(kind === undefined ? 'O' : `${begun ? 'I' : 'B'}-${kind}`);
    begun = true;
    if (closes) kind = undefined;
  }
  return { words, tags };
}

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);

/** A note of at most 24 words that `split` may hold, by the hash of its words. */
export function drawLaboratorySentence(random: RandomStream, split: Split): TaggedSentence {
  for (;;) {
    const template = [openings, clauses, endings].map((list) => weighted(random, list).text).join('');
    const text = expand(random, template, split)
      .replace(/s\] WAS\b/g, 's] were')
      .replace(/\bWAS\b/g, 'was');
    const { words, tags } = readTagged(`${text} .`);
    if (words.length > maximumWords || splitOf(words.join(' ')) !== split) continue;
    return { words: [capital(words[0] as string), ...words.slice(1)], tags };
  }
}
