/** What the models of a run say about one text of a person's own, or write for one record. */
import { softmax } from '../adapters/rankRule';
import type { TrainedModel } from '../methods/method';
import { initHead } from '../model/taskModel';
import type { AskedModel, GeneratedText, TextPrediction } from '../runtime/protocol';
import { collate } from '../tasks/batches';
import { firstTokens } from '../tasks/encoding';
import { disposeRecord } from '../tensor/records';
import type { ExperimentContext } from './context';
import { logitsOfRows, logitsOfText, tagsOfRow } from './evaluation';
import { writeTexts } from './writing';

export type AskableModel = readonly [AskedModel, TrainedModel | undefined];

/** Sees a text while it grows; false stops it. */
export type WritingWatch = (model: AskedModel, text: string) => boolean;

/** Asks the model before training on the task, then those given, in that order. */
async function askAll(
  context: ExperimentContext,
  models: readonly AskableModel[],
  ask: (name: AskedModel, model: TrainedModel) => Promise<void>,
): Promise<void> {
  const head = initHead(context.model);
  try {
    await ask('before', { weights: head, hooks: () => ({}), merge: (frozen) => frozen });
  } finally {
    disposeRecord(head);
  }
  for (const [name, model] of models) if (model) await ask(name, model);
}

/** Words and marks apart, as the tagging data has them. */
function wordsOf(text: string): string[] {
  return text.match(/[\p{L}\p{N}]+(?:[-'’.][\p{L}\p{N}]+)*|[^\s\p{L}\p{N}]/gu) ?? [];
}

/**
 * Answers of the model before training on the task, and of those given, in that order.
 * @throws Error for an empty text, or where the task is to write texts
 */
export async function predictText(
  context: ExperimentContext,
  { text, pair }: { text: string; pair?: string },
  models: readonly AskableModel[],
): Promise<TextPrediction[]> {
  if (text.trim() === '') throw new Error('Type a sentence first.');
  const { kind, labels } = context.task;
  if (kind === 'generation') throw new Error('This model writes texts: ask it to generate, not to classify.');
  const answers: TextPrediction[] = [];
  await askAll(context, models, async (name, model) => {
    if (kind === 'tagging') {
      const words = wordsOf(text);
      const tags = await tagsOfWords(context, model, words, labels);
      answers.push({ kind, model: name, words, tags });
      return;
    }
    const logits = await logitsOfText(context, model, text, pair);
    const probabilities = kind === 'regression' ? logits : softmax(logits);
    answers.push({ kind, model: name, logits, probabilities });
  });
  return answers;
}

async function tagsOfWords(
  context: ExperimentContext,
  model: TrainedModel,
  words: readonly string[],
  labels: readonly string[],
): Promise<string[]> {
  const { tokenizer, maxLength } = context;
  const { ids, wordIds } = tokenizer.encodeWords(words, { maxLength });
  // Any labels do: nobody reads the loss.
  const rows = collate([{ ids, label: ids.map(() => 0) }], tokenizer.padId);
  const { logits } = await logitsOfRows(context, model, rows);
  return tagsOfRow(logits, firstTokens(wordIds, words.length), labels);
}

/**
 * Texts for one record by the model before training on the task and by those given.
 * @throws Error for an empty record, or where the task is not to write texts
 */
export async function generateText(
  context: ExperimentContext,
  source: string,
  models: readonly AskableModel[],
  watch: WritingWatch,
): Promise<GeneratedText[]> {
  if (context.task.kind !== 'generation')
    throw new Error('This model classifies: it cannot write texts. Choose E2E or WebNLG with a GPT-2.');
  if (source.trim() === '') throw new Error('Type a record first.');
  const texts: GeneratedText[] = [];
  let stopped = false;
  await askAll(context, models, async (name, model) => {
    if (stopped) return;
    const [written] = await writeTexts(context, model, [source], {
      watch: (text) => {
        stopped ||= !watch(name, text);
        return !stopped;
      },
    });
    if (written) texts.push({ model: name, text: written.text, finishReason: written.finishReason });
  });
  return texts;
}
