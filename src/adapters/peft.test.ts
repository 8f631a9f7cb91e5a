/** Adapters that PEFT wrote are read with its own scaling rules; what is written reads back the same. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { RandomStream } from '../random/stream';
import { type FileBytes, jsonFile } from '../tensor/fileSet';
import { openSafetensors, writeSafetensors } from '../tensor/safetensors';
import { type PeftLayer, writePeftAdapter } from './peft';
import { fuseLayers, splitFused } from './peftFused';
import { readPeftAdapter } from './peftRead';
import { rankPatternOf } from './rankPattern';

const golden = new URL('../testing/golden/peft-adapter-roberta/', import.meta.url).pathname;
const bytesOf = (path: string): ArrayBuffer => new Uint8Array(readFileSync(path)).buffer;
const original: FileBytes[] = ['adapter_config.json', 'adapter_model.safetensors'].map((name) => ({
  name: `adapter/${name}`,
  bytes: bytesOf(`${golden}adapter/${name}`),
}));
const jsonOf = (file: FileBytes | undefined) => JSON.parse(new TextDecoder().decode(file?.bytes));
const withOptions = (options: object): FileBytes[] => [
  jsonFile('adapter/adapter_config.json', { ...jsonOf(original[0]), ...options }),
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

  it('reads regular expressions as Python writes them, and names those that it cannot', () => {
    const named = { 'layer\\.(?P<block>0)\\..*query\\Z': 9 };
    const [first] = readPeftAdapter(withOptions({ alpha_pattern: named, lora_alpha: 6 })).layers;
    expect((first?.rank ?? 0) * (first?.scaling ?? 0)).toBeCloseTo(9, 12);
    const strange = { 'layer.(?(1)a|b).query': 9 };
    expect(() => readPeftAdapter(withOptions({ alpha_pattern: strange }))).toThrow(
      '"alpha_pattern" has the key "layer.(?(1)a|b).query", a regular expression that this program cannot read',
    );
  });

  it('scales by √r with rank-stabilised LoRA', () => {
    expect(readPeftAdapter(withOptions({ use_rslora: true })).layers[0]?.scaling).toBeCloseTo(
      16 / Math.sqrt(3),
      12,
    );
  });

  it.each([
    [{ peft_type: 'IA3' }, '"peft_type" is "IA3"; only "LORA" and "ADALORA"'],
    [{ peft_type: 'ADALORA' }, 'belongs to no LoRA layer'],
    [{ use_dora: true }, 'has no lora_magnitude_vector'],
    [{ bias: 'all' }, '"bias" is "all"'],
    [{ init_lora_weights: 'pissa' }, '"init_lora_weights" is "pissa"'],
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
    const pickle = { name: 'adapter/adapter_model.bin', bytes: new ArrayBuffer(8) };
    expect(() => readPeftAdapter([original[0] as FileBytes, pickle])).toThrow('is a PyTorch pickle');
    expect(() => readPeftAdapter(withTensors())).toThrow('holds no LoRA layer');
    expect(() => readPeftAdapter(withTensors(key(dense, 'A'), key(dense, 'B')))).toThrow(
      `changes "${dense}"`,
    );
    const query = 'roberta.encoder.layer.0.attention.self.query';
    expect(() => readPeftAdapter(withTensors(key(query, 'A')))).toThrow(`"${query}" has no lora_B`);
    const magnitude = `base_model.model.${query}.lora_magnitude_vector`;
    expect(() => readPeftAdapter(withTensors(magnitude))).toThrow('does not say use_dora');
    expect(() => readPeftAdapter(withTensors('base_model.model.pooler.weight'))).toThrow(
      'belongs to no LoRA layer',
    );
  });
});

describe('AdaLoRA as PEFT keeps it', () => {
  const query = 'roberta.encoder.layer.0.attention.self.query';
  const config = { peft_type: 'ADALORA', init_r: 4, lora_alpha: 8 };
  const tensor = (...shape: number[]) => ({
    shape,
    data: Float32Array.from({ length: shape.reduce((n, d) => n * d, 1) }, (_, i) => i + 1),
  });
  const read = (json: object, tensors: Record<string, { shape: number[]; data: Float32Array }>) =>
    readPeftAdapter([
      jsonFile('adapter_config.json', json),
      {
        name: 'adapter_model.safetensors',
        bytes: writeSafetensors(
          Object.entries(tensors).map(([letter, value]) => [
            `base_model.model.${query}.lora_${letter}`,
            value,
          ]),
        ),
      },
    ]);
  const three = { A: tensor(3, 2), B: tensor(2, 3), E: { shape: [3, 1], data: Float32Array.of(2, 0, 3) } };

  it('is LoRA of the triplets that were not pruned, scaled by init_r whatever the file has kept', () => {
    const [layer] = read(config, three).layers;
    expect(layer).toMatchObject({ layer: '0.query', rank: 2 });
    expect([...(layer?.loraA.data ?? [])]).toEqual([2, 4, 15, 18]);
    expect([...(layer?.loraB.data ?? [])]).toEqual([1, 3, 4, 6]);
    expect(layer?.scaling).toBeCloseTo(8 / (4 + 1e-5), 12);
    // PEFT takes init_r for an alpha that is not positive.
    expect(read({ ...config, lora_alpha: 0 }, three).layers[0]?.scaling).toBeCloseTo(4 / (4 + 1e-5), 12);
  });

  it('has no layer where every triplet was pruned', () => {
    expect(read(config, { ...three, E: { shape: [3, 1], data: new Float32Array(3) } }).layers).toEqual([]);
  });

  it.each([
    [config, { A: three.A, B: three.B }, 'has no lora_E'],
    [config, { ...three, E: tensor(2, 1) }, 'lora_A of shape [3,2], lora_E [2,1] and lora_B [2,3]'],
    [{ ...config, init_r: 2 }, three, '"init_r" is 2; expected a number, 3 at least'],
    [{ ...config, lora_alpha: null }, three, '"lora_alpha" is null'],
  ])('says what is wrong: %#', (json, tensors, message) => {
    expect(() => read(json, tensors)).toThrow(message);
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
      config: { family: 'roberta', hiddenSize: 8 },
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
      config: { family: 'roberta', hiddenSize: 32 },
      layers: adapter.layers,
      head: adapter.head,
      taskType: 'SEQ_CLS',
      baseModel: '',
    });
    expect(names(again)).toEqual(names(original));
    expect(readPeftAdapter(again)).toEqual({ ...adapter, baseModel: '' });
  });

  it.each(['roberta', 'rslora-roberta', 'dora-roberta', 'dora-gpt2'])(
    'writes the tensors and options of PEFT itself: %s',
    (name) => {
      const at = new URL(`../testing/golden/peft-adapter-${name}/adapter/`, import.meta.url).pathname;
      const files = ['adapter_config.json', 'adapter_model.safetensors'].map((file) => ({
        name: file,
        bytes: bytesOf(`${at}${file}`),
      }));
      const shapesOf = ([, weights]: FileBytes[]) =>
        [...openSafetensors(weights as FileBytes).entries]
          .map(([tensor, { shape }]) => `${tensor} [${shape}]`)
          .sort();
      const adapter = readPeftAdapter(files);
      const family = name.endsWith('gpt2') ? ('gpt2' as const) : ('roberta' as const);
      const norms = new Map([0, 2].map((n) => [`transformer.h.${n}.attn.c_attn`, new Float32Array(96)]));
      const again = writePeftAdapter({
        config: { family, hiddenSize: 32 },
        layers: adapter.layers,
        head: adapter.head,
        taskType: family === 'gpt2' ? 'CAUSAL_LM' : 'SEQ_CLS',
        baseModel: '',
        variant: adapter.variant,
        fusedNorms: norms,
      });
      expect(shapesOf(again)).toEqual(shapesOf(files));
      const [theirs, ours] = [jsonOf(files[0]), jsonOf(again[0])];
      for (const key of ['peft_type', 'task_type', 'use_dora', 'use_rslora', 'fan_in_fan_out', 'bias'])
        expect(ours[key]).toEqual(theirs[key]);
      expect(ours.target_modules.sort()).toEqual(theirs.target_modules.sort());
      const scalings = (layers: PeftLayer[]) =>
        layers.map(({ layer, rank, scaling }) => [layer, rank, scaling]);
      // A fused layer carries its scaling in B.
      if (family === 'roberta')
        expect(scalings(readPeftAdapter(again).layers)).toEqual(scalings(adapter.layers));
    },
  );

  it('writes an adapter that does nothing where every rank is 0', () => {
    const adapter = readPeftAdapter(write([layer('1.query', 0, 2, 0), layer('0.value', 0, 2, 2)]));
    expect(adapter.ranks).toEqual([{ layer: '0.value', rank: 1 }]);
    expect(adapter.layers[0]?.loraB.data).toEqual(new Float32Array(8));
  });

  it('refuses a rank that disagrees with its matrices', () => {
    expect(() => write([{ ...layer('0.query', 2, 1, 0), rank: 3 }])).toThrow('LoRA layer 0.query of rank 3');
  });

  describe('of GPT-2', () => {
    const export2 = (given: PeftLayer[]) =>
      writePeftAdapter({
        config: { family: 'gpt2', hiddenSize: 8 },
        layers: given,
        head: new Map(),
        taskType: 'CAUSAL_LM',
        baseModel: 'gpt2',
      });
    const module = (block: number) => `transformer.h.${block}.attn.c_attn`;

    it('fuses query and value into one module of scaling 1, and tells them apart again', () => {
      const files = export2([
        layer('1.value', 1, 4, 9),
        layer('0.query', 3, 2, 0),
        layer('0.value', 2, 0.5, 4),
      ]);
      const json = jsonOf(files[0]);
      expect(json).toMatchObject({ task_type: 'CAUSAL_LM', fan_in_fan_out: true, modules_to_save: null });
      expect(json.rank_pattern).toEqual({ [module(0)]: 5, [module(1)]: 1 });
      expect(json.alpha_pattern).toEqual(json.rank_pattern);
      const source = openSafetensors(files[1] as FileBytes);
      expect(source.entries.get(`base_model.model.${module(0)}.lora_B.weight`)?.shape).toEqual([24, 5]);

      const adapter = readPeftAdapter(files);
      expect(adapter.ranks).toEqual([
        { layer: '0.query', rank: 3 },
        { layer: '0.value', rank: 2 },
        { layer: '1.value', rank: 1 },
      ]);
      const query = adapter.layers[0] as PeftLayer;
      expect(query.scaling).toBe(1);
      expect(query.loraA).toEqual(random([3, 8], 0));
      expect(query.loraB.data).toEqual(random([8, 3], 100).data.map((value) => 2 * value));
      expect(readPeftAdapter(export2(adapter.layers))).toEqual(adapter);
    });

    it('gives a component to every part that it touches, one that does nothing to the part before', () => {
      const a = { shape: [1, 2], data: Float32Array.of(1, 2) };
      const fused = (b: number[]) => ({
        loraA: a,
        loraB: { shape: [6, 1], data: Float32Array.from(b) },
        scaling: 3,
      });
      const partsOf = (b: number[]) =>
        splitFused('4', fused(b)).map((part) => [part.layer, part.rank, [...part.loraB.data], part.scaling]);
      expect(partsOf([1, 0, 0, 0, 5, 6])).toEqual([
        ['4.query', 1, [1, 0], 3],
        ['4.value', 1, [5, 6], 3],
      ]);
      expect(partsOf([0, 0, 7, 0, 5, 6])).toEqual([
        ['4.key', 1, [7, 0], 3],
        ['4.value', 1, [5, 6], 3],
      ]);
      expect(partsOf([0, 0, 0, 0, 0, 0])).toEqual([['4.query', 1, [0, 0], 3]]);
      // Fused again, every part keeps its rows.
      const layers = splitFused('4', fused([1, 2, 3, 4, 5, 6]));
      const [again] = fuseLayers(layers, 2);
      expect(again?.rank).toBe(3);
      const product = (rows: number[]) => rows.map((row) => row * 3);
      expect(
        Array.from({ length: 6 }, (_, row) =>
          [...(again?.loraB.data.subarray(3 * row, 3 * row + 3) ?? [])].reduce((x, y) => x + y),
        ),
      ).toEqual(product([1, 2, 3, 4, 5, 6]));
    });
  });
});
