/** Golden folders on disk: which there are below a path, and the files that each one's check reads. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { companionPaths } from '../experiment/verify';
import { checkFolder, namesBelow, projectRoot } from './folders';

/** A file and the name under which the engine gets it. */
export interface GoldenFile {
  name: string;
  path: string;
}

/** The folder itself, or, where it has no golden.json, the folders in it that have one. @throws Error with a sentence. */
export function goldenFolders(path: string): string[] {
  checkFolder(path, 'golden folder');
  if (existsSync(join(path, 'golden.json'))) return [path];
  const inside = readdirSync(path)
    .sort()
    .map((name) => join(path, name))
    .filter((folder) => statSync(folder).isDirectory() && existsSync(join(folder, 'golden.json')));
  if (inside.length === 0) {
    throw new Error(`There is no golden.json in ${path}, nor in a folder in it: a golden folder is needed.`);
  }
  return inside;
}

/** Everything below the folder, and what its check needs from beside it, as far as it is there. */
export function goldenFiles(folder: string): GoldenFile[] {
  const own = namesBelow(folder).map((name) => ({ name, path: join(folder, name) }));
  let golden: unknown;
  try {
    golden = JSON.parse(readFileSync(join(folder, 'golden.json'), 'utf8'));
  } catch {
    return own; // The verifier names what is wrong with it.
  }
  // Golden folders stand in `golden/` beside `data/`; one that was copied elsewhere still finds the data of this machine.
  const roots = [
    resolve(folder, '..', '..'),
    resolve(folder, '..'),
    folder,
    resolve(projectRoot, '..', 'shared'),
  ];
  const companions = companionPaths(golden).flatMap((name) => {
    const path = roots.map((root) => join(root, name)).find((candidate) => existsSync(candidate));
    return path ? [{ name, path }] : [];
  });
  return [...own.filter(({ name }) => !companions.some((found) => found.name === name)), ...companions];
}
