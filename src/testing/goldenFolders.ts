/** Golden folders on this machine for tests: those carried in the repository, and the shared ones where present. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { companionPaths } from '../experiment/verify';
import type { FileBytes } from '../tensor/fileSet';

/** Folders of numbers only, part of the repository. */
export const carriedGolden = fileURLToPath(new URL('./golden', import.meta.url));

/** All golden folders, beside the checkout on the machines of this project; may be absent. */
export const sharedGolden = fileURLToPath(new URL('../../../shared/golden', import.meta.url));

/** Names of the golden folders in a place; empty where the place is absent. */
export function goldenFolderNames(place: string): string[] {
  if (!existsSync(place)) return [];
  return readdirSync(place)
    .filter((name) => existsSync(join(place, name, 'golden.json')))
    .sort();
}

/** Every file below a golden folder, and the companions it asks for where they are present. */
export function readGoldenFolder(path: string): FileBytes[] {
  const files = readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(path, name)).isFile())
    .map((name) => fileAt(join(path, name), name.split(sep).join('/')));
  const golden = JSON.parse(readFileSync(join(path, 'golden.json'), 'utf8'));
  const companions = companionPaths(golden)
    .map((name) => ({ name, at: join(path, '..', '..', name) }))
    .filter(({ at }) => existsSync(at));
  return [...files, ...companions.map(({ name, at }) => fileAt(at, name))];
}

function fileAt(path: string, name: string): FileBytes {
  return { name, bytes: new Uint8Array(readFileSync(path)).buffer };
}
