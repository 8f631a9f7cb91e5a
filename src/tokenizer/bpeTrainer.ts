/** Byte-level BPE training as GPT-2 and RoBERTa do it: split by regex, spell in bytes, merge the most frequent pair. */
import { bpeModelJson } from './bpeModel';
import { byteLevelPattern } from './preTokens';

/** Special tokens with the first ids and the last id, as each family orders them. */
const specialTokens = {
  roberta: { leading: ['<s>', '<pad>', '</s>', '<unk>'], last: '<mask>' },
  gpt2: { leading: [], last: '<|endoftext|>' },
} as const;

export type TokenizerFamily = keyof typeof specialTokens;
/** A pair that occurs less often is not merged. */
const minimumFrequency = 2;

/** Byte → the printable character that stands for it (GPT-2's table): 256 entries. */
export const byteCharacters: readonly string[] = (() => {
  const printable = (byte: number) =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || (byte >= 0xae && byte <= 0xff);
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(printable(byte) ? byte : next++));
})();

/** What training gives: token → id, and the merges in order of rank. */
export interface ByteLevelBpe {
  family: TokenizerFamily;
  vocab: Record<string, number>;
  merges: [string, string][];
}

/** One distinct pre-token as ids, and how often it occurs. */
interface Word {
  symbols: number[];
  readonly count: number;
}

/**
 * Learns a vocabulary of at most `vocabularySize` entries (specials and 256 bytes included; fewer where no pair
 * occurs twice). The most frequent pair is merged first; of equally frequent ones that whose token ids are smallest,
 * so the same lines give the same merges.
 * @throws Error if `vocabularySize` has no room for specials and bytes.
 */
export function trainByteLevelBpe(
  lines: Iterable<string>,
  vocabularySize: number,
  family: TokenizerFamily = 'roberta',
): ByteLevelBpe {
  const { leading, last } = specialTokens[family];
  const smallest = leading.length + 1 + byteCharacters.length;
  if (vocabularySize < smallest) {
    throw new Error(`A byte-level vocabulary needs at least ${smallest} entries, not ${vocabularySize}.`);
  }
  const tokens: string[] = [...leading, ...[...byteCharacters].sort()];
  const idOf = new Map(tokens.map((token, id) => [token, id]));
  const words = countWords(lines, idOf);
  const pairs = new PairCounts(words);
  const merges: [string, string][] = [];
  while (tokens.length + 1 < vocabularySize) {
    const best = pairs.mostFrequent();
    if (best === undefined) break;
    const [left, right] = best;
    const merged = (tokens[left] as string) + (tokens[right] as string);
    let id = idOf.get(merged);
    if (id === undefined) {
      id = tokens.length;
      tokens.push(merged);
      idOf.set(merged, id);
    }
    merges.push([tokens[left] as string, tokens[right] as string]);
    pairs.merge(left, right, id);
  }
  tokens.push(last);
  return { family, vocab: Object.fromEntries(tokens.map((token, id) => [token, id])), merges };
}

function countWords(lines: Iterable<string>, idOf: ReadonlyMap<string, number>): Word[] {
  const counts = new Map<string, number>();
  for (const line of lines) {
    for (const piece of line.match(byteLevelPattern) ?? []) counts.set(piece, (counts.get(piece) ?? 0) + 1);
  }
  const encoder = new TextEncoder();
  return [...counts].map(([piece, count]) => ({
    symbols: Array.from(encoder.encode(piece), (byte) => idOf.get(byteCharacters[byte] as string) as number),
    count,
  }));
}

/** Pairs are keyed left · 2²⁰ + right, which also orders them by ids. */
const pairBase = 2 ** 20;

/** How often each neighbouring pair occurs, kept up to date while pairs are merged. */
class PairCounts {
  private readonly counts = new Map<number, number>();
  private readonly wordsWith = new Map<number, Set<Word>>();

  constructor(words: readonly Word[]) {
    for (const word of words) this.add(word, 1);
  }

  /** The pair to merge next, or undefined when none is frequent enough. */
  mostFrequent(): [number, number] | undefined {
    let bestKey = -1;
    let bestCount = minimumFrequency - 1;
    for (const [key, count] of this.counts) {
      if (count > bestCount || (count === bestCount && bestKey >= 0 && key < bestKey)) {
        bestKey = key;
        bestCount = count;
      }
    }
    return bestKey < 0 ? undefined : [Math.floor(bestKey / pairBase), bestKey % pairBase];
  }

  merge(left: number, right: number, id: number): void {
    for (const word of [...(this.wordsWith.get(left * pairBase + right) ?? [])]) {
      this.add(word, -1);
      const symbols: number[] = [];
      for (let i = 0; i < word.symbols.length; i++) {
        if (word.symbols[i] === left && word.symbols[i + 1] === right) {
          symbols.push(id);
          i += 1;
        } else symbols.push(word.symbols[i] as number);
      }
      word.symbols = symbols;
      this.add(word, 1);
    }
  }

  private add(word: Word, sign: 1 | -1): void {
    for (let i = 0; i + 1 < word.symbols.length; i++) {
      const key = (word.symbols[i] as number) * pairBase + (word.symbols[i + 1] as number);
      const count = (this.counts.get(key) ?? 0) + sign * word.count;
      if (count === 0) this.counts.delete(key);
      else this.counts.set(key, count);
      let holders = this.wordsWith.get(key);
      if (holders === undefined) {
        holders = new Set();
        this.wordsWith.set(key, holders);
      }
      if (sign === 1) holders.add(word);
      else holders.delete(word);
    }
  }
}

/**
 * A complete Hugging Face `tokenizer.json`: for RoBERTa `<s> a </s>` and `<s> a </s></s> b </s>`, for GPT-2 nothing is
 * added to a text.
 */
export function toTokenizerJson({ family, vocab, merges }: ByteLevelBpe): object {
  const idOf = (token: string) => vocab[token] as number;
  const { leading, last } = specialTokens[family];
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [...leading, last].map((content) => ({
      id: idOf(content),
      content,
      single_word: false,
      // As roberta-base has it: a space before <mask> belongs to the mask.
      lstrip: content === '<mask>',
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor:
      family === 'roberta'
        ? {
            type: 'RobertaProcessing',
            sep: ['</s>', idOf('</s>')],
            cls: ['<s>', idOf('<s>')],
            trim_offsets: true,
            add_prefix_space: false,
          }
        : { ...byteLevel, trim_offsets: false },
    decoder: { ...byteLevel, add_prefix_space: true },
    model: bpeModelJson(vocab, merges),
  };
}
