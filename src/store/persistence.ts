/**
 * Every run of this browser: what is listed, histories and facts in IndexedDB; weights, and once each the files that runs
 * were loaded from, in the origin's private file system (in IndexedDB where there is none).
 */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import { type ExperimentConfig, parseExperimentConfig } from '../config/experiment';
import type { FileBlob, Snapshot } from '../runtime/protocol';
import { contentKey, rememberKey } from './contentKey';
import { type BlobFolder, openOriginFolder } from './originFolder';
import { readFile } from './readFile';
import { newRunId } from './runId';
import {
  allFiles,
  type ChosenFiles,
  type FilesOf,
  type KeptRun,
  type RunRecord,
  type RunStorage,
  type RunSummary,
  summaryOf,
} from './runRecord';
import { openWeightFiles, type WeightFiles } from './weightFiles';

/** A file of a person's own, by the key of its contents. */
interface StoredFile {
  name: string;
  key: string;
}
type StoredFiles = FilesOf<StoredFile>;

const filesKeyOf = (files: StoredFiles) =>
  allFiles(files)
    .map(({ key }) => key)
    .join(' ');

/** A line of the list, the name under which the weights lie, and the files it was loaded from. */
type StoredSummary = RunSummary & { weightsName?: string; files?: StoredFiles };

interface PlaygroundDatabase extends DBSchema {
  /** Of the first version: one run under `last`. */
  runs: { key: string; value: Omit<RunRecord, 'id' | 'name' | 'createdAt'> };
  /** Of the first two versions: the files of the run before, under `last`. */
  files: { key: string; value: ChosenFiles };
  /** Contents of files by their key, where there is no private file system. */
  blobs: { key: string; value: Blob };
  summaries: { key: string; value: StoredSummary };
  details: { key: string; value: Pick<KeptRun, 'progress' | 'history' | 'facts'> };
  weights: { key: string; value: Snapshot };
  pointers: { key: string; value: string };
}

const last = 'last';

function readable(config: unknown): ExperimentConfig | undefined {
  try {
    return parseExperimentConfig(config);
  } catch {
    return undefined;
  }
}

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

/** What a person can do about an error of IndexedDB. `what` stands in front: "The run could not be stored". */
function explain(what: string, error: unknown): Error {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'QuotaExceededError') {
    return new Error(
      `${what}: the browser gives this site no more space. Delete weights of older runs on the Runs screen, or whole runs with files of yours, or allow the site to store more.`,
    );
  }
  if (name === 'VersionError') {
    return new Error(`${what}: another tab holds a newer version of the playground. Reload this one.`);
  }
  if (name === 'InvalidStateError' || name === 'SecurityError' || name === 'UnknownError') {
    return new Error(
      `${what}: the browser stores nothing for this page (a private window, or blocked site data).`,
    );
  }
  return new Error(`${what}: ${error instanceof Error ? error.message : String(error)}`);
}

/**
 * The storage of this browser; the database is opened with the first use. Every method fails with one sentence for
 * people, and a failed save leaves the older record as it was.
 */
export function openRunStorage(
  databaseName = 'autolora-playground',
  weightFiles: WeightFiles | undefined = openWeightFiles(globalThis.navigator?.storage),
  ownFiles: BlobFolder | undefined = openOriginFolder(globalThis.navigator?.storage, 'own-files'),
): RunStorage {
  /** One after the other: files that a run is just being stored with must not be taken for unused ones. */
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    const own = turn.then(act);
    turn = own.catch(() => undefined);
    return own;
  };
  let opening: Promise<IDBPDatabase<PlaygroundDatabase>> | undefined;
  const forget = () => {
    opening = undefined;
  };
  const database = () => {
    opening ??= openDB<PlaygroundDatabase>(databaseName, 3, {
      async upgrade(db, from, _to, transaction) {
        if (from < 1) {
          db.createObjectStore('runs');
          db.createObjectStore('files');
        }
        if (from < 2) {
          for (const store of ['summaries', 'details', 'weights', 'pointers'] as const)
            db.createObjectStore(store);
        }
        db.createObjectStore('blobs');
        if (from >= 2) return;
        const kept = from < 1 ? undefined : await transaction.objectStore('runs').get(last);
        if (!kept) return;
        // Unlike that of any other browser, so that runs can be taken from one to the other.
        const id = newRunId();
        const record: RunRecord = {
          ...kept,
          id,
          name: 'the run of before',
          createdAt: kept.savedAt,
        };
        const { progress, history, facts, snapshot } = record;
        await transaction.objectStore('summaries').put({ ...summaryOf(record), weightsName: id }, id);
        await transaction.objectStore('details').put({ progress, history, facts }, id);
        await transaction.objectStore('weights').put(snapshot, id);
        await transaction.objectStore('pointers').put(id, last);
        await transaction.objectStore('runs').clear();
      },
      // A tab with a newer version waits for this one to let go.
      blocking: (_current, _blocked, event) => {
        (event.target as IDBDatabase).close();
        forget();
      },
      terminated: forget,
    }).catch((error) => {
      forget();
      throw error;
    });
    return opening;
  };
  const attempt = async <T>(
    what: string,
    act: (db: IDBPDatabase<PlaygroundDatabase>) => Promise<T>,
  ): Promise<T> => {
    try {
      return await act(await database());
    } catch (error) {
      throw explain(what, error);
    }
  };

  /** Under a new name each time, so that a record and its weights are always of one moment. */
  const writeWeights = async (db: IDBPDatabase<PlaygroundDatabase>, name: string, snapshot: Snapshot) => {
    if (weightFiles) await weightFiles.write(name, snapshot);
    else await db.put('weights', snapshot, name);
  };
  const readWeights = async (db: IDBPDatabase<PlaygroundDatabase>, name: string) =>
    (await weightFiles?.read(name)) ?? (await db.get('weights', name));
  const dropWeights = async (db: IDBPDatabase<PlaygroundDatabase>, name: string | undefined) => {
    if (name === undefined) return;
    await weightFiles?.remove(name);
    await db.delete('weights', name);
  };

  /** The record in one transaction. `weightsName` is undefined where there are no weights of its moment. */
  const writeRecord = async (
    db: IDBPDatabase<PlaygroundDatabase>,
    summary: StoredSummary,
    details: Pick<KeptRun, 'progress' | 'history' | 'facts'>,
    blobs: ReadonlyMap<string, Blob>,
    isLast: boolean,
  ) => {
    const transaction = db.transaction(['summaries', 'details', 'pointers', 'files', 'blobs'], 'readwrite');
    const summaries = transaction.objectStore('summaries');
    const contents = transaction.objectStore('blobs');
    const write = async () => {
      for (const [key, blob] of blobs) await contents.put(blob, key);
      // Weights take long to write: what was said of the run meanwhile stays said.
      const now = await summaries.get(summary.id);
      const labels = now && { name: now.name, tags: now.tags, notes: now.notes, pinned: now.pinned };
      await summaries.put({ ...summary, ...labels }, summary.id);
      await transaction.objectStore('details').put(details, summary.id);
      if (isLast) {
        await transaction.objectStore('pointers').put(summary.id, last);
        await transaction.objectStore('files').delete(last);
      }
    };
    await Promise.all([write(), transaction.done]);
  };

  /** Copies files that are not there yet. @param blobs those that IndexedDB is to hold, for the record's transaction */
  const copyFiles = (
    db: IDBPDatabase<PlaygroundDatabase>,
    files: ChosenFiles,
    blobs: Map<string, Blob>,
  ): Promise<StoredFiles> =>
    mapFiles(files, async (file) => {
      const key = await readFile(file, contentKey);
      await readFile(file, async (blob) => {
        if (!ownFiles) {
          // Chromium keeps a chosen file by reference, and cannot read it any more once it changes on the disk.
          if ((await db.getKey('blobs', key)) === undefined)
            blobs.set(key, new Blob([await blob.arrayBuffer()]));
          // An interrupted copy leaves an empty or a shorter file behind.
        } else if ((await ownFiles.read(key))?.size !== blob.size) await ownFiles.write(key, blob);
      });
      return { name: file.name, key };
    });

  const put = async (
    db: IDBPDatabase<PlaygroundDatabase>,
    summary: RunSummary,
    { snapshot, files, ...details }: Pick<KeptRun, 'progress' | 'history' | 'facts' | 'snapshot' | 'files'>,
    isLast: boolean,
  ): Promise<string | undefined> => {
    const before = await db.get('summaries', summary.id);
    const weightsName = snapshot && `${summary.id}-${summary.savedAt}`;
    let failure: unknown;
    if (snapshot && weightsName) {
      try {
        await writeWeights(db, weightsName, snapshot);
      } catch (error) {
        // A run that is under way goes on from its older weights: they, and the numbers up to them, stay.
        if (before?.weightsName && !summary.finished) throw error;
        failure = error;
      }
    }
    const blobs = new Map<string, Blob>();
    let stored: StoredSummary = failure
      ? { ...summary, weightBytes: 0, weightsName: undefined }
      : { ...summary, weightsName };
    let filesFailure: unknown;
    try {
      const refs = files && (await copyFiles(db, files, blobs));
      stored = { ...stored, files: refs, ...(refs && { filesKey: filesKeyOf(refs) }) };
      await writeRecord(db, stored, details, blobs, isLast);
    } catch (error) {
      if (!files || allFiles(files).length === 0) throw error;
      filesFailure = error;
      stored = { ...stored, files: before?.files, filesKey: before?.filesKey };
      await writeRecord(db, stored, details, new Map(), isLast);
    }
    if (before?.weightsName && before.weightsName !== stored.weightsName)
      await dropWeights(db, before.weightsName);
    if (failure && before?.weightsName && snapshot && weightsName) {
      // The finished run's older weights made room.
      try {
        await writeWeights(db, weightsName, snapshot);
        const now = await db.get('summaries', summary.id);
        await db.put(
          'summaries',
          { ...stored, ...now, weightBytes: summary.weightBytes, weightsName },
          summary.id,
        );
        failure = undefined;
      } catch (error) {
        failure = error;
      }
    }
    if (failure)
      return explain('The run is stored, but not its weights, so it can be looked at and not asked', failure)
        .message;
    if (filesFailure)
      return explain('The run is stored, but not your files, which a reload will ask for', filesFailure)
        .message;
    return undefined;
  };

  const filesOf = async (
    db: IDBPDatabase<PlaygroundDatabase>,
    { id, files }: StoredSummary,
  ): Promise<ChosenFiles | undefined> => {
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
      const blob = (await ownFiles?.read(key)) ?? (await db.get('blobs', key));
      if (!blob) throw new Error(`The browser has lost the file ${name}.`);
      rememberKey(blob, key);
      return { name, blob };
    });
  };

  /** Deletes contents that no run names any more, but those that are in use. */
  const dropUnusedFiles = async (db: IDBPDatabase<PlaygroundDatabase>, inUse: readonly ChosenFiles[]) => {
    const summaries = await db.getAll('summaries');
    const named = summaries.flatMap(({ files }) => (files ? allFiles(files) : [])).map(({ key }) => key);
    const held = inUse.flatMap(allFiles).map(({ blob }) => contentKey(blob).catch(() => ''));
    const used = new Set([...named, ...(await Promise.all(held))]);
    for (const key of await db.getAllKeys('blobs')) if (!used.has(key)) await db.delete('blobs', key);
    for (const key of (await ownFiles?.names()) ?? []) if (!used.has(key)) await ownFiles?.remove(key);
  };

  const load = async (db: IDBPDatabase<PlaygroundDatabase>, id: string): Promise<KeptRun | undefined> => {
    const [summary, details] = await Promise.all([db.get('summaries', id), db.get('details', id)]);
    if (!summary || !details) return undefined;
    const { weightsName, files: _, ...shown } = summary;
    const snapshot = weightsName === undefined ? undefined : await readWeights(db, weightsName);
    // Settings that came since take their defaults.
    const config = parseExperimentConfig(summary.config);
    return {
      ...details,
      snapshot,
      files: await filesOf(db, summary).catch(() => undefined),
      summary: { ...shown, config, weightBytes: snapshot ? shown.weightBytes : 0 },
    };
  };

  return {
    saveRun: (record) =>
      attempt('The run could not be stored', async (db) => {
        const before = await db.get('summaries', record.id);
        const { progress, history, facts, snapshot, files } = record;
        return inTurn(() =>
          put(db, summaryOf(record, before), { progress, history, facts, snapshot, files }, true),
        );
      }),
    async keepFiles(files) {
      if (!ownFiles || allFiles(files).length === 0) return;
      await attempt('The files could not be stored', (db) =>
        inTurn(async () => void (await copyFiles(db, files, new Map()))),
      );
    },
    loadLastRun: () =>
      attempt('The stored run could not be read', async (db) => {
        const id = await db.get('pointers', last);
        const run = id === undefined ? undefined : await load(db, id);
        if (!run?.snapshot) return undefined;
        const { summary, snapshot, ...details } = run;
        const { id: own, name, createdAt, savedAt, config } = summary;
        return { version: 1, id: own, name, createdAt, savedAt, config, snapshot, ...details };
      }),
    async clearLastRun() {
      await attempt('The stored run could not be set aside', (db) => db.delete('pointers', last));
    },
    listRuns: () =>
      attempt('The runs could not be listed', async (db) => {
        const all = await db.getAll('summaries');
        return all
          .flatMap(({ weightsName, files: _, ...summary }) => {
            // A run of another version of the page stays stored, and does not hide the others.
            const config = readable(summary.config);
            const weightBytes = weightsName === undefined ? 0 : summary.weightBytes;
            return config ? { ...summary, config, weightBytes } : [];
          })
          .sort((one, other) => other.createdAt - one.createdAt);
      }),
    loadRun: (id) => attempt('The run could not be read', (db) => load(db, id)),
    async changeRun(id, change) {
      await attempt('The change could not be stored', async (db) => {
        const transaction = db.transaction('summaries', 'readwrite');
        const summary = await transaction.store.get(id);
        if (summary) await transaction.store.put({ ...summary, ...change }, id);
        await transaction.done;
      });
    },
    addRun: ({ summary, ...kept }) =>
      attempt('The run could not be stored', (db) => inTurn(() => put(db, summary, kept, false))),
    async removeRun(id, inUse = []) {
      await attempt('The run could not be deleted', async (db) => {
        const summary = await db.get('summaries', id);
        const transaction = db.transaction(['summaries', 'details', 'pointers'], 'readwrite');
        const pointers = transaction.objectStore('pointers');
        if ((await pointers.get(last)) === id) await pointers.delete(last);
        await Promise.all([
          transaction.objectStore('summaries').delete(id),
          transaction.objectStore('details').delete(id),
          transaction.done,
        ]);
        await dropWeights(db, summary?.weightsName);
        if (summary?.files) await inTurn(() => dropUnusedFiles(db, inUse));
      });
    },
    async removeWeights(id) {
      await attempt('The weights could not be deleted', async (db) => {
        const summary = await db.get('summaries', id);
        if (!summary) return;
        await db.put('summaries', { ...summary, weightBytes: 0, weightsName: undefined }, id);
        await dropWeights(db, summary.weightsName);
      });
    },
  };
}
