/** The presets against METHOD §2's table, and that applying one keeps what it does not own. */
import { describe, expect, it } from 'vitest';
import { parseExperimentConfig } from './experiment';
import { applyPreset, presetOf, presets } from './presets';

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

  it('keep model, data and seed', () => {
    const paper = applyPreset(mine, 'paper');
    expect(paper).toMatchObject({ seed: 7, model: mine.model, data: { task: 'cola', trainSize: 64 } });
    expect(paper.adapter.rank).toBe(8);
  });

  it('hold the table of METHOD §2', () => {
    const paper = applyPreset(mine, 'paper');
    expect(paper.search).toMatchObject({ learningRate: 1e-4, betaLearningRate: 1e-3, batchSize: 16 });
    expect(paper.data.validationFraction).toBe(0.5);
    expect(paper.hypergradient).toMatchObject({ perturbAround: 'pre-step', implicitScale: 'eta', eta: 1e-4 });
    const released = applyPreset(paper, 'released-code');
    expect(released.search).toMatchObject({
      learningRate: 3e-4,
      betaLearningRate: 3e-4,
      betaAdamBeta1: 0.5,
      batchSize: 32,
      weightDecay: 0,
    });
    expect(released.data.validationFraction).toBe(0.3);
    expect(released.adapter).toMatchObject({ rank: 8, loraAlpha: 16, rankRule: 'raw-mean' });
    expect(released.hypergradient).toMatchObject({
      perturbAround: 'post-step',
      implicitScale: 'unit',
      unroll: 'optimizer',
      rollback: true,
    });
  });

  it('say of quick that its β rate is larger than the paper’s', () => {
    const quick = presets[0];
    expect(quick?.name).toBe('quick');
    expect(quick?.description).toContain('0.015');
    expect(parseExperimentConfig({}).search.betaLearningRate).toBe(0.015);
  });
});
