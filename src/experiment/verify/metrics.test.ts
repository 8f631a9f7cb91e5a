/** The metrics against every golden file of the reference scripts, where they are present. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sharedGolden } from '../../testing/goldenFolders';
import { fileOf } from '../../testing/tableFiles';
import { verifyFolder } from './index';

const place = join(sharedGolden, 'metrics');
const names = existsSync(place) ? readdirSync(place).filter((name) => name.endsWith('.json')) : [];
if (names.length === 0) console.log(`Skipped: there are no metric goldens at ${place}.`);
/** Numbers and texts compared of each file, so that none drops out unseen. */
const CHECKS: Record<string, number> = {
  'classification_correlation.json': 46,
  'e2e_pairs.json': 106,
  'seqeval.json': 32,
  'tokenizers.json': 6,
  'webnlg_pairs.json': 28,
};
const asGolden = (text: string) => [fileOf('golden.json', text)];

describe.skipIf(names.length === 0)('metric goldens', () => {
  it.each(names)('%s', { timeout: 120_000 }, async (name) => {
    const report = await verifyFolder(name, asGolden(readFileSync(join(place, name), 'utf8')), 'cpu');
    expect(report.skipped).toBeUndefined();
    expect(report.checks.filter(({ passed }) => !passed)).toEqual([]);
    expect(report.passed).toBe(true);
    expect(report.checks.length).toBeGreaterThanOrEqual(CHECKS[name] ?? 1);
  });
});

describe('metric checkers', () => {
  const failing = async (golden: object) =>
    (await verifyFolder('made up', asGolden(JSON.stringify(golden)), 'cpu')).checks
      .filter(({ passed }) => !passed)
      .map(({ name }) => name);

  it('name a wrong score and let a right one pass', async () => {
    // One of two predictions is right; F1 of class 1 is 2·1 / (2 + 1).
    const classification = [
      { y_true: [1, 0], y_pred: [1, 1], accuracy: 0.5, mcc: 0, f1_binary: 0.7, f1_macro: 1 / 3 },
    ];
    const kind = 'metrics-classification-correlation';
    expect(await failing({ kind, classification, correlation: [] })).toEqual(['f1_binary of case 1']);
  });

  it('name a wrong tokenisation', async () => {
    const items = [{ text: 'Well, yes.', pymteval: 'Well , yes .', coco_tokens: 'well , yes' }];
    expect(await failing({ kind: 'metrics-tokenizers', items })).toEqual(['coco_tokens, 1 texts']);
  });
});
