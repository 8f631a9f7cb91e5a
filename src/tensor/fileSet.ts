/** The files of one folder as they arrive by drop, picker or path: found by base name, read as text or JSON. */

/** A file by name; `NamedFile` of the protocol is one. */
export interface FileBytes {
  /** Path relative to the folder, or the bare name. */
  name: string;
  bytes: ArrayBuffer;
}

/** A file whose bytes are read when they are needed: of a drop, a cache, or `fs.openAsBlob`. Posted by reference. */
export interface FileBlob {
  /** Path relative to the folder, or the bare name. */
  name: string;
  blob: Blob;
}

/** `a/b/config.json` → `config.json`. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** `a/b/config.json` → `a/b/`; a bare name gives ``. */
export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}

/** The file of that base name that lies nearest to the root, or undefined. */
export function findFile<F extends { name: string }>(files: readonly F[], name: string): F | undefined {
  const depth = (file: F) => file.name.split('/').length;
  return files
    .filter((file) => baseName(file.name) === name)
    .sort((a, b) => depth(a) - depth(b) || a.name.localeCompare(b.name))[0];
}

/** The files that lie directly in one folder, e.g. `''` or `adapter/`. */
export function filesIn<F extends { name: string }>(files: readonly F[], folder: string): F[] {
  return files.filter((file) => folderOf(file.name) === folder);
}

/** @throws Error naming the file where the bytes are not UTF-8. */
export function readText(file: FileBytes): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(file.bytes);
  } catch {
    throw new Error(`${file.name} is not UTF-8 text; save it again as UTF-8.`);
  }
}

/** @throws Error naming the file where it is not JSON (typically a half-finished download). */
export function readJson(file: FileBytes): unknown {
  const text = readText(file);
  try {
    return JSON.parse(text);
  } catch (error) {
    const lead = text.startsWith('version https://git-lfs')
      ? 'it is a Git LFS pointer, not the file itself: fetch it with `git lfs pull`'
      : (error as Error).message;
    throw new Error(`${file.name} is not valid JSON (${file.bytes.byteLength} bytes): ${lead}.`);
  }
}

/** A file of indented JSON. */
export function jsonFile(name: string, value: object): FileBytes {
  const text = `${JSON.stringify(value, null, 2)}\n`;
  return { name, bytes: new TextEncoder().encode(text).buffer as ArrayBuffer };
}

/** The whole of a small file. @throws Error naming it where it is gone. */
export async function bytesOf({ name, blob }: FileBlob): Promise<FileBytes> {
  try {
    return { name, bytes: await blob.arrayBuffer() };
  } catch {
    throw new Error(
      `${name} could not be read: it was moved, changed or removed since it was chosen. Choose it again.`,
    );
  }
}

/** @throws Error naming the file where it is gone or not JSON. */
export async function readBlobJson(file: FileBlob): Promise<unknown> {
  return readJson(await bytesOf(file));
}
