/** Texts of a tiny random GPT-2: streamed, batched, cancelled; and text from tokens that are parts of characters. */
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { gpt2Batch, languageLogits } from '../model/gpt2';
import { expectNoLeak, NODE_BACKENDS, switchBackend } from '../testing/backends';
import { tinyGpt2 } from '../testing/tinyModel';
import { toTokenizerJson, trainByteLevelBpe } from '../tokenizer/bpeTrainer';
import { tokenizerFromJson } from '../tokenizer/huggingface';
import { generatedText } from './detokenise';
import {
  type GeneratedRow,
  type GenerativeModel,
  generateTexts,
  type TextOptions,
  type TextStep,
} from './generateTexts';

const { config, tensors, tokenizer } = tinyGpt2();
const options: TextOptions = {
  decoding: 'beam',
  maxNewTokens: 8,
  beams: 3,
  lengthPenalty: 0.8,
  noRepeatNgram: 3,
  temperature: 1,
  topK: 0,
  topP: 1,
  seed: 5,
};
const prompts = [[5, 9, 12, 30, 7], [8], [3, 3, 40]];

async function withModel(work: (model: GenerativeModel) => Promise<void>): Promise<void> {
  const weights = Object.fromEntries([...tensors].map(([n, { shape, data }]) => [n, tf.tensor(data, shape)]));
  await work({ config, weights }).finally(() => tf.dispose(weights));
}

async function collect(
  texts: AsyncGenerator<TextStep, GeneratedRow[], void>,
): Promise<{ steps: TextStep[]; rows: GeneratedRow[] }> {
  const steps: TextStep[] = [];
  for (;;) {
    const { done, value } = await texts.next();
    if (done) return { steps, rows: value };
    steps.push(value);
  }
}

/** Greedy decoding with a whole forward pass per token. */
function greedyWithoutCache({ weights, hooks }: GenerativeModel, prompt: readonly number[]): number[] {
  const ids = [...prompt];
  while (
    ids.length < prompt.length + options.maxNewTokens &&
    (ids.at(-1) !== tokenizer.eosId || ids.length === prompt.length)
  ) {
    const batch = {
      size: 1,
      length: ids.length,
      inputIds: Int32Array.from(ids),
      attentionMask: new Int32Array(ids.length).fill(1),
    };
    const next = tf.tidy(() => {
      const last = tf.tensor1d([ids.length - 1], 'int32');
      return tf.argMax(languageLogits(config, weights, gpt2Batch(batch), last, hooks), -1).dataSync()[0];
    });
    ids.push(next as number);
  }
  return ids.slice(prompt.length);
}

describe.each(NODE_BACKENDS)('generateTexts on %s', (backend) => {
  it('writes what the forward pass writes, adapted and not', async () => {
    await switchBackend(backend);
    await expectNoLeak(() =>
      withModel(async (plain) => {
        const hooks: GenerativeModel['hooks'] = {
          adapt: (module, input, output) =>
            module.endsWith('.query') ? tf.add(output, tf.mul(input, 2)) : output,
          adaptSublayer: (module, output) =>
            module.endsWith('.mlp.c_proj') ? tf.mul(output, -2) : tf.add(output, 0.5),
        };
        for (const model of [plain, { ...plain, hooks }]) {
          const greedy = { ...options, decoding: 'greedy', noRepeatNgram: 0 } as const;
          const { rows } = await collect(generateTexts(model, tokenizer, prompts, greedy));
          expect(rows.map(({ ids }) => ids)).toEqual(
            prompts.map((prompt) => greedyWithoutCache(model, prompt)),
          );
        }
      }),
    );
  });

  it.each(['greedy', 'beam', 'sample'] as const)(
    'gives the same text alone and in a batch: %s',
    async (decoding) => {
      await switchBackend(backend);
      await expectNoLeak(() =>
        withModel(async (model) => {
          const { rows, steps } = await collect(
            generateTexts(model, tokenizer, prompts, { ...options, decoding }),
          );
          for (const [row, prompt] of prompts.entries()) {
            const alone = await collect(generateTexts(model, tokenizer, [prompt], { ...options, decoding }));
            expect(alone.rows[0]?.ids).toEqual(rows[row]?.ids);
            expect(alone.steps.at(-1)?.text).toBe(rows[row]?.text);
            expect(steps.filter((step) => step.row === row).at(-1)?.text).toBe(rows[row]?.text);
          }
        }),
      );
    },
  );

  it('stops where it is told to, and where the reader goes away', async () => {
    await switchBackend(backend);
    await expectNoLeak(() =>
      withModel(async (model) => {
        let stop = false;
        const texts = generateTexts(model, tokenizer, [[4, 5]], { ...options, cancelled: () => stop });
        await texts.next();
        stop = true;
        const { rows } = await collect(texts);
        expect(rows[0]?.finishReason).toBe('cancelled');
        expect(rows[0]?.ids.length).toBe(1);
        for await (const _ of generateTexts(model, tokenizer, prompts, options)) break;
      }),
    );
  });

  it('writes less after a long record and nothing after one that is too long', async () => {
    await switchBackend(backend);
    await expectNoLeak(() =>
      withModel(async (model) => {
        const long = (length: number) => Array.from({ length }, (_, i) => i % 60);
        const { maxPositions } = config;
        const batch = [long(maxPositions - 3), [7]];
        for (const decoding of ['greedy', 'beam', 'sample'] as const) {
          const { rows } = await collect(generateTexts(model, tokenizer, batch, { ...options, decoding }));
          expect(rows[0]?.ids.length).toBeLessThanOrEqual(3);
          const alone = await collect(generateTexts(model, tokenizer, [[7]], { ...options, decoding }));
          expect(rows[1]?.ids).toEqual(alone.rows[0]?.ids);
        }
        await expect(
          collect(generateTexts(model, tokenizer, [[7], long(maxPositions)], options)),
        ).rejects.toThrow(
          "Prompt 2 has 40 tokens and leaves none of the model's 40 positions for new ones: shorten the record.",
        );
      }),
    );
  });
});

describe('generatedText', () => {
  // So few merges that every character beyond ASCII is several tokens.
  const bytes = trainByteLevelBpe(['a b c'], 260, 'gpt2');
  const bpe = tokenizerFromJson(toTokenizerJson(bytes));

  it('shows no half of a character while a text grows', () => {
    const text = 'né 漢字 🙂, ok';
    const ids = bpe.encode(` ${text}`);
    expect(ids.length).toBeGreaterThan(text.length);
    for (let length = 0; length <= ids.length; length++) {
      const grown = generatedText(bpe, ids.slice(0, length));
      expect(grown).not.toMatch('\ufffd');
      expect(text.startsWith(grown)).toBe(true);
    }
    expect(generatedText(bpe, [...ids, bpe.eosId])).toBe(text);
    expect(generatedText(bpe, [bpe.eosId])).toBe('');
  });
});
