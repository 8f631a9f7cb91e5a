/** A queue of experiments that the tab trains one after the other; it survives a reload, and goes on when asked to. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import { differingFields } from '../../config/fields';
import { sentenceOf } from '../../runtime/protocol';
import type { PlaygroundContext } from '../context';
import { type Loading, RunElsewhereError } from '../loading';
import { playOn, setThrough } from '../playing';
import type { Stored } from '../recording';
import type { Library } from '../runs/library';
import type { RunLock } from '../runs/runLock';
import type { KeptRun } from '../runs/runRecord';
import type { TextStorage } from '../textStorage';
import type { LeftRun, UndoneRun } from '../undoneRun';
import { canRetry, isCandidate, readyRun, SweepFiles } from './sweepNeeds';
import type { SweepRun } from './sweepPlan';
import { isLeft, type KeptSweep, StoredQueue, type SweepItem } from './sweepQueue';
import { isInWorker, keptOf, loadOf, whenEnded } from './sweepRun';

export interface SweepState extends KeptSweep {
  /** True while the queue goes on by itself. */
  going: boolean;
}

export interface Sweep {
  store: StoreApi<SweepState>;
  /** Replaces the queue and begins; where another tab trains one, says so and does nothing, as do the others. */
  start(runs: readonly SweepRun[]): Promise<void>;
  /** Stops after nothing: the present run is paused where it stands. */
  pause(): Promise<void>;
  /** Goes on with what waits; the run that was under way goes on where it stands, or was stored last. */
  resume(): Promise<void>;
  /** Lets what has failed wait again, and goes on. */
  retry(): Promise<void>;
  skip(index: number): Promise<void>;
  /** Forgets the queue; runs that are done stay. */
  clear(): Promise<void>;
  dispose(): void;
}

const unreadableText = (unreadable: number, left: number) =>
  `Of the stored sweep ${unreadable === 1 ? 'one entry' : `${unreadable} entries`} could not be read (made by another version of this page, or damaged) and will not be trained; ${left === 0 ? 'nothing of it is left' : `${left} are there`}. Runs that were finished are in the list.`;

/** So many in a row that cannot be loaded fail for a reason that the next would meet too: no network, say. */
const mostFailedStarts = 2;

const howToKeep =
  'Make space on the Runs screen and press Go on, or take what you need by Download in the Lab and Reset.';

export function createSweep(
  context: PlaygroundContext,
  loading: Loading,
  library: Library,
  save: () => Promise<Stored>,
  lock: RunLock,
  undone: UndoneRun,
  settings: TextStorage | undefined,
): Sweep {
  const queue = new StoredQueue(settings);
  const stored = queue.read();
  const store = createStore<SweepState>(() => ({
    items: stored.items,
    draft: stored.draft,
    through: stored.through,
    going: false,
  }));
  if (stored.unreadable > 0)
    context.notify('warning', unreadableText(stored.unreadable, stored.items.length));
  const unsubscribe = store.subscribe((state) => queue.write(state));
  // Said once, not with every visit.
  if (stored.unreadable > 0) queue.write(stored);
  const files = new SweepFiles(context);

  /** Ids of the runs that this page has trained for a sweep, whatever became of them. */
  const ownRuns = new Set(stored.items.flatMap(({ runId }) => runId ?? []));
  /** Rises with every new queue: what an older one still hears of its run is nothing to this one. */
  let generation = 0;
  const statusAt = (index: number) => store.getState().items[index]?.status;
  const change = (index: number, part: Partial<SweepItem>) =>
    store.setState(({ items }) => ({
      items: items.map((item, i) => (i === index ? { ...item, ...part } : item)),
    }));

  /** Asked to go on while the run before was still on its way out. */
  let resumed = false;
  /** Ends the wait for the run on the page. */
  let giveUpWaiting: (() => void) | undefined;
  const stopRun = async () => {
    if (context.state.progress?.status === 'running')
      await context.attempt(undefined, () => context.client.request({ type: 'pause' }));
    giveUpWaiting?.();
  };

  /** Runs that could not be started since the last one that was. */
  let failedStarts = 0;

  const trainOne = async (index: number, item: SweepItem): Promise<'on' | 'stop'> => {
    const begun = generation;
    const isSuperseded = () => begun !== generation;
    /** True after a pause, a skip or another queue, which may come while the run is still loading. */
    const isCalledOff = () => isSuperseded() || !store.getState().going || statusAt(index) === 'skipped';
    const giveUp = () => {
      if (isSuperseded() || statusAt(index) === 'skipped') return 'on';
      change(index, { status: 'waiting' });
      return 'stop';
    };
    const fail = (error: string, diverged?: boolean) => {
      if (!isSuperseded() && statusAt(index) !== 'skipped')
        change(index, { status: 'failed', error, diverged });
      return 'on' as const;
    };
    const end = async (wallMs: number | undefined) => {
      if (!isSuperseded()) change(index, { status: 'done', wallMs });
      await library.refresh();
      return 'on' as const;
    };
    change(index, { status: 'running' });
    let isOwn: boolean;
    let left: LeftRun;
    let ready: ReturnType<typeof readyRun>;
    let begunBefore: KeptRun | undefined;
    try {
      await context.settled();
      isOwn = ownRuns.has(context.state.run?.id ?? '');
      // Another run that is on the page is not lost with this one; what this one waits for is stored with it.
      left = await undone.setAside();
      if (left.stored === 'failed') {
        context.notify(
          'error',
          `The sweep does not take the place of a run that is stored nowhere. ${howToKeep}`,
        );
        return giveUp();
      }
      const kept = item.waitsFor ? await context.storage.listRuns() : [];
      ready = readyRun(item, store.getState().items, kept);
      begunBefore = await keptOf(context, item, ready.config);
    } catch (error) {
      return fail(sentenceOf(error));
    }
    if (isCalledOff()) return giveUp();
    if (begunBefore?.summary.finished) return end(begunBefore.facts.doneMs);
    const { config, comparedAs } = ready;
    change(index, { config });
    context.set({ through: true });
    loading.setDraft(config);
    let chosen: Awaited<ReturnType<SweepFiles['of']>>;
    try {
      chosen = await files.of(item);
    } catch (error) {
      context.notify('error', sentenceOf(error));
      return giveUp();
    }
    if (isCalledOff()) return giveUp();
    try {
      const isThere = begunBefore && isInWorker(context, begunBefore.summary.id);
      if (!isThere)
        await context.whileBusy('Loading the model', () =>
          loadOf(context, loading, begunBefore, config, chosen),
        );
      if (context.state.run) ownRuns.add(context.state.run.id);
      if (!isOwn) undone.offerUnstored(left);
      if (isCalledOff()) return giveUp();
      resumed = false;
      const { run } = context.state;
      if (run && comparedAs) context.set({ run: { ...run, comparedAs } });
      change(index, { runId: run?.id });
      await playOn(context, undone);
      failedStarts = 0;
    } catch (error) {
      if (error instanceof RunElsewhereError) {
        context.notify('info', error.message);
        return giveUp();
      }
      fail(sentenceOf(error));
      failedStarts += 1;
      if (failedStarts < mostFailedStarts) return 'on';
      context.notify(
        'error',
        `${mostFailedStarts} runs in a row could not be started, so the sweep waits. See to what they name, then press “Try the failed again” on the Runs screen.`,
      );
      return 'stop';
    }
    const wait = whenEnded(context);
    giveUpWaiting = wait.giveUp;
    if (isCalledOff()) await stopRun();
    const how = await wait.end;
    giveUpWaiting = undefined;
    if (how === 'paused' || isSuperseded() || statusAt(index) === 'skipped') return giveUp();
    const isStored = (await save()) !== 'failed';
    const runId = context.state.run?.id;
    if (typeof how === 'object') {
      if (runId) await context.storage.changeRun(runId, { error: how.error }).catch(() => undefined);
      const { error, diverged } = how;
      const isWorst = diverged && isCandidate(item);
      return fail(isWorst ? `${error} It counts as the worst of its grid search.` : error, diverged);
    }
    if (!isStored) {
      fail(`It is finished, but could not be stored. ${howToKeep}`);
      return 'stop';
    }
    return end(context.state.facts.doneMs);
  };

  /** True while this tab has the queue; others may look at it as they found it. */
  let owned = false;
  const takeLock = async (): Promise<boolean> => {
    if (owned) return true;
    if (!(await lock.take('sweep'))) {
      context.notify(
        'info',
        'The sweep is being trained in another tab: go on there, or close that tab and press again.',
      );
      return false;
    }
    owned = true;
    if (queue.isOfAnotherTab()) {
      // Its files are told by their keys.
      generation += 1;
      files.chosen = undefined;
      const { items, draft, through } = queue.read();
      store.setState({ items, draft, through });
    }
    return true;
  };
  const releaseLock = () => {
    owned = false;
    lock.release();
  };

  /** False where somebody has chosen the Lab's settings since the sweep put its own there. */
  const hasDraftOf = (items: readonly SweepItem[]) =>
    items.some(({ config }) => differingFields(config, context.state.draft).length === 0);
  /** Keeps what somebody has set in the Lab meanwhile, for when the sweep is over. */
  const keepDraft = () => {
    const { draft, through } = context.state;
    const kept = store.getState();
    if (!kept.draft || !hasDraftOf(kept.items)) store.setState({ draft });
    if (!through) store.setState({ through });
  };
  /** Puts the Lab's settings back, once, unless somebody has chosen others since the sweep last went on. */
  const restoreDraft = ({ items, draft, through }: KeptSweep) => {
    if (draft && hasDraftOf(items)) loading.setDraft(draft);
    if (through === false) setThrough(context, through);
    store.setState({ draft: undefined, through: undefined });
  };
  const endIfOver = () => {
    const state = store.getState();
    if (!state.items.some(isLeft)) restoreDraft(state);
  };

  let walking = false;
  const walk = async () => {
    store.setState({ going: true });
    resumed = walking;
    if (walking) return;
    walking = true;
    failedStarts = 0;
    for (;;) {
      const { items, going } = store.getState();
      const index = items.findIndex(({ status }) => status === 'waiting');
      const item = items[index];
      if (!going || !item) break;
      const begun = generation;
      if ((await trainOne(index, item)) === 'stop' && begun === generation && !resumed) break;
      resumed = false;
    }
    walking = false;
    store.setState({ going: false });
    endIfOver();
    releaseLock();
  };

  /** Notes which contents the queue was begun with, for after a reload. */
  const noteFiles = async (runs: readonly SweepRun[]) => {
    const begun = generation;
    const keys = await files.keysOf(runs);
    if (begun !== generation || !keys.some((key) => key)) return;
    store.setState(({ items }) => ({
      items: items.map((item, i) => (keys[i] ? { ...item, filesKey: keys[i] } : item)),
    }));
  };

  return {
    store,
    async start(runs) {
      const { files: chosen, draft, through } = context.state;
      if (!(await takeLock())) return;
      const running = store.getState().items.some(({ status }) => status === 'running');
      generation += 1;
      files.chosen = chosen;
      store.setState({ items: runs.map((run) => ({ ...run, status: 'waiting' })), draft, through });
      void noteFiles(runs);
      if (running) void stopRun();
      void walk();
    },
    async pause() {
      store.setState({ going: false });
      await stopRun();
    },
    async resume() {
      if (!(await takeLock())) return;
      keepDraft();
      void walk();
    },
    async retry() {
      if (!(await takeLock())) return;
      keepDraft();
      store.setState(({ items }) => ({
        items: items.map((item) =>
          canRetry(item) ? { ...item, status: 'waiting', error: undefined, diverged: undefined } : item,
        ),
      }));
      void walk();
    },
    async skip(index) {
      const asked = store.getState().items[index]?.config;
      if (!(await takeLock())) return;
      const item = store.getState().items[index];
      // What was clicked may have been what another tab had left behind since.
      const isThere = item && asked && differingFields(item.config, asked).length === 0;
      if (!isThere || !isLeft(item)) {
        if (!walking) releaseLock();
        return;
      }
      change(index, { status: 'skipped' });
      if (item.status === 'running') await stopRun();
      if (walking) return;
      endIfOver();
      releaseLock();
    },
    async clear() {
      if (!(await takeLock())) return;
      const before = store.getState();
      const running = before.items.some(({ status }) => status === 'running');
      generation += 1;
      store.setState({ items: [], draft: undefined, through: undefined, going: false });
      if (running) await stopRun();
      restoreDraft(before);
      if (!walking) releaseLock();
    },
    dispose() {
      unsubscribe();
      releaseLock();
    },
  };
}
