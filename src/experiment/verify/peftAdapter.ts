/** Kind `peft-adapter`: the logits that an adapter PEFT wrote must give, with it and without it. */

import * as tf from '@tensorflow/tfjs';
import { adaptWithLora, type LoraLayer, loraAName, loraBName, loraTargets } from '../../adapters/lora';
import { type PeftAdapter, readPeftAdapter, writePeftAdapter } from '../../adapters/peft';
import { rankPatternOf } from '../../adapters/rankPattern';
import { classifierLogits, disposeDeviceBatch } from '../../model/classifier';
import type { BackendName, VerifyCheck } from '../../runtime/protocol';
import { readJson } from '../../tensor/fileSet';
import { disposeRecord, readTensors, type TensorRecord } from '../../tensor/records';
import { boundOf, CheckList, SUGGESTED } from './checks';
import { type GoldenFolder, NotComparable } from './folder';
import { disposeGoldenModel, type GoldenModel, goldenBatch, loadGoldenModel } from './goldenModel';

export async function verifyPeftAdapter(folder: GoldenFolder, backend: BackendName): Promise<VerifyCheck[]> {
  refuseOtherModels(folder);
  const expected = folder.golden.object('expected');
  const adapter = readPeftAdapter(folder.files);
  const list = new CheckList();
  if (expected.has('ranks')) {
    const found = rankPatternOf(adapter.ranks);
    const wanted = expected.object('ranks').raw;
    const modules = [...new Set([...Object.keys(found), ...Object.keys(wanted)])];
    list.exact(
      'ranks',
      modules.map((module) => found[module]),
      modules.map((module) => wanted[module]),
    );
  }

  const model = loadGoldenModel(folder);
  const batch = goldenBatch(model.classifier, folder.golden.object('inputs'));
  const tolerance = boundOf(folder, ['logits'], SUGGESTED.logits, backend);
  const again = readPeftAdapter(
    writePeftAdapter({
      config: model.classifier.config,
      layers: adapter.layers,
      head: adapter.head,
      taskType: 'SEQ_CLS',
      baseModel: adapter.baseModel ?? '',
    }),
  );
  const [bare, adapted, exported] = [
    tf.tidy(() => classifierLogits(model.classifier, model.head, batch.tokens, {})),
    adaptedLogits(model, adapter, batch.tokens),
    adaptedLogits(model, again, batch.tokens),
  ];
  try {
    const [bareValues, adaptedValues, exportedValues] = await readTensors([bare, adapted, exported]);
    const wanted = expected.tensor('logits').data;
    list.relative('logits', adaptedValues ?? [], wanted, tolerance);
    list.relative('logits after export and import', exportedValues ?? [], wanted, tolerance);
    const without = 'logits_with_adapter_disabled';
    if (expected.has(without))
      list.relative(without, bareValues ?? [], expected.tensor(without).data, tolerance);
  } finally {
    tf.dispose([bare, adapted, exported]);
    disposeDeviceBatch(batch);
    disposeGoldenModel(model);
  }
  return list.checks;
}

/** This engine adapts RoBERTa; a folder about another architecture is for another program. */
function refuseOtherModels(folder: GoldenFolder): void {
  const config = folder.beside.find(({ name }) => name.endsWith('config.json'));
  const type = config ? (readJson(config) as { model_type?: unknown }).model_type : undefined;
  if (type === 'gpt2')
    throw new NotComparable('A peft-adapter folder about GPT-2; this engine has RoBERTa only.');
}

/** Logits with the adapter's layers and, where it brings one, its head. @returns (B, C) */
function adaptedLogits(
  { classifier, head }: GoldenModel,
  adapter: PeftAdapter,
  tokens: Parameters<typeof classifierLogits>[2],
): tf.Tensor2D {
  const byName = new Map(adapter.layers.map((layer) => [layer.layer, layer]));
  const layers: LoraLayer[] = loraTargets(classifier.config).map((target) => {
    const found = byName.get(target.name);
    return { ...target, rank: found?.rank ?? 0, scaling: found?.scaling ?? 0 };
  });
  const weights: Record<string, tf.Tensor> = {};
  for (const { name, module } of layers) {
    const found = byName.get(name);
    if (!found) continue;
    weights[loraAName(module)] = tf.tensor(found.loraA.data, found.loraA.shape);
    weights[loraBName(module)] = tf.tensor(found.loraB.data, found.loraB.shape);
  }
  const ownHead: TensorRecord = Object.fromEntries(
    [...adapter.head].map(([name, { data, shape }]) => [name, tf.tensor(data, shape)]),
  );
  const logits = tf.tidy(() =>
    classifierLogits(classifier, { ...head, ...ownHead }, tokens, {
      adapt: adaptWithLora(layers, { weights }),
    }),
  );
  disposeRecord(weights);
  disposeRecord(ownHead);
  return logits;
}
