/** Adapters that PEFT wrote are read with its own scaling rules; what is written reads back the same. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { RandomStream } from '../random/stream';
import type { FileBytes } from '../tensor/fileSet';
import { openSafetensors, writeSafetensors } from '../tensor/safetensors';
import { type PeftLayer, readPeftAdapter, writePeftAdapter } from './peft';
import { rankPatternOf } from './rankPattern';

const golden = new URL('../testing/golden/peft-adapter-roberta/', import.meta.url).pathname;
const bytesOf = (path: string): ArrayBuffer => new Uint8Array(readFileSync(path)).buffer;
const original: FileBytes[] = ['adapter_config.json', 'adapter_model.safetensors'].map((name) => ({
  name: `adapter/${name}`,
  bytes: bytesOf(`${golden}adapter/${name}`),
}));
const jsonOf = (file: FileBytes | undefined) => JSON.parse(new TextDecoder().decode(file?.bytes));
const asFile = (name: string, value: unknown): FileBytes => ({
  name,
  bytes: new TextEncoder().encode(JSON.stringify(value)).buffer as ArrayBuffer,
});
const withOptions = (options: object): FileBytes[] => [
  asFile('adapter/adapter_config.json', { ...jsonOf(original[0]), ...options }),
  original[1] as FileBytes,
];

describe('readPeftAdapter', () => {
  it('reads ranks and scaling of every layer', () => {
    const adapter = readPeftAdapter(original);
    const { ranks } = jsonOf({ name: '', bytes: bytesOf(`${golden}golden.json`) }).expected;
    expect(rankPatternOf(adapter.ranks)).toEqual(ranks);
    expect(adapter.layers.map(({ scaling }) => scaling)).toEqual([16 / 3, 2, 2, 16 / 6, 4, 16]);
    expect(adapter.head.size).toBeGreaterThan(0);
    expect(adapter.taskType).toBe('SEQ_CLS');
  });

  it('takes pattern keys as regular expressions for the end of the name, first match first', () => {
    const layers = readPeftAdapter(
      withOptions({ alpha_pattern: { 'layer\\.0.*query': 9, query: 8 }, lora_alpha: 6 }),
    ).layers;
    expect(layers.map(({ layer, rank, scaling }) => [layer, rank * scaling])).toEqual([
      ['0.query', 9],
      ['0.value', 6],
      ['1.query', 8],
      ['1.value', 6],
      ['2.query', 8],
      ['2.value', 6],
    ]);
  });

  it('scales by √r with rank-stabilised LoRA', () => {
    expect(readPeftAdapter(withOptions({ use_rslora: true })).layers[0]?.scaling).toBeCloseTo(
      16 / Math.sqrt(3),
      12,
    );
  });

  it.each([
    [{ peft_type: 'IA3' }, '"peft_type" is "IA3"'],
    [{ use_dora: true }, '"use_dora" is true'],
    [{ bias: 'all' }, '"bias" is "all"'],
    [{ layer_replication: [[0, 2]] }, '"layer_replication"'],
    [{ rank_pattern: {} }, 'but adapter/adapter_config.json gives it rank 8'],
    [{ alpha_pattern: { query: 0 } }, '"alpha_pattern.query" is 0'],
  ])('names what it does not support: %j', (options, message) => {
    expect(() => readPeftAdapter(withOptions(options))).toThrow(message);
  });

  it('names missing files and foreign modules', () => {
    const one = { shape: [8, 1], data: new Float32Array(8) };
    const key = (module: string, letter: string) => `base_model.model.${module}.lora_${letter}.weight`;
    const withTensors = (...names: string[]): FileBytes[] => [
      original[0] as FileBytes,
      {
        name: 'adapter/adapter_model.safetensors',
        bytes: writeSafetensors(names.map((name) => [name, one])),
      },
    ];
    const dense = 'roberta.encoder.layer.0.output.dense';
    expect(() => readPeftAdapter([])).toThrow('no adapter_config.json');
    expect(() => readPeftAdapter(original.slice(0, 1))).toThrow('no adapter_model.safetensors beside');
    expect(() => readPeftAdapter(withTensors(key(dense, 'A'), key(dense, 'B')))).toThrow(
      `changes "${dense}"`,
    );
    const query = 'roberta.encoder.layer.0.attention.self.query';
    expect(() => readPeftAdapter(withTensors(key(query, 'A')))).toThrow(`"${query}" has no lora_B`);
    expect(() => readPeftAdapter(withTensors('base_model.model.pooler.weight'))).toThrow(
      'belongs to no LoRA layer',
    );
  });
});

describe('writePeftAdapter', () => {
  const random = (shape: number[], stream: number) => ({
    shape,
    data: RandomStream.of(7, 'adapter', stream).fillNormal(
      shape.reduce((n, d) => n * d, 1),
      0.1,
    ),
  });
  const layer = (name: string, rank: number, scaling: number, stream: number): PeftLayer => ({
    layer: name,
    rank,
    scaling,
    loraA: random([rank, 8], stream),
    loraB: random([8, rank], stream + 100),
  });
  const head = new Map([
    ['classifier.dense.weight', random([8, 8], 50)],
    ['classifier.out_proj.bias', random([3], 51)],
  ]);
  const layers = [layer('10.value', 2, 8, 4), layer('0.query', 3, 16 / 3, 0), layer('0.value', 0, 2, 2)];
  const write = (given: PeftLayer[]) =>
    writePeftAdapter({
      config: { hiddenSize: 8 },
      layers: given,
      head,
      taskType: 'SEQ_CLS',
      baseModel: 'base',
    });

  it('is read back the same, layers of rank 0 left out', () => {
    const adapter = readPeftAdapter(write(layers));
    expect(adapter.layers).toEqual([layers[1], layers[0]]);
    expect(adapter.head).toEqual(head);
    expect(adapter.baseModel).toBe('base');
  });

  it('writes both patterns for every layer, with alpha = scaling · rank, and an explicit module list', () => {
    const json = jsonOf(write(layers)[0]);
    const [query, value] = [
      'roberta.encoder.layer.0.attention.self.query',
      'roberta.encoder.layer.10.attention.self.value',
    ];
    expect(json).toMatchObject({
      peft_type: 'LORA',
      task_type: 'SEQ_CLS',
      modules_to_save: ['classifier'],
      bias: 'none',
    });
    expect(json.rank_pattern).toEqual({ [query]: 3, [value]: 2 });
    expect(json.alpha_pattern).toEqual({ [query]: 16, [value]: 16 });
    expect(json.target_modules).toEqual([query, value]);
  });

  it('names its tensors as PEFT does', () => {
    const names = (files: FileBytes[]) => [...openSafetensors(files[1] as FileBytes).entries.keys()].sort();
    const adapter = readPeftAdapter(original);
    const again = writePeftAdapter({
      config: { hiddenSize: 32 },
      layers: adapter.layers,
      head: adapter.head,
      taskType: 'SEQ_CLS',
      baseModel: '',
    });
    expect(names(again)).toEqual(names(original));
    expect(readPeftAdapter(again)).toEqual({ ...adapter, baseModel: '' });
  });

  it('writes an adapter that does nothing where every rank is 0', () => {
    const adapter = readPeftAdapter(write([layer('1.query', 0, 2, 0), layer('0.value', 0, 2, 2)]));
    expect(adapter.ranks).toEqual([{ layer: '0.value', rank: 1 }]);
    expect(adapter.layers[0]?.loraB.data).toEqual(new Float32Array(8));
  });

  it('refuses a rank that disagrees with its matrices', () => {
    expect(() => write([{ ...layer('0.query', 2, 1, 0), rank: 3 }])).toThrow('LoRA layer 0.query of rank 3');
  });
});
