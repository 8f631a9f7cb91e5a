/** The queue of a sweep as the browser stores it: a line per run, in the order in which they are trained. */
import { type ExperimentConfig, parseExperimentConfig } from '../../config/experiment';
import { expectedPasses, remainingMs, type TaskWork } from '../../report/plan';
import type { TextStorage } from '../textStorage';
import type { SweepRun } from './sweepPlan';

export interface SweepItem extends SweepRun {
  status: 'waiting' | 'running' | 'done' | 'failed' | 'skipped';
  /** Tells the contents of the files it trains on, where it has some of the user's own. */
  filesKey?: string;
  /** The kept run, also while it is under way. */
  runId?: string;
  /** Milliseconds that the run took, its baseline included, of those that are done. */
  wallMs?: number;
  /** Why it failed. */
  error?: string;
  /** It failed since its training came to a loss that is no number. */
  diverged?: boolean;
}

export const isLeft = ({ status }: SweepItem): boolean => status === 'waiting' || status === 'running';

const workOf = ({ config }: SweepItem): TaskWork => ({
  task: config.data.task,
  passes: expectedPasses(config),
});

/** Milliseconds that are left, by the pace of what is done; undefined before. */
export function sweepRemainingMs(items: readonly SweepItem[]): number | undefined {
  const done = items.flatMap((item) =>
    item.wallMs === undefined ? [] : [{ ...workOf(item), wallMs: item.wallMs }],
  );
  return remainingMs(items.filter(isLeft).map(workOf), done);
}

const storageKey = 'autolora-sweep';

const statuses: readonly SweepItem['status'][] = ['waiting', 'running', 'done', 'failed', 'skipped'];

/** An entry as it was stored; what was under way waits again. Undefined where it is none of this version. */
function readItem(item: Partial<SweepItem> | null): SweepItem | undefined {
  try {
    const status = statuses.find((one) => one === item?.status);
    if (!item || !status) return undefined;
    return {
      ...item,
      config: parseExperimentConfig(item.config),
      status: status === 'running' ? 'waiting' : status,
    };
  } catch {
    return undefined;
  }
}

/** What is kept of a sweep. */
export interface KeptSweep {
  items: SweepItem[];
  /** The Lab's own settings while the sweep has put others there; they are there again when it is over. */
  draft?: ExperimentConfig;
  /** Whether Auto was on then. */
  through?: boolean;
}

/** Undefined where it is none of this version: then the Lab stays as it is. */
function readDraft(draft: unknown): ExperimentConfig | undefined {
  try {
    return draft ? parseExperimentConfig(draft) : undefined;
  } catch {
    return undefined;
  }
}

export class StoredQueue {
  /** What this page wrote or read last: something else is another tab's. */
  private written: string | null;

  constructor(private readonly settings: TextStorage | undefined) {
    this.written = this.text();
  }

  /** Null where there is none, or the browser denies it. */
  private text(): string | null {
    try {
      return this.settings?.getItem(storageKey) ?? null;
    } catch {
      return null;
    }
  }

  /** The queue, of which nothing goes on by itself, and how many of its entries cannot be read. */
  read(): KeptSweep & { unreadable: number } {
    try {
      const kept: unknown = JSON.parse(this.text() ?? '[]');
      // Earlier versions kept the items alone.
      const {
        items: all,
        draft,
        through,
      } = (Array.isArray(kept) ? { items: kept } : kept) as Partial<KeptSweep>;
      if (!Array.isArray(all)) return { items: [], unreadable: 1 };
      const items = all.flatMap((item) => readItem(item) ?? []);
      return {
        items,
        unreadable: all.length - items.length,
        draft: readDraft(draft),
        through: through !== false,
      };
    } catch {
      return { items: [], unreadable: 1 };
    }
  }

  write({ items, draft, through }: KeptSweep): void {
    const text = items.length === 0 ? null : JSON.stringify({ items, draft, through });
    try {
      if (text === null) this.settings?.removeItem(storageKey);
      else this.settings?.setItem(storageKey, text);
      this.written = text;
    } catch {
      // Without room it lasts as long as the page.
    }
  }

  /** True where another tab has worked on it, or begun another. */
  isOfAnotherTab(): boolean {
    return this.text() !== this.written;
  }
}
