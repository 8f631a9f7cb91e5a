/**
 * Every run of this browser: what is listed, histories and facts in IndexedDB, weights in the origin's private file system
 * (in IndexedDB where there is none), and the files that the last run was loaded from.
 */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import { type ExperimentConfig, parseExperimentConfig } from '../config/experiment';
import type { FileBlob, Snapshot } from '../runtime/protocol';
import {
  type ChosenFiles,
  type KeptRun,
  type RunRecord,
  type RunStorage,
  type RunSummary,
  summaryOf,
} from './runRecord';
import { openWeightFiles, type WeightFiles } from './weightFiles';

/** A line of the list, and the name under which the weights lie. */
type StoredSummary = RunSummary & { weightsName?: string };

interface PlaygroundDatabase extends DBSchema {
  /** Of the first version: one run under `last`. */
  runs: { key: string; value: Omit<RunRecord, 'id' | 'name' | 'createdAt'> };
  files: { key: string; value: ChosenFiles };
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

/** What a person can do about an error of IndexedDB. `what` stands in front: "The run could not be stored". */
function explain(what: string, error: unknown): Error {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'QuotaExceededError') {
    return new Error(
      `${what}: the browser gives this site no more space. Delete weights of older runs on the Runs screen, or allow the site to store more.`,
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
 * people, and a failed save leaves the older record as it was, or the new one without its weights.
 */
export function openRunStorage(
  databaseName = 'autolora-playground',
  weightFiles: WeightFiles | undefined = openWeightFiles(globalThis.navigator?.storage),
): RunStorage {
  let opening: Promise<IDBPDatabase<PlaygroundDatabase>> | undefined;
  const forget = () => {
    opening = undefined;
  };
  const database = () => {
    opening ??= openDB<PlaygroundDatabase>(databaseName, 2, {
      async upgrade(db, from, _to, transaction) {
        if (from < 1) {
          db.createObjectStore('runs');
          db.createObjectStore('files');
        }
        for (const store of ['summaries', 'details', 'weights', 'pointers'] as const)
          db.createObjectStore(store);
        const kept = from < 1 ? undefined : await transaction.objectStore('runs').get(last);
        if (!kept) return;
        // Unlike that of any other browser, so that runs can be taken from one to the other.
        const id = crypto.randomUUID();
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

  const put = async (
    db: IDBPDatabase<PlaygroundDatabase>,
    summary: RunSummary,
    details: Pick<KeptRun, 'progress' | 'history' | 'facts'>,
    snapshot: Snapshot | undefined,
    isLast: boolean,
  ) => {
    const before = await db.get('summaries', summary.id);
    const weightsName = snapshot && `${summary.id}-${summary.savedAt}`;
    let failure: unknown;
    if (snapshot && weightsName) {
      try {
        await writeWeights(db, weightsName, snapshot);
      } catch (error) {
        failure = error;
      }
    }
    const kept = failure ? before?.weightsName : weightsName;
    // Weights of an earlier moment do not belong to this record.
    const stored: StoredSummary = failure
      ? { ...summary, weightBytes: 0, weightsName: undefined }
      : { ...summary, weightsName: kept };
    const transaction = db.transaction(['summaries', 'details', 'pointers'], 'readwrite');
    // Weights take long to write: what was said of the run meanwhile stays said.
    const now = await transaction.objectStore('summaries').get(summary.id);
    const labels = now && { name: now.name, tags: now.tags, notes: now.notes, pinned: now.pinned };
    await Promise.all([
      transaction.objectStore('summaries').put({ ...stored, ...labels }, summary.id),
      transaction.objectStore('details').put(details, summary.id),
      isLast ? transaction.objectStore('pointers').put(summary.id, last) : undefined,
      transaction.done,
    ]);
    if (before?.weightsName && before.weightsName !== stored.weightsName)
      await dropWeights(db, before.weightsName);
    if (failure) throw failure;
  };

  const load = async (db: IDBPDatabase<PlaygroundDatabase>, id: string): Promise<KeptRun | undefined> => {
    const [summary, details] = await Promise.all([db.get('summaries', id), db.get('details', id)]);
    if (!summary || !details) return undefined;
    const { weightsName, ...shown } = summary;
    const snapshot = weightsName === undefined ? undefined : await readWeights(db, weightsName);
    // Settings that came since take their defaults.
    const config = parseExperimentConfig(summary.config);
    return {
      ...details,
      snapshot,
      summary: { ...shown, config, weightBytes: snapshot ? shown.weightBytes : 0 },
    };
  };

  return {
    async saveRun(record) {
      await attempt('The run could not be stored', async (db) => {
        const before = await db.get('summaries', record.id);
        const { progress, history, facts, snapshot } = record;
        await put(db, summaryOf(record, before), { progress, history, facts }, snapshot, true);
      });
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
          .flatMap(({ weightsName, ...summary }) => {
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
    async addRun({ summary, snapshot, ...details }) {
      await attempt('The run could not be stored', (db) => put(db, summary, details, snapshot, false));
    },
    async removeRun(id) {
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
