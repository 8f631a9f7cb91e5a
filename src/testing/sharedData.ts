/** The real data sets beside the checkout on the machines of this project, for tests; never part of the repository. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** May be absent. */
export const sharedData = fileURLToPath(new URL('../../../shared/data', import.meta.url));

export const hasSharedData = existsSync(sharedData);
if (!hasSharedData) console.log(`Skipped: the original data sets are not at ${sharedData}.`);

/** @param path relative to the folder, e.g. `glue/CoLA/dev.tsv`. */
export function readSharedData(path: string): string {
  return readFileSync(join(sharedData, path), 'utf8');
}
