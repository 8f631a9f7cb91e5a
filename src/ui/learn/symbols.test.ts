/** A chapter's numbers: those of the run, and only where it uses them. */
import { describe, expect, it } from 'vitest';
import { parseExperimentConfig } from '../../config/experiment';
import { presets } from '../../config/presets';
import { RunHistory } from '../../store/history';
import type { SelectionFrame } from '../../store/selectionFrames';
import type { StartEvent } from '../../telemetry/events';
import type { PictureName } from './chapters';
import { symbolsOf } from './symbols';

const config = parseExperimentConfig({
  adapter: { rank: 2, loraAlpha: 8 },
  search: { learningRate: 0.002 },
  hypergradient: { eta: 0.003, estimator: 'sama' },
  retrain: { steps: 1200 },
});
const start = {
  model: { hidden: 96 },
  task: { trainSize: 1000, devSize: 500, searchTrainSize: 700, searchValidationSize: 300 },
} as StartEvent;

/** Of the second of two layers. */
function valuesOf(picture: PictureName, measured: { validationLoss?: number } = { validationLoss: 0.6 }) {
  const history = new RunHistory();
  const layer = (name: string, first: number) => ({
    layer: name,
    beta: [first, 0],
    selection: [0.75, 0.25],
    direct: [3 * first, 4 * first],
    implicit: [0, first],
    magnitude: [1, 1],
  });
  const event = {
    type: 'search' as const,
    step: 12,
    trainLoss: 0.5,
    ...measured,
    learningRate: 0.002,
    stepMs: 1,
    layers: [layer('0.query', 1), layer('0.value', 2)],
  };
  history.push(event, config);
  const frame = history.frames.latest as SelectionFrame;
  const symbols = symbolsOf(picture, { config, start, history, frame, layer: 1 });
  return Object.fromEntries(symbols.map(({ symbol, value }) => [symbol, value]));
}

describe('symbolsOf', () => {
  it('has a dash for a loss that the step did not measure', () => {
    expect(valuesOf('losses', {})).toMatchObject({ L_T: '0.5', L_V: '–' });
  });

  it.each<[PictureName, Record<string, string>]>([
    ['magnitude', { d: '96', k: '2', d·d: '9,216', '2·k·d': '384', α: '8', step: '12' }],
    ['selection', { k: '2', '1/k': '0.5', 'β of 0.value': '2  0', 'a of 0.value': '0.75  0.25', step: '12' }],
    ['losses', { '|T|': '700', '|V|': '300', L_T: '0.5', L_V: '0.6', step: '12' }],
    ['ways', { η: '0.003', 'rate of W': '0.002', L_T: '0.5', step: '12' }],
    [
      'hypergradient',
      {
        η: '0.003',
        estimator: 'sama',
        '‖direct‖ of 0.value': '10',
        '‖implicit‖ of 0.value': '2',
        step: '12',
      },
    ],
    ['threshold', { λ: '0.5', 'rank of 0.value': '1', 'total rank': '2', step: '12' }],
    ['ranks', { '|T ∪ V|': '1,000', dev: '500', 'retraining steps': '1,200', step: '12' }],
    ['variants', { 'β of 0.value': '2  0', 'this run': 'softmax, sama', step: '12' }],
  ])('gives the chapter’s numbers of the layer that is shown: %s', (picture, values) => {
    expect(valuesOf(picture)).toEqual(values);
  });
});

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

describe('symbolsOf, η', () => {
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
