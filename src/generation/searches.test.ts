/** Greedy decoding, beam search and sampling on a language small enough to be worked out by hand. */
import { describe, expect, it } from 'vitest';
import { beamSearch } from './beamSearch';
import { bestCandidates, repeatingTokens, without } from './candidates';
import { type Decoder, finished, type Prompt } from './decoder';
import { greedy } from './greedy';
import { checkGenerationOptions } from './options';
import { drawToken, filteredTokens, sample } from './sampling';

const END = 0;

/** A language in which the last token alone decides what follows; records what is asked of it. */
class BigramDecoder implements Decoder {
  last: number[] = [];
  widths: number[] = [];
  disposed = 0;

  constructor(
    private readonly table: readonly (readonly number[])[],
    private readonly positions = 1000,
  ) {}

  private rows(): Float64Array[] {
    this.widths.push(this.last.length);
    return this.last.map((token) => Float64Array.from(this.table[token] as number[], Math.log));
  }
  room({ ids }: Prompt): number {
    return this.positions - ids.length;
  }
  async start(prompts: readonly Prompt[]) {
    this.last = prompts.map(({ ids }) => ids.at(-1) as number);
    return this.rows();
  }
  async next(tokens: readonly number[]) {
    expect(tokens.length).toBe(this.last.length);
    this.last = [...tokens];
    return this.rows();
  }
  reorder(indices: readonly number[]): void {
    this.last = indices.map((from) => this.last[from] as number);
  }
  dispose(): void {
    this.disposed += 1;
  }
}

// Greedy takes 1 for its 0.5 and is left with halves; 2 leads to the likelier text.
const gardenPath = [
  [1, 0, 0, 0],
  [0.3, 0.3, 0.2, 0.2],
  [0.9, 0.05, 0.03, 0.02],
  [0.1, 0.5, 0.35, 0.05],
];
const lengths = { maxNewTokens: 6, endIds: [END] };

describe('greedy', () => {
  it('takes the likeliest token until the end of text, and rows that ended leave the batch', async () => {
    const decoder = new BigramDecoder([
      [1, 0, 0],
      [0.1, 0.2, 0.7],
      [0.6, 0.3, 0.1],
    ]);
    const results = await finished(greedy(decoder, [{ ids: [1] }, { ids: [2] }], lengths));
    expect(results.map(({ ids, finishReason }) => [ids, finishReason])).toEqual([
      [[2, END], 'end'],
      [[END], 'end'],
    ]);
    expect(results[0]?.logProbability).toBeCloseTo(Math.log(0.7 * 0.6), 12);
    expect(decoder.widths).toEqual([2, 1]);
    expect(decoder.disposed).toBe(1);
  });

  it('stops at the longest text, or where the model has no more positions', async () => {
    const loop = [
      [1, 0],
      [0.1, 0.9],
    ];
    const [result] = await finished(greedy(new BigramDecoder(loop), [{ ids: [1] }], lengths));
    expect(result).toMatchObject({ ids: [1, 1, 1, 1, 1, 1], finishReason: 'length' });
    const short = await finished(
      greedy(new BigramDecoder(loop, 4), [{ ids: [1] }, { ids: [1, 1] }], lengths),
    );
    expect(short.map(({ ids }) => ids.length)).toEqual([3, 2]);
    const beams = { ...lengths, beams: 2, convention: 'transformers', lengthPenalty: 9 } as const;
    const [beam] = await finished(beamSearch(new BigramDecoder(loop, 4), [{ ids: [1] }], beams));
    expect(beam?.ids).toEqual([1, 1, 1]);
  });

  it('repeats no n-gram and forbids the end of text before its time', async () => {
    const options = { ...lengths, noRepeatNgramSize: 1, minNewTokens: 3 };
    const [result] = await finished(greedy(new BigramDecoder(gardenPath), [{ ids: [3] }], options));
    expect(result?.ids).toEqual([1, 2, END]);
    // Tokens of the prompt count as said, unless it is a record that the text is to repeat.
    for (const [countsPrompt, first] of [
      [true, 2],
      [false, 1],
    ] as const) {
      const once = { ...lengths, noRepeatNgramSize: 1, countsPrompt, maxNewTokens: 1 };
      const [said] = await finished(greedy(new BigramDecoder(gardenPath), [{ ids: [1, 3] }], once));
      expect(said?.ids).toEqual([first]);
    }
  });

  it('yields every token, and what there is when cancelled', async () => {
    const decoder = new BigramDecoder([[1, 0], [0.1, 0.9]]); // biome-ignore format: a table
    let tokens = 0;
    const run = greedy(decoder, [{ ids: [1] }], lengths, { cancelled: () => tokens === 2 });
    for (;;) {
      const { done, value } = await run.next();
      if (done) {
        expect(value[0]).toMatchObject({ ids: [1, 1], finishReason: 'cancelled' });
        break;
      }
      expect(value.ids.length).toBe(++tokens);
    }
    expect(decoder.disposed).toBe(1);
  });
});

describe('beamSearch', () => {
  const search = async (convention: 'transformers' | 'lora-authors', more = {}) => {
    const options = { ...lengths, beams: 2, convention, lengthPenalty: 1, ...more };
    const [result] = await finished(beamSearch(new BigramDecoder(gardenPath), [{ ids: [1, 1, 3] }], options));
    return result as Exclude<typeof result, undefined>;
  };

  it('finds what greedy decoding misses', async () => {
    const found = await search('lora-authors', { lengthPenalty: 0 });
    expect(found.ids).toEqual([2, END]);
    expect(found.score).toBeCloseTo(Math.log(0.35 * 0.9), 12);
  });

  it('judges by the length that the convention says', async () => {
    const sum = Math.log(0.35 * 0.9);
    const ofGenerated = await search('lora-authors'); // 2, end
    const ofWhole = await search('transformers'); // 1, 1, 3, 2
    expect([ofGenerated.ids, ofWhole.ids]).toEqual([
      [2, END],
      [2, END],
    ]);
    expect(ofGenerated.score).toBeCloseTo(sum / 2, 12);
    expect(ofWhole.score).toBeCloseTo(sum / 4, 12);
  });

  it('ends early with as many hypotheses as beams where asked', async () => {
    const early = await search('transformers', { earlyStopping: true });
    expect(early.hypotheses.length).toBe(2);
    expect(early.hypotheses.every(({ finishReason }) => finishReason === 'end')).toBe(true);
  });

  it('gives each prompt of a batch what it gets alone', async () => {
    for (const convention of ['transformers', 'lora-authors'] as const) {
      const options = { ...lengths, beams: 3, convention, noRepeatNgramSize: 2 };
      const prompts = [{ ids: [3] }, { ids: [1, 1] }, { ids: [2, 3] }];
      const together = await finished(beamSearch(new BigramDecoder(gardenPath), prompts, options));
      for (const [i, prompt] of prompts.entries()) {
        const [alone] = await finished(beamSearch(new BigramDecoder(gardenPath), [prompt], options));
        expect(together[i]).toEqual(alone);
      }
    }
  });

  it('frees the decoder where a model fails', async () => {
    const decoder = new BigramDecoder(gardenPath);
    decoder.next = async () => {
      throw new Error('lost');
    };
    const options = { ...lengths, beams: 2, convention: 'transformers' } as const;
    await expect(finished(beamSearch(decoder, [{ ids: [3] }], options))).rejects.toThrow('lost');
    expect(decoder.disposed).toBe(1);
  });
});

describe('sample', () => {
  const row = Float64Array.from([0.5, 0.25, 0.125, 0.125], Math.log);

  it('filters by temperature, then top-k, then top-p', () => {
    const tokens = (filters: Parameters<typeof filteredTokens>[1]) =>
      filteredTokens(row, filters).map(({ token, probability }) => [token, Number(probability.toFixed(6))]);
    expect(tokens({})).toEqual([
      [0, 0.5],
      [1, 0.25],
      [2, 0.125],
      [3, 0.125],
    ]);
    // Halving the temperature squares: 16 : 4 : 1 : 1.
    expect(tokens({ temperature: 0.5, topK: 2 })).toEqual([
      [0, 0.8],
      [1, 0.2],
    ]);
    expect(tokens({ topK: 3 }).length).toBe(4); // the fourth is as likely as the third
    expect(tokens({ topP: 0.5 })).toEqual([[0, 1]]);
    expect(tokens({ topP: 0.51 }).length).toBe(2);
    // Of the two that top-k leaves the first holds two thirds: top-p comes after.
    expect(tokens({ topK: 2, topP: 0.6 })).toEqual([[0, 1]]);
    expect(filteredTokens(without(row, new Set([0])), {}).map(({ token }) => token)).toEqual([1, 2, 3]);
  });

  it('draws each token as often as it is likely', () => {
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < 8000; i++) {
      const token = drawToken(row, {}, (i + 0.5) / 8000);
      counts[token] = (counts[token] as number) + 1;
    }
    expect(counts).toEqual([4000, 2000, 1000, 1000]);
  });

  it('gives a prompt the same text in any batch, and others with another seed', async () => {
    const draw = (prompts: Prompt[], seed: number) =>
      finished(
        sample(new BigramDecoder(gardenPath), prompts, { ...lengths, maxNewTokens: 30, endIds: [], seed }),
      );
    const noEnd = { ids: [3] };
    const [alone] = await draw([noEnd], 1);
    const [, second] = await draw([{ ids: [1] }, noEnd], 1);
    expect(second).toEqual(alone);
    const others = await Promise.all(
      [2, 3, 4, 5].map(async (seed) => (await draw([noEnd], seed))[0]?.ids.join()),
    );
    expect(others.some((ids) => ids !== alone?.ids.join())).toBe(true);
  });
});

describe('candidates', () => {
  it('bans what would complete an n-gram again', () => {
    expect([...repeatingTokens([1, 2, 3, 1, 2], 3)]).toEqual([3]);
    expect([...repeatingTokens([1, 2, 1, 3, 1], 2)].sort()).toEqual([2, 3]);
    expect([...repeatingTokens([4, 5], 1)]).toEqual([4, 5]);
    expect(repeatingTokens([1], 3).size + repeatingTokens([1, 1, 1], 0).size).toBe(0);
  });

  it('renormalises where a ban comes before the softmax', () => {
    const row = Float64Array.from([0.5, 0.3, 0.2], Math.log);
    expect(without(row, new Set())).toBe(row);
    const rest = without(row, new Set([0]), true);
    expect([...rest].map(Math.exp).map((p) => Number(p.toFixed(9)))).toEqual([0, 0.6, 0.4]);
  });

  it('finds the best of several rows, of equals the first', () => {
    const rows = [Float64Array.of(-1, -2, Number.NEGATIVE_INFINITY), Float64Array.of(-1, -0.5, -3)];
    expect(bestCandidates(rows, [0, -0.5], 3)).toEqual([
      { from: 0, token: 0, score: -1 },
      { from: 1, token: 1, score: -1 },
      { from: 1, token: 0, score: -1.5 },
    ]);
    expect(bestCandidates(rows, [0, 0], 9).length).toBe(5);
  });
});

describe('checkGenerationOptions', () => {
  it.each([
    [{ maxNewTokens: 0 }, 'maxNewTokens is 0; it must be an integer of at least 1'],
    [{ temperature: 0 }, 'temperature is 0; it must be above 0'],
    [{ topP: 1.5 }, 'topP is 1.5'],
    [{ beams: 1.5 }, 'beams is 1.5'],
    [{ minNewTokens: 9 }, 'minNewTokens is 9; it must be at most maxNewTokens, 6'],
    [{ earlyStopping: true, convention: 'lora-authors' as const }, 'earlyStopping is true'],
  ])('refuses %o', (options, sentence) => {
    expect(() => checkGenerationOptions({ ...lengths, ...options })).toThrow(sentence);
  });
});
