/** Chart rows: bounded, retrain behind search, AutoLoRA and LoRA above each other, nothing ≤ 0 on a log axis. */
import { describe, expect, it } from 'vitest';
import { RunHistory } from '../../store/history';
import { droppedText, lossRows, mostPoints, normRows } from './lossRows';

describe('lossRows', () => {
  it('puts both retrainings behind the search on the same steps', () => {
    const history = new RunHistory();
    for (let step = 1; step <= 10; step++) history.series.search.push(step, 1 / step, 2 / step);
    expect(lossRows(history, 0, undefined, false).searchEnd).toBeUndefined();
    for (let step = 1; step <= 3; step++) history.series.autolora.push(step, 0.5);
    for (let step = 1; step <= 2; step++) history.series.lora.push(step, 0.7);
    const { rows, searchEnd } = lossRows(history, 0, 10, false);
    expect(searchEnd).toBe(10);
    expect(rows).toHaveLength(13);
    expect(rows[9]).toMatchObject({
      x: 10,
      train: expect.closeTo(0.1, 6),
      validationRaw: expect.closeTo(0.2, 6),
    });
    expect(rows[10]).toMatchObject({ x: 11, autolora: 0.5, lora: expect.closeTo(0.7, 6) });
    expect(rows[12]).not.toHaveProperty('lora');
    const x = rows.map((row) => row.x);
    expect(x).toEqual([...x].sort((a, b) => a - b));
  });

  it('smooths all values, not just those drawn, and stays within the limit', () => {
    const history = new RunHistory();
    // Thinned to its extremes it would be 1 as often as 0.
    for (let step = 1; step <= 5000; step++) history.series.search.push(step, step % 10 === 1 ? 1 : 0, 1);
    const { rows } = lossRows(history, 0.99, undefined, false);
    expect(rows.length).toBeLessThanOrEqual(mostPoints);
    expect(rows.at(-1)?.train).toBeCloseTo(0.1, 1);
    expect(rows.at(-1)?.trainRaw).toBe(0);
  });
});

it('leaves a loss of 0 out of a logarithmic axis, and counts it', () => {
  const history = new RunHistory();
  history.series.search.push(1, 0, 0.5);
  const { rows, dropped } = lossRows(history, 0, undefined, true);
  expect(rows).toEqual([{ x: 1, validation: 0.5, validationRaw: 0.5 }]);
  expect(dropped).toBe(1);
  expect(droppedText(dropped)).toBe('1 value of 0 cannot stand on a logarithmic axis');
  expect([droppedText(0), droppedText(2)]).toEqual(['', expect.stringMatching(/^2 values of 0/)]);
  expect(lossRows(history, 0, undefined, false)).toMatchObject({ rows: [{ train: 0 }], dropped: 0 });
});

describe('normRows', () => {
  it('drops what a logarithm cannot show, and counts it', () => {
    const history = new RunHistory();
    history.series.norms.push(1, 0.5, 0);
    history.series.norms.push(2, 0.4, 0.001);
    expect(normRows(history, true)).toMatchObject({ dropped: 1, rows: [{ x: 1 }, { x: 2 }] });
    expect(normRows(history, true).rows[0]).not.toHaveProperty('implicit');
    expect(normRows(history, false).rows[0]?.implicit).toBe(0);
  });
});
