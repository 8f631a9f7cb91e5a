/** Kind `roberta-sequence-classification`: logits, loss, hidden states and gradients of a classifier or regression. */

import * as tf from '@tensorflow/tfjs';
import { classifierLogits, classifierLoss, disposeDeviceBatch } from '../../model/classifier';
import { robertaHiddenStates } from '../../model/roberta';
import type { BackendName, VerifyCheck } from '../../runtime/protocol';
import { disposeRecord, readTensors, type TensorRecord, valueAndGradients } from '../../tensor/records';
import { boundOf, CheckList, largestMagnitude, SUGGESTED } from './checks';
import { type GoldenFolder, type GoldenObject, NotComparable } from './folder';
import { disposeGoldenModel, goldenBatch, loadGoldenModel } from './goldenModel';

export async function verifySequenceClassification(
  folder: GoldenFolder,
  backend: BackendName,
): Promise<VerifyCheck[]> {
  const inputs = folder.golden.object('inputs');
  const expected = folder.golden.object('expected');
  const model = loadGoldenModel(folder);
  const { classifier, head } = model;
  const batch = goldenBatch(classifier, inputs);
  const bound = (key: keyof typeof SUGGESTED, name: string) =>
    boundOf(folder, [name], SUGGESTED[key], backend);
  const list = new CheckList();
  try {
    if (inputs.has('position_ids'))
      list.exact(
        'position_ids',
        [...(await batch.tokens.positionIds.data())],
        inputs.tensor('position_ids').data,
      );

    const weights = { ...classifier.frozen, ...head };
    const names = expected.has('grads') ? expected.object('grads').keys : [];
    const unknown = names.find((name) => !weights[name]);
    if (unknown)
      throw new NotComparable(
        `golden.json has a gradient of "${unknown}", which is no weight of this model.`,
      );
    const chosen: TensorRecord = Object.fromEntries(names.map((name) => [name, weights[name] as tf.Tensor]));
    const { logits, loss, gradients, hidden } = tf.tidy(() => {
      const logits = classifierLogits(classifier, head, batch.tokens, {});
      const pass = valueAndGradients(
        () => classifierLoss(classifier, classifierLogits(classifier, head, batch.tokens, {}), batch.labels),
        { chosen },
      );
      const hidden = robertaHiddenStates(classifier.config, classifier.frozen, batch.tokens);
      return { logits, loss: pass.value, gradients: pass.gradients.chosen, hidden };
    });

    const [logitValues, lossValue] = await readTensors([logits, loss]);
    if (expected.has('logits'))
      list.relative('logits', logitValues ?? [], expected.tensor('logits').data, bound('logits', 'logits'));
    if (expected.hasPrecise('loss'))
      list.relative('loss', lossValue ?? [], [expected.precise('loss')], bound('loss', 'loss'));
    if (expected.has('hidden_states')) {
      const states = await readTensors(hidden);
      checkHiddenStates(
        list,
        states,
        expected,
        inputs.tensor('attention_mask').data,
        bound('logits', 'hidden_states'),
      );
    }
    const gradientValues = await readTensors(names.map((name) => gradients[name] as tf.Tensor));
    const wanted = names.map((name) => expected.object('grads').tensor(name).data);
    const largest = Math.max(...wanted.map(largestMagnitude));
    names.forEach((name, i) => {
      // A key bias shifts all scores of a query alike, so softmax takes it out: its gradient is 0 but for rounding, and
      // is measured against the others.
      const size = name.endsWith('.attention.self.key.bias') ? largest : undefined;
      list.relative(
        `grads/${name}`,
        gradientValues[i] ?? [],
        wanted[i] ?? [],
        bound('gradients', 'grads'),
        size,
      );
    });
    tf.dispose([logits, loss, hidden]);
    disposeRecord(gradients);
  } finally {
    disposeDeviceBatch(batch);
    disposeGoldenModel(model);
  }
  return list.checks;
}

/** Only rows of real tokens: what a padded row holds is nobody's business. */
function checkHiddenStates(
  list: CheckList,
  states: readonly Float32Array[],
  expected: GoldenObject,
  attentionMask: readonly number[],
  tolerance: number,
): void {
  const count = expected.list('hidden_states').length;
  list.exact('hidden_states (number)', [states.length], [count]);
  const wanted = expected.objects('hidden_states').map(({ raw }) => raw.data as number[]);
  wanted.forEach((values, i) => {
    const width = values.length / attentionMask.length;
    const ofTokens = (all: ArrayLike<number>) =>
      Array.from(all).filter((_, at) => attentionMask[Math.floor(at / width)] === 1);
    list.relative(`hidden_states/${i}`, ofTokens(states[i] ?? []), ofTokens(values), tolerance);
  });
}
