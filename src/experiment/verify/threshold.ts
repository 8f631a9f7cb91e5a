/** Kind `threshold`: selection weights and which components each rank rule keeps, exactly. */
import { ranksOf, selectionOf } from '../../adapters/rankRule';
import type { RankRule, SelectionVariant } from '../../config/experiment';
import type { VerifyCheck } from '../../runtime/protocol';
import { CheckList } from './checks';
import type { GoldenFolder, GoldenObject } from './folder';

/** The reference's names of the rules, as variant and rule of this engine. */
const RULES: Record<string, { variant: SelectionVariant; rule: RankRule }> = {
  softmax: { variant: 'softmax', rule: 'threshold' },
  official_glue_raw: { variant: 'softmax', rule: 'raw-mean' },
  sigmoid: { variant: 'sigmoid', rule: 'threshold' },
  none: { variant: 'none', rule: 'threshold' },
};

/** Selection weights and thresholds are compared in float32's terms. */
const FLOAT32_ERROR = 2e-6;

export async function verifyThreshold(folder: GoldenFolder): Promise<VerifyCheck[]> {
  const list = new CheckList();
  for (const example of folder.golden.objects('cases')) checkCase(list, example);
  for (const key of folder.golden.keys.filter((name) => name.startsWith('layers'))) {
    checkLayers(list, key, folder.golden.object(key));
  }
  return list.checks;
}

function checkCase(list: CheckList, example: GoldenObject): void {
  const name = example.string('name');
  const beta = example.numbers('beta');
  const k = example.number('k');
  if (example.has('softmax_alpha'))
    list.absolute(
      `${name}/softmax selection`,
      selectionOf(beta, 'softmax'),
      example.numbers('softmax_alpha'),
      FLOAT32_ERROR,
    );
  for (const [reference, { variant, rule }] of Object.entries(RULES)) {
    if (!example.has(reference)) continue;
    const expected = example.object(reference);
    const [layer] = ranksOf([beta], variant, rule, k);
    if (!layer) continue;
    const values = rule === 'raw-mean' ? shares(beta) : selectionOf(beta, variant);
    const keep = expected.numbers('keep');
    const precise = expected.has('keep_f64') ? expected.numbers('keep_f64') : keep;
    // On a tie float32 falls to either side of 1/k or of the mean; there this engine keeps the component.
    const ties = variant !== 'sigmoid';
    const mask = values.map((value, j) =>
      ties && isTie(value, layer.threshold) ? 1 : (precise[j] as number),
    );
    list.exact(`${name}/${reference} keep`, layer.keep.map(Number), mask);
    if (mask.every((kept, j) => kept === keep[j]))
      list.exact(`${name}/${reference} rank`, [layer.rank], [expected.number('rank')]);
    if (expected.has('threshold')) {
      const scale = Math.max(1, ...beta.map(Math.abs));
      list.absolute(
        `${name}/${reference} threshold`,
        [layer.threshold],
        [expected.number('threshold')],
        1e-6 * scale,
      );
    }
    if (expected.has('alpha'))
      list.absolute(`${name}/${reference} selection`, values, expected.numbers('alpha'), FLOAT32_ERROR);
  }
}

const isTie = (value: number, threshold: number) => Math.abs(value - threshold) <= 1e-6 * Math.abs(threshold);

/** β / Σβ, what the released code compares with 1/k. */
function shares(beta: readonly number[]): number[] {
  const sum = beta.reduce((total, b) => total + b, 0);
  return beta.map((b) => b / sum);
}

/** Ranks of a whole model. */
function checkLayers(list: CheckList, name: string, layers: GoldenObject): void {
  const { shape, data } = layers.tensor('beta');
  const [count, k] = shape as [number, number];
  const rows = Array.from({ length: count }, (_, l) => data.slice(l * k, (l + 1) * k));
  for (const [reference, { variant, rule }] of Object.entries(RULES)) {
    if (!layers.has(`ranks_${reference}`)) continue;
    const ranks = ranksOf(rows, variant, rule, k).map(({ rank }) => rank);
    list.exact(`${name}/ranks_${reference}`, ranks, layers.numbers(`ranks_${reference}`));
    if (reference === 'softmax' && layers.has('total_rank')) {
      const total = ranks.reduce((sum, rank) => sum + rank, 0);
      list.exact(`${name}/total_rank`, [total], [layers.number('total_rank')]);
    }
  }
}
