/** Reads what was dropped, folders too, into files with their paths. */
import type { PickedFile } from '../../store/files/chosenFiles';

/** A drop of more files is no model and its data. */
const mostFiles = 2000;

async function* walk(entry: FileSystemEntry, prefix: string): AsyncGenerator<PickedFile> {
  const path = prefix ? `${prefix}/${entry.name}` : entry.name;
  if (entry.isFile) {
    yield {
      path,
      blob: await new Promise<File>((resolve, reject) => {
        (entry as FileSystemFileEntry).file(resolve, reject);
      }),
    };
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    // A reader gives at most a hundred entries at a time.
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, reject);
    });
    if (entries.length === 0) return;
    for (const child of entries) yield* walk(child, path);
  }
}

/** @throws Error one sentence that names what was dropped */
async function* readable(entry: FileSystemEntry): AsyncGenerator<PickedFile> {
  try {
    yield* walk(entry, '');
  } catch {
    throw new Error(
      `“${entry.name}” could not be read: it was moved, changed or is protected. Drop it again.`,
    );
  }
}

/**
 * The files of a drop. The entries are taken at once: after the event they are gone.
 * @throws Error one sentence where something in it cannot be read, or there are too many files to be a model and its data
 */
export async function readDrop(transfer: Pick<DataTransfer, 'items'>): Promise<PickedFile[]> {
  // A file that lies in no file system, as one dragged out of a mail, has no entry.
  const dropped = [...transfer.items]
    .map((item) => item.webkitGetAsEntry() ?? item.getAsFile())
    .filter((one) => one !== null);
  const files: PickedFile[] = [];
  for (const one of dropped) {
    for await (const file of one instanceof File ? [{ path: one.name, blob: one }] : readable(one)) {
      files.push(file);
      if (files.length > mostFiles)
        throw new Error(
          `“${one.name}” holds more than ${mostFiles.toLocaleString('en')} files: drop only the folder of the model, or the files that are needed.`,
        );
    }
  }
  return files;
}

/** Files of an `<input type=file>`, with their paths where a folder was picked. */
export function readPicked(list: FileList): PickedFile[] {
  return [...list].map((file) => ({ path: file.webkitRelativePath || file.name, blob: file }));
}
