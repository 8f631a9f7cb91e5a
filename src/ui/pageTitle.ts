/** The tab's title says how far a run is, so that it can be left alone. */
import type { Playground } from '../store/playground';
import type { PlaygroundState } from '../store/state';

const name = 'AutoLoRA Playground';

export function titleOf({ progress, facts }: Pick<PlaygroundState, 'progress' | 'facts'>): string {
  if (!progress || !facts.start) return name;
  if (progress.status === 'finished') return `✓ Finished · ${name}`;
  if (progress.status === 'thresholded') return `Ranks found · ${name}`;
  if (progress.status !== 'running') return name;
  const share = progress.steps > 0 ? Math.floor((100 * progress.step) / progress.steps) : 0;
  return `${share} % ${progress.phase} · ${name}`;
}

/** Follows the state; returns the function that ends it. */
export function followTitle({ store }: Playground): () => void {
  return store.subscribe((state) => {
    const title = titleOf(state);
    if (document.title !== title) document.title = title;
  });
}
