/** The numbers of the run beside the symbols of a chapter. */
import type { ExperimentConfig } from '../../config/experiment';
import type { RunHistory } from '../../store/history';
import { keptTotal, type SelectionFrame } from '../../store/selectionFrames';
import type { StartEvent } from '../../telemetry/events';
import { compact, whole } from '../numbers';
import type { PictureName } from './chapters';

export interface SymbolValue {
  symbol: string;
  value: string;
}

interface SymbolsOf {
  config: ExperimentConfig;
  start: StartEvent | undefined;
  history: RunHistory;
  frame: SelectionFrame;
  layer: number;
}

const norm = (values: ArrayLike<number>) => Math.sqrt(Array.from(values).reduce((sum, v) => sum + v * v, 0));

/** A dash where the step did not measure it. */
const measured = (value = Number.NaN) => (Number.isNaN(value) ? '–' : compact(value));

/** True where η is in the implicit term: by the unrolled SGD step, or as the factor of a finite difference. */
const scalesByEta = ({ unroll, estimator, implicitScale }: ExperimentConfig['hypergradient']) =>
  unroll === 'sgd' || (estimator.startsWith('finite-difference') && implicitScale === 'eta');

/** What a chapter's symbols are in this run, at this step. */
export function symbolsOf(
  picture: PictureName,
  { config, start, history, frame, layer }: SymbolsOf,
): SymbolValue[] {
  const { frames, series } = history;
  const k = frames.components;
  const name = frames.layers[layer] ?? '';
  const a = frames.row(frame, 'selection', layer);
  const beta = frames.row(frame, 'beta', layer);
  const d = start?.model.hidden ?? 0;
  const step = { symbol: 'step', value: whole(frame.step) };
  const lossOf = (half: 'T' | 'V') => ({
    symbol: `L_${half}`,
    value: measured(series.search.column(half === 'T' ? 0 : 1).at(-1)),
  });
  const { hypergradient } = config;
  const eta = { symbol: 'η', value: compact(hypergradient.eta) };
  switch (picture) {
    case 'magnitude':
      return [
        { symbol: 'd', value: whole(d) },
        { symbol: 'k', value: whole(k) },
        { symbol: 'd·d', value: whole(d * d) },
        { symbol: '2·k·d', value: whole(2 * k * d) },
        { symbol: 'α', value: compact(config.adapter.loraAlpha) },
        step,
      ];
    case 'selection':
      return [
        { symbol: 'k', value: whole(k) },
        { symbol: '1/k', value: compact(1 / k) },
        { symbol: `β of ${name}`, value: [...beta].map((value) => compact(value, 2)).join('  ') },
        { symbol: `a of ${name}`, value: [...a].map((value) => compact(value, 3)).join('  ') },
        step,
      ];
    case 'losses':
      return [
        { symbol: '|T|', value: whole(start?.task.searchTrainSize ?? 0) },
        { symbol: '|V|', value: whole(start?.task.searchValidationSize ?? 0) },
        lossOf('T'),
        lossOf('V'),
        step,
      ];
    case 'ways':
      return [
        ...(hypergradient.unroll === 'sgd' ? [eta] : []),
        { symbol: 'rate of W', value: compact(config.search.learningRate) },
        lossOf('T'),
        step,
      ];
    case 'hypergradient':
      return [
        ...(scalesByEta(hypergradient) ? [eta] : []),
        { symbol: 'estimator', value: hypergradient.estimator },
        { symbol: `‖direct‖ of ${name}`, value: compact(norm(frames.row(frame, 'direct', layer))) },
        { symbol: `‖implicit‖ of ${name}`, value: compact(norm(frames.row(frame, 'implicit', layer))) },
        step,
      ];
    case 'threshold':
      return [
        { symbol: 'λ', value: compact(frame.thresholds[layer] ?? Number.NaN) },
        { symbol: `rank of ${name}`, value: whole(frame.ranks[layer] ?? 0) },
        { symbol: 'total rank', value: whole(keptTotal(frame)) },
        step,
      ];
    case 'ranks':
      return [
        { symbol: '|T ∪ V|', value: whole(start?.task.trainSize ?? 0) },
        { symbol: 'dev', value: whole(start?.task.devSize ?? 0) },
        { symbol: 'retraining steps', value: whole(config.retrain.steps) },
        step,
      ];
    case 'variants':
      return [
        { symbol: `β of ${name}`, value: [...beta].map((value) => compact(value, 2)).join('  ') },
        { symbol: 'this run', value: `${config.adapter.selection}, ${hypergradient.estimator}` },
        step,
      ];
  }
}
