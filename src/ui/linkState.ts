/** Keeps the address and the controls alike: the hash follows the draft, and a changed hash changes the draft. */
import { decodeLink, encodeLink } from '../config/link';
import type { Playground } from '../store/playground';

/** Milliseconds of rest before the address is written: browsers limit how often it may change. */
const writeAfterMs = 250;

/** Returns the function that ends it. */
export function followLink({ store, actions }: Playground): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let written = location.hash;
  const write = () => {
    const { draft, unknownKeys } = store.getState();
    const hash = encodeLink(draft, unknownKeys);
    if (hash === location.hash) return;
    written = hash;
    history.replaceState(null, '', hash || `${location.pathname}${location.search}`);
  };
  const read = () => {
    if (location.hash !== written) {
      written = location.hash;
      actions.applyLink(decodeLink(location.hash));
    }
  };
  const unsubscribe = store.subscribe((state, previous) => {
    if (state.draft === previous.draft && state.unknownKeys === previous.unknownKeys) return;
    clearTimeout(timer);
    timer = setTimeout(write, writeAfterMs);
  });
  addEventListener('hashchange', read);
  return () => {
    clearTimeout(timer);
    unsubscribe();
    removeEventListener('hashchange', read);
  };
}
