/** A checkpoint as plain arrays, before it becomes tensors on a device. */
import type { Tokenizer } from '../tokenizer/tokenizer';
import type { RobertaConfig } from './config';

/** Row-major float32 values; often a view on the file they were read from, so never write into one. */
export interface TensorArray {
  shape: number[];
  data: Float32Array;
}

export interface ModelArrays {
  config: RobertaConfig;
  /** Canonical names with the `roberta.` prefix; the head, where the checkpoint has one, as `classifier.*`. */
  tensors: Map<string, TensorArray>;
  tokenizer: Tokenizer;
  /** Folder or embedded name. */
  name: string;
  /** e.g. `embedded`, `files: my-roberta/`. */
  source: string;
  /** What had to be decided while reading, a sentence each. */
  notes: string[];
}
