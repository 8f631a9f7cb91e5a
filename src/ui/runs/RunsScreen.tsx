/** Every run of this browser: a table to sort and search, curves laid over each other, differences, tables, sweeps. */
import {
  type ReactElement,
  useCallback,
  useDeferredValue,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { useLibrary, useLibraryActions, usePlayground } from '../scope';
import { useKeptFocus } from '../useKeptFocus';
import { RunComparison } from './RunComparison';
import { RunsTable } from './RunsTable';
import { RunTables } from './RunTables';
import { matchesSearch, type SortOrder, sortRuns } from './runList';
import { SpaceMeter } from './SpaceMeter';
import { SweepPanel } from './SweepPanel';
import { UndoDelete } from './UndoDelete';
import '../styles/runs.css';

export default function RunsScreen(): ReactElement {
  const library = useLibraryActions();
  const runs = useLibrary((state) => state.runs);
  const savedAt = usePlayground((state) => state.savedAt);
  const [sort, setSort] = useState<SortOrder>({ key: 'created', falling: true });
  const [search, setSearch] = useState('');
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const file = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLElement>(null);
  useKeptFocus(list);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a save of the run on the page changes the list
  useEffect(() => {
    void library.refresh();
  }, [library, savedAt]);
  const shown = useMemo(
    () => sortRuns(runs ?? [], sort).filter((run) => matchesSearch(run, search)),
    [runs, sort, search],
  );
  const picked = useMemo(() => shown.filter(({ id }) => chosen.has(id)), [shown, chosen]);
  const toggle = useCallback(
    (id: string) =>
      setChosen((before) => {
        const next = new Set(before);
        if (!next.delete(id)) next.add(id);
        return next;
      }),
    [],
  );
  // A search that is being typed does not wait for tables over every run.
  const tabled = useDeferredValue(picked.length > 0 ? picked : shown);
  const take = (files: FileList | null | undefined) => {
    if (files?.length) void library.importRuns([...files].map((blob) => ({ name: blob.name, blob })));
  };
  return (
    <div className="runs-screen">
      <section className="card" ref={list} aria-labelledby="runs-title">
        <div className="card-head">
          <h2 id="runs-title">Runs</h2>
          <span className="quiet">kept in this browser alone</span>
          <div className="tools">
            <input
              type="search"
              aria-label="Search runs"
              placeholder="name, tag, method, task"
              value={search}
              onChange={({ currentTarget: { value } }) => setSearch(value)}
            />
            <button type="button" className="toggle" onClick={() => file.current?.click()}>
              Import a run
            </button>
            <input
              ref={file}
              type="file"
              hidden
              multiple
              accept=".autolora"
              data-testid="run-input"
              aria-label="Run files"
              onChange={(event) => {
                take(event.currentTarget.files);
                event.currentTarget.value = '';
              }}
            />
          </div>
        </div>
        {runs === undefined ? (
          <p className="quiet">Reading the list…</p>
        ) : runs.length === 0 ? (
          <p className="quiet">
            No run yet. Press Play: every run is kept here with its curves, its heatmap and its weights. A
            file that was exported elsewhere can be dropped on this page.
          </p>
        ) : (
          <RunsTable {...{ runs, shown, chosen, sort }} onChoose={toggle} onSort={setSort} />
        )}
        <UndoDelete />
        <SpaceMeter runs={runs ?? []} />
      </section>
      {picked.length > 0 && <RunComparison runs={picked} />}
      <SweepPanel />
      <RunTables runs={tabled} chosen={picked.length > 0} />
    </div>
  );
}
