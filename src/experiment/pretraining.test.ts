/** Pretraining on a tiny model: what is masked, what is read when, the rate, resumption, and that it learns. */
import { beforeAll, describe, expect, it } from 'vitest';
import { RandomStream } from '../random/stream';
import { collate } from '../tasks/batches';
import type { EncodedExample } from '../tasks/encoding';
import { disposeRecord, mapRecord, type TensorRecord } from '../tensor/records';
import { expectNoLeak, switchBackend } from '../testing/backends';
import { hashingTokenizer, tinyModel } from '../testing/tinyModel';
import {
  cyclicLearningRate,
  heldOutLoss,
  type PretrainingOptions,
  type PretrainingState,
  pretrain,
  pretrainingInit,
  rowsOfStep,
  wordTokens,
} from './pretraining';
import { maskTokens, nextTokens } from './pretrainingLoss';

const { config } = tinyModel();
const tokenizer = hashingTokenizer(config.vocabSize);

/** Lines whose second half repeats the first: a masked word can be read off its twin. */
const rows: EncodedExample[] = Array.from({ length: 40 }, (_, i) => {
  const random = RandomStream.of(i, 'data');
  const half = Array.from({ length: 2 + (i % 3) }, () => 5 + random.below(20));
  return { ids: [0, ...half, ...half, 2], label: 0 };
});

const options: PretrainingOptions = {
  cycles: [6, 4],
  batchSize: 8,
  learningRate: 5e-3,
  warmupFraction: 0.2,
  weightDecay: 0.01,
  clipNorm: 1,
  maskFraction: 0.3,
  plainSteps: 3,
  seed: 1,
};

async function run(state: PretrainingState, steps: number, given = options): Promise<number[]> {
  const losses: number[] = [];
  const generator = pretrain(config, state, { plain: rows.slice(0, 16), all: rows }, tokenizer, given);
  for (let i = 0; i < steps; i++) losses.push((await generator.next()).value.loss);
  return losses;
}

function dispose({ weights, adam }: PretrainingState): void {
  for (const record of [weights, adam.mean, adam.square]) disposeRecord(record);
}

beforeAll(() => switchBackend('wasm'));

describe('pretraining', () => {
  it('always predicts salient tokens, in the last cycle and on its rows', async () => {
    const [row] = rows;
    const word = row?.ids[1] as number;
    const batch = maskTokens(
      [row as EncodedExample],
      tokenizer,
      RandomStream.of(1, 'mask'),
      0,
      new Set([word]),
    );
    expect([...batch.targets]).toEqual((row as EncodedExample).ids.filter((id) => id === word));
    // The hashing tokenizer knows every word as one token.
    expect(wordTokens(['yes'], tokenizer)).toEqual(
      new Set(
        ['yes', 'Yes'].flatMap((text) => tokenizer.encode(text, undefined, { addSpecialTokens: false })),
      ),
    );
    const given = { ...options, plainSteps: 0, salient: ['yes'] };
    const lossesOn = async (last: EncodedExample[]) => {
      const state = pretrainingInit(config, 1);
      const losses: number[] = [];
      for await (const { loss } of pretrain(
        config,
        state,
        { plain: rows, all: rows, last },
        tokenizer,
        given,
      ))
        losses.push(loss);
      dispose(state);
      return losses;
    };
    const [one, other] = [await lossesOn(rows), await lossesOn(rows.slice(0, 9))];
    expect(other.slice(0, 6)).toEqual(one.slice(0, 6));
    expect(other[6]).not.toBe(one[6]);
  });

  it('hides the asked share of the tokens, never a special one, and always one', () => {
    let predicted = 0;
    let masked = 0;
    let kept = 0;
    let candidates = 0;
    for (let i = 0; i < 200; i++) {
      const batch = maskTokens(rows.slice(0, 8), tokenizer, RandomStream.of(i, 'mask'), 0.25);
      const whole = collate(rows.slice(0, 8), tokenizer.padId);
      const others = new Set(whole.inputIds.keys());
      batch.positions.forEach((position, j) => {
        others.delete(position);
        expect(batch.targets[j]).toBe(whole.inputIds[position]);
        expect(batch.targets[j]).toBeGreaterThanOrEqual(5);
        if (batch.inputIds[position] === tokenizer.maskId) masked += 1;
        if (batch.inputIds[position] === batch.targets[j]) kept += 1;
      });
      for (const position of others) expect(batch.inputIds[position]).toBe(whole.inputIds[position]);
      predicted += batch.positions.length;
      candidates += rows.slice(0, 8).reduce((sum, { ids }) => sum + ids.length - 2, 0);
    }
    expect(predicted / candidates).toBeCloseTo(0.25, 1);
    expect(Math.abs(masked / predicted - 0.8)).toBeLessThan(0.03);
    // A tenth stays as it is, and the last tenth is another token.
    expect(Math.abs(kept / predicted - 0.1)).toBeLessThan(0.02);
    const one = maskTokens([{ ids: [0, 9, 2], label: 0 }], tokenizer, RandomStream.of(1, 'mask'), 1e-9);
    expect([...one.targets]).toEqual([9]);
  });

  it('predicts every token of a decoder but the first of each row, and no padding', () => {
    const batch = nextTokens(
      [
        { ids: [1, 7, 8, 1], label: 0 },
        { ids: [1, 9, 1], label: 0 },
      ],
      1,
    );
    expect([...batch.positions]).toEqual([0, 1, 2, 4, 5]);
    expect([...batch.targets]).toEqual([7, 8, 1, 9, 1]);
  });

  it('reads every row once in an epoch, in batches of like lengths', () => {
    const seen = new Map<EncodedExample, number>();
    for (let step = 0; step < 5; step++) {
      const batch = rowsOfStep(rows, options, step);
      expect(batch).toHaveLength(8);
      for (const row of batch) seen.set(row, (seen.get(row) ?? 0) + 1);
    }
    expect(seen.size).toBe(40);
    expect([...seen.values()].every((count) => count === 1)).toBe(true);
    expect(rowsOfStep(rows, options, 5)).not.toEqual(rowsOfStep(rows, options, 0));
  });

  it('rises and falls in every cycle', () => {
    const rates = Array.from({ length: 11 }, (_, step) => cyclicLearningRate(step, options));
    expect(Math.max(...rates)).toBe(options.learningRate);
    expect(rates[6]).toBeGreaterThan(rates[5] as number);
    expect(rates[10]).toBe(0);
  });

  it('goes on from a saved step to the same numbers, and leaks nothing', async () => {
    await expectNoLeak(async () => {
      const whole = pretrainingInit(config, 1);
      const expected = await run(whole, 10);
      const first = pretrainingInit(config, 1);
      const losses = await run(first, 4);
      const copy = (record: TensorRecord) => mapRecord(record, (tensor) => tensor.clone());
      const second: PretrainingState = {
        weights: copy(first.weights),
        adam: { step: first.adam.step, mean: copy(first.adam.mean), square: copy(first.adam.square) },
        step: first.step,
      };
      losses.push(...(await run(second, 6)));
      expect(losses).toEqual(expected);
      for (const state of [whole, first, second]) dispose(state);
    });
  });

  // The lines use 20 words: without looking at the context no loss below ln 20 ≈ 3.0 can be had.
  it('learns from the context', async () => {
    const state = pretrainingInit(config, 1);
    const before = await heldOutLoss(config, state.weights, rows, tokenizer);
    await run(state, 250, { ...options, cycles: [250], plainSteps: 0, batchSize: 16 });
    const after = await heldOutLoss(config, state.weights, rows, tokenizer);
    expect(before).toBeGreaterThan(3.5);
    expect(after).toBeLessThan(2.6);
    dispose(state);
  });
});
