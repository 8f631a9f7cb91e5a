/**
 * GPT-2's query and value adapters as PEFT keeps them: one LoRA layer on the fused `c_attn` of each block, with
 * A = [A_q; A_v] and B = [[s_q B_q, 0], [0, 0], [0, s_v B_v]] (METHOD §6), and back.
 */
import { FUSED_PARTS } from '../model/gpt2';
import type { TensorArray } from '../model/loadedModel';
import type { PeftLayer } from './peft';

/** What PEFT holds of one module; its scaling is 1. */
export interface FusedLayer {
  module: string;
  rank: number;
  /** (R, in) */
  loraA: TensorArray;
  /** (3 · out, R) */
  loraB: TensorArray;
  /** DoRA's, (3 · out) */
  magnitude?: TensorArray;
}

const FUSED_MODULE = /^transformer\.h\.(\d+)\.attn\.c_attn$/;

/** Block of a fused module; undefined for any other. */
export const blockOfFused = (module: string): string | undefined => FUSED_MODULE.exec(module)?.[1];

/**
 * One fused layer per block, in the order of the layers. DoRA's magnitudes are those of the frozen weight where there is no
 * layer: m / ‖W0‖ is 1 there.
 * @param layers of rank > 0, named `N.query` and `N.value`
 * @param norms of the frozen weight's outputs by module, (3 · out); needed where layers have magnitudes
 */
export function fuseLayers(
  layers: readonly PeftLayer[],
  hiddenSize: number,
  norms?: ReadonlyMap<string, Float32Array>,
): FusedLayer[] {
  const blocks = new Map<string, PeftLayer[]>();
  for (const layer of layers) {
    const [block = ''] = layer.layer.split('.');
    blocks.set(block, [...(blocks.get(block) ?? []), layer]);
  }
  return [...blocks].map(([block, parts]) => {
    const rank = parts.reduce((sum, part) => sum + part.rank, 0);
    const a = new Float32Array(rank * hiddenSize);
    const b = new Float32Array(3 * hiddenSize * rank);
    const module = `transformer.h.${block}.attn.c_attn`;
    const magnitude = norms?.get(module)?.slice();
    let first = 0;
    for (const { layer, rank: own, loraA, loraB, scaling, magnitude: its } of parts) {
      a.set(loraA.data, first * hiddenSize);
      const firstRow = layer.endsWith('.value') ? 2 * hiddenSize : 0;
      if (its) magnitude?.set(its.data, firstRow);
      for (let row = 0; row < hiddenSize; row++) {
        for (let j = 0; j < own; j++) {
          b[(firstRow + row) * rank + first + j] = scaling * (loraB.data[row * own + j] as number);
        }
      }
      first += own;
    }
    return {
      module,
      rank,
      loraA: { shape: [rank, hiddenSize], data: a },
      loraB: { shape: [3 * hiddenSize, rank], data: b },
      ...(magnitude && { magnitude: { shape: [magnitude.length], data: magnitude } }),
    };
  });
}

/**
 * The query and the value layer of a fused one. A component is a layer's own where B has numbers in its rows; one that
 * does nothing goes with the component before it, the first with the query.
 * @throws Error where it changes the keys
 */
export function splitFused(
  block: string,
  { loraA, loraB, scaling, magnitude }: Pick<PeftLayer, 'loraA' | 'loraB' | 'scaling' | 'magnitude'>,
  fileName: string,
): PeftLayer[] {
  const [rank = 0, into = 0] = loraA.shape;
  const rows = (loraB.shape[0] ?? 0) / 3;
  const touches = (component: number, part: number) => {
    for (let row = part * rows; row < (part + 1) * rows; row++)
      if (loraB.data[row * rank + component] !== 0) return true;
    return false;
  };
  const components: Record<'query' | 'value', number[]> = { query: [], value: [] };
  let before: 'query' | 'value' = 'query';
  for (let j = 0; j < rank; j++) {
    if (touches(j, 1))
      throw new Error(
        `${fileName}: the adapter changes the keys of block ${block}; only query and value are supported.`,
      );
    const [query, value] = [touches(j, 0), touches(j, 2)];
    if (!query && !value) components[before].push(j);
    if (query) components.query.push(j);
    if (value) components.value.push(j);
    if (query !== value) before = value ? 'value' : 'query';
  }
  return (['query', 'value'] as const).flatMap((part): PeftLayer[] => {
    const own = components[part];
    if (own.length === 0) return [];
    const a = new Float32Array(own.length * into);
    own.forEach((j, at) => {
      a.set(loraA.data.subarray(j * into, (j + 1) * into), at * into);
    });
    const firstRow = part === 'value' ? 2 * rows : 0;
    const b = Float32Array.from(
      { length: rows * own.length },
      (_, at) =>
        loraB.data[
          (firstRow + Math.floor(at / own.length)) * rank + (own[at % own.length] as number)
        ] as number,
    );
    return [
      {
        layer: `${block}.${part}`,
        rank: own.length,
        loraA: { shape: [own.length, into], data: a },
        loraB: { shape: [rows, own.length], data: b },
        scaling,
        ...(magnitude && {
          magnitude: { shape: [rows], data: magnitude.data.slice(firstRow, firstRow + rows) },
        }),
      },
    ];
  });
}

/**
 * The parts of a fused module that have no layer, keys always among them, with DoRA's magnitudes of their outputs.
 * @param layers of this module, as `splitFused` gives them
 * @param magnitude (3 · out)
 */
export function untouchedParts(
  module: string,
  layers: readonly PeftLayer[],
  magnitude: Float32Array,
): { module: string; first: number; magnitude: Float32Array }[] {
  const size = magnitude.length / FUSED_PARTS.length;
  return FUSED_PARTS.flatMap((part, at) =>
    layers.some(({ layer }) => layer.endsWith(`.${part}`))
      ? []
      : [{ module, first: at * size, magnitude: magnitude.slice(at * size, (at + 1) * size) }],
  );
}
