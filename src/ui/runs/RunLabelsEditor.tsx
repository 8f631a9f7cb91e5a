/** Name, tags and notes of a run. */
import { type FormEvent, type ReactElement, useState } from 'react';
import type { RunSummary } from '../../store/runs/runRecord';
import { useLibraryActions } from '../scope';

export function RunLabelsEditor({ run, onDone }: { run: RunSummary; onDone(): void }): ReactElement {
  const library = useLibraryActions();
  const [name, setName] = useState(run.name);
  const [tags, setTags] = useState(run.tags.join(', '));
  const [notes, setNotes] = useState(run.notes);
  const save = (event: FormEvent) => {
    event.preventDefault();
    const list = tags
      .split(',')
      .map((tag) => tag.trim())
      .filter((tag) => tag !== '');
    void library.label(run.id, { name: name.trim() || run.name, tags: [...new Set(list)], notes });
    onDone();
  };
  return (
    <form className="run-labels" onSubmit={save}>
      <label>
        Name
        <input
          // biome-ignore lint/a11y/noAutofocus: the editor opens on a press of “Name, tags, notes”
          autoFocus
          value={name}
          maxLength={80}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        />
      </label>
      <label>
        Tags, parted by commas
        <input value={tags} maxLength={200} onChange={({ currentTarget }) => setTags(currentTarget.value)} />
      </label>
      <label>
        Notes
        <textarea
          value={notes}
          rows={2}
          maxLength={2000}
          onChange={({ currentTarget }) => setNotes(currentTarget.value)}
        />
      </label>
      <div>
        <button type="submit" className="toggle">
          Save
        </button>{' '}
        <button type="button" className="toggle" onClick={onDone}>
          Cancel
        </button>
      </div>
    </form>
  );
}
