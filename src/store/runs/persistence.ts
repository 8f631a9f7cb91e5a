/**
 * Every run of this browser: what is listed, histories and facts in IndexedDB; weights, and once each the files that runs
 * were loaded from, in the origin's private file system (in IndexedDB where there is none).
 */
import { type ExperimentConfig, parseExperimentConfig } from '../../config/experiment';
import { type BlobFolder, openOriginFolder } from './originFolder';
import { last, openRunDatabase, type RunDatabase, type StoredSummary } from './runDatabase';
import { allFiles, type KeptRun, type RunStorage, type RunSummary, recordOf, summaryOf } from './runRecord';
import { createRunWriter } from './runWriter';
import { createStoredFiles } from './storedFiles';
import { createStoredWeights } from './storedWeights';
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
  const weights = createStoredWeights(weightFiles);
  const put = createRunWriter(weights, fileStore);
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

  /** A run without its weights and files, all of one moment, and the line of the list that names them. */
  const loadRecord = async (db: RunDatabase, id: string) => {
    const transaction = db.transaction(['summaries', 'details']);
    const [line, details] = await Promise.all([
      transaction.objectStore('summaries').get(id),
      transaction.objectStore('details').get(id),
    ]);
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
    // Numbers whose weights are damaged can still be looked at.
    const snapshot =
      line.weightsName === undefined
        ? undefined
        : await weights.read(db, line.weightsName).catch(() => undefined);
    // Stored anew meanwhile, by whatever tab: the weights of the moment before are gone.
    if (!snapshot && (await db.get('summaries', id))?.weightsName !== line.weightsName) return load(db, id);
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
        const line = id === undefined ? undefined : await db.get('summaries', id);
        const run = line && (await load(db, line.id));
        if (line?.weightsName !== undefined && !run?.snapshot)
          throw new Error(`the weights of “${line.name}” are lost or damaged. See the Runs screen.`);
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
        await weights.drop(db, summary?.weightsName);
        if (summary?.files) await inTurn(() => fileStore.dropUnused(db, inUse));
      });
    },
    async tidy(othersHaveRuns) {
      await attempt('What stored runs have left behind could not be deleted', async (db) => {
        await weights.dropUnnamed(db);
        await inTurn(() => fileStore.dropLeft(db, othersHaveRuns));
      });
    },
    async removeWeights(id) {
      await attempt('The weights could not be deleted', async (db) => {
        const summary = await db.get('summaries', id);
        if (!summary) return;
        await db.put('summaries', { ...summary, weightBytes: 0, weightsName: undefined }, id);
        await weights.drop(db, summary.weightsName);
      });
    },
  };
}
