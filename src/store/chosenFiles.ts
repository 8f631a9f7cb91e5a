/** Sorting what a person dropped or picked into a checkpoint folder, a train file and a dev file. */
import type { NamedFile } from '../runtime/protocol';
import type { ChosenFiles } from './runRecord';

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

const modelFile = /(^|\/)(.*\.safetensors|.*\.json|merges\.txt|vocab\.txt|special_tokens_map\.json)$/i;
const table = /\.(tsv|txt|csv)$/i;
const baseName = (path: string) => path.slice(path.lastIndexOf('/') + 1);
const folderOf = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/**
 * A folder with a config.json is a checkpoint; a table named like `train…` is the train file, one named like `dev…`
 * or `validation…` the dev file; a lone table of another name is the train file.
 */
export function sortFiles(picked: readonly PickedFile[]): SortedFiles {
  const notes: string[] = [];
  const chosen: ChosenFiles = {};
  const config = picked.find(({ path }) => baseName(path) === 'config.json');
  const claimed = new Set<PickedFile>();
  if (config) {
    const folder = folderOf(config.path);
    const inFolder = picked.filter(({ path }) => folderOf(path) === folder && modelFile.test(path));
    for (const file of inFolder) claimed.add(file);
    chosen.model = {
      name: baseName(folder) || 'checkpoint',
      files: inFolder.map(({ path, blob }) => ({ name: baseName(path), blob })),
    };
  } else if (picked.some(({ path }) => path.endsWith('.safetensors'))) {
    notes.push(
      'A safetensors file came without a config.json: drop the whole checkpoint folder (config.json, model.safetensors, tokenizer.json).',
    );
  }
  const tables = picked.filter((file) => !claimed.has(file) && table.test(file.path));
  for (const file of tables) {
    const name = baseName(file.path);
    if (modelFile.test(file.path)) continue;
    if (/test/i.test(name)) {
      notes.push(`${name} was passed over: test files carry no labels. Choose train.tsv and dev.tsv.`);
    } else if (/dev|valid/i.test(name)) {
      chosen.dev ??= { name, blob: file.blob };
    } else if (/train/i.test(name) || !chosen.train) {
      chosen.train = { name, blob: file.blob };
    }
  }
  if (!chosen.model && !chosen.train && !chosen.dev && notes.length === 0) {
    notes.push(
      `Nothing here could be used (${picked.length} file${picked.length === 1 ? '' : 's'}). Drop a checkpoint folder with a config.json, or train.tsv and dev.tsv of SST-2 or CoLA.`,
    );
  }
  return { chosen, notes };
}

/** Reads a blob into what the worker takes. */
export async function readNamedFile(file: { name: string; blob: Blob }): Promise<NamedFile> {
  try {
    return { name: file.name, bytes: await file.blob.arrayBuffer() };
  } catch {
    throw new Error(
      `${file.name} could not be read: it was moved, changed or removed since it was chosen. Choose it again.`,
    );
  }
}

/** Which task's original format a table begins like; undefined where it is neither. */
export function guessTask(beginning: string): 'sst2' | 'cola' | undefined {
  const first = beginning.split(/\r?\n/, 1)[0] ?? '';
  const cells = first.split('\t');
  if (cells[0] === 'sentence' && cells[1] === 'label') return 'sst2';
  return cells.length === 4 && /^[01]$/.test(cells[1] ?? '') ? 'cola' : undefined;
}
