/**
 * Kind `tokenizer-pretrained-vocab`: ids under the published vocabularies of GPT-2 and RoBERTa, which lie outside the
 * folder and must be handed in with it.
 */
import { readTokenizer } from '../../model/checkpoint';
import type { VerifyCheck } from '../../runtime/protocol';
import { type FileBytes, folderOf } from '../../tensor/fileSet';
import type { HuggingFaceTokenizer } from '../../tokenizer/huggingface';
import { CheckList } from './checks';
import { type GoldenFolder, type GoldenObject, NotComparable } from './folder';

/** `data/vocab/{gpt2,roberta}` → one folder per model name. */
function vocabularyFolders(vocab: unknown): Map<string, string> {
  const match = typeof vocab === 'string' ? /^(.*)\{([^}]*)\}(.*)$/.exec(vocab) : null;
  const names = match?.[2]?.split(',').map((name) => name.trim()) ?? [];
  return new Map(names.map((name) => [name, `${match?.[1]}${name}${match?.[3]}/`]));
}

/**
 * Files outside a golden folder that its check needs, relative to the place where golden folders are kept in a common
 * `golden/` folder: `data/vocab/roberta/vocab.json` lies at `<golden folder>/../../data/vocab/roberta/vocab.json`.
 * Hand them to `verifyFolder` under exactly these names; empty for most kinds.
 */
export function companionPaths(golden: unknown): string[] {
  const { kind, vocab } = (golden ?? {}) as { kind?: unknown; vocab?: unknown };
  if (kind !== 'tokenizer-pretrained-vocab') return [];
  return [...vocabularyFolders(vocab).values()].flatMap((folder) => [
    `${folder}vocab.json`,
    `${folder}merges.txt`,
  ]);
}

export async function verifyPretrainedVocabulary(folder: GoldenFolder): Promise<VerifyCheck[]> {
  const tokenizers = new Map<string, HuggingFaceTokenizer>();
  for (const [name, path] of vocabularyFolders(folder.golden.raw.vocab)) {
    const found = folder.files.filter((file: FileBytes) => `/${folderOf(file.name)}`.endsWith(`/${path}`));
    if (found.length === 0)
      throw new NotComparable(`The vocabulary ${path} that ${folder.name} is about was not given with it.`);
    tokenizers.set(name, readTokenizer(found));
  }
  const list = new CheckList();
  for (const [name, tokenizer] of tokenizers) {
    for (const section of ['single', 'pairs', 'truncated', 'words_add_prefix_space']) {
      if (folder.golden.has(section))
        checkSection(list, section, folder.golden.objects(section), name, tokenizer);
    }
  }
  return list.checks;
}

/** One check per section and quantity; its error is the number of cases that differ. */
function checkSection(
  list: CheckList,
  section: string,
  cases: readonly GoldenObject[],
  model: string,
  tokenizer: HuggingFaceTokenizer,
): void {
  const wrong = new Map<string, { cases: number; wrong: number }>();
  const compare = (key: string, actual: unknown, expected: unknown) => {
    const count = wrong.get(key) ?? { cases: 0, wrong: 0 };
    const same = JSON.stringify(actual) === JSON.stringify(expected);
    wrong.set(key, { cases: count.cases + 1, wrong: count.wrong + (same ? 0 : 1) });
  };
  for (const example of cases) {
    // Word alignment is RoBERTa's: its keys carry no model name.
    if (section.startsWith('words') && model === 'roberta') checkWords(example, tokenizer, compare);
    for (const key of example.keys.filter((k) => k === model || k.startsWith(`${model}_`))) {
      const rest = key.slice(model.length);
      const longest = /_max(\d+)/.exec(rest)?.[1];
      const maxLength = longest
        ? Number(longest)
        : example.has('max_length')
          ? example.number('max_length')
          : undefined;
      if (rest === '_decoded') compare(key, tokenizer.decode(example.numbers(model)), example.string(key));
      else if (rest === '_leading_space')
        compare(key, tokenizer.encode(` ${example.string('text')}`), example.numbers(key));
      else if (example.has('a'))
        compare(
          key,
          tokenizer.encode(example.string('a'), example.string('b'), { maxLength }),
          example.numbers(key),
        );
      else
        compare(
          key,
          tokenizer.encode(example.string('text'), undefined, { maxLength }),
          example.numbers(key),
        );
    }
  }
  for (const [key, count] of wrong) list.add(`${section}/${key} (${count.cases} cases)`, count.wrong, 0);
}

/** Sub-tokens, the word each belongs to, and tags: a word's tag on its first sub-token, −100 elsewhere. */
function checkWords(
  example: GoldenObject,
  tokenizer: HuggingFaceTokenizer,
  compare: (key: string, actual: unknown, expected: unknown) => void,
): void {
  const { ids, wordIds } = tokenizer.encodeWords(example.strings('words'));
  compare('input_ids', ids, example.numbers('input_ids'));
  compare('word_ids', wordIds, example.list('word_ids'));
  if (!example.has('first_subword_tags')) return;
  const tags = example.strings('tags');
  const first = wordIds.map((word, i) => (word === null || word === wordIds[i - 1] ? -100 : tags[word]));
  compare('first_subword_tags', first, example.list('first_subword_tags'));
}
