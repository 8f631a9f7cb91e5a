/** Rows of the estimator chart, and a history that knows nothing of inspections. */
import { describe, expect, it } from 'vitest';
import { parseExperimentConfig } from '../../config/experiment';
import { RunHistory } from '../../store/history';
import type { Agreement, InspectionEvent } from '../../telemetry/events';
import { inspectionRows } from './inspectionRows';

const config = parseExperimentConfig({});
const event = (step: number, total: Agreement, implicit: Agreement): InspectionEvent => ({
  type: 'inspection',
  step,
  total,
  implicit,
  share: 0.25,
  exactShare: 0.5,
  layers: [],
});

describe('inspectionRows', () => {
  it('leaves out what cannot be said, and reaches below 0 only for a negative cosine', () => {
    const history = new RunHistory();
    history.push(event(10, { cosine: 0.75, ratio: 1 }, { ratio: 0 }), config);
    expect(inspectionRows(history)).toEqual({
      rows: [{ x: 10, total: 0.75, share: 0.25, exactShare: 0.5 }],
      scale: { domain: [0, 1], ticks: [0, 0.25, 0.5, 0.75, 1] },
    });
    history.push(event(20, { cosine: 1 }, { cosine: -0.5, ratio: 9 }), config);
    const { rows, scale } = inspectionRows(history);
    expect(rows[1]).toEqual({ x: 20, total: 1, implicit: -0.5, share: 0.25, exactShare: 0.5 });
    expect(scale.domain).toEqual([-1, 1]);
  });

  it('is empty for a run of an earlier version', () => {
    const history = new RunHistory();
    history.push(event(10, { cosine: 1 }, { cosine: 1 }), config);
    const { inspection: _, ...series } = new RunHistory().stored().series;
    history.restore({ ...new RunHistory().stored(), series: series as never });
    expect(inspectionRows(history).rows).toEqual([]);
  });
});
