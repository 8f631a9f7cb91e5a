/** A queue of experiments that the tab trains one after the other; it survives a reload, and goes on when asked to. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import { type ExperimentConfig, parseExperimentConfig } from '../config/experiment';
import { differingFields } from '../config/fields';
import { sentenceOf } from '../runtime/protocol';
import { usedFiles } from './chosenFiles';
import { filesKeyOf, isSameKey } from './contentKey';
import type { PlaygroundContext } from './context';
import type { TextStorage } from './hubSettings';
import type { Library } from './library';
import type { Loading } from './loading';
import { setAside } from './recording';
import type { RunLock } from './runLock';
import { allFiles, type ChosenFiles } from './runRecord';

export interface SweepItem {
  config: ExperimentConfig;
  status: 'waiting' | 'running' | 'done' | 'failed' | 'skipped';
  /** Tells the contents of the files it trains on, where it has some of a person's own. */
  filesKey?: string;
  /** The kept run. */
  runId?: string;
  /** What it took, of those that are done. */
  wallMs?: number;
  /** Why it failed. */
  error?: string;
}

export interface SweepState {
  items: SweepItem[];
  /** True while the queue goes on by itself. */
  going: boolean;
}

export interface Sweep {
  store: StoreApi<SweepState>;
  /** Replaces the queue and begins; where another tab trains one, says so and does nothing, as do `resume`, `skip` and `clear`. */
  start(configs: readonly ExperimentConfig[]): Promise<void>;
  /** Stops after nothing: the present run is paused where it stands. */
  pause(): Promise<void>;
  /** Goes on with what waits; the run that was under way begins anew. */
  resume(): Promise<void>;
  skip(index: number): Promise<void>;
  /** Forgets the queue; runs that are done stay. */
  clear(): Promise<void>;
  dispose(): void;
}

const key = 'autolora-sweep';

/** Milliseconds that are left, by the mean of what is done; undefined before. */
export function remainingMs({ items }: SweepState): number | undefined {
  const done = items.flatMap(({ wallMs }) => wallMs ?? []);
  if (done.length === 0) return undefined;
  const left = items.filter(({ status }) => status === 'waiting' || status === 'running').length;
  return (left * done.reduce((sum, ms) => sum + ms, 0)) / done.length;
}

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

/** The stored queue; null where there is none, or the browser denies it. */
function textIn(settings: TextStorage | undefined): string | null {
  try {
    return settings?.getItem(key) ?? null;
  } catch {
    return null;
  }
}

/** A queue as it was stored, and how many of its entries cannot be read; nothing goes on by itself. */
function stored(settings: TextStorage | undefined): { items: SweepItem[]; unreadable: number } {
  try {
    const kept: unknown = JSON.parse(textIn(settings) ?? '[]');
    if (!Array.isArray(kept)) return { items: [], unreadable: 1 };
    const items = kept.flatMap((item) => readItem(item) ?? []);
    return { items, unreadable: kept.length - items.length };
  } catch {
    return { items: [], unreadable: 1 };
  }
}

export function createSweep(
  context: PlaygroundContext,
  loading: Loading,
  library: Library,
  save: () => Promise<void>,
  lock: RunLock,
  settings: TextStorage | undefined,
): Sweep {
  const { items: kept, unreadable } = stored(settings);
  const store = createStore<SweepState>(() => ({ items: kept, going: false }));
  if (unreadable > 0)
    context.notify(
      'warning',
      `Of the stored sweep ${unreadable === 1 ? 'one entry' : `${unreadable} entries`} could not be read (made by another version of this page, or damaged) and will not be trained; ${kept.length === 0 ? 'nothing of it is left' : `${kept.length} are there`}. Runs that were finished are in the list.`,
    );
  /** What this page wrote or read last: something else is another tab's. */
  let written = textIn(settings);
  const keep = ({ items }: SweepState) => {
    const text = items.length === 0 ? null : JSON.stringify(items);
    try {
      if (text === null) settings?.removeItem(key);
      else settings?.setItem(key, text);
      written = text;
    } catch {
      // Without room it lasts as long as the page.
    }
  };
  const unsubscribe = store.subscribe(keep);
  // Said once, not with every visit.
  if (unreadable > 0) keep(store.getState());
  const change = (index: number, part: Partial<SweepItem>) =>
    store.setState(({ items }) => ({
      items: items.map((item, i) => (i === index ? { ...item, ...part } : item)),
    }));

  /** Ends the wait for the run on the page, where somebody wants it no longer. */
  let giveUpWaiting: (() => void) | undefined;
  /** Why the run on the page ended: finished, an error, or somebody paused it, also at its threshold. */
  const ended = (): Promise<'finished' | 'paused' | { error: string }> =>
    new Promise((settle) => {
      let ran = false;
      const own = context.state.run?.id;
      const look = () => {
        const { progress, run, viewing } = context.state;
        // Somebody has put another run on the page.
        if (run?.id !== own || viewing) return finish('paused');
        if (progress?.status === 'running') ran = true;
        if (progress?.status === 'finished') return finish('finished');
        if (!ran || (progress?.status !== 'paused' && progress?.status !== 'thresholded')) return;
        finish(progress.failure ? { error: progress.failure } : 'paused');
      };
      const stop = context.store.subscribe(look);
      const finish = (how: 'finished' | 'paused' | { error: string }) => {
        stop();
        giveUpWaiting = undefined;
        settle(how);
      };
      giveUpWaiting = () => finish('paused');
      look();
    });

  /** Those chosen when the queue began: what is chosen later is not for its runs. Not known after a reload. */
  let files: ChosenFiles | undefined;
  /**
   * What a run of the queue trains on; undefined where the files on the page are those.
   * @throws Error where they are neither on the page nor with a kept run
   */
  const filesFor = async ({ config, filesKey }: SweepItem): Promise<ChosenFiles | undefined> => {
    if (files || !filesKey) return files;
    const onPage = await filesKeyOf(usedFiles(config, context.state.files)).catch(() => '');
    if (onPage === undefined || isSameKey(onPage, filesKey)) return undefined;
    for (const run of await context.storage.listRuns()) {
      if (!run.filesKey || !isSameKey(run.filesKey, filesKey)) continue;
      const kept = await context.storage.loadFiles(run.id);
      if (kept && allFiles(kept).length > 0) return kept;
    }
    throw new Error(
      'The files that this sweep was begun with are not in this browser any more: choose the same ones again, then go on.',
    );
  };
  /** Notes which contents the queue was begun with, for after a reload. */
  const noteFiles = async (own: number, configs: readonly ExperimentConfig[], chosen: ChosenFiles) => {
    const keys = await Promise.all(
      // One that cannot be read is named when it is to be trained on.
      configs.map((config) => filesKeyOf(usedFiles(config, chosen)).catch(() => undefined)),
    );
    if (own !== queue || !keys.some((key) => key)) return;
    store.setState(({ items }) => ({
      items: items.map((item, i) => (keys[i] ? { ...item, filesKey: keys[i] } : item)),
    }));
  };
  /** Rises with every new queue: what an older one still hears of its run is nothing to this one. */
  let queue = 0;
  const trainOne = async (index: number, item: SweepItem): Promise<'on' | 'stop'> => {
    const { config } = item;
    const own = queue;
    /** True after a pause, a skip or another queue, which may come while the run is still loading. */
    const called = () => {
      const { items, going } = store.getState();
      return own !== queue || !going || items[index]?.status === 'skipped';
    };
    const giveUp = () => {
      if (own !== queue || store.getState().items[index]?.status === 'skipped') return 'on';
      change(index, { status: 'waiting' });
      return 'stop';
    };
    change(index, { status: 'running', error: undefined });
    context.set({ through: true });
    loading.setDraft(config);
    let chosen: ChosenFiles | undefined;
    try {
      chosen = await filesFor(item);
    } catch (error) {
      context.notify('error', sentenceOf(error));
      return giveUp();
    }
    try {
      await context.settled();
      // Another run that is on the page is not lost with this one.
      await setAside(context, save);
      await loading.load(config, undefined, chosen);
      if (called()) return giveUp();
      await context.client.request({ type: 'play', through: true });
    } catch (error) {
      if (own !== queue) return 'on';
      change(index, { status: 'failed', error: sentenceOf(error) });
      return 'on';
    }
    const end = ended();
    if (called()) await stopRun();
    const how = await end;
    if (how === 'paused' || own !== queue || store.getState().items[index]?.status === 'skipped')
      return giveUp();
    await save();
    const id = context.state.run?.id;
    if (typeof how === 'object') {
      change(index, { status: 'failed', error: how.error, runId: id });
      if (id) await context.storage.changeRun(id, { error: how.error }).catch(() => undefined);
      return 'on';
    }
    change(index, { status: 'done', runId: id, wallMs: context.state.facts.doneMs });
    await library.refresh();
    return 'on';
  };

  /** True while this tab has the queue; others may look at it as they found it. */
  let owned = false;
  const own = async (): Promise<boolean> => {
    if (owned) return true;
    if (!(await lock.take('sweep'))) {
      context.notify(
        'info',
        'The sweep is being trained in another tab: go on there, or close that tab and press again.',
      );
      return false;
    }
    owned = true;
    if (textIn(settings) !== written) {
      // Another tab has worked on it, or begun another: its files are told by their keys.
      queue += 1;
      files = undefined;
      store.setState({ items: stored(settings).items });
    }
    return true;
  };
  const letGo = () => {
    owned = false;
    lock.release();
  };

  let walking = false;
  /** Asked to go on while the run before was still on its way out. */
  let resumed = false;
  const walk = async () => {
    store.setState({ going: true });
    resumed = walking;
    if (walking) return;
    walking = true;
    for (;;) {
      const { items, going } = store.getState();
      const index = items.findIndex(({ status }) => status === 'waiting');
      const item = items[index];
      if (!going || !item) break;
      const own = queue;
      if ((await trainOne(index, item)) === 'stop' && own === queue && !resumed) break;
      resumed = false;
    }
    walking = false;
    store.setState({ going: false });
    letGo();
  };
  const stopRun = async () => {
    if (context.state.progress?.status === 'running')
      await context.attempt(undefined, () => context.client.request({ type: 'pause' }));
    giveUpWaiting?.();
  };

  return {
    store,
    async start(configs) {
      const chosen = context.state.files;
      if (!(await own())) return;
      const running = store.getState().items.some(({ status }) => status === 'running');
      queue += 1;
      files = chosen;
      store.setState({ items: configs.map((config) => ({ config, status: 'waiting' })) });
      void noteFiles(queue, configs, files);
      if (running) void stopRun();
      void walk();
    },
    async pause() {
      store.setState({ going: false });
      await stopRun();
    },
    async resume() {
      if (await own()) void walk();
    },
    async skip(index) {
      const asked = store.getState().items[index]?.config;
      if (!(await own())) return;
      const item = store.getState().items[index];
      // What was clicked may have been what another tab had left behind since.
      const isThere = item && asked && differingFields(item.config, asked).length === 0;
      if (!isThere || (item.status !== 'waiting' && item.status !== 'running')) {
        if (!walking) letGo();
        return;
      }
      const running = store.getState().items[index]?.status === 'running';
      change(index, { status: 'skipped' });
      if (running) await stopRun();
      if (!walking) letGo();
    },
    async clear() {
      if (!(await own())) return;
      const { items } = store.getState();
      const running = items.some(({ status }) => status === 'running');
      queue += 1;
      store.setState({ items: [], going: false });
      if (running) await stopRun();
      if (!walking) letGo();
    },
    dispose() {
      unsubscribe();
      letGo();
    },
  };
}
