/** Kinds `metrics-…`: every score that the reference scripts gave, from the inputs that lie beside it. */
import {
  accuracy,
  binaryF1,
  confusionMatrix,
  macroF1,
  matthewsCorrelation,
} from '../../metrics/classification';
import { pearsonCorrelation, spearmanCorrelation } from '../../metrics/correlation';
import { entityCounts, entityScores, totalCounts } from '../../metrics/entities';
import { tokeniseMteval } from '../../metrics/tokeniseMteval';
import { tokeniseCaption, tokenisePtb } from '../../metrics/tokenisePtb';
import { tokeniseLora, tokeniseNltk } from '../../metrics/tokeniseWords';
import type { VerifyCheck } from '../../runtime/protocol';
import { CheckList } from './checks';
import { type GoldenFolder, type GoldenObject, NotComparable } from './folder';
import { verifyE2ePairs, verifyWebnlgPairs } from './metricsGeneration';

/** By kind, for the list of verifiers. */
export const metricVerifiers = {
  'metrics-classification-correlation': verifyClassification,
  'metrics-seqeval': verifySeqeval,
  'metrics-tokenizers': verifyTokenisers,
  'metrics-e2e-pairs': verifyE2ePairs,
  'metrics-webnlg-pairs': verifyWebnlgPairs,
};

/** Sums in another order differ in the last digits alone. */
const ROUNDING = 1e-12;

async function verifyClassification({ golden }: GoldenFolder): Promise<VerifyCheck[]> {
  const list = new CheckList();
  golden.objects('classification').forEach((example, i) => {
    const labels = example.numbers('y_true');
    const predictions = example.numbers('y_pred');
    const confusion = confusionMatrix(predictions, labels, Math.max(1, ...labels, ...predictions) + 1);
    const scores = {
      accuracy: accuracy(confusion),
      mcc: matthewsCorrelation(confusion),
      f1_binary: binaryF1(confusion),
      f1_macro: macroF1(confusion),
    };
    for (const [key, score] of Object.entries(scores))
      if (example.has(key))
        list.absolute(`${key} of case ${i + 1}`, [score], [example.number(key)], ROUNDING);
  });
  golden.objects('correlation').forEach((example, i) => {
    const x = example.numbers('x');
    const y = example.numbers('y');
    const compare = (key: string, score: number) =>
      list.absolute(`${key} of list ${i + 1}`, [score], [example.number(key)], ROUNDING);
    compare('pearson', pearsonCorrelation(x, y));
    compare('spearman', spearmanCorrelation(x, y));
  });
  return list.checks;
}

async function verifySeqeval({ golden }: GoldenFolder): Promise<VerifyCheck[]> {
  const list = new CheckList();
  for (const example of golden.objects('cases')) {
    const gold = tagLists(example, 'y_true');
    const predictions = tagLists(example, 'y_pred');
    for (const [key, scheme] of [
      ['default', 'lenient'],
      ['strict_IOB2', 'iob2'],
    ] as const) {
      if (!example.has(key)) continue;
      const wanted = example.object(key);
      const counts = entityCounts(predictions, gold, scheme);
      const name = `${example.string('name')}/${key}`;
      const total = entityScores(totalCounts(counts));
      for (const [score, value] of Object.entries(total))
        list.absolute(`${name}/${score}`, [value], [wanted.number(score)], ROUNDING);
      if (!wanted.has('report')) continue;
      const report = wanted.object('report');
      for (const type of report.keys.filter((entry) => !entry.endsWith(' avg'))) {
        const count = counts.get(type) ?? { right: 0, predicted: 0, gold: 0 };
        const { precision, recall, f1 } = entityScores(count);
        const row = report.object(type);
        list.absolute(
          `${name}/${type}`,
          [precision, recall, f1, count.gold],
          ['precision', 'recall', 'f1-score', 'support'].map((column) => row.number(column)),
          ROUNDING,
        );
      }
    }
  }
  return list.checks;
}

function tagLists(example: GoldenObject, key: string): string[][] {
  return example.list(key).map((tags) => {
    if (Array.isArray(tags) && tags.every((tag) => typeof tag === 'string')) return tags;
    throw new NotComparable(`golden.json: ${key} must be lists of tags.`);
  });
}

const TOKENISERS: Readonly<Record<string, (text: string) => string[]>> = {
  'stanford_ptb_3.4.1_lower': tokenisePtb,
  coco_tokens: tokeniseCaption,
  pymteval: tokeniseMteval,
  sacrebleu_13a: tokeniseMteval,
  nltk_word_tokenize_preserve_line: tokeniseNltk,
  lora_standard_tokenize_lower: tokeniseLora,
};

async function verifyTokenisers({ golden }: GoldenFolder): Promise<VerifyCheck[]> {
  const list = new CheckList();
  const items = golden.objects('items');
  for (const [key, tokenise] of Object.entries(TOKENISERS)) {
    const present = items.filter((item) => item.has(key));
    if (present.length === 0) continue;
    list.exact(
      `${key}, ${present.length} texts`,
      present.map((item) => tokenise(item.string('text')).join(' ')),
      present.map((item) => item.string(key)),
    );
  }
  return list.checks;
}
