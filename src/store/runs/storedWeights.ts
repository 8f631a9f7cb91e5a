/** Weights of runs by name: in the origin's private file system, in IndexedDB where there is none or it is denied. */
import type { Snapshot } from '../../runtime/protocol';
import { ifAllowed } from './originFolder';
import { type RunDatabase, unnamedMs } from './runDatabase';
import type { WeightFiles } from './weightFiles';

export interface StoredWeights {
  write(db: RunDatabase, name: string, snapshot: Snapshot): Promise<void>;
  read(db: RunDatabase, name: string): Promise<Snapshot | undefined>;
  drop(db: RunDatabase, name: string | undefined): Promise<void>;
  /** Deletes those that no run names: a tab that is closed while it stores a run leaves them behind. */
  dropUnnamed(db: RunDatabase): Promise<void>;
}

let latest = 0;

/** A new one each time, so that a record and its weights are always of one moment; it ends in that moment. */
export function newWeightsName(id: string): string {
  latest = Math.max(latest + 1, Date.now());
  return `${id}-${latest}`;
}

const isOld = (name: string) => Date.now() - Number(/-(\d+)$/.exec(name)?.[1] ?? 0) > unnamedMs;

/** @param files without them the weights lie in IndexedDB */
export function createStoredWeights(files: WeightFiles | undefined): StoredWeights {
  const drop = async (db: RunDatabase, name: string | undefined) => {
    if (name === undefined) return;
    await ifAllowed(async () => files?.remove(name));
    await db.delete('weights', name);
  };
  return {
    async write(db, name, snapshot) {
      const isWritten = await ifAllowed(async () => {
        await files?.write(name, snapshot);
        return files !== undefined;
      });
      if (!isWritten) await db.put('weights', snapshot, name);
    },
    read: async (db, name) =>
      (await ifAllowed(async () => files?.read(name))) ?? (await db.get('weights', name)),
    drop,
    async dropUnnamed(db) {
      const names = [
        ...((await ifAllowed(async () => files?.names())) ?? []),
        ...(await db.getAllKeys('weights')),
      ];
      // Read after the names: what is stored meanwhile is named.
      const named = new Set((await db.getAll('summaries')).map(({ weightsName }) => weightsName));
      for (const name of names) if (!named.has(name) && isOld(name)) await drop(db, name);
    },
  };
}
