/** The last run and the files it was loaded from, kept in the browser's IndexedDB. */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import { parseExperimentConfig } from '../config/experiment';
import type { FileBlob } from '../runtime/protocol';
import type { ChosenFiles, RunRecord, RunStorage } from './runRecord';

interface PlaygroundDatabase extends DBSchema {
  runs: { key: string; value: RunRecord };
  files: { key: string; value: ChosenFiles };
}

const last = 'last';

/** What a person can do about an error of IndexedDB. `what` stands in front: "The run could not be stored". */
function explain(what: string, error: unknown): Error {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'QuotaExceededError') {
    return new Error(
      `${what}: the browser gives this site no more space. Free some, or allow the site to store data.`,
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
export function openRunStorage(databaseName = 'autolora-playground'): RunStorage {
  let opening: Promise<IDBPDatabase<PlaygroundDatabase>> | undefined;
  const forget = () => {
    opening = undefined;
  };
  const database = () => {
    opening ??= openDB<PlaygroundDatabase>(databaseName, 1, {
      upgrade(created) {
        created.createObjectStore('runs');
        created.createObjectStore('files');
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

  return {
    async saveRun(record) {
      await attempt('The run could not be stored', (db) => db.put('runs', record, last));
    },
    loadLastRun: () =>
      attempt('The stored run could not be read', async (db) => {
        const record = await db.get('runs', last);
        // A record of another version of the page means nothing to this one.
        // Settings that came since take their defaults.
        return record?.version === 1
          ? { ...record, config: parseExperimentConfig(record.config) }
          : undefined;
      }),
    async clearLastRun() {
      await attempt('The stored run could not be removed', (db) => db.delete('runs', last));
    },
    async saveFiles(files) {
      await attempt('The files could not be stored', (db) => db.put('files', files, last));
    },
    loadFiles: () =>
      attempt('The stored files could not be read', async (db) => {
        const files = await db.get('files', last);
        // The first release kept one train file and one dev file, not lists.
        const list = (kept?: FileBlob[] | FileBlob) => (kept && !Array.isArray(kept) ? [kept] : kept);
        return files && { ...files, train: list(files.train), dev: list(files.dev) };
      }),
  };
}
