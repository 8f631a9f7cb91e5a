/** Keeps the address and the controls alike: the hash follows the draft, and a changed hash changes the draft. */
import { decodeLink, encodeLink } from '../config/link';
import type { Playground } from '../store/playground';
import type { PlaygroundState } from '../store/state';

/** Milliseconds of rest before the address is written: browsers limit how often it may change. */
const writeAfterMs = 250;

/** Writes the address of the page as it stands. */
export function writeLink({ draft, unknownKeys }: Pick<PlaygroundState, 'draft' | 'unknownKeys'>): void {
  const hash = encodeLink(draft, unknownKeys);
  if (hash !== location.hash)
    history.replaceState(null, '', hash || `${location.pathname}${location.search}`);
}

/** Returns the function that ends it. */
export function followLink({ store, actions }: Playground): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let written = location.hash;
  const write = () => {
    writeLink(store.getState());
    written = location.hash;
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
