/**
 * Kinds `roberta-sequence-classification`, `roberta-token-classification` and `gpt2-lm`: logits, loss, hidden states and
 * gradients of a checkpoint with its head.
 */
import * as tf from '@tensorflow/tfjs';
import { gpt2HiddenStates } from '../../model/gpt2';
import { robertaHiddenStates } from '../../model/roberta';
import { disposeDeviceBatch, type TaskModel, taskLogits, taskLoss } from '../../model/taskModel';
import type { BackendName, VerifyCheck } from '../../runtime/protocol';
import type { FileBytes } from '../../tensor/fileSet';
import { disposeRecord, readTensors, type TensorRecord, valueAndGradients } from '../../tensor/records';
import { boundOf, CheckList, largestMagnitude, SUGGESTED } from './checks';
import { type GoldenFolder, type GoldenObject, NotComparable } from './folder';
import {
  disposeGoldenModel,
  type GoldenBatch,
  goldenBatch,
  goldenLogits,
  loadGoldenModel,
  ofTokens,
  rowsOfTokens,
} from './goldenModel';

export async function verifySequenceClassification(folder: GoldenFolder, backend: BackendName) {
  return checkOutputs(folder, backend, folder.beside, '');
}

export async function verifyTokenClassification(folder: GoldenFolder, backend: BackendName) {
  return checkOutputs(folder, backend, folder.beside, '', true);
}

/** The folder's checkpoint, and the same one under the names of the Hub where there is a `hub_style/`. */
export async function verifyGpt2Language(folder: GoldenFolder, backend: BackendName): Promise<VerifyCheck[]> {
  const checks = await checkOutputs(folder, backend, folder.beside, '');
  const hub = folder.files.filter(({ name }) => /(^|\/)hub_style\/[^/]+$/.test(name));
  return hub.length === 0 ? checks : [...checks, ...(await checkOutputs(folder, backend, hub, 'hub_style/'))];
}

function hiddenStates(model: TaskModel, { tokens }: GoldenBatch): tf.Tensor[] {
  const { config, frozen } = model;
  return config.family === 'gpt2'
    ? gpt2HiddenStates(config, frozen, tokens)
    : robertaHiddenStates(config, frozen, tokens);
}

/** @param checkpoint the files of the model @param prefix of the names of the checks */
async function checkOutputs(
  folder: GoldenFolder,
  backend: BackendName,
  checkpoint: readonly FileBytes[],
  prefix: string,
  tagging = false,
): Promise<VerifyCheck[]> {
  const inputs = folder.golden.object('inputs');
  const expected = folder.golden.object('expected');
  const golden = await loadGoldenModel(checkpoint, tagging);
  const { model, head } = golden;
  const batch = goldenBatch(model, inputs);
  const bound = (key: keyof typeof SUGGESTED, name: string) =>
    boundOf(folder, [name], SUGGESTED[key], backend);
  const list = new CheckList();
  try {
    if (inputs.has('position_ids'))
      list.exact(
        `${prefix}position_ids`,
        [...(await batch.tokens.positionIds.data())],
        inputs.tensor('position_ids').data,
      );

    const weights = { ...model.frozen, ...head };
    const names = expected.has('grads') ? expected.object('grads').keys : [];
    const unknown = names.find((name) => !weights[name]);
    if (unknown)
      throw new NotComparable(
        `golden.json has a gradient of "${unknown}", which is no weight of this model.`,
      );
    const chosen: TensorRecord = Object.fromEntries(names.map((name) => [name, weights[name] as tf.Tensor]));
    const { logits, loss, gradients, hidden } = tf.tidy(() => {
      const logits = goldenLogits(model, head, batch);
      const pass = valueAndGradients(() => taskLoss(model, taskLogits(model, head, batch), batch), {
        chosen,
      });
      return {
        logits,
        loss: pass.value,
        gradients: pass.gradients.chosen,
        hidden: hiddenStates(model, batch),
      };
    });

    const [logitValues = [], lossValue = []] = await readTensors([logits, loss]);
    if (expected.has('logits')) {
      const wanted = expected.tensor('logits').data;
      list.relative(
        `${prefix}logits`,
        ofTokens(model, logitValues, batch),
        ofTokens(model, wanted, batch),
        bound('logits', 'logits'),
      );
    }
    if (expected.hasPrecise('loss'))
      list.relative(`${prefix}loss`, lossValue, [expected.precise('loss')], bound('loss', 'loss'));
    if (expected.has('hidden_states')) {
      const states = await readTensors(hidden);
      checkHiddenStates(list, prefix, states, expected, batch, bound('logits', 'hidden_states'));
    }
    const gradientValues = await readTensors(names.map((name) => gradients[name] as tf.Tensor));
    const wanted = names.map((name) => expected.object('grads').tensor(name).data);
    const largest = Math.max(...wanted.map(largestMagnitude));
    names.forEach((name, i) => {
      // A key bias shifts all scores of a query alike, so softmax takes it out: its gradient is 0 but for rounding, and
      // is measured against the others.
      const size = name.endsWith('.attention.self.key.bias') ? largest : undefined;
      list.relative(
        `${prefix}grads/${name}`,
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
    disposeGoldenModel(golden);
  }
  return list.checks;
}

function checkHiddenStates(
  list: CheckList,
  prefix: string,
  states: readonly Float32Array[],
  expected: GoldenObject,
  { attentionMask }: GoldenBatch,
  tolerance: number,
): void {
  const count = expected.list('hidden_states').length;
  list.exact(`${prefix}hidden_states (number)`, [states.length], [count]);
  expected.objects('hidden_states').forEach(({ raw }, i) => {
    list.relative(
      `${prefix}hidden_states/${i}`,
      rowsOfTokens(states[i] ?? [], attentionMask),
      rowsOfTokens(raw.data as number[], attentionMask),
      tolerance,
    );
  });
}
