/** What a run's telemetry files hold. */
import { describe, expect, it } from 'vitest';
import { parseExperimentConfig } from '../../config/experiment';
import { RunHistory } from '../../store/history';
import { telemetryCsv, telemetryLines } from './telemetryFiles';

const history = new RunHistory();
const config = parseExperimentConfig({});
const layer = {
  layer: '0.query',
  selection: [0.75, 0.25],
  beta: [1, 0],
  direct: [0, 1],
  implicit: [2, 3],
  magnitude: [4, 5],
};
history.push(
  { type: 'search', step: 2, trainLoss: 0.5, directNorm: 0.25, learningRate: 1, layers: [layer], stepMs: 1 },
  config,
);
history.push(
  { type: 'train', role: 'autolora', step: 1, trainLoss: 0.125, learningRate: 1, stepMs: 1 },
  config,
);

describe('telemetry files', () => {
  it('have a row per phase and step, empty where nothing was reported', () => {
    expect(telemetryCsv(history.stored())).toBe(
      'phase,step,search_train_loss,search_validation_loss,hypergradient_direct_norm,hypergradient_implicit_norm,retrain_train_loss\n' +
        'search,2,0.5,,0.25,,\n' +
        'retrain,1,,,,,0.125\n',
    );
  });

  it('have a line per state of the selection', () => {
    expect(JSON.parse(telemetryLines(history.stored()))).toEqual({
      step: 2,
      layers: [{ ...layer, threshold: 0.5, rank: 1 }],
    });
  });
});
