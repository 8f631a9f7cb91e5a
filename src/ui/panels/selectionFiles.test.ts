/** The selection weights as files. */
import { expect, it } from 'vitest';
import { SelectionFrames } from '../../store/selectionFrames';
import { columnOrder } from '../charts/selectionCells';
import { selectionCsv, selectionText } from './selectionFiles';

const layer = (name: string, selection: number[], beta: number[]) => ({
  layer: name,
  selection,
  beta,
  direct: [0, 0],
  implicit: [0, 0],
  magnitude: [0, 0],
});

function shown(sorted: boolean) {
  const frames = new SelectionFrames();
  const layers = [layer('0.query', [0.25, 0.75], [-0.5, 0.5]), layer('0.value', [0.625, 0.375], [0.5, 0])];
  frames.push(12, layers, { variant: 'softmax', rankRule: 'threshold' });
  const frame = frames.latest;
  if (!frame) throw new Error('The frame is missing.');
  const selection = frames.layers.map((_, row) => frames.row(frame, 'selection', row));
  const grid = {
    layers: frames.layers,
    components: 2,
    selection,
    thresholds: frame.thresholds,
    isKept: (row: number, component: number) => frames.isKept(frame, row, component),
    ranks: [...frame.ranks],
    orders: selection.map((row) => columnOrder(row, sorted)),
  };
  return { frames, frame, grid };
}

it('have a row per component with its logit and what becomes of it, in the order of the components', () => {
  const [heading, ...rows] = selectionCsv(shown(true)).trimEnd().split('\n');
  expect(heading).toBe('layer,component,a,beta,threshold,kept');
  expect(rows.slice(0, 2)).toEqual(['0.query,1,0.25,-0.5,0.5,0', '0.query,2,0.75,0.5,0.5,1']);
  expect(rows).toHaveLength(4);
});

it('are the table of the page, in the order that it has there', () => {
  expect(selectionText(shown(true))).toEqual({
    name: 'selection-step12',
    caption: 'Selection weights at step 12',
    head: ['layer', '1', '2', 'rank'],
    rows: [
      ['0.query', '0.750', '0.250', '1'],
      ['0.value', '0.625', '0.375', '1'],
    ],
  });
  expect(selectionText(shown(false)).rows[0]).toEqual(['0.query', '0.250', '0.750', '1']);
});
