/** What each option does to a text; texts of a tiny random GPT-2: streamed, batched, cancelled; and text from tokens that are parts of characters. */
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { openGoldenFolder } from '../experiment/verify/folder';
import { disposeGoldenModel, loadGoldenModel } from '../experiment/verify/goldenModel';
import type { Gpt2Config } from '../model/config';
import { gpt2Batch, languageLogits } from '../model/gpt2';
import { expectNoLeak, NODE_BACKENDS, switchBackend } from '../testing/backends';
import { carriedGolden, readGoldenFolder } from '../testing/goldenFolders';
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

describe('an option of generateTexts', () => {
  const written = async (model: GenerativeModel, ids: number[][], more: Partial<TextOptions>) => {
    const { rows } = await collect(generateTexts(model, tokenizer, ids, { ...options, ...more }));
    return rows.map((row) => row.ids);
  };

  it('of beam search is what the LoRA authors’ beams make of it', async () => {
    await switchBackend('wasm');
    const folder = openGoldenFolder('gpt2-generate', readGoldenFolder(join(carriedGolden, 'gpt2-generate')));
    await expectNoLeak(async () => {
      const golden = await loadGoldenModel(folder.beside);
      const model = { config: golden.model.config as Gpt2Config, weights: golden.model.frozen };
      const items = folder.golden.objects('ms_lora_cases');
      expect(items).toHaveLength(24);
      for (const item of items) {
        const params = item.object('params');
        const [eosId, maxNewTokens] = [
          params.numbers('eos_token_id')[0] as number,
          params.number('eval_len'),
        ];
        const texts = generateTexts(model, { ...tokenizer, eosId }, [item.numbers('prompt')], {
          ...options,
          maxNewTokens,
          beams: params.number('num_beams'),
          lengthPenalty: params.number('length_penalty'),
          noRepeatNgram: params.number('no_repeat_ngram_size'),
        });
        const ids = (await collect(texts)).rows[0]?.ids ?? [];
        const padding = new Array<number>(maxNewTokens - ids.length).fill(0);
        expect([...ids, ...padding], item.string('name')).toEqual(item.numbers('predict'));
      }
      disposeGoldenModel(golden);
    });
  });

  it('of sampling leaves the likeliest token alone, each at its end', async () => {
    await switchBackend('wasm');
    await withModel(async (model) => {
      const greedy = await written(model, prompts, { decoding: 'greedy' });
      const sampled = (more: Partial<TextOptions>) =>
        written(model, prompts, { decoding: 'sample', ...more });
      expect(await sampled({})).not.toEqual(greedy);
      expect(await sampled({ topK: 1 })).toEqual(greedy);
      expect(await sampled({ topP: 0.01 })).toEqual(greedy);
      expect(await sampled({ temperature: 1e-4 })).toEqual(greedy);
    });
  });

  it.each(['greedy', 'sample', 'beam'] as const)(
    'bans from a text what it has said, and not what its record says: %s',
    async (decoding) => {
      await switchBackend('wasm');
      await withModel(async (model) => {
        const prompt = Array.from({ length: 32 }, (_, i) => i);
        // Sharp enough for a sample to repeat itself where it may.
        const under = { decoding, temperature: 0.1 };
        const [ids = []] = await written(model, [prompt], { ...under, noRepeatNgram: 1 });
        expect(ids.length).toBeGreaterThan(4);
        expect(new Set(ids).size).toBe(ids.length);
        expect(ids.some((id) => prompt.includes(id))).toBe(true);
        const [free = []] = await written(model, [prompt], { ...under, noRepeatNgram: 0 });
        expect(new Set(free).size).toBeLessThan(free.length);
      });
    },
  );
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
