/** The list of runs: its columns, its order, what a search finds. */
import { comparedTitle } from '../../report/comparedMethods';
import { ownScore, type RunSummary, statusOrder } from '../../store/runs/runRecord';
import { totalRank } from '../../telemetry/ranks';
import { counted } from '../numbers';

export type SortKey = 'created' | 'name' | 'score' | 'rank' | 'params' | 'seed' | 'time' | 'status';

export interface SortOrder {
  key: SortKey;
  falling: boolean;
}

export const columns: { key: SortKey; title: string; numeric?: boolean }[] = [
  { key: 'name', title: 'Run' },
  { key: 'score', title: 'Score', numeric: true },
  { key: 'rank', title: 'Total rank', numeric: true },
  { key: 'params', title: 'Trainable parameters', numeric: true },
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
  rank: (run) => {
    const score = ownScore(run);
    return score ? totalRank(score.ranks) : -1;
  },
  params: (run) => ownScore(run)?.parameters.adapter ?? -1,
  seed: ({ config }) => config.seed,
  status: (run) => statusOrder(run),
  time: (run) => ownScore(run)?.wallMs ?? -1,
};

/** Pinned runs first, whatever the order. */
export function sortRuns(runs: readonly RunSummary[], { key, falling }: SortOrder): RunSummary[] {
  const value = sortValue[key];
  return [...runs].sort((one, other) => {
    if (one.pinned !== other.pinned) return one.pinned ? -1 : 1;
    const [left, right] = [value(one), value(other)];
    const order = left < right ? -1 : left > right ? 1 : 0;
    return falling ? -order : order;
  });
}

/** Every word must stand in the name, a tag, the notes, the method, task or model. */
export function matchesSearch({ name, tags, notes, config, comparedAs }: RunSummary, text: string): boolean {
  const title = comparedTitle(config, comparedAs?.method);
  const all = [name, ...tags, notes, config.method, title, config.data.task, config.model.name]
    .join(' ')
    .toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word));
}

/** The run that was begun before each one, by id: what a run changed is said against it. */
export function runsBefore(runs: readonly RunSummary[]): ReadonlyMap<string, RunSummary | undefined> {
  const inOrder = [...runs].sort((one, other) => one.createdAt - other.createdAt);
  return new Map(inOrder.map((run, i) => [run.id, inOrder[i - 1]]));
}

/** `1 run`, `3 runs`. */
export const runCount = (count: number): string => counted(count, 'run');
