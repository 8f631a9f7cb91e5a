/** Each screen has its own place on the page. */
import { useLayoutEffect, useRef } from 'react';

/**
 * Remembers how far the page is scrolled while the component is shown, and goes back there when it is shown again; at first
 * to the top.
 * @param opened true where the page opened with it: the browser then knows its place
 */
export function useKeptScroll(opened: boolean): void {
  const top = useRef(opened ? undefined : 0);
  useLayoutEffect(() => {
    if (top.current !== undefined) scrollTo(0, top.current);
    return () => {
      top.current = scrollY;
    };
  }, []);
}
