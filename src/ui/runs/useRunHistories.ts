/** Histories of kept runs, read as they are needed. */
import { useEffect, useMemo, useState } from 'react';
import type { StoredHistory } from '../../store/history';
import type { RunSummary } from '../../store/runs/runRecord';
import { useLibraryActions } from '../scope';

interface ReadRun {
  /** The moment that it is of. */
  savedAt: number;
  /** Undefined where it could not be read. */
  history: StoredHistory | undefined;
}

/**
 * By run; a run that is still read is missing, one that could not be read has `undefined`. What did not change is not read
 * again, and the state before it stays until it is read.
 */
export function useRunHistories(runs: readonly RunSummary[]): ReadonlyMap<string, StoredHistory | undefined> {
  const library = useLibraryActions();
  const [read, setRead] = useState<ReadonlyMap<string, ReadRun>>(new Map());
  useEffect(() => {
    let current = true;
    const missing = runs.filter(({ id, savedAt }) => read.get(id)?.savedAt !== savedAt);
    if (missing.length === 0) return undefined;
    void Promise.all(missing.map(({ id }) => library.loadRecord(id))).then((loaded) => {
      if (!current) return;
      const before = [...read].filter(([id]) => runs.some((run) => run.id === id));
      // A run that is being trained may have been stored again meanwhile: it stands under what was asked for.
      const now = missing.map(
        ({ id, savedAt }, i) =>
          [id, { savedAt, history: loaded[i]?.history ?? read.get(id)?.history }] as const,
      );
      setRead(new Map([...before, ...now]));
    });
    return () => {
      current = false;
    };
  }, [runs, library, read]);
  return useMemo(() => new Map([...read].map(([id, { history }]) => [id, history])), [read]);
}
