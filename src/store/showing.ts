/** What the page shows: a kept run, a step looked back at, a screen or chapter, notices. */
import type { PlaygroundContext } from './context';
import type { Loading } from './loading';
import { openRun } from './openRun';
import { type Notice, nothingTried, type TriedRanks } from './state';
import type { Sweep } from './sweep/sweep';
import type { UndoneRun } from './undoneRun';

export interface ShowingActions {
  /** Shows a kept run: as it stood, or only to look at. @returns false where another tab has it, and all stays as it was */
  openRun(id: string): Promise<boolean>;
  /** Looks back at a step of the search; undefined follows the run. */
  replay(step: number | undefined): void;
  /** Moves the threshold, or sets ranks by hand, without training anything. */
  tryRanks(change: Partial<TriedRanks>): void;
  /** Sets or removes a key of the link that is no field: `screen`, `lesson`. */
  setLinkKey(key: string, value: string | undefined): void;
  notify(level: Notice['level'], message: string): void;
  dismiss(id: number): void;
}

export function createShowing(
  context: PlaygroundContext,
  loading: Loading,
  undone: UndoneRun,
  sweep: Sweep,
): ShowingActions {
  return {
    async openRun(id) {
      if (sweep.store.getState().going) {
        await sweep.pause();
        context.notify('info', 'The sweep is paused: go on with it on the Runs screen.');
      }
      return openRun(context, loading, undone, id);
    },
    replay: (step) => context.set({ replayedStep: step }),
    tryRanks: (change) => context.set({ tried: { ...nothingTried, ...context.state.tried, ...change } }),
    setLinkKey(key, value) {
      const others = context.state.unknownKeys.filter(([known]) => known !== key);
      context.set({ unknownKeys: value === undefined ? others : [...others, [key, value]] });
    },
    notify: (level, message) => context.notify(level, message),
    dismiss: (id) => context.set({ notices: context.state.notices.filter((notice) => notice.id !== id) }),
  };
}
