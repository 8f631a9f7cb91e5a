/** Runs that were just deleted, and the way back. */
import type { ReactElement } from 'react';
import { useLibrary, useLibraryActions } from '../scope';

export function UndoDelete(): ReactElement {
  const deleted = useLibrary((state) => state.deleted);
  const library = useLibraryActions();
  return (
    <div role="status">
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
