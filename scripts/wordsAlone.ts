/** What the words of a task give without a model: the bar that docs/results.md sets beside LoRA's scores. */
import { bagOfWordsBaseline, bagOfWordsRegression } from '../src/tasks/bagOfWords';
import { nearestRecordTexts } from '../src/tasks/nearestRecordBaseline';
import type { SequenceTask, Task } from '../src/tasks/task';
import { wordTagBaseline } from '../src/tasks/wordTagBaseline';

/** The better of logistic regression (of real-valued labels: ridge) on unigrams and on uni- and bigrams. */
async function sequenceScore(task: SequenceTask): Promise<number> {
  const [train, dev] = [await task.generate('train'), await task.generate('dev')];
  const baseline = task.kind === 'regression' ? bagOfWordsRegression : bagOfWordsBaseline;
  const scores = ([1, 2] as const).map(async (order) => {
    const { predictions } = baseline(train, dev, order);
    const labels = dev.map(({ label }) => label);
    return (await task.score(predictions, labels)).values[task.primaryMetric] as number;
  });
  return Math.max(...(await Promise.all(scores)));
}

/**
 * The task's first metric on its embedded dev set: of linear models on n-grams, of each word's commonest tag, or of the text
 * of the most similar train record.
 */
export async function wordsAloneScore(task: Task): Promise<number> {
  switch (task.kind) {
    case 'tagging': {
      const [train, dev] = [await task.generate('train'), await task.generate('dev')];
      const predicted = wordTagBaseline(
        train,
        dev.map(({ words }) => words),
      );
      const tags = dev.map((example) => example.tags);
      return (await task.score(predicted, tags)).values[task.primaryMetric] as number;
    }
    case 'generation': {
      const [train, dev] = [await task.generate('train'), await task.generate('dev')];
      const texts = nearestRecordTexts(
        train,
        dev.map(({ source }) => source),
      );
      const references = dev.map((example) => example.references);
      return (await task.score(texts, references)).values[task.primaryMetric] as number;
    }
    default:
      return sequenceScore(task);
  }
}
