/** A checkpoint folder is read under any of its spellings, and whatever is wrong with it is named. */
import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { RandomStream } from '../random/stream';
import type { FileBytes } from '../tensor/fileSet';
import { writeSafetensors } from '../tensor/safetensors';
import { readCheckpoint } from '../testing/readCheckpoint';
import { fileOf } from '../testing/tableFiles';
import { canonicalName } from './checkpoint';
import { parseRobertaConfig } from './config';
import type { ModelArrays } from './loadedModel';
import { expectedTensors, sequenceHeadTensors } from './tensorShapes';

const tokenizerFolder = new URL('../testing/golden/tokenizer-roberta/', import.meta.url).pathname;
const bytesOf = (path: string): ArrayBuffer => new Uint8Array(readFileSync(path)).buffer;

const configJson = {
  model_type: 'roberta',
  vocab_size: 504,
  hidden_size: 8,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  intermediate_size: 12,
  max_position_embeddings: 20,
  num_labels: 3,
};
const config = parseRobertaConfig(configJson);
const headTensors = sequenceHeadTensors(config.hiddenSize, config.numLabels);

/** A whole checkpoint of random numbers, its names changed by `rename` (undefined leaves a tensor out). */
function folder(rename: (name: string) => string | undefined = (name) => name, where = 'my/'): FileBytes[] {
  const shapes = [...expectedTensors(config), ...headTensors];
  const tensors = shapes.flatMap(([name, shape], i): [string, { shape: number[]; data: Float32Array }][] => {
    const renamed = rename(name);
    const size = shape.reduce((n, d) => n * d, 1);
    const data = RandomStream.of(1, 'weights', i).fillNormal(size, 0.1);
    return renamed === undefined ? [] : [[renamed, { shape, data }]];
  });
  tensors.push(['lm_head.bias', { shape: [504], data: new Float32Array(504) }]);
  return [
    fileOf(`${where}config.json`, JSON.stringify(configJson)),
    { name: `${where}model.safetensors`, bytes: writeSafetensors(tensors) },
    ...readdirSync(tokenizerFolder)
      .filter((name) => name !== 'golden.json')
      .map((name) => ({ name: where + name, bytes: bytesOf(tokenizerFolder + name) })),
  ];
}

const options = { name: 'my', source: 'files: my/' };
const read = (files: readonly FileBytes[]) => readCheckpoint(files, options);
const without = (files: FileBytes[], ...names: string[]) =>
  files.filter((file) => !names.some((name) => file.name.endsWith(name)));
const withConfig = (change: object) =>
  folder().map((file) =>
    file.name.endsWith('/config.json')
      ? fileOf(file.name, JSON.stringify({ ...configJson, ...change }))
      : file,
  );

describe('openCheckpoint', () => {
  let whole: ModelArrays;
  beforeAll(async () => {
    whole = await read(folder());
  });

  it('reads weights, head and tokenizer', () => {
    expect(whole.notes).toEqual([]);
    expect(whole).toMatchObject({ name: 'my', source: 'files: my/', config });
    expect([...whole.tensors.keys()]).toEqual([...expectedTensors(config).keys(), ...headTensors.keys()]);
    expect(whole.tokenizer.encode('the pub')).toEqual([0, 369, 430, 2]);
  });

  it.each([
    ['without the roberta. prefix', (name: string) => name.replace(/^roberta\./, '')],
    [
      'with gamma and beta',
      (name: string) =>
        name.replace(/LayerNorm\.weight$/, 'LayerNorm.gamma').replace(/LayerNorm\.bias$/, 'LayerNorm.beta'),
    ],
  ])('reads the same names %s', async (_what, rename) => {
    expect(rename('roberta.embeddings.LayerNorm.weight')).not.toBe('roberta.embeddings.LayerNorm.weight');
    expect(canonicalName(rename('roberta.embeddings.LayerNorm.weight'))).toBe(
      'roberta.embeddings.LayerNorm.weight',
    );
    expect((await read(folder(rename))).tensors).toEqual(whole.tensors);
  });

  it('reads vocab.json and merges.txt where there is no tokenizer.json, and files without a folder', async () => {
    const files = without(folder(undefined, ''), 'tokenizer.json');
    expect((await read(files)).tokenizer.encode('the pub', 'is')).toEqual(
      whole.tokenizer.encode('the pub', 'is'),
    );
  });

  it('reads shards', async () => {
    const names = [...whole.tensors.keys()];
    const shardOf = (i: number) => `model-0000${(i % 2) + 1}-of-00002.safetensors`;
    const shards = [0, 1].map((part) => ({
      name: `my/${shardOf(part)}`,
      bytes: writeSafetensors([...whole.tensors].filter((_, i) => i % 2 === part)),
    }));
    const map = Object.fromEntries(names.map((name, i) => [name, shardOf(i)]));
    const index = fileOf('my/model.safetensors.index.json', JSON.stringify({ weight_map: map }));
    const rest = without(folder(), 'model.safetensors');
    expect((await read([...rest, index, ...shards])).tensors).toEqual(whole.tensors);
    await expect(read([...rest, index, shards[0] as FileBytes])).rejects.toThrow(
      'missing: model-00002-of-00002.safetensors',
    );
  });

  it('says nothing of a head that is not there, which the task says, and notes half a head', async () => {
    const bare = await read(folder((name) => (name.startsWith('classifier') ? undefined : name)));
    expect(bare.notes).toEqual([]);
    expect(bare.tensors.has('classifier.dense.weight')).toBe(false);
    const half = await read(folder((name) => (name === 'classifier.dense.bias' ? undefined : name)));
    expect(half.notes[0]).toMatch(/^classifier\.dense\.bias is not in/);
    expect([...half.tensors.keys()].some((name) => name.startsWith('classifier'))).toBe(false);
  });

  const missing = 'roberta.encoder.layer.1.output.dense.weight';
  it.each<[string, () => FileBytes[], string]>([
    ['no config', () => without(folder(), '/config.json'), 'There is no config.json among the 5 files'],
    ['no weights', () => without(folder(), 'model.safetensors'), 'There is no model.safetensors'],
    [
      'no tokenizer',
      () => without(folder(), 'tokenizer.json', 'vocab.json', 'merges.txt'),
      'tokenizer files are missing',
    ],
    ['no merges', () => without(folder(), 'tokenizer.json', 'merges.txt'), 'merges.txt is missing'],
    [
      'pickle only',
      () => [...without(folder(), 'model.safetensors'), fileOf('my/pytorch_model.bin', 'x')],
      'my/pytorch_model.bin is a PyTorch pickle',
    ],
    [
      'a missing weight',
      () => folder((name) => (name === missing ? undefined : name)),
      `my/model.safetensors: tensor "${missing}" of shape [8,12] is missing.`,
    ],
    [
      'another width',
      () => withConfig({ intermediate_size: 16 }),
      'tensor "roberta.encoder.layer.0.intermediate.dense.weight" has shape [12,8], but config.json asks for [16,8]',
    ],
    [
      'another label count',
      () => withConfig({ num_labels: 2 }),
      '"classifier.out_proj.weight" has shape [3,8]',
    ],
    [
      'more blocks',
      () => withConfig({ num_hidden_layers: 3 }),
      'tensor "roberta.encoder.layer.2.attention.self.query',
    ],
    [
      'another padding id',
      () => withConfig({ pad_token_id: 0 }),
      'padding token has id 1, but my/config.json says pad_token_id 0',
    ],
  ])('names what is wrong: %s', async (_name, files, message) => {
    await expect(read(files())).rejects.toThrow(message);
  });

  it('refuses a tokenizer whose ids the model does not have', async () => {
    const small = { ...configJson, vocab_size: 400 };
    const shapes = [...expectedTensors(parseRobertaConfig(small))];
    const weights = writeSafetensors(
      shapes.map(([name, shape]) => [
        name,
        { shape, data: new Float32Array(shape.reduce((n, d) => n * d, 1)) },
      ]),
    );
    const files = folder().map((file) =>
      file.name.endsWith('/config.json')
        ? fileOf(file.name, JSON.stringify(small))
        : file.name.endsWith('model.safetensors')
          ? { name: file.name, bytes: weights }
          : file,
    );
    await expect(read(files)).rejects.toThrow('ids up to 503');
    await expect(read(files)).rejects.toThrow('my/config.json says vocab_size 400');
  });

  it('names a file that was cut', async () => {
    const files = folder().map((file) =>
      file.name.endsWith('model.safetensors') ? { ...file, bytes: file.bytes.slice(0, -100) } : file,
    );
    await expect(read(files)).rejects.toThrow(
      /my\/model\.safetensors: tensor ".*" ends at byte \d+ but the file has \d+/,
    );
  });
});
