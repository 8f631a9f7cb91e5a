/** JNLPBA's files: a token and its tag per line, an empty line after each sentence; IOB1 and IOBES become IOB2. */
import type { ParsedFile, TaggingExample } from '../task';
import { lineError } from './tsv';

/** Lines that open a document: `###MEDLINE:91075236` in JNLPBA, `-DOCSTART-` in CoNLL's way of writing. */
export const documentMark = /^(?:###|-DOCSTART-)/;
const tagForm = /^(?:O|[BIESLU]-\S+)$/;

/** True if the content begins as a file of tagged tokens does: marks aside, a word and a tag. */
export function hasIobLayout(content: string): boolean {
  for (const line of content
    .slice(0, 4000)
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)) {
    if (line.trim() === '' || documentMark.test(line)) continue;
    const cells = cellsOf(line);
    return cells.length >= 2 && tagForm.test(cells.at(-1) ?? '');
  }
  return false;
}

/** Columns are tabs apart in JNLPBA, spaces in CoNLL's files. */
const cellsOf = (line: string) => line.split(line.includes('\t') ? '\t' : / +/);

/**
 * Reads sentences of words (first column) and tags (last column).
 * @param labels the tags a task knows, in IOB2.
 * @throws Error with one sentence naming the file, the line and the remedy.
 */
export function parseIob(
  content: string,
  fileName: string,
  labels: readonly string[],
): ParsedFile<TaggingExample> {
  const sentences: TaggingExample[] = [];
  const starts: number[] = [];
  let open: TaggingExample | undefined;
  content
    .replace(/^\uFEFF/, '')
    .split('\n')
    .forEach((ended, i) => {
      const line = ended.replace(/\r$/, '');
      if (line.trim() === '' || documentMark.test(line)) {
        open = undefined;
        return;
      }
      const cells = cellsOf(line);
      const [word = '', tag = ''] = [cells[0], cells.at(-1)];
      if (cells.length < 2 || word === '') {
        throw lineError(
          fileName,
          i + 1,
          `found ${JSON.stringify(line)} instead of a word, a tab and a tag; mend or remove the line.`,
        );
      }
      if (!tagForm.test(tag)) {
        throw lineError(fileName, i + 1, `the tag is ${JSON.stringify(tag)}, ${tagAdvice(labels)}`);
      }
      if (!open) {
        open = { words: [], tags: [] };
        sentences.push(open);
        starts.push(i + 1);
      }
      open.words.push(word);
      open.tags.push(tag);
    });
  if (sentences.length === 0) {
    throw new Error(`${fileName} is empty; choose a file with a word, a tab and a tag on each line.`);
  }
  const placeOf = (sentence: number, word: number) => `line ${(starts[sentence] as number) + word}`;
  return toIob2(sentences, labels, fileName, placeOf);
}

const tagAdvice = (labels: readonly string[]) =>
  `but must be one of ${labels.join(', ')}; mend the line, or choose a file of this task.`;

type Scheme = 'iob2' | 'iob1' | 'iobes';

/**
 * Brings tags of any of the three schemes to IOB2 and checks that the task knows them. IOB1 (B- only where an entity
 * touches another of its type) is read as such only if every B- stands so and some entity opens with I-: in a file that is
 * otherwise IOB2 an I- that opens an entity stays as it is, which is how entities are counted (seqeval, conlleval), and is
 * counted in the notes.
 * @param placeOf where word `word` of sentence `sentence` stands: "line 17".
 * @throws Error naming file and place of a tag that the task does not know.
 */
export function toIob2(
  sentences: readonly TaggingExample[],
  labels: readonly string[],
  fileName: string,
  placeOf: (sentence: number, word: number) => string,
): ParsedFile<TaggingExample> {
  const { scheme, orphans, firstOrphan } = schemeOf(sentences);
  const known = new Set(labels);
  const examples = sentences.map(({ words, tags }, sentence) => {
    const converted = scheme === 'iob2' ? tags : tags.map((tag, i) => iob2Tag(tag, tags[i - 1], scheme));
    converted.forEach((tag, i) => {
      if (known.has(tag)) return;
      throw new Error(
        `${fileName}, ${placeOf(sentence, i)}: the tag is ${JSON.stringify(tags[i])}, ${tagAdvice(labels)}`,
      );
    });
    return { words: [...words], tags: [...converted] };
  });
  const notes: string[] = [];
  if (scheme !== 'iob2') notes.push(`The tags are ${scheme.toUpperCase()} and were brought to IOB2.`);
  else if (orphans > 0) {
    const at = firstOrphan && placeOf(...firstOrphan);
    notes.push(
      orphans === 1
        ? `1 entity opens with I- instead of B- (${at}); it is left as it stands.`
        : `${orphans.toLocaleString('en')} entities open with I- instead of B- (first: ${at}); they are left as they stand.`,
    );
  }
  return { examples, notes };
}

const typeOf = (tag: string | undefined) => (tag === undefined || tag === 'O' ? undefined : tag.slice(2));

function schemeOf(sentences: readonly TaggingExample[]): {
  scheme: Scheme;
  orphans: number;
  firstOrphan?: [number, number];
} {
  let orphans = 0;
  let firstOrphan: [number, number] | undefined;
  let everyBTouches = true;
  for (const [sentence, { tags }] of sentences.entries()) {
    for (const [i, tag] of tags.entries()) {
      if (/^[ESLU]-/.test(tag)) return { scheme: 'iobes', orphans: 0 };
      const follows = typeOf(tag) === typeOf(tags[i - 1]);
      if (tag.startsWith('B-') && !follows) everyBTouches = false;
      if (tag.startsWith('I-') && !follows) {
        orphans += 1;
        firstOrphan ??= [sentence, i];
      }
    }
  }
  return { scheme: orphans > 0 && everyBTouches ? 'iob1' : 'iob2', orphans, firstOrphan };
}

function iob2Tag(tag: string, before: string | undefined, scheme: 'iob1' | 'iobes'): string {
  const type = typeOf(tag);
  if (type === undefined) return tag;
  if (scheme === 'iobes') return `${/^[BSU]-/.test(tag) ? 'B' : 'I'}-${type}`;
  return `${tag.startsWith('B-') || typeOf(before) !== type ? 'B' : 'I'}-${type}`;
}
