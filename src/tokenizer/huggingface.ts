/**
 * The Hugging Face byte-level BPE tokenizers of RoBERTa and GPT-2 behind the `Tokenizer` interface, with pairs,
 * truncation and word alignment as transformers' fast tokenizers do them. The BPE itself is `@huggingface/tokenizers`.
 */
import { Tokenizer as BaseTokenizer } from '@huggingface/tokenizers';
import { bpeModelJson } from './bpeModel';
import { byteLevelPattern } from './preTokens';
import type { EncodeOptions, Tokenizer, WordEncoding } from './tokenizer';

/** Special ids where the tokenizer files name none, e.g. from config.json. */
export interface SpecialIds {
  pad?: number;
  bos?: number;
  eos?: number;
}

/** Special tokens around one sequence, or around and between two. */
interface Template {
  before: number[];
  between: number[];
  after: number[];
}

/** What byte-level pre-tokenizers look like inside the library. */
interface ByteLevelParts {
  pattern?: RegExp;
  add_prefix_space?: boolean;
  tokenizers?: ByteLevelParts[];
}

export class HuggingFaceTokenizer implements Tokenizer {
  readonly vocabularySize: number;
  readonly padId: number;
  readonly bosId: number;
  readonly eosId: number;
  readonly unkId: number;
  readonly maskId: number | undefined;

  private readonly single: Template;
  private readonly double: Template;
  private readonly byteLevel: ByteLevelParts | undefined;

  constructor(
    private readonly base: BaseTokenizer,
    private readonly config: Record<string, unknown>,
    special: SpecialIds = {},
  ) {
    let largest = -1;
    for (const id of base.get_vocab().values()) largest = Math.max(largest, id);
    this.vocabularySize = largest + 1;

    const id = (keys: string[], ...usual: string[]): number | undefined => {
      for (const content of [...keys.map((key) => contentOf(config[key])), ...usual]) {
        const found = content === undefined ? undefined : base.token_to_id(content);
        if (found !== undefined) return found;
      }
      return undefined;
    };
    const eos = id(['eos_token', 'sep_token'], '</s>', '<|endoftext|>') ?? special.eos;
    const bos = id(['cls_token', 'bos_token'], '<s>', '<|endoftext|>') ?? special.bos;
    const pad = id(['pad_token'], '<pad>') ?? special.pad ?? eos;
    if (eos === undefined || bos === undefined || pad === undefined)
      throw new Error(
        'The tokenizer has no start and end token (looked for <s>, </s>, <|endoftext|> and those of tokenizer_config.json).',
      );
    this.eosId = eos;
    this.bosId = bos;
    this.padId = pad;
    this.unkId = id(['unk_token'], '<unk>') ?? eos;
    this.maskId = id(['mask_token'], '<mask>');

    this.byteLevel = byteLevelOf(base.pre_tokenizer as unknown as ByteLevelParts | null);
    if (this.byteLevel) this.byteLevel.pattern = byteLevelPattern;
    this.single = this.templateOf(false);
    this.double = this.templateOf(true);
  }

  encode(text: string, pair?: string, options: EncodeOptions = {}): number[] {
    const first = this.pieces(text);
    // An empty second text is none, as transformers takes it.
    const second = pair ? this.pieces(pair) : undefined;
    const special = options.addSpecialTokens ?? true;
    const template = special ? (second ? this.double : this.single) : { before: [], between: [], after: [] };
    const [keepFirst, keepSecond] = this.truncated(first.length, second?.length, template, options.maxLength);
    const { before, between, after } = template;
    const tail = second ? [...between, ...second.slice(0, keepSecond)] : [];
    return [...before, ...first.slice(0, keepFirst), ...tail, ...after];
  }

  /**
   * Sub-tokens of a sentence that is already split into words, for tagging: each word is encoded as if a space stood
   * before it (`add_prefix_space`, `is_split_into_words`).
   */
  encodeWords(words: readonly string[], options: EncodeOptions = {}): WordEncoding {
    const ids: number[] = [];
    const wordIds: (number | null)[] = [];
    words.forEach((word, index) => {
      for (const id of this.piecesAfterSpace(word)) {
        ids.push(id);
        wordIds.push(index);
      }
    });
    const { before, after } = (options.addSpecialTokens ?? true) ? this.single : { before: [], after: [] };
    const template = { before, between: [], after };
    const [keep] = this.truncated(ids.length, undefined, template, options.maxLength);
    return {
      ids: [...before, ...ids.slice(0, keep), ...after],
      wordIds: [...before.map(() => null), ...wordIds.slice(0, keep), ...after.map(() => null)],
    };
  }

  decode(ids: readonly number[], options: { skipSpecialTokens?: boolean } = {}): string {
    if (ids.length === 0) return '';
    return this.base.decode([...ids], {
      skip_special_tokens: options.skipSpecialTokens ?? false,
      clean_up_tokenization_spaces: this.config.clean_up_tokenization_spaces === true,
    });
  }

  tokens(ids: readonly number[]): string[] {
    return ids.map((id) => this.base.id_to_token(id) ?? this.base.id_to_token(this.unkId) ?? '');
  }

  /** Ids of a text without special tokens; characters that the vocabulary lacks are dropped, as the reference does. */
  private pieces(text: string): number[] {
    return this.base.encode(text, { add_special_tokens: false }).ids.filter((id) => id !== undefined);
  }

  private piecesAfterSpace(word: string): number[] {
    if (!this.byteLevel) return this.pieces(word.startsWith(' ') ? word : ` ${word}`);
    const before = this.byteLevel.add_prefix_space;
    this.byteLevel.add_prefix_space = true;
    try {
      return this.pieces(word);
    } finally {
      this.byteLevel.add_prefix_space = before;
    }
  }

  /** Asks the post-processor once where it puts its special tokens, by giving it sequences with a mark in them. */
  private templateOf(pair: boolean): Template {
    const [a, b] = ['\u0000a', '\u0000b'];
    const processed: string[] = this.base.post_processor?.([a], pair ? [b] : null, true).tokens ?? [a];
    // The library's ByteLevel processor, which adds nothing, leaves the second sequence out.
    const tokens = pair && !processed.includes(b) ? [...processed, b] : processed;
    const ids = (part: readonly string[]) =>
      part.map((token) => {
        const id = this.base.token_to_id(token);
        if (id === undefined)
          throw new Error(`The tokenizer adds the special token "${token}", which is not in its vocabulary.`);
        return id;
      });
    const at = tokens.indexOf(a);
    const end = pair ? tokens.indexOf(b) : at;
    return {
      before: ids(tokens.slice(0, at)),
      between: ids(tokens.slice(at + 1, Math.max(at + 1, end))),
      after: ids(tokens.slice(end + 1)),
    };
  }

  /**
   * How many tokens of each sequence stay; for a pair the longer one gives first (`longest_first`). Where both are cut
   * and the room is odd, the odd token goes to the longer text. (tokenizers 0.23 stops encoding at the limit, so there
   * it can go to the text whose last whole word reached further; earlier versions do as here.)
   */
  private truncated(
    first: number,
    second: number | undefined,
    template: Template,
    maxLength: number | undefined,
  ): [number, number] {
    if (maxLength === undefined) return [first, second ?? 0];
    const added = template.before.length + template.between.length + template.after.length;
    const room = maxLength - added;
    if (room < 0)
      throw new Error(
        `A longest input of ${maxLength} tokens leaves no room beside ${added} special tokens.`,
      );
    if (second === undefined) return [Math.min(first, room), 0];
    if (first + second <= room) return [first, second];
    const [short, long] = first <= second ? [first, second] : [second, first];
    // Cut the longer alone where that suffices, else share the room, the odd token to the longer.
    const keepShort = Math.min(short, Math.floor(room / 2));
    const keepLong = Math.min(long, room - keepShort);
    return first <= second ? [keepShort, keepLong] : [keepLong, keepShort];
  }
}

function contentOf(token: unknown): string | undefined {
  if (typeof token === 'string') return token;
  const content = (token as { content?: unknown } | null | undefined)?.content;
  return typeof content === 'string' ? content : undefined;
}

function byteLevelOf(parts: ByteLevelParts | null): ByteLevelParts | undefined {
  if (!parts) return undefined;
  if (parts.pattern && 'add_prefix_space' in parts) return parts;
  for (const part of parts.tokenizers ?? []) {
    const found = byteLevelOf(part);
    if (found) return found;
  }
  return undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * From `tokenizer.json`, with the special tokens of `tokenizer_config.json` where there is one.
 * @throws Error naming the file and what is missing or unsupported in it.
 */
export function tokenizerFromJson(
  tokenizerJson: unknown,
  tokenizerConfig: unknown = {},
  options: { fileName?: string; special?: SpecialIds } = {},
): HuggingFaceTokenizer {
  const fileName = options.fileName ?? 'tokenizer.json';
  if (!isObject(tokenizerJson) || !isObject(tokenizerJson.model))
    throw new Error(`${fileName}: "model" is missing, so it is no tokenizer of the tokenizers library.`);
  const { model } = tokenizerJson;
  if ((model.type ?? 'BPE') !== 'BPE' || !isObject(model.vocab) || !Array.isArray(model.merges))
    throw new Error(
      `${fileName}: its model is ${JSON.stringify(model.type)}; this program reads BPE with "vocab" and "merges".`,
    );
  const config = isObject(tokenizerConfig) ? tokenizerConfig : {};
  try {
    const filled = {
      normalizer: null,
      pre_tokenizer: null,
      post_processor: null,
      decoder: null,
      ...tokenizerJson,
    };
    const base = new BaseTokenizer({ ...filled, added_tokens: tokenizerJson.added_tokens ?? [] }, config);
    return new HuggingFaceTokenizer(base, config, options.special);
  } catch (error) {
    throw new Error(`${fileName} cannot be used: ${(error as Error).message}`);
  }
}

/**
 * From the older `vocab.json` and `merges.txt`: RoBERTa where the vocabulary has `<s>` and `</s>`, else GPT-2.
 * @throws Error naming file and line.
 */
export function tokenizerFromVocabulary(
  vocabulary: unknown,
  merges: string,
  options: { vocabFile?: string; mergesFile?: string; tokenizerConfig?: unknown; special?: SpecialIds } = {},
): HuggingFaceTokenizer {
  const vocabFile = options.vocabFile ?? 'vocab.json';
  if (!isObject(vocabulary)) throw new Error(`${vocabFile}: expected a JSON object from token to id.`);
  for (const [token, id] of Object.entries(vocabulary)) {
    if (!Number.isInteger(id) || (id as number) < 0)
      throw new Error(
        `${vocabFile}: token ${JSON.stringify(token)} has id ${JSON.stringify(id)}; expected a number.`,
      );
  }
  const vocab = vocabulary as Record<string, number>;
  const pairs = parseMerges(merges, options.mergesFile ?? 'merges.txt');
  const config = isObject(options.tokenizerConfig) ? options.tokenizerConfig : {};
  const prefix = config.add_prefix_space === true;
  const roberta = '<s>' in vocab && '</s>' in vocab;
  const specials = roberta ? ['<s>', '<pad>', '</s>', '<unk>', '<mask>'] : ['<|endoftext|>'];
  const byteLevel = { type: 'ByteLevel', trim_offsets: true, use_regex: true };
  const json = {
    version: '1.0',
    added_tokens: specials
      .filter((content) => content in vocab)
      .map((content) => ({
        id: vocab[content],
        content,
        single_word: false,
        // RoBERTa's mask takes the space before it: "a <mask>" has no lone space token.
        lstrip: content === '<mask>',
        rstrip: false,
        normalized: false,
        special: true,
      })),
    normalizer: null,
    pre_tokenizer: { ...byteLevel, add_prefix_space: prefix },
    post_processor: roberta
      ? {
          type: 'RobertaProcessing',
          sep: ['</s>', vocab['</s>']],
          cls: ['<s>', vocab['<s>']],
          trim_offsets: true,
          add_prefix_space: prefix,
        }
      : { ...byteLevel, add_prefix_space: true, trim_offsets: false },
    decoder: { ...byteLevel, add_prefix_space: true },
    model: bpeModelJson(vocab, pairs),
  };
  return tokenizerFromJson(json, config, { fileName: vocabFile, special: options.special });
}

function parseMerges(text: string, fileName: string): [string, string][] {
  const pairs: [string, string][] = [];
  text.split(/\r?\n/).forEach((line, index) => {
    if (line === '' || (index === 0 && line.startsWith('#version'))) return;
    const parts = line.split(' ');
    if (parts.length !== 2 || !parts[0] || !parts[1])
      throw new Error(
        `${fileName}, line ${index + 1}: expected two tokens and a space between, got ${JSON.stringify(line)}.`,
      );
    pairs.push([parts[0], parts[1]]);
  });
  return pairs;
}
