/** What a run's telemetry files hold. */
import { describe, expect, it } from 'vitest';
import { type ExperimentInput, parseExperimentConfig } from '../../config/experiment';
import { noFacts } from '../../store/facts';
import { RunHistory } from '../../store/history';
import type { RunSummary } from '../../store/runs/runRecord';
import type { TelemetryEvent } from '../../telemetry/events';
import { telemetryCsv, telemetryFile, telemetryLines } from './telemetryFiles';

const layer = {
  layer: '0.query',
  selection: [0.75, 0.25],
  beta: [1, 0],
  direct: [0, 1],
  implicit: [2, 3],
  magnitude: [4, 5],
};
const searched: TelemetryEvent = {
  type: 'search',
  step: 2,
  trainLoss: 0.5,
  directNorm: 0.25,
  learningRate: 1,
  layers: [layer],
  stepMs: 1,
};
const trained = (role: 'autolora' | 'dora'): TelemetryEvent => ({
  type: 'train',
  role,
  step: 1,
  trainLoss: 0.125,
  learningRate: 1,
  stepMs: 3,
});

function run(input: ExperimentInput, ...events: TelemetryEvent[]) {
  const config = parseExperimentConfig(input);
  const history = new RunHistory();
  for (const event of events) history.push(event, config);
  const summary = { id: 'one', name: 'fine hill', createdAt: 0, config } as RunSummary;
  const facts = {
    ...noFacts,
    phases: [{ type: 'phase', role: 'autolora', phase: 'search', status: 'end', steps: 2 } as const],
    doneMs: 12,
  };
  return { summary, history: history.stored(), facts };
}

describe('telemetry files', () => {
  it('are called as their run', () => {
    const told = run({}, searched);
    expect(telemetryFile(told, 'csv')).toEqual(['fine-hill.csv', telemetryCsv(told), 'text/csv']);
    expect(telemetryFile(told, 'jsonl').slice(0, 2)).toEqual(['fine-hill.jsonl', telemetryLines(told)]);
  });

  it('have a row per phase and step, empty where nothing was reported', () => {
    expect(telemetryCsv(run({}, searched, trained('autolora')))).toBe(
      'phase,step,search_train_loss,search_validation_loss,hypergradient_direct_norm,hypergradient_implicit_norm,retrain_train_loss,step_ms,held_megabytes\n' +
        'search,2,0.5,,0.25,,,,\n' +
        'retrain,1,,,,,0.125,,\n' +
        'all,2,,,,,,1,\n' +
        'all,1,,,,,,3,\n',
    );
  });

  it('have the total rank of a method that prunes while it trains', () => {
    const ranks = [{ layer: '0.query', rank: 3 }];
    const step = { ...trained('dora'), ranks } as TelemetryEvent;
    expect(telemetryCsv(run({ method: 'dora' }, step))).toBe(
      'phase,step,dora_train_loss,total_rank,step_ms,held_megabytes\n' +
        'train,1,0.125,3,,\n' +
        'all,1,,,3,\n',
    );
  });

  it('leave the columns empty that an earlier version did not store', () => {
    const agreement = { cosine: 0.5, ratio: 2 };
    const told = run(
      {},
      {
        type: 'inspection',
        step: 2,
        total: agreement,
        implicit: agreement,
        share: 0.25,
        exactShare: 0.75,
        layers: [],
      },
      trained('autolora'),
    );
    const lines = (one: typeof told) => telemetryCsv(one).split('\n').slice(1, 3);
    expect(lines(told)).toEqual(['search,2,0.5,0.5,0.25,0.75,2,2,,,', 'retrain,1,,,,,,,0.125,,']);
    told.history.series.inspection.columns.splice(4);
    expect(lines(told)).toEqual(['search,2,0.5,0.5,0.25,0.75,,,,,', 'retrain,1,,,,,,,0.125,,']);
  });

  it('name a method that is trained without AutoLoRA', () => {
    expect(telemetryCsv(run({ method: 'dora' }, trained('dora')))).toBe(
      'phase,step,dora_train_loss,step_ms,held_megabytes\ntrain,1,0.125,,\nall,1,,3,\n',
    );
  });

  it('have a line for all that the run told', () => {
    const lines = telemetryLines(run({}, searched, trained('autolora')))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ type }) => type)).toEqual([
      'run',
      ...['series', 'series', 'series', 'series', 'series'],
      'selection',
      'phase',
      'done',
    ]);
    expect(lines[0]).toMatchObject({ name: 'fine hill', config: { method: 'autolora' } });
    expect(lines[1]).toEqual({ type: 'series', phase: 'search', step: 2, search_train_loss: 0.5 });
    expect(lines.find(({ type }) => type === 'selection')).toEqual({
      type: 'selection',
      step: 2,
      layers: [{ ...layer, threshold: 0.5, rank: 1 }],
    });
  });
});
