/** Reads what was dropped, folders too, into files with their paths. */
import type { PickedFile } from '../../store/chosenFiles';

/** Most files that a dropped folder is searched for. */
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

/** All files of a drop. The entries are taken at once: after the event they are gone. */
export async function readDrop(transfer: DataTransfer): Promise<PickedFile[]> {
  const entries = [...transfer.items]
    .map((item) => item.webkitGetAsEntry())
    .filter((entry) => entry !== null);
  const files: PickedFile[] = [];
  for (const entry of entries) {
    for await (const file of walk(entry, '')) {
      files.push(file);
      if (files.length >= mostFiles) return files;
    }
  }
  return files;
}

/** Files of an `<input type=file>`, with their paths where a folder was picked. */
export function readPicked(list: FileList): PickedFile[] {
  return [...list].map((file) => ({ path: file.webkitRelativePath || file.name, blob: file }));
}
