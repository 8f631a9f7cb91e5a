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
import { ownScore, type RunSummary, statusOrder } from '../../store/runRecord';
import { ScrollX } from '../ScrollX';
import { useLibrary, useLibraryActions, usePlayground } from '../scope';
import { RunComparison } from './RunComparison';
import { RunRow } from './RunRow';
import { RunTables } from './RunTables';
import { SpaceMeter } from './SpaceMeter';
import { SweepPanel } from './SweepPanel';
import { UndoDelete } from './UndoDelete';
import '../styles/runs.css';

type SortKey = 'created' | 'name' | 'score' | 'rank' | 'params' | 'seed' | 'time' | 'status';

const columns: { key: SortKey; title: string; numeric?: boolean }[] = [
  { key: 'name', title: 'Run' },
  { key: 'score', title: 'Score', numeric: true },
  { key: 'rank', title: 'Total rank', numeric: true },
  { key: 'params', title: 'Trained parameters', numeric: true },
  { key: 'seed', title: 'Seed', numeric: true },
  { key: 'time', title: 'Wall time', numeric: true },
  { key: 'created', title: 'Begun' },
  { key: 'status', title: 'Status' },
];

const sortValue: Record<SortKey, (run: RunSummary) => number | string> = {
  created: ({ createdAt }) => createdAt,
  name: ({ name }) => name,
  score: (run) => {
    const score = ownScore(run);
    return score?.metrics[score.primary] ?? -Infinity;
  },
  rank: (run) => ownScore(run)?.ranks.reduce((sum, { rank }) => sum + rank, 0) ?? -1,
  params: (run) => ownScore(run)?.parameters.adapter ?? -1,
  seed: ({ config }) => config.seed,
  status: (run) => statusOrder(run),
  time: ({ scores }) => scores.reduce((sum, { wallMs }) => sum + wallMs, 0),
};

/** Rows that are drawn at first. */
const pageSize = 50;

/** Pinned runs first, whatever the order. */
export function sortRuns(runs: readonly RunSummary[], key: SortKey, falling: boolean): RunSummary[] {
  const value = sortValue[key];
  return [...runs].sort((one, other) => {
    if (one.pinned !== other.pinned) return one.pinned ? -1 : 1;
    const [left, right] = [value(one), value(other)];
    const order = left < right ? -1 : left > right ? 1 : 0;
    return falling ? -order : order;
  });
}

/** Every word must stand in the name, a tag, the notes, the method, task or model. */
export function matchesSearch({ name, tags, notes, config }: RunSummary, text: string): boolean {
  const all = [name, ...tags, notes, config.method, config.data.task, config.model.name]
    .join(' ')
    .toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word));
}

export default function RunsScreen(): ReactElement {
  const library = useLibraryActions();
  const runs = useLibrary((state) => state.runs);
  const savedAt = usePlayground((state) => state.savedAt);
  const [sort, setSort] = useState<{ key: SortKey; falling: boolean }>({ key: 'created', falling: true });
  const [search, setSearch] = useState('');
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const file = useRef<HTMLInputElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a save of the run on the page changes the list
  useEffect(() => {
    void library.refresh();
  }, [library, savedAt]);
  const shown = useMemo(
    () => sortRuns(runs ?? [], sort.key, sort.falling).filter((run) => matchesSearch(run, search)),
    [runs, sort, search],
  );
  // What a run changed is said against the one begun before it.
  const before = useMemo(() => {
    const inOrder = [...(runs ?? [])].sort((one, other) => one.createdAt - other.createdAt);
    return new Map(inOrder.map((run, i) => [run.id, inOrder[i - 1]]));
  }, [runs]);
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
  const [count, setCount] = useState(pageSize);
  const take = (files: FileList | null | undefined) => {
    if (files?.length) void library.importRuns([...files].map((blob) => ({ name: blob.name, blob })));
  };
  return (
    <div className="runs-screen">
      <section
        className="card"
        aria-labelledby="runs-title"
        onDragOver={(event) => event.preventDefault()}
        onDrop={(event) => {
          event.preventDefault();
          take(event.dataTransfer.files);
        }}
      >
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
        <UndoDelete />
        {runs === undefined ? (
          <p className="quiet">Reading the list…</p>
        ) : runs.length === 0 ? (
          <p className="quiet">
            No run yet. Press Play: every run is kept here with its curves, its heatmap and its weights. A
            file that was exported elsewhere can be dropped on this page.
          </p>
        ) : (
          <ScrollX label="Runs">
            <table className="runs-table">
              <thead>
                <tr>
                  <th scope="col">
                    <span className="visually-hidden">Compare</span>
                  </th>
                  {columns.map(({ key, title, numeric }) => (
                    <th
                      key={key}
                      scope="col"
                      data-numeric={numeric}
                      aria-sort={sort.key === key ? (sort.falling ? 'descending' : 'ascending') : 'none'}
                    >
                      <button
                        type="button"
                        onClick={() =>
                          setSort({ key, falling: sort.key === key ? !sort.falling : key !== 'name' })
                        }
                      >
                        {title}
                      </button>
                    </th>
                  ))}
                  <th scope="col">
                    <span className="visually-hidden">Actions</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {shown.slice(0, count).map((run) => (
                  <RunRow
                    key={run.id}
                    run={run}
                    before={before.get(run.id)}
                    chosen={chosen.has(run.id)}
                    onChoose={toggle}
                  />
                ))}
              </tbody>
            </table>
            {shown.length === 0 && <p className="quiet">No run is like that.</p>}
            {shown.length > count && (
              <button type="button" className="toggle" onClick={() => setCount(count + 4 * pageSize)}>
                show more of {shown.length}
              </button>
            )}
          </ScrollX>
        )}
        <SpaceMeter runs={runs ?? []} />
      </section>
      {picked.length > 0 && <RunComparison runs={picked} />}
      <SweepPanel />
      <RunTables runs={tabled} chosen={picked.length > 0} />
    </div>
  );
}
