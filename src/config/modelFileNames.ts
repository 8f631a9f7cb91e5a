/** Which files make up a model or an adapter in Hugging Face's formats, by their names without a folder. */

/** Configuration, weights and tokenizer, those too that are refused with a reason (PyTorch pickles) or not needed. */
export const isCheckpointFile = (name: string): boolean =>
  /(\.safetensors|\.index\.json|^pytorch_model.*\.bin|^(generation_)?config\.json|^tokenizer.*\.json|^vocab\.(json|txt)|^merges\.txt|^added_tokens\.json|^special_tokens_map\.json)$/i.test(
    name,
  );

/** The two files of PEFT; the older form of the weights is refused with a reason. */
export const isAdapterFile = (name: string): boolean =>
  /^adapter_(config\.json|model\.(safetensors|bin))$/.test(name);
