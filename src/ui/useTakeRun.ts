/** Takes a kept run away as one file. */
import { useCallback } from 'react';
import { download } from './download';
import { useLibraryActions } from './scope';

/** @returns what offers the run of an id as a download; what goes wrong is a notice */
export function useTakeRun(): (id: string) => Promise<void> {
  const { exportRun } = useLibraryActions();
  return useCallback(
    async (id) => {
      const file = await exportRun(id);
      if (file) download(file.name, file.bytes, 'application/octet-stream');
    },
    [exportRun],
  );
}
