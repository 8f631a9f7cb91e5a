/** The IndexedDB database of this browser's runs: its stores, how older ones are taken over, what can be done about its errors. */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import { type Snapshot, sentenceOf } from '../../runtime/protocol';
import { newRunId } from './runId';
import {
  type ChosenFiles,
  type FilesOf,
  type KeptRun,
  type RunRecord,
  type RunSummary,
  summaryOf,
} from './runRecord';

/** A file of a person's own, by the key of its contents. */
export interface StoredFile {
  name: string;
  key: string;
}
export type StoredFiles = FilesOf<StoredFile>;

/** A line of the list, the name under which the weights lie, and the files it was loaded from. */
export type StoredSummary = RunSummary & { weightsName?: string; files?: StoredFiles };

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

export type RunDatabase = IDBPDatabase<PlaygroundDatabase>;

/** How old, in milliseconds, what no run names must be to be deleted: another tab may be writing what its record is to name. */
export const unnamedMs = 600_000;

/** Key of the pointer to the run that a reload takes up. */
export const last = 'last';

/** What a person can do about an error of IndexedDB. `what` stands in front: "The run could not be stored". */
export function explain(what: string, error: unknown): Error {
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
  return new Error(`${what}: ${sentenceOf(error)}`);
}

/** @returns what runs an action on the database, which is opened with the first one; its errors are one sentence each */
export function openRunDatabase(
  databaseName: string,
): <T>(what: string, act: (db: RunDatabase) => Promise<T>) => Promise<T> {
  let opening: Promise<RunDatabase> | undefined;
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
  return async <T>(what: string, act: (db: RunDatabase) => Promise<T>): Promise<T> => {
    try {
      return await act(await database());
    } catch (error) {
      throw explain(what, error);
    }
  };
}
