/** State that belongs to the run on the page. */
import { useCallback, useState } from 'react';
import { usePlayground, useReadState } from './scope';

/**
 * Like `useState`, but another run starts with the initial value again. What is set belongs to the run that stands on the page
 * then: an answer may come from one that was loaded for the question.
 */
export function useOfRun<T>(initial: T): [T, (value: T) => void] {
  const run = usePlayground((state) => state.run?.id);
  const readState = useReadState();
  const [kept, setKept] = useState({ run, value: initial });
  const set = useCallback((value: T) => setKept({ run: readState().run?.id, value }), [readState]);
  return [kept.run === run ? kept.value : initial, set];
}
