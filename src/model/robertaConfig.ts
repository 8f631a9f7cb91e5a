/** RoBERTa's `config.json`: read into camelCase with every value checked, and written back as Hugging Face spells it. */
import { configFields } from './configFields';

/** Shape and behaviour of a RoBERTa encoder and its sequence head. */
export interface RobertaConfig {
  family: 'roberta';
  /** `roberta`; `camembert` and `xlm-roberta` have the same encoder, but a SentencePiece tokenizer. */
  modelType: 'roberta';
  vocabSize: number;
  hiddenSize: number;
  /** Number of transformer blocks. */
  layers: number;
  heads: number;
  intermediateSize: number;
  /** Rows of the position table; the longest input has `maxPositions − padTokenId − 1` tokens. */
  maxPositions: number;
  typeVocabSize: number;
  layerNormEps: number;
  padTokenId: number;
  bosTokenId: number;
  eosTokenId: number;
  hiddenAct: 'gelu';
  hiddenDropout: number;
  attentionDropout: number;
  /** Dropout of the head; `hiddenDropout` where the file gives none. */
  classifierDropout: number;
  initializerRange: number;
  numLabels: number;
  problemType: 'regression' | 'single_label_classification' | undefined;
  /** Class names in order, where the file gives them. */
  labelNames: string[] | undefined;
}

/**
 * Reads a parsed `config.json`.
 * @throws Error with one sentence: file, field, what it holds and what is supported.
 */
export function parseRobertaConfig(json: unknown, fileName = 'config.json'): RobertaConfig {
  const { source, fail, number, integer, only } = configFields(json, fileName);
  if (source.model_type !== 'roberta')
    fail(`"model_type" is ${JSON.stringify(source.model_type) ?? 'missing'}, not roberta.`);
  only('hidden_act', 'gelu', ' (the exact, erf one)');
  only('position_embedding_type', 'absolute');

  const hiddenSize = integer('hidden_size');
  const heads = integer('num_attention_heads');
  if (hiddenSize % heads !== 0)
    fail(`"hidden_size" ${hiddenSize} is not divisible by "num_attention_heads" ${heads}.`);

  const labelNames = readLabelNames(source.id2label, fail);
  const numLabels = integer('num_labels', labelNames?.length ?? 2);
  const problem = source.problem_type ?? undefined;
  if (problem !== undefined && problem !== 'regression' && problem !== 'single_label_classification')
    fail(
      `"problem_type" is ${JSON.stringify(problem)}; "regression" and "single_label_classification" are supported.`,
    );
  const vocabSize = integer('vocab_size');
  const padTokenId = integer('pad_token_id', 1, 0);
  const maxPositions = integer('max_position_embeddings');
  if (padTokenId >= vocabSize)
    fail(`"pad_token_id" ${padTokenId} lies outside the vocabulary of ${vocabSize}.`);
  if (maxPositions <= padTokenId + 1)
    fail(`"max_position_embeddings" ${maxPositions} leaves no position after pad_token_id ${padTokenId}.`);
  const hiddenDropout = number('hidden_dropout_prob', 0.1, 0, 1);

  return {
    family: 'roberta',
    modelType: 'roberta',
    vocabSize,
    hiddenSize,
    layers: integer('num_hidden_layers'),
    heads,
    intermediateSize: integer('intermediate_size'),
    maxPositions,
    typeVocabSize: integer('type_vocab_size', 1),
    layerNormEps: number('layer_norm_eps', 1e-12, 0, 1),
    padTokenId,
    bosTokenId: integer('bos_token_id', 0, 0),
    eosTokenId: integer('eos_token_id', 2, 0),
    hiddenAct: 'gelu',
    hiddenDropout,
    attentionDropout: number('attention_probs_dropout_prob', 0.1, 0, 1),
    classifierDropout: number('classifier_dropout', hiddenDropout, 0, 1),
    initializerRange: number('initializer_range', 0.02, 0, 10),
    numLabels,
    problemType: problem as RobertaConfig['problemType'],
    labelNames: labelNames?.length === numLabels ? labelNames : undefined,
  };
}

function readLabelNames(id2label: unknown, fail: (message: string) => never): string[] | undefined {
  if (id2label === undefined || id2label === null) return undefined;
  if (typeof id2label !== 'object')
    return fail(`"id2label" is ${JSON.stringify(id2label)}; expected an object.`);
  const map = id2label as Record<string, unknown>;
  return Object.keys(map).map((_, id) =>
    typeof map[id] === 'string' ? map[id] : fail(`"id2label" has no name for class ${id}.`),
  );
}

/** The `config.json` object of a sequence classifier, as transformers reads it. */
export function robertaConfigToJson(config: RobertaConfig): Record<string, unknown> {
  const names = config.labelNames ?? Array.from({ length: config.numLabels }, (_, id) => `LABEL_${id}`);
  return {
    architectures: ['RobertaForSequenceClassification'],
    model_type: config.modelType,
    vocab_size: config.vocabSize,
    hidden_size: config.hiddenSize,
    num_hidden_layers: config.layers,
    num_attention_heads: config.heads,
    intermediate_size: config.intermediateSize,
    max_position_embeddings: config.maxPositions,
    type_vocab_size: config.typeVocabSize,
    layer_norm_eps: config.layerNormEps,
    pad_token_id: config.padTokenId,
    bos_token_id: config.bosTokenId,
    eos_token_id: config.eosTokenId,
    hidden_act: config.hiddenAct,
    position_embedding_type: 'absolute',
    hidden_dropout_prob: config.hiddenDropout,
    attention_probs_dropout_prob: config.attentionDropout,
    classifier_dropout: config.classifierDropout,
    initializer_range: config.initializerRange,
    id2label: Object.fromEntries(names.map((name, id) => [String(id), name])),
    label2id: Object.fromEntries(names.map((name, id) => [name, id])),
    ...(config.problemType ? { problem_type: config.problemType } : {}),
  };
}
