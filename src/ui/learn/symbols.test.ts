/** A chapter names a number only where the run uses it. */
import { describe, expect, it } from 'vitest';
import { parseExperimentConfig } from '../../config/experiment';
import { presets } from '../../config/presets';
import { RunHistory } from '../../store/history';
import type { SelectionFrame } from '../../store/selectionFrames';
import { symbolsOf } from './symbols';

const symbolsIn = (picture: 'ways' | 'hypergradient', given: unknown) => {
  const config = parseExperimentConfig(given);
  const history = new RunHistory();
  const zeros = [0, 0];
  const layer = { selection: [0.5, 0.5], beta: zeros, direct: zeros, implicit: zeros, magnitude: zeros };
  history.push(
    {
      type: 'search',
      step: 1,
      trainLoss: 1,
      learningRate: 1,
      stepMs: 1,
      layers: [{ layer: '0.query', ...layer }],
    },
    config,
  );
  const frame = history.frames.latest as SelectionFrame;
  return symbolsOf(picture, { config, start: undefined, history, frame, layer: 0 }).map(
    ({ symbol }) => symbol,
  );
};

describe('symbolsOf', () => {
  it('leaves η out where the optimizer’s own step is unrolled', () => {
    const authors = presets.find(({ name }) => name === 'released-code')?.config;
    expect(symbolsIn('ways', authors)).toEqual(['rate of W', 'L_T', 'step']);
    expect(symbolsIn('hypergradient', authors)).not.toContain('η');
    expect(symbolsIn('ways', {})).toContain('η');
    expect(symbolsIn('hypergradient', {})).toContain('η');
  });

  it('names η where it still scales a finite difference', () => {
    expect(symbolsIn('hypergradient', { hypergradient: { unroll: 'optimizer' } })).toContain('η');
    expect(
      symbolsIn('hypergradient', { hypergradient: { unroll: 'optimizer', estimator: 'exact' } }),
    ).not.toContain('η');
  });
});
