/** Kind `peft-adapter`: the logits that an adapter PEFT wrote must give, with it and without it. */

import * as tf from '@tensorflow/tfjs';
import { type PeftAdapter, writePeftAdapter } from '../../adapters/peft';
import { readPeftAdapter } from '../../adapters/peftRead';
import { rankPatternOf } from '../../adapters/rankPattern';
import { parseExperimentConfig } from '../../config/experiment';
import { createMethod } from '../../methods/registry';
import { disposeDeviceBatch } from '../../model/taskModel';
import type { BackendName, VerifyCheck } from '../../runtime/protocol';
import { disposeRecord, readTensors } from '../../tensor/records';
import { fusedNorms } from '../fusedNorms';
import { fitAdapter, startingWeights } from '../importedAdapter';
import { boundOf, CheckList, SUGGESTED } from './checks';
import type { GoldenFolder, GoldenObject } from './folder';
import {
  disposeGoldenModel,
  type GoldenBatch,
  type GoldenModel,
  goldenBatch,
  goldenLogits,
  loadGoldenModel,
  ofTokens,
} from './goldenModel';

export async function verifyPeftAdapter(folder: GoldenFolder, backend: BackendName): Promise<VerifyCheck[]> {
  const expected = folder.golden.object('expected');
  const adapter = readPeftAdapter(folder.files);
  const list = new CheckList();
  checkRanks(list, adapter, expected);

  const golden = await loadGoldenModel(folder.beside);
  const { model } = golden;
  const batch = goldenBatch(model, folder.golden.object('inputs'));
  const tolerance = boundOf(folder, ['logits'], SUGGESTED.logits, backend);
  const again = readPeftAdapter(
    writePeftAdapter({
      config: model.config,
      layers: adapter.layers,
      variant: adapter.variant,
      fusedNorms: adapter.variant.use_dora ? await fusedNorms(model) : undefined,
      head: adapter.head,
      taskType: model.config.family === 'gpt2' ? 'CAUSAL_LM' : 'SEQ_CLS',
      baseModel: adapter.baseModel ?? '',
    }),
  );
  const [bare, adapted, exported] = [
    goldenLogits(model, golden.head, batch),
    await adaptedLogits(golden, adapter, batch),
    await adaptedLogits(golden, again, batch),
  ];
  try {
    const [bareValues = [], adaptedValues = [], exportedValues = []] = await readTensors([
      bare,
      adapted,
      exported,
    ]);
    const check = (name: string, actual: ArrayLike<number>, key: string) =>
      list.relative(
        name,
        ofTokens(model, actual, batch),
        ofTokens(model, expected.tensor(key).data, batch),
        tolerance,
      );
    check('logits', adaptedValues, 'logits');
    check('logits after export and import', exportedValues, 'logits');
    const without = 'logits_with_adapter_disabled';
    if (expected.has(without)) check(without, bareValues, without);
  } finally {
    tf.dispose([bare, adapted, exported]);
    disposeDeviceBatch(batch);
    disposeGoldenModel(golden);
  }
  return list.checks;
}

/** RoBERTa's under `ranks` by module; GPT-2's under `query_ranks` and `value_ranks` by fused module. */
function checkRanks(list: CheckList, adapter: PeftAdapter, expected: GoldenObject): void {
  const compare = (name: string, found: Record<string, number>) => {
    if (!expected.has(name)) return;
    const wanted = expected.object(name).raw;
    const modules = [...new Set([...Object.keys(found), ...Object.keys(wanted)])];
    list.exact(
      name,
      modules.map((module) => found[module]),
      modules.map((module) => wanted[module]),
    );
  };
  compare('ranks', rankPatternOf(adapter.ranks));
  for (const part of ['query', 'value']) {
    const own = adapter.ranks.filter(({ layer }) => layer.endsWith(`.${part}`));
    compare(`${part}_ranks`, rankPatternOf(own, 'gpt2'));
  }
}

/** Logits with the adapter's layers and, where it brings one, its head, as an experiment starts from it; shapes as `goldenLogits`. */
async function adaptedLogits(
  { model }: GoldenModel,
  adapter: PeftAdapter,
  batch: GoldenBatch,
): Promise<tf.Tensor2D> {
  const imported = await fitAdapter(adapter, model, { name: 'adapter', modelName: 'config.json' });
  const weights = startingWeights(imported, model);
  const name = adapter.variant.use_dora ? 'dora' : 'lora';
  const method = createMethod(name, { config: parseExperimentConfig({}), model, ...imported });
  try {
    return tf.tidy(() => goldenLogits(model, weights, batch, method.hooks(weights)));
  } finally {
    disposeRecord(weights);
  }
}
