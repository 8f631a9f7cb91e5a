/** A small fixed RoBERTa with its loss, gradients and an Adam step: computed on two backends, the numbers must agree. */
import * as tf from '@tensorflow/tfjs';
import { adaptWithLora, type LoraLayer, loraAName, loraBName, loraTargets } from '../adapters/lora';
import { selectionWeights } from '../adapters/selection';
import { parseRobertaConfig } from '../model/config';
import { robertaBatch, sequenceLogits } from '../model/roberta';
import { expectedTensors, sequenceHeadTensors } from '../model/tensorShapes';
import { ADAM_DEFAULTS, adamInit, adamUpdate } from '../optim/adamw';
import { clipFactor } from '../optim/clip';
import { RandomStream } from '../random/stream';
import { crossEntropy } from '../tensor/ops';
import { disposeRecord, readTensors, type TensorRecord, valueAndGradients } from '../tensor/records';

/** Largest difference, relative to a tensor's largest magnitude, that float32 in another order explains. */
export const SELF_CHECK_TOLERANCE = 1e-3;

/** Gradients that are 0 but for rounding (a key bias shifts every score alike) are measured against this. */
const SMALLEST_SIZE = 1e-4;

/** Values by name: the loss, the logits, one gradient per weight, and A and B after an Adam step. */
export type SelfCheckValues = Map<string, Float32Array>;

const config = parseRobertaConfig({
  model_type: 'roberta',
  vocab_size: 23,
  hidden_size: 16,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  intermediate_size: 32,
  max_position_embeddings: 14,
  type_vocab_size: 1,
  layer_norm_eps: 1e-5,
  pad_token_id: 1,
});

const layers: LoraLayer[] = loraTargets(config).map((target) => ({ ...target, rank: 3, scaling: 2 }));

const drawn = (seedPart: number, shape: number[], spread: number, centre = 0) => {
  const size = shape.reduce((product, n) => product * n, 1);
  const values = RandomStream.of(7, 'weights', seedPart).fillUniform(size, centre - spread, centre + spread);
  return tf.tensor(values, shape);
};

/**
 * Loss, logits and gradients (of every weight, of LoRA's A and B, of the selection logits β), and an Adam step of A and B, on the backend that is
 * current. Same fixed inputs every time; leaves no tensor behind.
 */
export async function measureSelfCheck(): Promise<SelfCheckValues> {
  const weights: TensorRecord = Object.fromEntries(
    [...expectedTensors(config), ...sequenceHeadTensors(config.hiddenSize, config.numLabels)].map(
      ([name, shape], i) => [name, drawn(i, shape, 0.3, name.endsWith('LayerNorm.weight') ? 1 : 0)],
    ),
  );
  const lora: TensorRecord = Object.fromEntries(
    layers.flatMap(({ module, inSize, outSize, rank }, i) => [
      [loraAName(module), drawn(100 + i, [rank, inSize], 0.3)],
      [loraBName(module), drawn(200 + i, [outSize, rank], 0.3)],
    ]),
  );
  const beta: TensorRecord = Object.fromEntries(
    layers.map(({ module, rank }, i) => [module, drawn(300 + i, [rank], 0.5)]),
  );
  const batch = robertaBatch(
    {
      size: 2,
      length: 6,
      inputIds: Int32Array.of(0, 5, 9, 17, 11, 2, 0, 22, 4, 2, 1, 1),
      attentionMask: Int32Array.of(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0),
    },
    config.padTokenId,
  );
  const labels = tf.tensor1d([1, 0], 'int32');

  const measured = tf.tidy(() => {
    const logitsOf = () =>
      sequenceLogits(config, weights, batch, {
        adapt: adaptWithLora(layers, { weights: lora, selection: selectionWeights(beta, 'softmax') }),
        dropout: { hidden: 0.1, attention: 0.1, head: 0.1, key: 11 },
      });
    const { value, gradients } = valueAndGradients(() => crossEntropy(logitsOf(), labels), {
      weights,
      lora,
      beta,
    });
    // Along A and B themselves: a first step follows the sign, which rounding decides for gradients near 0.
    const stepped = adamUpdate(lora, lora, adamInit(lora), 0.1, ADAM_DEFAULTS, clipFactor(lora, 1));
    return {
      loss: value as tf.Tensor,
      logits: logitsOf() as tf.Tensor,
      ...named('the gradient of', gradients.weights),
      ...named('the gradient of', gradients.lora),
      ...named('the gradient of', gradients.beta),
      ...named('the Adam step of', stepped.weights),
    };
  });
  const values = await readTensors(Object.values(measured));
  tf.dispose([measured, labels, batch.inputIds, batch.positionIds, batch.mask]);
  for (const record of [weights, lora, beta]) disposeRecord(record);
  return new Map(Object.keys(measured).map((name, i) => [name, values[i] as Float32Array]));
}

const named = (what: string, record: TensorRecord): Record<string, tf.Tensor> =>
  Object.fromEntries(Object.entries(record).map(([name, tensor]) => [`${what} ${name}`, tensor]));

/** The largest |measured − reference| / max|reference| over all tensors, and the name of the tensor it is in. */
export function worstDisagreement(
  measured: SelfCheckValues,
  reference: SelfCheckValues,
): { error: number; where: string } {
  let worst = { error: 0, where: 'nothing' };
  for (const [where, expected] of reference) {
    const got = measured.get(where);
    const size = expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), SMALLEST_SIZE);
    expected.forEach((value, i) => {
      const error = Math.abs((got?.[i] ?? Number.NaN) - value) / size;
      if (!(error <= worst.error))
        worst = { error: Number.isNaN(error) ? Number.POSITIVE_INFINITY : error, where };
    });
  }
  return worst;
}
