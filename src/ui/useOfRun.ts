/** State that belongs to the run on the page. */
import { useCallback, useState } from 'react';
import { usePlayground } from './scope';

/** Like `useState`, but another run starts with the initial value again. */
export function useOfRun<T>(initial: T): [T, (value: T) => void] {
  const run = usePlayground((state) => state.run?.id);
  const [kept, setKept] = useState({ run, value: initial });
  const set = useCallback((value: T) => setKept({ run, value }), [run]);
  return [kept.run === run ? kept.value : initial, set];
}
