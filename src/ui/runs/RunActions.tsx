/** What can be done with a kept run: open it, and a menu with all else. */
import { Menu } from '@mantine/core';
import { type ReactElement, type RefObject, useState } from 'react';
import type { RunSummary } from '../../store/runs/runRecord';
import { useConfirm } from '../controls/useConfirm';
import { download } from '../download';
import { useActions, useLibraryActions, usePlayground } from '../scope';
import { useTakeRun } from '../useTakeRun';
import { type TelemetryKind, telemetryFile } from './telemetryFiles';

interface RunActionsProps {
  run: RunSummary;
  /** The button that opens the menu. */
  menu: RefObject<HTMLButtonElement | null>;
  /** Name, tags and notes are to be changed. */
  onEdit(): void;
}

export function RunActions({ run, ...more }: RunActionsProps): ReactElement {
  const { openRun, setLinkKey } = useActions();
  /** The worker has it too; one that is only looked at can be opened again. */
  const inLab = usePlayground((state) => state.run?.id === run.id && !state.viewing);
  const open = async () => {
    if (await openRun(run.id)) setLinkKey('screen', undefined);
  };
  return (
    <span className="run-actions">
      <button type="button" className="toggle" disabled={inLab} onClick={() => void open()}>
        {inLab ? 'in the Lab' : run.finished || run.weightBytes === 0 ? 'Open' : 'Resume'}
      </button>
      <RunMenu run={run} {...more} />
    </span>
  );
}

function RunMenu({ run, menu, onEdit }: RunActionsProps): ReactElement {
  const library = useLibraryActions();
  const onPage = usePlayground((state) => state.run?.id === run.id);
  const { id, name, pinned, weightBytes } = run;
  const takeRun = useTakeRun();
  const [opened, setOpened] = useState(false);
  /** The editor was opened from the menu as it is now. */
  const [edits, setEdits] = useState(false);
  const edit = () => {
    setEdits(true);
    onEdit();
  };
  const takeTelemetry = async (kind: TelemetryKind) => {
    const kept = await library.loadRecord(id);
    if (kept) download(...telemetryFile(kept, kind));
  };
  return (
    <Menu
      opened={opened}
      onChange={setOpened}
      onOpen={() => setEdits(false)}
      position="bottom-end"
      shadow="md"
      withinPortal
      withInitialFocusPlaceholder={false}
      // The editor keeps it.
      returnFocus={!edits}
    >
      <Menu.Target>
        <button ref={menu} type="button" className="toggle" aria-label={`More for ${name}`}>
          more ▾
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={edit}>Name, tags, notes</Menu.Item>
        <Menu.Item onClick={() => void library.label(id, { pinned: !pinned })}>
          {pinned ? 'Unpin' : 'Pin'}
        </Menu.Item>
        <Menu.Item onClick={() => void takeRun(id)}>Export the run</Menu.Item>
        <Menu.Item onClick={() => void takeTelemetry('csv')}>Telemetry (CSV)</Menu.Item>
        <Menu.Item onClick={() => void takeTelemetry('jsonl')}>Telemetry (JSON lines)</Menu.Item>
        {weightBytes > 0 && !onPage && <DeleteWeights run={run} onDone={() => setOpened(false)} />}
        <Menu.Item disabled={onPage} onClick={() => library.remove(id)}>
          Delete the run{onPage && ' (open another in the Lab first)'}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** Cannot be undone; a menu that closes takes the question back. */
function DeleteWeights({ run: { id, finished }, onDone }: { run: RunSummary; onDone(): void }): ReactElement {
  const library = useLibraryActions();
  const { asks, onClick, onKeyDown } = useConfirm(() => {
    void library.removeWeights([id]);
    onDone();
  });
  const question = finished
    ? 'For good? It can then be looked at, not asked.'
    : 'For good? It can then not be resumed.';
  return (
    <Menu.Item
      aria-live="polite"
      data-asks={asks}
      closeMenuOnClick={false}
      onClick={onClick}
      onKeyDown={onKeyDown}
    >
      {asks ? question : 'Delete the weights'}
    </Menu.Item>
  );
}
