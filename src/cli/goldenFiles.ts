/** Golden folders on disk: which there are below a path, and the files that each one's check reads. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { companionPaths } from '../experiment/verify';
import { checkFolder, type FilePath, namesBelow, projectRoot } from './folders';

/**
 * What the path stands for: a folder with a golden.json, or a JSON file that names a `kind` by itself; else whatever
 * of either lies in the folder or in the folders in it.
 * @throws Error with a sentence.
 */
export function goldenFolders(path: string): string[] {
  if (existsSync(path) && !statSync(path).isDirectory()) {
    if (path.endsWith('.json')) return [path];
    throw new Error(`${path} is neither a golden folder nor a golden JSON file.`);
  }
  checkFolder(path, 'golden folder');
  const found = goldensIn(path);
  if (found.length > 0) return found;
  const inside = readdirSync(path)
    .sort()
    .map((name) => join(path, name))
    .filter((folder) => statSync(folder).isDirectory())
    .flatMap(goldensIn);
  if (inside.length === 0) {
    throw new Error(
      `There is no golden.json in ${path}, nor in a folder in it, nor a JSON file that names a "kind": a golden folder is needed.`,
    );
  }
  return inside;
}

/** The folder itself where it has a golden.json, else its JSON files that are goldens by themselves. */
function goldensIn(folder: string): string[] {
  if (existsSync(join(folder, 'golden.json'))) return [folder];
  const files = readdirSync(folder)
    .sort()
    .filter((name) => name.endsWith('.json') && statSync(join(folder, name)).isFile())
    .map((name) => ({ path: join(folder, name), kind: kindOf(join(folder, name)) }));
  if (!files.some(({ kind }) => typeof kind === 'string')) return [];
  // A file among goldens that cannot be read is one too: the verifier names what is wrong with it.
  return files.filter(({ kind }) => kind === unreadable || typeof kind === 'string').map(({ path }) => path);
}

const unreadable = Symbol('not JSON');

function kindOf(path: string): unknown {
  try {
    return (JSON.parse(readFileSync(path, 'utf8')) as { kind?: unknown } | null)?.kind;
  } catch {
    return unreadable;
  }
}

/**
 * Everything below the folder, and what its check needs from beside it, as far as it is there. A golden that is one
 * file by itself comes as golden.json, under which name every verifier looks for it.
 */
export function goldenFiles(folder: string): FilePath[] {
  if (!statSync(folder).isDirectory()) return [{ name: 'golden.json', path: folder }];
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
