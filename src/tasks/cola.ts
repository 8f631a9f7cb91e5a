/** CoLA: is a sentence acceptable English? From GLUE's original files (no header; source, label, star, sentence). */
import { classificationMetrics } from '../metrics/classification';
import type { ParsedFile, Task } from './task';
import { binaryLabel, expectColumns, readTsv, refuseUnlabelled, sentenceOf } from './tsv';

const columns = ['source', 'label', 'star', 'sentence'];

/** @throws Error with one sentence naming the file, the line and the remedy. */
export function parseCola(content: string, fileName: string): ParsedFile {
  const rows = readTsv(content, fileName);
  refuseUnlabelled(fileName, rows[0]);
  const examples = rows.map((row) => {
    expectColumns(fileName, row, columns);
    const [, label = '', , text = ''] = row.cells;
    return { text: sentenceOf(fileName, row, text), label: binaryLabel(fileName, row, label) };
  });
  return { examples, notes: [] };
}

export const colaTask: Task = {
  name: 'cola',
  title: 'CoLA',
  description:
    'Is a sentence acceptable English? Bring GLUE’s train.tsv and dev.tsv; scored by Matthews correlation.',
  kind: 'classification',
  labels: ['unacceptable', 'acceptable'],
  primaryMetric: 'matthews',
  parse: parseCola,
  score: (predictions, labels) => classificationMetrics(predictions, labels, 2),
};
