/** Writing a run with its weights and files, as much of it as there is room for. */
import { joinKeys } from './contentKey';
import { explain, last, type RunDatabase, type StoredSummary } from './runDatabase';
import { allFiles, type ChosenFiles, type KeptRun, type RunSummary } from './runRecord';
import type { StoredFileStore } from './storedFiles';
import { newWeightsName, type StoredWeights } from './storedWeights';

type Details = Pick<KeptRun, 'progress' | 'history' | 'facts'>;

/**
 * @param isLast whether the next visit takes this run up
 * @returns a sentence about what could not be stored, weights or files
 * @throws Error where nothing is stored; an older record is then as it was
 */
export type RunWriter = (
  db: RunDatabase,
  summary: RunSummary,
  run: Details & Pick<KeptRun, 'snapshot' | 'files'>,
  isLast: boolean,
) => Promise<string | undefined>;

/** The record in one transaction. `weightsName` is undefined where there are no weights of its moment. */
async function writeRecord(
  db: RunDatabase,
  summary: StoredSummary,
  details: Details,
  blobs: ReadonlyMap<string, Blob>,
  isLast: boolean,
): Promise<void> {
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
  /** What was put before the failure would be kept alone. */
  const abort = (error: unknown): never => {
    try {
      transaction.abort();
    } catch {
      // The database has done so already.
    }
    throw error;
  };
  await Promise.all([write().catch(abort), transaction.done]);
}

export function createRunWriter(weights: StoredWeights, fileStore: StoredFileStore): RunWriter {
  /** The record with its files; where they cannot be stored, with those of `before`. */
  const writeWithFiles = async (
    db: RunDatabase,
    line: StoredSummary,
    details: Details,
    files: ChosenFiles | undefined,
    isLast: boolean,
    before: StoredSummary | undefined,
  ): Promise<{ stored: StoredSummary; filesFailure?: unknown }> => {
    const blobs = new Map<string, Blob>();
    try {
      const refs = files && (await fileStore.copy(db, files, blobs));
      const filesKey = refs && joinKeys(allFiles(refs).map(({ key }) => key));
      const stored = { ...line, files: refs, ...(refs && { filesKey }) };
      await writeRecord(db, stored, details, blobs, isLast);
      return { stored };
    } catch (filesFailure) {
      if (!files || allFiles(files).length === 0) throw filesFailure;
      const stored = { ...line, files: before?.files, filesKey: before?.filesKey };
      await writeRecord(db, stored, details, new Map(), isLast);
      return { stored, filesFailure };
    }
  };

  return async (db, summary, { snapshot, files, ...details }, isLast) => {
    const before = await db.get('summaries', summary.id);
    const weightsName = snapshot && newWeightsName(summary.id);
    let failure: unknown;
    if (snapshot && weightsName) {
      try {
        await weights.write(db, weightsName, snapshot);
      } catch (error) {
        // A run that is under way goes on from its older weights: they, and the numbers up to them, stay.
        if (before?.weightsName && !summary.finished) throw error;
        failure = error;
      }
    }
    /** Weights whose record could not be written would be nobody's. */
    const dropNew = async (error: unknown): Promise<never> => {
      await weights.drop(db, weightsName).catch(() => undefined);
      throw error;
    };
    const line: StoredSummary = failure
      ? { ...summary, weightBytes: 0, weightsName: undefined }
      : { ...summary, weightsName };
    const { stored, filesFailure } = await writeWithFiles(db, line, details, files, isLast, before).catch(
      dropNew,
    );
    if (before?.weightsName && before.weightsName !== stored.weightsName)
      await weights.drop(db, before.weightsName);
    if (failure && before?.weightsName && snapshot && weightsName) {
      // The finished run's older weights made room.
      try {
        await weights.write(db, weightsName, snapshot);
        const now = await db.get('summaries', summary.id);
        const whole = { ...stored, ...now, weightBytes: summary.weightBytes, weightsName };
        await db.put('summaries', whole, summary.id).catch(dropNew);
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
}
