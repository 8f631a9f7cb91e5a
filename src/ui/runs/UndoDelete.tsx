/** Runs that were just deleted, and the way back. */
import { type ReactElement, useEffect, useRef } from 'react';
import { useLibrary, useLibraryActions } from '../scope';

export function UndoDelete(): ReactElement {
  const deleted = useLibrary((state) => state.deleted);
  const library = useLibraryActions();
  const list = useRef<HTMLDivElement>(null);
  const removed = useLibrary((state) => state.removed);
  useEffect(() => {
    // The menu that deleted it had the focus, and went with the run.
    if (removed === undefined || document.activeElement !== document.body) return;
    list.current?.querySelector<HTMLElement>('p:last-of-type button')?.focus({ preventScroll: true });
  }, [removed]);
  return (
    <div className="undo-delete" role="status" ref={list}>
      {deleted.map(({ id, name }) => (
        <p className="notice" data-level="info" key={id}>
          <span>“{name}” was deleted.</span>
          <button type="button" className="toggle" onClick={() => library.undoRemove(id)}>
            Undo
          </button>
        </p>
      ))}
    </div>
  );
}
