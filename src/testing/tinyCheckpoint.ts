/** A whole checkpoint folder in memory: tiny random RoBERTa, its own byte-level BPE; as a person would drop it. */
import { robertaConfigToJson } from '../model/config';
import { generateCorpus } from '../tasks/corpus';
import { writeSafetensors } from '../tensor/safetensors';
import { toTokenizerJson, trainByteLevelBpe } from '../tokenizer/bpeTrainer';
import { tinyModel } from './tinyModel';

const vocabSize = 320;

/** config.json, model.safetensors and tokenizer.json; the same bytes every time. */
export function tinyCheckpoint(): { name: string; bytes: ArrayBuffer }[] {
  const { config, tensors } = tinyModel({
    vocabSize,
    layers: 2,
    hiddenSize: 16,
    heads: 2,
    intermediateSize: 32,
    maxPositions: 66,
  });
  const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value)).buffer as ArrayBuffer;
  return [
    { name: 'config.json', bytes: json(robertaConfigToJson(config)) },
    {
      name: 'tokenizer.json',
      bytes: json(toTokenizerJson(trainByteLevelBpe(generateCorpus(300, 1), vocabSize))),
    },
    { name: 'model.safetensors', bytes: writeSafetensors([...tensors]) },
  ];
}
