/** SST-2: sentiment of film reviews, from GLUE's original train.tsv and dev.tsv (header, then sentence TAB label). */
import { classificationMetrics } from '../metrics/classification';
import type { ParsedFile, Task } from './task';
import { binaryLabel, expectColumns, lineError, readTsv, refuseUnlabelled, sentenceOf } from './tsv';

const columns = ['sentence', 'label'];

/** @throws Error with one sentence naming the file, the line and the remedy. */
export function parseSst2(content: string, fileName: string): ParsedFile {
  const [header, ...rows] = readTsv(content, fileName);
  refuseUnlabelled(fileName, header);
  if (header !== undefined && header.cells.join('\t').toLowerCase() !== columns.join('\t')) {
    throw lineError(
      fileName,
      header,
      'an SST-2 file starts with the header "sentence", tab, "label"; this one does not, so choose another file or add the header.',
    );
  }
  if (rows.length === 0)
    throw new Error(`${fileName} has a header but no examples; choose train.tsv or dev.tsv.`);
  const examples = rows.map((row) => {
    expectColumns(fileName, row, columns);
    const [text = '', label = ''] = row.cells;
    return { text: sentenceOf(fileName, row, text), label: binaryLabel(fileName, row, label) };
  });
  return { examples, notes: [] };
}

export const sst2Task: Task = {
  name: 'sst2',
  title: 'SST-2',
  description: 'Is a phrase from a film review for or against? Bring GLUE’s train.tsv and dev.tsv.',
  kind: 'classification',
  labels: ['negative', 'positive'],
  primaryMetric: 'accuracy',
  parse: parseSst2,
  score: (predictions, labels) => classificationMetrics(predictions, labels, 2),
};
