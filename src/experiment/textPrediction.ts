/** What the models of a run say about one text of a person's own. */
import { selectionWeights } from '../adapters/selection';
import type { SelectionVariant } from '../config/experiment';
import { initHead } from '../model/classifier';
import type { TextPrediction } from '../runtime/protocol';
import { disposeRecord, type TensorRecord } from '../tensor/records';
import { logitsOfText, softmaxOf, type TrainedModel } from './evaluation';
import type { ExperimentSetting } from './setting';

/** A model while its selection variables are still being learned. */
export interface SearchedModel extends Omit<TrainedModel, 'selection'> {
  beta: TensorRecord;
  variant: SelectionVariant;
}

/**
 * Answers of the model before training on the task, and of those given, in that order.
 * @throws Error for an empty text
 */
export async function predictText(
  setting: ExperimentSetting,
  { text, pair }: { text: string; pair?: string },
  models: readonly (readonly [TextPrediction['model'], TrainedModel | SearchedModel | undefined])[],
): Promise<TextPrediction[]> {
  if (text.trim() === '') throw new Error('Type a sentence first.');
  const answers: TextPrediction[] = [];
  const ask = async (name: TextPrediction['model'], model: TrainedModel) => {
    const logits = await logitsOfText(setting, model, text, pair);
    const probabilities = setting.classifier.regression ? logits : softmaxOf(logits);
    answers.push({ model: name, logits, probabilities });
  };
  const head = initHead(setting.classifier);
  await ask('before', { layers: [], weights: head });
  disposeRecord(head);
  for (const [name, model] of models) {
    if (!model) continue;
    if (!('beta' in model)) {
      await ask(name, model);
      continue;
    }
    const selection = selectionWeights(model.beta, model.variant);
    await ask(name, { ...model, selection });
    if (selection !== model.beta) disposeRecord(selection);
  }
  return answers;
}
