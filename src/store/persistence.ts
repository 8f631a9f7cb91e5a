/**
 * Every run of this browser: what is listed, histories and facts in IndexedDB; weights, and once each the files that runs
 * were loaded from, in the origin's private file system (in IndexedDB where there is none).
 */
import { type ExperimentConfig, parseExperimentConfig } from '../config/experiment';
import type { Snapshot } from '../runtime/protocol';
import { joinKeys } from './contentKey';
import { type BlobFolder, openOriginFolder } from './originFolder';
import { explain, last, openRunDatabase, type RunDatabase, type StoredSummary } from './runDatabase';
import { allFiles, type KeptRun, type RunStorage, type RunSummary, recordOf, summaryOf } from './runRecord';
import { createStoredFiles } from './storedFiles';
import { openWeightFiles, type WeightFiles } from './weightFiles';

function readable(config: unknown): ExperimentConfig | undefined {
  try {
    return parseExperimentConfig(config);
  } catch {
    return undefined;
  }
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
  const fileStore = createStoredFiles(ownFiles);
  const attempt = openRunDatabase(databaseName);
  /** One after the other: files that a run is just being stored with must not be taken for unused ones. */
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    const own = turn.then(act);
    turn = own.catch(() => undefined);
    return own;
  };

  /** A list of a thousand runs is read with every save of one: what has not changed is not checked again. */
  const read = new Map<string, { given: string; config: ExperimentConfig | undefined }>();
  const readOnce = (id: string, config: ExperimentConfig) => {
    const given = JSON.stringify(config);
    const known = read.get(id);
    if (known?.given === given) return known.config;
    const found = { given, config: readable(config) };
    read.set(id, found);
    return found.config;
  };

  let askedToLast = false;
  /** Once there is something to lose: a browser that is short of space deletes what was not asked to last. */
  const askToLast = () => {
    if (askedToLast) return;
    askedToLast = true;
    void globalThis.navigator?.storage?.persist?.().catch(() => false);
  };

  /** Under a new name each time, so that a record and its weights are always of one moment. */
  const writeWeights = async (db: RunDatabase, name: string, snapshot: Snapshot) => {
    if (weightFiles) await weightFiles.write(name, snapshot);
    else await db.put('weights', snapshot, name);
  };
  const readWeights = async (db: RunDatabase, name: string) =>
    (await weightFiles?.read(name)) ?? (await db.get('weights', name));
  const dropWeights = async (db: RunDatabase, name: string | undefined) => {
    if (name === undefined) return;
    await weightFiles?.remove(name);
    await db.delete('weights', name);
  };

  /** The record in one transaction. `weightsName` is undefined where there are no weights of its moment. */
  const writeRecord = async (
    db: RunDatabase,
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
      // So does why it failed, while it stands where it did.
      const failed = now?.error && now.phase === summary.phase && now.step === summary.step;
      await summaries.put({ ...summary, ...labels, ...(failed && { error: now.error }) }, summary.id);
      await transaction.objectStore('details').put(details, summary.id);
      if (isLast) {
        await transaction.objectStore('pointers').put(summary.id, last);
        await transaction.objectStore('files').delete(last);
      }
    };
    await Promise.all([write(), transaction.done]);
  };

  const put = async (
    db: RunDatabase,
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
      const refs = files && (await fileStore.copy(db, files, blobs));
      stored = {
        ...stored,
        files: refs,
        ...(refs && { filesKey: joinKeys(allFiles(refs).map(({ key }) => key)) }),
      };
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

  /** A run without its weights and files, and the line of the list that names them. */
  const loadRecord = async (db: RunDatabase, id: string) => {
    const [line, details] = await Promise.all([db.get('summaries', id), db.get('details', id)]);
    if (!line || !details) return undefined;
    const { weightsName: _, files: __, ...shown } = line;
    // Settings that came since take their defaults.
    const summary: RunSummary = { ...shown, config: parseExperimentConfig(line.config) };
    return { line, run: { ...details, summary } };
  };
  const filesOf = (db: RunDatabase, line: StoredSummary) => fileStore.read(db, line).catch(() => undefined);
  const load = async (db: RunDatabase, id: string): Promise<KeptRun | undefined> => {
    const found = await loadRecord(db, id);
    if (!found) return undefined;
    const { line, run } = found;
    const snapshot = line.weightsName === undefined ? undefined : await readWeights(db, line.weightsName);
    return {
      ...run,
      snapshot,
      files: await filesOf(db, line),
      summary: { ...run.summary, weightBytes: snapshot ? run.summary.weightBytes : 0 },
    };
  };

  return {
    saveRun: (record) =>
      attempt('The run could not be stored', async (db) => {
        const before = await db.get('summaries', record.id);
        const { progress, history, facts, snapshot, files } = record;
        if (progress.status === 'finished') askToLast();
        return inTurn(() =>
          put(db, summaryOf(record, before), { progress, history, facts, snapshot, files }, true),
        );
      }),
    async keepFiles(files) {
      if (!fileStore.ahead || allFiles(files).length === 0) return;
      await attempt('The files could not be stored', (db) =>
        inTurn(async () => void (await fileStore.copy(db, files, new Map()))),
      );
    },
    loadLastRun: () =>
      attempt('The stored run could not be read', async (db) => {
        const id = await db.get('pointers', last);
        const run = id === undefined ? undefined : await load(db, id);
        return run && recordOf(run);
      }),
    async setLastRun(id) {
      await attempt('The run could not be marked as the last one', async (db) => {
        if (await db.getKey('summaries', id)) await db.put('pointers', id, last);
      });
    },
    async clearLastRun(id) {
      await attempt('The stored run could not be set aside', async (db) => {
        if ((await db.get('pointers', last)) === id) await db.delete('pointers', last);
      });
    },
    listRuns: () =>
      attempt('The runs could not be listed', async (db) => {
        const all = await db.getAll('summaries');
        return all
          .flatMap(({ weightsName, files: _, ...summary }) => {
            // A run of another version of the page stays stored, and does not hide the others.
            const config = readOnce(summary.id, summary.config);
            const weightBytes = weightsName === undefined ? 0 : summary.weightBytes;
            return config ? { ...summary, config, weightBytes } : [];
          })
          .sort((one, other) => other.createdAt - one.createdAt);
      }),
    loadRun: (id) => attempt('The run could not be read', (db) => load(db, id)),
    loadRecord: (id) => attempt('The run could not be read', async (db) => (await loadRecord(db, id))?.run),
    loadFiles: (id) =>
      attempt('The files of the run could not be read', async (db) => {
        const line = await db.get('summaries', id);
        return line && filesOf(db, line);
      }),
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
        if (summary?.files) await inTurn(() => fileStore.dropUnused(db, inUse));
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
