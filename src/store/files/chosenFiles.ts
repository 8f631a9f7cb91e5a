/** Sorting what a person dropped or picked into a checkpoint folder, train files and dev files. */
import type { ExperimentConfig } from '../../config/experiment';
import { isAdapterFile, isCheckpointFile } from '../../config/modelFileNames';
import type { FileBlob } from '../../runtime/protocol';
import { allFiles, type ChosenFiles } from '../runs/runRecord';

/** A file with its path inside the dropped folder, if any. */
export interface PickedFile {
  path: string;
  blob: Blob;
}

/** What a drop meant, and what was passed over. */
export interface SortedFiles {
  chosen: ChosenFiles;
  /** Sentences about files that were not understood. */
  notes: string[];
}

/** Endings of the file chooser. */
export const dataEndings = '.tsv,.csv,.txt,.json,.jsonl,.ndjson,.parquet,.iob,.iob2,.conll,.xml';
const dataFile = new RegExp(`(${dataEndings.replace(/,/g, '|').replace(/\./g, '\\.')})$`, 'i');
const baseName = (path: string) => path.slice(path.lastIndexOf('/') + 1);
const folderOf = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/** In the order in which the command line reads a folder, so that the same files are the same data set. */
const byPath = (one: PickedFile, other: PickedFile) =>
  one.path < other.path ? -1 : one.path > other.path ? 1 : 0;

type Role = 'train' | 'dev' | 'test';

/** What a file is for by its own name, else by the folders it lies in; undefined where they do not say. */
function roleOf(path: string): Role | undefined {
  const [name = '', ...folders] = path.split('/').reverse();
  if (/(^|[^a-z])test/i.test(name)) return 'test';
  if (/dev|valid/i.test(name)) return 'dev';
  if (/train/i.test(name)) return 'train';
  for (const folder of folders) {
    const role = /^(train|dev|test)|^(valid)/i.exec(folder);
    if (role) return (role[1]?.toLowerCase() as Role | undefined) ?? 'dev';
  }
  return undefined;
}

/**
 * A folder with a config.json is a checkpoint, one with an adapter_config.json a PEFT adapter; a data file named like `train…` (or in such a folder) is train, one named
 * like `dev…` or `validation…` dev; by path, the first of another name is train, the second dev. Of tables one each is taken, of
 * XML all.
 */
export function sortFiles(picked: readonly PickedFile[]): SortedFiles {
  const sorted: SortedFiles = { chosen: {}, notes: [] };
  const { chosen, notes } = sorted;
  const afterAdapter = takeAdapter(picked, sorted);
  const left = takeModel(afterAdapter, sorted);
  // Neither a checkpoint's nor an adapter's other papers are data.
  const isPaper = (path: string) => (chosen.model || chosen.adapter) && path.endsWith('.json');
  const data = left.filter(
    ({ path }) => dataFile.test(path) && !isCheckpointFile(baseName(path)) && !isPaper(path),
  );
  takeData(data.sort(byPath), sorted);
  if (!chosen.model && !chosen.train && !chosen.dev && !chosen.adapter && notes.length === 0) {
    notes.push(
      `Nothing here could be used (${picked.length} file${picked.length === 1 ? '' : 's'}). Drop a checkpoint folder with a config.json, or a train and a dev file (${dataEndings.replace(/,/g, ', ')}).`,
    );
  }
  return sorted;
}

/** Takes the adapter's folder. Returns the files that belong to no adapter. */
function takeAdapter(picked: readonly PickedFile[], { chosen, notes }: SortedFiles): PickedFile[] {
  // What this page exports of AdaLoRA has another form of it in a folder below.
  const depth = ({ path }: PickedFile) => path.split('/').length;
  const parts = picked.filter(({ path }) => isAdapterFile(baseName(path)));
  const config = parts
    .filter(({ path }) => baseName(path) === 'adapter_config.json')
    .sort((one, other) => depth(one) - depth(other))[0];
  if (config) {
    const folder = folderOf(config.path);
    const files = parts.filter(({ path }) => folderOf(path) === folder);
    chosen.adapter = { name: baseName(folder) || 'adapter', files: files.map(blobOf) };
  } else if (parts.length > 0)
    notes.push('The adapter’s weights came without adapter_config.json: choose both files together.');
  return picked.filter((file) => !parts.includes(file));
}

/** Takes the files of a checkpoint beside the first config.json. Returns the others. */
function takeModel(picked: readonly PickedFile[], { chosen, notes }: SortedFiles): PickedFile[] {
  const config = picked.find(({ path }) => baseName(path) === 'config.json');
  if (!config) {
    if (picked.some(({ path }) => path.endsWith('.safetensors')))
      notes.push(
        'A safetensors file came without a config.json: drop the whole checkpoint folder (config.json, model.safetensors, tokenizer.json).',
      );
    return [...picked];
  }
  const folder = folderOf(config.path);
  const isOfModel = ({ path }: PickedFile) => folderOf(path) === folder && isCheckpointFile(baseName(path));
  chosen.model = { name: baseName(folder) || 'checkpoint', files: picked.filter(isOfModel).map(blobOf) };
  return picked.filter((file) => !isOfModel(file));
}

/** @param data by path */
function takeData(data: readonly PickedFile[], { chosen, notes }: SortedFiles): void {
  const tests: string[] = [];
  const unnamed: PickedFile[] = [];
  const put = (role: 'train' | 'dev', file: PickedFile) => {
    const list = chosen[role];
    if (list && !/\.xml$/i.test(file.path)) return;
    chosen[role] = [...(list ?? []), blobOf(file)];
  };
  for (const file of data) {
    const role = roleOf(file.path);
    if (role === 'test') tests.push(baseName(file.path));
    else if (role) put(role, file);
    else unnamed.push(file);
  }
  const onlyXml = unnamed.every(({ path }) => /\.xml$/i.test(path));
  for (const file of unnamed) put(onlyXml || !chosen.train ? 'train' : 'dev', file);
  if (tests.length === 0) return;
  const names =
    tests.length > 3 ? `${tests.slice(0, 2).join(', ')} and ${tests.length - 2} more` : tests.join(', ');
  notes.push(
    `${names} ${tests.length === 1 ? 'was' : 'were'} passed over: test files carry no labels, or are for the end. Choose a train and a dev file.`,
  );
}

const blobOf = ({ path, blob }: PickedFile): FileBlob => ({ name: baseName(path), blob });

/** Those of the chosen files that an experiment reads; the others lie about for the next one. */
export function usedFiles({ model, data, adapter }: ExperimentConfig, files: ChosenFiles): ChosenFiles {
  return {
    ...(model.source === 'files' && files.model && { model: files.model }),
    ...(data.source === 'files' && files.train && { train: files.train }),
    ...(data.source === 'files' && files.dev && { dev: files.dev }),
    ...(adapter.from && files.adapter && { adapter: files.adapter }),
  };
}

/** True where both are the very same files: one that was chosen again may have been changed under its old name. */
export function areSameFiles(one: ChosenFiles, other: ChosenFiles): boolean {
  const [left, right] = [allFiles(one), allFiles(other)];
  return left.length === right.length && left.every(({ blob }, i) => blob === right[i]?.blob);
}

/** All picked files for one purpose, whatever their names say. */
export function filesFor(picked: readonly PickedFile[]): FileBlob[] {
  return [...picked].sort(byPath).map(blobOf);
}

/** How a list of files is called in the configuration: its name, or the first one's and how many follow. */
export function nameOfFiles(files: readonly FileBlob[] | undefined): string {
  const [first, ...others] = files ?? [];
  if (!first) return '';
  return others.length === 0 ? first.name : `${first.name} and ${others.length} more`;
}

const openings: readonly [task: string, opening: RegExp][] = [
  ['sst2', /^sentence\tlabel\s*$/],
  ['cola', /^[^\t]+\t[01]\t\*?\t[^\t]+$/],
  ['mrpc', /^(Quality|#1 ID)\t/],
  ['qqp', /^id\tqid1\t/],
  ['mnli', /^index\tpromptID\t/],
  ['qnli', /^index\tquestion\tsentence\tlabel\s*$/],
  ['rte', /^index\tsentence1\tsentence2\tlabel\s*$/],
  ['stsb', /^index\tgenre\t/],
  ['e2e', /^"?(mr|MR)"?,"?ref"?/],
  ['e2e', /^name : [^|]+\|.*\|\|/],
  ['bionlp', /^(###MEDLINE|[^\t]+\t(O|[BI]-(DNA|RNA|protein|cell_)))/],
];

/** Which task's original format a file begins like; undefined where it is none of them. */
export function guessTask(beginning: string): string | undefined {
  const text = beginning.replace(/^\uFEFF/, '').trimStart();
  if (/^<\?xml[^>]*>\s*<benchmark|^<benchmark/.test(text)) return 'webnlg';
  const first = text.split(/\r?\n/, 1)[0] ?? '';
  return openings.find(([, opening]) => opening.test(first))?.[0];
}
