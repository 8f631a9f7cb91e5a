/** A checkpoint before it becomes tensors on a device: in memory, or read tensor by tensor. */
import type { FileBytes } from '../tensor/fileSet';
import type { Tokenizer } from '../tokenizer/tokenizer';
import type { ModelConfig } from './config';

/** Row-major float32 values; often a view on the file they were read from, so never write into one. */
export interface TensorArray {
  shape: number[];
  data: Float32Array;
}

/** A tensor whose values are read when they are needed, and kept by nobody but the reader. */
interface LazyTensor {
  shape: number[];
  read(): Promise<Float32Array>;
}

export type StoredTensor = TensorArray | LazyTensor;

/** The values of a tensor, row-major float32; never write into them. */
export async function readStored(tensor: StoredTensor): Promise<Float32Array> {
  return 'data' in tensor ? tensor.data : tensor.read();
}

/** A checkpoint, its tensors in memory or still in their files. */
export interface StoredModel<T extends StoredTensor = StoredTensor> {
  config: ModelConfig;
  /** Canonical names, prefixed `roberta.` or `transformer.`; the task head, where the checkpoint has one, as `classifier.*`. */
  tensors: ReadonlyMap<string, T>;
  tokenizer: Tokenizer;
  /** The files that the tokenizer was read from, under their bare names: they go with the model wherever it is taken. */
  tokenizerFiles?: readonly FileBytes[];
  /** Folder or embedded name. */
  name: string;
  /** e.g. `embedded`, `files: my-roberta/`. */
  source: string;
  /** What had to be decided while reading, a sentence each. */
  notes: string[];
}

/** A checkpoint that is wholly in memory. */
export type ModelArrays = StoredModel<TensorArray>;
