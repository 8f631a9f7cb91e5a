/**
 * Inverted dropout whose mask is a function of (key, element index): two passes with the same key drop the same
 * elements, so that passes which are subtracted see one network. Linear in x, so it differentiates again.
 */
import * as tf from '@tensorflow/tfjs';
import { hash32, uint32At } from '../../random/stream';
import { defineOp } from './defineOp';
import { runWgsl, type WgslProgram } from './webgpu';

interface DropoutAttributes {
  rate: number;
  key: number;
}

/** An element is dropped when its 32 random bits are below this. */
const dropBelow = (rate: number) => Math.floor(rate * 0x100000000);

/** `keptFactor(index)`: 0 for a dropped element, else 1 / (1 − rate). The bits of `uint32At` in random/stream.ts. */
export const keptFactorSource = /* wgsl */ `
  fn hash32(value : u32) -> u32 {
    var x = value;
    x = (x ^ (x >> 16u)) * 0x7feb352du;
    x = (x ^ (x >> 15u)) * 0x846ca68bu;
    return x ^ (x >> 16u);
  }
  fn keptFactor(index : i32) -> f32 {
    if (uniforms.dropBelow == 0u) { return uniforms.keptScale; }
    let bits = hash32(uniforms.dropKey ^ hash32(u32(index)));
    return select(uniforms.keptScale, 0.0, bits < uniforms.dropBelow);
  }
`;

/** What `keptFactorSource` reads. */
export const keptFactorUniforms = { dropKey: 'u32', dropBelow: 'u32', keptScale: 'f32' } as const;

export const keptFactorValues = ({ rate, key }: DropoutAttributes) => ({
  dropKey: key >>> 0,
  dropBelow: dropBelow(rate),
  keptScale: 1 / (1 - rate),
});

const program: WgslProgram = {
  name: 'AutoLoraDropout',
  inputs: ['x'],
  uniforms: keptFactorUniforms,
  per: 'element',
  source: /* wgsl */ `
    ${keptFactorSource}
    fn element(index : i32) -> f32 { return x[index] * keptFactor(index); }
  `,
};

const runDropout = defineOp<{ x: tf.Tensor }, DropoutAttributes>({
  name: 'AutoLoraDropout',
  reference: ({ x }, { rate, key }) => {
    const limit = dropBelow(rate);
    const mask = new Float32Array(x.size);
    for (let i = 0; i < mask.length; i++) mask[i] = uint32At(key, i) < limit ? 0 : 1 / (1 - rate);
    return tf.tidy(() => tf.mul(x, tf.tensor(mask, x.shape)));
  },
  host: {
    outputShape: ({ x }) => x.shape,
    compute: ({ x }, output, { rate, key }) => {
      const limit = dropBelow(rate);
      const scale = 1 / (1 - rate);
      for (let i = 0; i < output.values.length; i++) {
        output.values[i] = hash32((key ^ hash32(i)) >>> 0) < limit ? 0 : (x.values[i] as number) * scale;
      }
    },
  },
  webgpu: ({ x }, attributes, backend) =>
    runWgsl(backend, program, [x], x.shape, keptFactorValues(attributes)),
  gradient: (dy, _saved, { rate, key }) => ({ x: () => dropout(dy, rate, key) }),
});

/**
 * @param rate share of elements set to 0, in [0, 1); the rest is scaled by 1 / (1 − rate)
 * @param key from `hashKey(seed, step, layer, …)`
 */
export function dropout(x: tf.Tensor, rate: number, key: number): tf.Tensor {
  return rate > 0 ? runDropout({ x }, { rate, key }) : x;
}
