/** How components reach the playground: selectors over its state, its actions, and its history at a bounded rate. */
import {
  createContext,
  type RefObject,
  startTransition,
  useContext,
  useEffect,
  useRef,
  useState,
} from 'react';
import { useStore } from 'zustand';
import type { RunHistory } from '../store/history';
import type { HubDownloads, HubState } from '../store/hub/hubDownloads';
import type { Playground, PlaygroundActions } from '../store/playground';
import type { Library, LibraryState } from '../store/runs/library';
import type { PlaygroundState } from '../store/state';
import type { Sweep, SweepState } from '../store/sweep/sweep';

const Scope = createContext<Playground | null>(null);
export const PlaygroundScope = Scope.Provider;

function useScope(): Playground {
  const playground = useContext(Scope);
  if (!playground) throw new Error('This component stands outside of <PlaygroundScope>.');
  return playground;
}

/** A part of the state; the component renders again only when that part changes. */
export function usePlayground<T>(selector: (state: PlaygroundState) => T): T {
  return useStore(useScope().store, selector);
}

/** A part of what is known of the Hub. */
export function useHub<T>(selector: (state: HubState) => T): T {
  return useStore(useScope().hub.store, selector);
}

export function useHubActions(): HubDownloads {
  return useScope().hub;
}

/** A part of the list of kept runs. */
export function useLibrary<T>(selector: (state: LibraryState) => T): T {
  return useStore(useScope().library.store, selector);
}

export function useLibraryActions(): Library {
  return useScope().library;
}

/** A part of the queue of experiments. */
export function useSweep<T>(selector: (state: SweepState) => T): T {
  return useStore(useScope().sweep.store, selector);
}

export function useSweepActions(): Sweep {
  return useScope().sweep;
}

/** Reads the whole state when called, without rendering again when it changes. */
export function useReadState(): () => PlaygroundState {
  return useScope().store.getState;
}

export function useActions(): PlaygroundActions {
  return useScope().actions;
}

/** The run's history as it stands when it is read, without rendering again. */
export const useHistoryNow = (): RunHistory => useScope().history;

/**
 * The run's history, looked at no more than `hertz` times a second and only while `element` is on screen. The number
 * changes when there is something new to draw.
 */
export function useHistory(
  hertz: number,
  element: RefObject<Element | null>,
): { history: RunHistory; version: number } {
  const { history } = useScope();
  const [version, setVersion] = useState(history.version);
  const visible = useRef(true);
  useEffect(() => {
    const target = element.current;
    if (!target) return;
    const observer = new IntersectionObserver(([entry]) => {
      visible.current = entry?.isIntersecting ?? true;
    });
    observer.observe(target);
    return () => observer.disconnect();
  }, [element]);
  useEffect(() => {
    const look = () => {
      // A transition is drawn in slices, so that drawing never holds up a click.
      if (visible.current && !document.hidden) startTransition(() => setVersion(history.version));
    };
    look();
    const timer = setInterval(look, 1000 / hertz);
    return () => clearInterval(timer);
  }, [history, hertz]);
  return { history, version };
}
