/**
 * GPT-2's query and value adapters as PEFT keeps them: one LoRA layer on the fused `c_attn` of each block, with
 * A = [A_q; A_v] and B = [[s_q B_q, 0], [0, 0], [0, s_v B_v]] (docs/guides/peft.md), and back; adapters that PEFT trained have keys too.
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

type FusedPart = (typeof FUSED_PARTS)[number];

const FUSED_MODULE = /^transformer\.h\.(\d+)\.attn\.c_attn$/;

/** Block of a fused module; undefined for any other. */
export const blockOfFused = (module: string): string | undefined => FUSED_MODULE.exec(module)?.[1];

/**
 * One fused layer per block, in the order of the layers. DoRA's magnitudes are those of the frozen weight where there is no
 * layer: m / ‖W0‖ is 1 there.
 * @param layers of rank > 0, named `N.query`, `N.key` and `N.value`
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
      const firstRow = hiddenSize * FUSED_PARTS.findIndex((part) => layer.endsWith(`.${part}`));
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
 * The layers of a fused one's parts. A component is a part's own where B has numbers in its rows, and may be of several; one
 * that does nothing goes with the component before it, the first with the query.
 */
export function splitFused(
  block: string,
  { loraA, loraB, scaling, magnitude }: Pick<PeftLayer, 'loraA' | 'loraB' | 'scaling' | 'magnitude'>,
): PeftLayer[] {
  const [rank = 0, into = 0] = loraA.shape;
  const rows = (loraB.shape[0] ?? 0) / FUSED_PARTS.length;
  const touches = (component: number, part: number) => {
    for (let row = part * rows; row < (part + 1) * rows; row++)
      if (loraB.data[row * rank + component] !== 0) return true;
    return false;
  };
  const components: Record<FusedPart, number[]> = { query: [], key: [], value: [] };
  let before: FusedPart = 'query';
  for (let j = 0; j < rank; j++) {
    const touched = FUSED_PARTS.filter((_, at) => touches(j, at));
    for (const part of touched.length > 0 ? touched : [before]) components[part].push(j);
    if (touched.length === 1 && touched[0]) before = touched[0];
  }
  return FUSED_PARTS.flatMap((part, at): PeftLayer[] => {
    const own = components[part];
    if (own.length === 0) return [];
    const a = new Float32Array(own.length * into);
    own.forEach((j, i) => {
      a.set(loraA.data.subarray(j * into, (j + 1) * into), i * into);
    });
    const firstRow = at * rows;
    const b = Float32Array.from(
      { length: rows * own.length },
      (_, i) =>
        loraB.data[
          (firstRow + Math.floor(i / own.length)) * rank + (own[i % own.length] as number)
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
 * The parts of a fused module that have no layer, with DoRA's magnitudes of their outputs.
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
