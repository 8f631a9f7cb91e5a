/** The presets against the table in docs/method.md, and that applying one keeps what it does not own. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseExperimentConfig } from './experiment';
import { readField } from './fields';
import { applyPreset, presetConfig, presetOf, presets } from './presets';

describe('presets', () => {
  const mine = parseExperimentConfig({
    seed: 7,
    model: { source: 'files', name: 'my-roberta' },
    data: { task: 'cola', trainSize: 64 },
    adapter: { rank: 3 },
  });

  it('are all valid and recognised', () => {
    for (const { name } of presets) expect(presetOf(applyPreset(mine, name))).toBe(name);
    expect(presetOf(mine)).toBeUndefined();
    expect(presetOf(parseExperimentConfig({}))).toBe('quick');
  });

  it('are made once for each task that they depend on', () => {
    const usual = parseExperimentConfig({});
    const of = (task: string) => ({ ...usual, data: { ...usual.data, task } });
    expect(presetConfig('quick', { ...of('cola'), seed: 7 })).toBe(presetConfig('quick', of('cola')));
    expect(presetConfig('quick', of('e2e'))).not.toEqual(presetConfig('quick', of('cola')));
    expect(presetConfig('paper', of('e2e'))).toBe(presetConfig('paper', mine));
    // Of a model of one's own it is the same for all tasks.
    expect(presetConfig('quick', mine)).toBe(presetConfig('quick', { ...mine, data: of('e2e').data }));
  });

  it('keep model, data and seed', () => {
    const paper = applyPreset(mine, 'paper');
    expect(paper).toMatchObject({ seed: 7, model: mine.model, data: { task: 'cola', trainSize: 64 } });
    expect(paper.adapter.rank).toBe(8);
  });

  it('hold the table of docs/method.md', () => {
    const text = readFileSync(new URL('../../docs/method.md', import.meta.url), 'utf8');
    const table = text.slice(text.indexOf('\n## Presets'), text.indexOf('\n## One bilevel iteration'));
    const rows = [...table.matchAll(/^\| `(\w+\.\w+)` \| (.+) \|$/gm)];
    expect(rows.length).toBeGreaterThan(15);
    for (const [, path = '', cells = ''] of rows) {
      const values = presets.map(({ name }) => String(readField(applyPreset(mine, name), path)));
      expect([path, ...cells.split(' | ')]).toEqual([path, ...values]);
    }
  });

  it('say of quick that its β rate is larger than the paper’s', () => {
    const quick = presets[0];
    expect(quick?.name).toBe('quick');
    expect(quick?.description).toContain('0.015');
    expect(parseExperimentConfig({}).search.betaLearningRate).toBe(0.015);
  });
});
