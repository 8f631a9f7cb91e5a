/** Weights of runs by name: in the origin's private file system, in IndexedDB where there is none. */
import type { Snapshot } from '../runtime/protocol';
import type { RunDatabase } from './runDatabase';
import type { WeightFiles } from './weightFiles';

export interface StoredWeights {
  write(db: RunDatabase, name: string, snapshot: Snapshot): Promise<void>;
  read(db: RunDatabase, name: string): Promise<Snapshot | undefined>;
  drop(db: RunDatabase, name: string | undefined): Promise<void>;
}

/** @param files without them the weights lie in IndexedDB */
export function createStoredWeights(files: WeightFiles | undefined): StoredWeights {
  return {
    async write(db, name, snapshot) {
      if (files) await files.write(name, snapshot);
      else await db.put('weights', snapshot, name);
    },
    read: async (db, name) => (await files?.read(name)) ?? (await db.get('weights', name)),
    async drop(db, name) {
      if (name === undefined) return;
      await files?.remove(name);
      await db.delete('weights', name);
    },
  };
}
