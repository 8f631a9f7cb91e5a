/** A GPT-2 folder under either naming, in memory or as Blobs, with what a file of the Hub holds besides. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type FileBytes, jsonFile } from '../tensor/fileSet';
import { writeSafetensors } from '../tensor/safetensors';
import { readCheckpoint } from '../testing/readCheckpoint';
import { tinyGpt2 } from '../testing/tinyModel';
import { openCheckpoint } from './checkpoint';
import { gpt2ConfigToJson } from './config';
import { readStored } from './loadedModel';

const tokenizerFolder = new URL('../testing/golden/tokenizer-gpt2/', import.meta.url).pathname;
const vocabulary = JSON.parse(readFileSync(`${tokenizerFolder}vocab.json`, 'utf8')) as Record<string, number>;
const endOfText = vocabulary['<|endoftext|>'] as number;
const { config: drawn, tensors } = tinyGpt2({
  vocabSize: Object.keys(vocabulary).length,
  layers: 2,
  hiddenSize: 8,
  heads: 2,
  intermediateSize: 16,
  maxPositions: 12,
});
const config = { ...drawn, bosTokenId: endOfText, eosTokenId: endOfText, padTokenId: endOfText };

const options = { name: 'my', source: 'files: my/' };

/** As on the Hub: no prefix, the attention masks, and the head a second time. */
function hubFolder(change: object = {}): FileBytes[] {
  const named = [...tensors].map(([name, tensor]) => [name.replace('transformer.', ''), tensor] as const);
  const mask = { shape: [1, 1, 12, 12], data: new Float32Array(144) };
  const head = tensors.get('transformer.wte.weight') as (typeof named)[0][1];
  return [
    jsonFile('my/config.json', { ...gpt2ConfigToJson(config), ...change }),
    {
      name: 'my/model.safetensors',
      bytes: writeSafetensors([...named, ['h.0.attn.bias', mask], ['lm_head.weight', head]]),
    },
    ...['tokenizer.json', 'tokenizer_config.json'].map((name) => ({
      name: `my/${name}`,
      bytes: new Uint8Array(readFileSync(tokenizerFolder + name)).buffer,
    })),
  ];
}

const asBlobs = (files: FileBytes[]) => files.map(({ name, bytes }) => ({ name, blob: new Blob([bytes]) }));

describe('a GPT-2 of the Hub', () => {
  it('is read under its canonical names, without masks and without a second head', async () => {
    const model = await readCheckpoint(hubFolder(), options);
    expect(model.config).toEqual(config);
    expect(model.tensors).toEqual(tensors);
    expect(model.notes).toEqual([]);
    expect(model.tokenizer.eosId).toBe(endOfText);
  });

  it('is opened without being read, and gives the same values when asked', async () => {
    const model = await openCheckpoint(asBlobs(hubFolder()), options);
    expect([...model.tensors].map(([name, { shape }]) => [name, shape])).toEqual(
      [...tensors].map(([name, { shape }]) => [name, shape]),
    );
    for (const [name, stored] of model.tensors) {
      expect(stored).not.toHaveProperty('data');
      expect(await readStored(stored)).toEqual(tensors.get(name)?.data);
    }
  });

  it('is refused with a tensor missing, of another shape, or with a tokenizer of another model', async () => {
    const cut = hubFolder({ n_layer: 3 });
    await expect(openCheckpoint(asBlobs(cut), options)).rejects.toThrow(
      'my/model.safetensors: tensor "transformer.h.2.ln_1.weight" of shape [8] is missing',
    );
    await expect(readCheckpoint(hubFolder({ n_inner: 24 }), options)).rejects.toThrow(
      'tensor "h.0.mlp.c_fc.weight" has shape [8,16], but config.json asks for [8,24]',
    );
    await expect(readCheckpoint(hubFolder({ eos_token_id: 3 }), options)).rejects.toThrow(
      `its end-of-text token has id ${endOfText}, but my/config.json says eos_token_id 3`,
    );
  });
});
