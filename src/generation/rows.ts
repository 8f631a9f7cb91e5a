/** Generation that keeps one continuation per prompt: the loop of greedy decoding and of sampling. */
import { repeatingTokens, without } from './candidates';
import {
  type Decoder,
  eventLoopTurns,
  type FinishReason,
  type Generation,
  type GenerationControl,
  type GenerationResult,
  type Prompt,
} from './decoder';
import { checkGenerationOptions, type RowOptions } from './options';

/** Picks a token from log-probabilities, banned tokens at −∞. */
export type ChooseToken = (row: Float64Array, prompt: number, step: number) => number;

/** Rows leave the batch as they end. The decoder is disposed of, whatever happens. */
export async function* extendRows(
  decoder: Decoder,
  prompts: readonly Prompt[],
  options: RowOptions,
  choose: ChooseToken,
  { cancelled = () => false }: GenerationControl,
): Generation {
  checkGenerationOptions(options);
  const { maxNewTokens, minNewTokens = 0, endIds, noRepeatNgramSize = 0, countsPrompt = true } = options;
  const texts = prompts.map((prompt) => ({
    longest: Math.min(maxNewTokens, decoder.room(prompt)),
    ids: [] as number[],
    logProbability: 0,
    reason: 'cancelled' as FinishReason,
  }));
  const turn = eventLoopTurns();
  let live = prompts.map((_, prompt) => prompt);
  try {
    let rows = live.length === 0 ? [] : await decoder.start(prompts);
    for (let step = 0; live.length > 0 && !cancelled(); step++) {
      const staying: number[] = [];
      for (const [at, prompt] of live.entries()) {
        const text = texts[prompt] as (typeof texts)[number];
        const row = rows[at] as Float64Array;
        const said = countsPrompt ? [...(prompts[prompt] as Prompt).ids, ...text.ids] : text.ids;
        const banned = repeatingTokens(said, noRepeatNgramSize);
        if (step < minNewTokens) for (const id of endIds) banned.add(id);
        const tokenId = choose(without(row, banned), prompt, step);
        text.ids.push(tokenId);
        text.logProbability += row[tokenId] as number;
        if (endIds.includes(tokenId)) text.reason = 'end';
        else if (step + 1 === text.longest) text.reason = 'length';
        else staying.push(at);
        yield { row: prompt, tokenId, ids: [...text.ids], logProbability: text.logProbability };
      }
      await turn();
      if (staying.length < live.length) decoder.reorder(staying);
      live = staying.map((at) => live[at] as number);
      if (live.length > 0 && !cancelled())
        rows = await decoder.next(live.map((prompt) => texts[prompt]?.ids.at(-1) as number));
    }
  } finally {
    decoder.dispose();
  }
  return texts.map(({ ids, logProbability, reason }): GenerationResult => {
    const only = { ids, logProbability, score: logProbability, finishReason: reason };
    return { ...only, hypotheses: [only] };
  });
}
