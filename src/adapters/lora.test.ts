/** Merging: a checkpoint with the update in its weights gives the logits of the adapter beside it. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { classifierLogits, createClassifier, deviceBatch, initHead } from '../model/classifier';
import { RandomStream } from '../random/stream';
import { collate } from '../tasks/batches';
import { mapRecord } from '../tensor/records';
import { expectClose, switchBackend } from '../testing/backends';
import { tinyModel } from '../testing/tinyModel';
import { adaptWithLora, initLora, loraTargets, mergeLora } from './lora';
import { initSelection, selectionWeights } from './selection';

beforeAll(() => switchBackend('wasm'));

it.each([true, false])('merged weights give the same logits (selection: %s)', (selecting) => {
  tf.tidy(() => {
    const options = { outputs: 3, regression: false, pretrained: true, seed: 1 };
    const { classifier } = createClassifier(tinyModel(), options);
    // One layer has rank 0: its projection stays as it is.
    const layers = loraTargets(classifier.config).map((target, i) => ({ ...target, rank: i, scaling: 1.5 }));
    const noise = (tensor: tf.Tensor) =>
      tf.add(tensor, tf.tensor(RandomStream.of(5, 'data').fillNormal(tensor.size, 0.3), tensor.shape));
    const weights = mapRecord(initLora(layers, 3), noise);
    const beta = mapRecord(initSelection(layers, 'softmax'), noise);
    const pass = { weights, selection: selecting ? selectionWeights(beta, 'softmax') : undefined };
    const { tokens } = deviceBatch(classifier, collate([{ ids: [0, 9, 30, 12, 2], label: 0 }], 1));
    const head = initHead(classifier);

    const adapted = classifierLogits(classifier, head, tokens, { adapt: adaptWithLora(layers, pass) });
    const frozen = mergeLora(classifier.frozen, layers, pass);
    const merged = classifierLogits({ ...classifier, frozen }, head, tokens, {});
    expectClose(merged.dataSync(), adapted.dataSync(), 1e-6);
    const plain = classifierLogits(classifier, head, tokens, {});
    expect(merged.dataSync()).not.toEqual(plain.dataSync());
    const untouched = `${layers[0]?.module}.weight`;
    expect(frozen[untouched]).toBe(classifier.frozen[untouched]);
  });
});
