/** Greedy decoding: always the likeliest token. */
import { argmax } from './candidates';
import type { Decoder, Generation, GenerationControl, Prompt } from './decoder';
import type { RowOptions } from './options';
import { extendRows } from './rows';

/** @throws Error with one sentence where an option is out of range; the decoder is disposed of in any case */
export function greedy(
  decoder: Decoder,
  prompts: readonly Prompt[],
  options: RowOptions,
  control: GenerationControl = {},
): Generation {
  return extendRows(decoder, prompts, options, argmax, control);
}
