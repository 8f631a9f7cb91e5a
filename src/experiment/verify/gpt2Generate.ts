/** Kind `gpt2-generate`: greedy and beam generations of a checkpoint, token for token, in both conventions of length. */
import { beamSearch } from '../../generation/beamSearch';
import { finished, type GenerationResult, type Prompt } from '../../generation/decoder';
import { greedy } from '../../generation/greedy';
import { Gpt2Decoder } from '../../model/gpt2Decoding';
import { disposeDeviceBatch } from '../../model/taskModel';
import type { BackendName, VerifyCheck } from '../../runtime/protocol';
import { readTensors } from '../../tensor/records';
import { boundOf, CheckList, SUGGESTED } from './checks';
import { type GoldenFolder, type GoldenObject, NotComparable } from './folder';
import {
  disposeGoldenModel,
  type GoldenModel,
  goldenBatch,
  goldenLogits,
  loadGoldenModel,
} from './goldenModel';

/** Cases whose tokens hang on the last bits of a weight are no measure of anything. */
const isStable = (item: GoldenObject) =>
  item.keys.filter((key) => key.startsWith('stable')).every((key) => item.raw[key] === true);

export async function verifyGpt2Generate(folder: GoldenFolder, backend: BackendName): Promise<VerifyCheck[]> {
  const golden = await loadGoldenModel(folder.beside);
  const list = new CheckList();
  try {
    if (folder.golden.has('logits_check')) await checkLogits(folder, golden, backend, list);
    for (const item of folder.golden.objects('cases'))
      if (isStable(item)) await checkCase(folder, golden, backend, item, list);
    if (folder.golden.has('ms_lora_cases'))
      for (const item of folder.golden.objects('ms_lora_cases'))
        if (isStable(item)) await checkAuthorsCase(golden, item, list);
  } finally {
    disposeGoldenModel(golden);
  }
  return list.checks;
}

async function checkLogits(folder: GoldenFolder, golden: GoldenModel, backend: BackendName, list: CheckList) {
  const check = folder.golden.object('logits_check');
  const batch = goldenBatch(golden.model, check);
  const logits = goldenLogits(golden.model, golden.head, batch);
  const [values] = await readTensors([logits]);
  logits.dispose();
  disposeDeviceBatch(batch);
  const bound = boundOf(folder, ['logits'], SUGGESTED.logits, backend);
  list.relative('logits', values as Float32Array, check.tensor('logits').data, bound);
}

function decoderOf({ model }: GoldenModel): Gpt2Decoder {
  if (model.config.family !== 'gpt2') throw new NotComparable('config.json is of no GPT-2.');
  return new Gpt2Decoder(model.config, model.frozen);
}

const optionalNumber = (params: GoldenObject, key: string, fallback: number) =>
  params.has(key) ? params.number(key) : fallback;

/** One prompt, or a left-padded batch of them. */
function promptsOf(item: GoldenObject): Prompt[] {
  if (item.has('prompt')) return [{ ids: item.numbers('prompt') }];
  const masks = item.list('attention_mask') as number[][];
  return (item.list('input_ids') as number[][]).map((ids, row) => ({
    ids,
    padding: (masks[row] as number[]).filter((bit) => bit === 0).length,
  }));
}

async function checkCase(
  folder: GoldenFolder,
  golden: GoldenModel,
  backend: BackendName,
  item: GoldenObject,
  list: CheckList,
): Promise<void> {
  const params = item.object('params');
  const prompts = promptsOf(item);
  const promptLength = (prompts[0] as Prompt).ids.length;
  const maxNewTokens = params.number('max_length') - promptLength;
  const beams = params.number('num_beams');
  const decoder = decoderOf(golden);
  const common = {
    maxNewTokens,
    endIds: [params.number('eos_token_id')],
    noRepeatNgramSize: optionalNumber(params, 'no_repeat_ngram_size', 0),
  };
  const results = await finished(
    beams === 1
      ? greedy(decoder, prompts, common)
      : beamSearch(decoder, prompts, {
          ...common,
          beams,
          convention: 'transformers',
          lengthPenalty: optionalNumber(params, 'length_penalty', 1),
          earlyStopping: params.raw.early_stopping === true,
        }),
  );
  const kept = optionalNumber(params, 'num_return_sequences', 1);
  const hypotheses = results.flatMap((result: GenerationResult, row) =>
    result.hypotheses.slice(0, kept).map((hypothesis) => ({ ...hypothesis, prompt: prompts[row] as Prompt })),
  );
  const expected = item.list('sequences') as number[][];
  const actual = hypotheses.map(({ prompt, ids }, i) => {
    const sequence = [...prompt.ids, ...ids];
    const missing = (expected[i]?.length ?? 0) - sequence.length;
    return [...sequence, ...new Array<number>(Math.max(0, missing)).fill(params.number('pad_token_id'))];
  });
  const name = item.string('name');
  list.exact(name, actual.flat(), expected.flat());
  if (item.has('sequences_scores')) {
    const bound = boundOf(folder, ['sequences_scores'], { host: 1e-4, gpu: 1e-4 }, backend);
    const scores = hypotheses.map(({ score }) => score);
    list.relative(`${name} scores`, scores, item.numbers('sequences_scores'), bound);
  }
}

/** `predict` is padded with zeros to `eval_len`. */
async function checkAuthorsCase(golden: GoldenModel, item: GoldenObject, list: CheckList): Promise<void> {
  const params = item.object('params');
  const maxNewTokens = params.number('eval_len');
  const [result] = await finished(
    beamSearch(decoderOf(golden), promptsOf(item), {
      maxNewTokens,
      endIds: params.numbers('eos_token_id'),
      noRepeatNgramSize: optionalNumber(params, 'no_repeat_ngram_size', 0),
      beams: params.number('num_beams'),
      convention: 'lora-authors',
      lengthPenalty: optionalNumber(params, 'length_penalty', 1),
    }),
  );
  const ids = result?.ids ?? [];
  const predicted = [...ids, ...new Array<number>(Math.max(0, maxNewTokens - ids.length)).fill(0)];
  list.exact(item.string('name'), predicted, item.numbers('predict'));
}
