/** The files that runs were loaded from: contents once, by their key, in a folder of the origin's or in IndexedDB. */
import type { FileBlob } from '../../runtime/protocol';
import { readFile } from '../files/readFile';
import { contentKey, rememberKey } from './contentKey';
import { type BlobFolder, ifAllowed } from './originFolder';
import {
  last,
  type RunDatabase,
  type StoredFile,
  type StoredFiles,
  type StoredSummary,
  unnamedMs,
} from './runDatabase';
import { allFiles, type ChosenFiles, type FilesOf } from './runRecord';

/** The same files with something else in place of their contents. */
async function mapFiles<From, To>(
  { model, train, dev, adapter }: FilesOf<From>,
  map: (file: From) => Promise<To>,
): Promise<FilesOf<To>> {
  const all = (files: From[]) => Promise.all(files.map(map));
  return {
    ...(model && { model: { name: model.name, files: await all(model.files) } }),
    ...(train && { train: await all(train) }),
    ...(dev && { dev: await all(dev) }),
    ...(adapter && { adapter: { name: adapter.name, files: await all(adapter.files) } }),
  };
}

export interface StoredFileStore {
  /** True where contents lie beside the database, and so can be written ahead of the record that names them. */
  ahead: boolean;
  /**
   * Copies files that are not there yet.
   * @param blobs those that IndexedDB is to hold, for the record's transaction
   * @throws Error naming a file that cannot be read
   */
  copy(db: RunDatabase, files: ChosenFiles, blobs: Map<string, Blob>): Promise<StoredFiles>;
  /** Those of a run. @throws Error naming a file that is lost */
  read(db: RunDatabase, summary: StoredSummary): Promise<ChosenFiles | undefined>;
  /** Deletes contents that no run names any more, but those that are in use. */
  dropUnused(db: RunDatabase, inUse: readonly ChosenFiles[]): Promise<void>;
  /**
   * Deletes those that no run has named for a while.
   * @param othersHaveRuns whether another tab may hold some of the folder: those of IndexedDB it has whole
   */
  dropLeft(db: RunDatabase, othersHaveRuns: boolean): Promise<void>;
}

/** @param folder where contents lie; without one, or where it is denied, they lie in IndexedDB */
export function createStoredFiles(folder: BlobFolder | undefined): StoredFileStore {
  /** Copies a file there if need be. @returns false where there is no folder, or none for this page */
  const isInFolder = async (key: string, blob: Blob): Promise<boolean> => {
    const isThere = await ifAllowed(async () => {
      // An interrupted copy leaves an empty or a shorter file behind.
      if (folder && (await folder.read(key))?.size !== blob.size) await folder.write(key, blob);
      return folder !== undefined;
    });
    return isThere === true;
  };
  /** Keys of the contents that no run names. */
  const unnamed = async (db: RunDatabase) => {
    const inDatabase = await db.getAllKeys('blobs');
    const inFolder = (await ifAllowed(async () => folder?.names())) ?? [];
    if (inDatabase.length === 0 && inFolder.length === 0) return { inDatabase, inFolder };
    // Read after the keys: what is stored meanwhile is named.
    const summaries = await db.getAll('summaries');
    const named = new Set(
      summaries.flatMap(({ files }) => (files ? allFiles(files) : [])).map(({ key }) => key),
    );
    const isUnnamed = (key: string) => !named.has(key);
    return { inDatabase: inDatabase.filter(isUnnamed), inFolder: inFolder.filter(isUnnamed) };
  };
  return {
    ahead: folder !== undefined,
    copy: (db, files, blobs) =>
      mapFiles(files, async (file) => {
        const key = await readFile(file, contentKey);
        // Chromium keeps a chosen file by reference, and cannot read it any more once it changes on the disk.
        if (!(await isInFolder(key, file.blob)) && (await db.getKey('blobs', key)) === undefined)
          blobs.set(key, new Blob([await readFile(file, (blob) => blob.arrayBuffer())]));
        return { name: file.name, key };
      }),

    async read(db, { id, files }) {
      if (!files) {
        const older = (await db.get('pointers', last)) === id ? await db.get('files', last) : undefined;
        // The first release kept one train file and one dev file, not lists.
        const list = (kept?: FileBlob[] | FileBlob) => (kept && !Array.isArray(kept) ? [kept] : kept);
        const { train, dev, ...folders } = older ?? {};
        return {
          ...folders,
          ...(train && { train: list(train) }),
          ...(dev && { dev: list(dev) }),
        };
      }
      return mapFiles(files, async ({ name, key }: StoredFile): Promise<FileBlob> => {
        const blob = (await ifAllowed(async () => folder?.read(key))) ?? (await db.get('blobs', key));
        if (!blob) throw new Error(`The browser has lost the file ${name}.`);
        rememberKey(blob, key);
        return { name, blob };
      });
    },

    async dropUnused(db, inUse) {
      const held = inUse.flatMap(allFiles).map(({ blob }) => contentKey(blob).catch(() => ''));
      const used = new Set(await Promise.all(held));
      const { inDatabase, inFolder } = await unnamed(db);
      for (const key of inDatabase) if (!used.has(key)) await db.delete('blobs', key);
      for (const key of inFolder) if (!used.has(key)) await folder?.remove(key);
    },

    async dropLeft(db, othersHaveRuns) {
      const { inDatabase, inFolder } = await unnamed(db);
      for (const key of inDatabase) await db.delete('blobs', key);
      if (othersHaveRuns) return;
      for (const key of inFolder)
        await ifAllowed(async () => {
          const { lastModified = Infinity } = (await folder?.read(key)) ?? {};
          if (Date.now() - lastModified > unnamedMs) await folder?.remove(key);
        });
    },
  };
}
