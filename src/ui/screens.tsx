/** The page's screens. The Lab is there at once, the others are loaded when they are first looked at. */
import { type ComponentType, lazy } from 'react';
import type { LinkKeys } from '../config/link';
import { usePlayground } from './scope';

export type ScreenName = 'lab' | 'runs' | 'learn';

interface Screen {
  name: ScreenName;
  title: string;
  /** Undefined for the Lab, which is the page itself. */
  content?: ComponentType;
}

export const screens: readonly Screen[] = [
  { name: 'lab', title: 'Lab' },
  { name: 'runs', title: 'Runs', content: lazy(() => import('./runs/RunsScreen')) },
  { name: 'learn', title: 'Learn', content: lazy(() => import('./learn/LearnScreen')) },
];

const askedScreen = (keys: LinkKeys) => keys.find(([key]) => key === 'screen')?.[1];

/** What a link shows: `screen=runs`; `lesson=…` is the Learn screen. */
export function screenOf(keys: LinkKeys): ScreenName {
  if (keys.some(([key]) => key === 'lesson')) return 'learn';
  const asked = askedScreen(keys);
  return screens.find(({ name }) => name === asked)?.name ?? 'lab';
}

/** What a link asks for that is no screen. */
export function unknownScreen(keys: LinkKeys): string | undefined {
  const asked = askedScreen(keys);
  return screens.some(({ name }) => name === asked) ? undefined : asked;
}

export const useScreen = (): ScreenName => usePlayground((state) => screenOf(state.unknownKeys));
