/** Files can be dropped anywhere on the page: a browser left to itself would open them in the page's place. */
import { useEffect } from 'react';
import type { PickedFile } from '../store/files/chosenFiles';
import { readDrop } from './panels/readDrop';
import { useActions, useLibraryActions, useReadState } from './scope';
import { type ScreenName, screenOf } from './screens';

/** What a drop holds: runs, known by their ending or taken for such by the screen of the runs, and files of an experiment. */
export function sortDrop(
  screen: ScreenName,
  files: readonly PickedFile[],
): { runs: PickedFile[]; chosen: PickedFile[] } {
  const isRun = ({ path }: PickedFile) => screen === 'runs' || path.endsWith('.autolora');
  return { runs: files.filter(isRun), chosen: files.filter((file) => !isRun(file)) };
}

export function useDrops(): void {
  const { chooseFiles, notify } = useActions();
  const { importRuns } = useLibraryActions();
  const readState = useReadState();
  useEffect(() => {
    const take = async (transfer: DataTransfer) => {
      try {
        const screen = screenOf(readState().unknownKeys);
        const { runs, chosen } = sortDrop(screen, await readDrop(transfer));
        if (runs.length > 0) await importRuns(runs.map(({ path, blob }) => ({ name: path, blob })));
        if (chosen.length > 0) await chooseFiles(chosen);
      } catch (error) {
        notify('error', (error as Error).message);
      }
    };
    // A dragged text or link is none of the page's.
    const filesOf = ({ dataTransfer }: DragEvent) =>
      dataTransfer?.types.includes('Files') ? dataTransfer : undefined;
    const over = (event: DragEvent) => {
      if (filesOf(event)) event.preventDefault();
    };
    const drop = (event: DragEvent) => {
      const files = filesOf(event);
      if (!files) return;
      event.preventDefault();
      void take(files);
    };
    addEventListener('dragover', over);
    addEventListener('drop', drop);
    return () => {
      removeEventListener('dragover', over);
      removeEventListener('drop', drop);
    };
  }, [chooseFiles, notify, importRuns, readState]);
}
