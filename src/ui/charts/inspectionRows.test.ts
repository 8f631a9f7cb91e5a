/** Rows of the estimator charts, and histories that know nothing of inspections, or of ratios. */
import { describe, expect, it } from 'vitest';
import { parseExperimentConfig } from '../../config/experiment';
import { RunHistory } from '../../store/history';
import type { Agreement, InspectionEvent } from '../../telemetry/events';
import { cosineRows, ratioRows } from './inspectionRows';

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

describe('rows of inspections', () => {
  it('leave out cosines that cannot be said, and reach below 0 only for a negative one', () => {
    const history = new RunHistory();
    history.push(event(10, { cosine: 0.75, ratio: 1 }, { ratio: 0 }), config);
    expect(cosineRows(history)).toEqual({
      rows: [{ x: 10, total: 0.75, share: 0.25, exactShare: 0.5 }],
      scale: { domain: [0, 1], ticks: [0, 0.25, 0.5, 0.75, 1] },
    });
    history.push(event(20, { cosine: 1 }, { cosine: -0.5, ratio: 9 }), config);
    const { rows, scale } = cosineRows(history);
    expect(rows[1]).toEqual({ x: 20, total: 1, implicit: -0.5, share: 0.25, exactShare: 0.5 });
    expect(scale.domain).toEqual([-1, 1]);
  });

  it('have the ratios of norms that a logarithmic axis can show', () => {
    const history = new RunHistory();
    history.push(event(10, { cosine: 0.75, ratio: 2 }, { ratio: 0 }), config);
    history.push(event(20, { cosine: 1 }, { cosine: -0.5, ratio: 9 }), config);
    history.push(event(30, {}, {}), config);
    const restored = new RunHistory();
    restored.restore(history.stored());
    expect(ratioRows(restored)).toEqual({
      rows: [
        { x: 10, totalRatio: 2 },
        { x: 20, implicitRatio: 9 },
      ],
      dropped: 1,
    });
  });

  it('are without ratios for a run that was stored before they were kept', () => {
    const history = new RunHistory();
    history.push(event(10, { cosine: 0.75, ratio: 2 }, { cosine: 1, ratio: 3 }), config);
    const stored = history.stored();
    const { x, columns } = stored.series.inspection;
    const restored = new RunHistory();
    restored.restore({
      ...stored,
      series: { ...stored.series, inspection: { x, columns: columns.slice(0, 4) } },
    });
    expect(cosineRows(restored)).toEqual(cosineRows(history));
    expect(ratioRows(restored)).toEqual({ rows: [], dropped: 0 });
  });

  it('are none for a run that was stored before inspections were kept', () => {
    const history = new RunHistory();
    history.push(event(10, { cosine: 1 }, { cosine: 1 }), config);
    const { inspection: _, ...series } = new RunHistory().stored().series;
    history.restore({ ...new RunHistory().stored(), series: series as never });
    expect(cosineRows(history).rows).toEqual([]);
  });
});
