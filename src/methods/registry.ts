/** Name → what computes it. Titles, sources and ablations stand in `config/methods.ts`, which the page can import. */
import type { MethodName } from '../config/methods';
import { adalora } from './adalora';
import { dora } from './dora';
import { fullFinetuning } from './fullFinetuning';
import { houlsbyAdapter } from './houlsbyAdapter';
import { lora, loraPlus, retrainedAutoLora, rsLora } from './lora';
import type { FinetuningMethod, MethodInput } from './method';
import { sora } from './sora';

const makers: Readonly<Record<MethodName, (input: MethodInput) => FinetuningMethod>> = {
  // Its search is in experiment/search.ts; what is trained and scored afterwards is LoRA of the learned ranks.
  autolora: retrainedAutoLora,
  lora,
  rslora: rsLora,
  'lora-plus': loraPlus,
  dora,
  adalora,
  sora,
  adapter: houlsbyAdapter,
  full: fullFinetuning,
};

/** @throws Error with a sentence where the method's settings do not fit */
export function createMethod(name: MethodName, input: MethodInput): FinetuningMethod {
  return makers[name](input);
}
