/** A reload of the page that takes the run along. */
import type { PlaygroundActions } from '../store/playground';

/** Reloads once the run on the page is stored; where it cannot be stored whole, says so and stays. */
export async function reloadPage({
  save,
  notify,
}: Pick<PlaygroundActions, 'save' | 'notify'>): Promise<void> {
  if ((await save()) === 'whole') location.reload();
  else
    notify(
      'error',
      'The run on the page could not be stored whole, so the page was not reloaded: export the run, or reload in the browser if it may be lost.',
    );
}
