/** Files and folders of this machine as the engine takes them: names with `/`, bytes of their own. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isAdapterFile, isCheckpointFile } from '../config/modelFileNames';
import type { NamedFile } from '../runtime/protocol';
import { UsageError } from './arguments';
import { readWhole } from './wholeFiles';

/** Folder of package.json. */
export const projectRoot = fileURLToPath(new URL('../..', import.meta.url));

/** @throws Error naming the path where it is no folder. */
export function checkFolder(path: string, what: string): void {
  if (!existsSync(path)) throw new Error(`The ${what} ${path} does not exist.`);
  if (!statSync(path).isDirectory()) throw new Error(`The ${what} ${path} is a file; a folder is needed.`);
}

/** Before anything is written there. @throws UsageError where the path, or what it lies in, is a file, or its drive is not there */
export function checkOutFolder(path: string): void {
  let nearest = resolve(path);
  while (!existsSync(nearest)) {
    const above = dirname(nearest);
    if (above === nearest)
      throw new UsageError(`There is no ${nearest} on this machine; give another folder.`);
    nearest = above;
  }
  if (!statSync(nearest).isDirectory())
    throw new UsageError(`${nearest} is a file; give a folder for what is written.`);
}

/** Bytes of one file under a given name. @throws Error naming the path. */
export function readNamed(path: string, name = basename(path)): NamedFile {
  if (!existsSync(path)) throw new Error(`The file ${path} does not exist.`);
  if (statSync(path).isDirectory()) throw new Error(`${path} is a folder; a file is needed.`);
  return { name, bytes: readWhole(path).buffer };
}

/** Names of the files of a checkpoint in a folder. */
function checkpointNames(folder: string): string[] {
  checkFolder(folder, 'checkpoint folder');
  return readdirSync(folder)
    .filter((name) => isCheckpointFile(name) && statSync(join(folder, name)).isFile())
    .sort();
}

/** A file of this machine under the name that the engine sees. */
export interface FilePath {
  name: string;
  path: string;
}

export const checkpointFiles = (folder: string): FilePath[] =>
  checkpointNames(folder).map((name) => ({ name, path: join(folder, name) }));

/** The two files of a PEFT adapter's folder, as far as they are there. */
export function adapterPaths(folder: string): FilePath[] {
  checkFolder(folder, 'adapter folder');
  return readdirSync(folder)
    .filter(isAdapterFile)
    .map((name) => ({ name, path: join(folder, name) }));
}

/** A file, or every file below a folder (WebNLG's XML). @throws Error where the folder is empty */
export function dataFiles(path: string): FilePath[] {
  if (!statSync(path).isDirectory()) return [{ name: basename(path), path }];
  const names = namesBelow(path);
  if (names.length === 0) throw new Error(`The folder ${path} holds no file.`);
  return names.map((name) => ({ name, path: join(path, name) }));
}

/** Names of all files below a folder, hidden ones left out. */
export function namesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name)).isFile())
    .map((name) => name.split(sep).join('/'))
    .filter((name) => !name.split('/').some((part) => part.startsWith('.')))
    .sort();
}

/**
 * A path that stands in an experiment file: from the file's own folder, else from the working directory.
 * @throws Error naming both places, or the absolute path.
 */
export function resolveBeside(experimentFile: string, path: string, what: string): string {
  if (isAbsolute(path)) {
    if (existsSync(path)) return path;
    throw new Error(`${experimentFile}: the ${what} ${path} does not exist.`);
  }
  const beside = resolve(dirname(experimentFile), path);
  if (existsSync(beside)) return beside;
  const here = resolve(path);
  if (existsSync(here)) return here;
  throw new Error(
    `${experimentFile}: the ${what} "${path}" is neither ${beside} (beside the experiment file) nor ${here} (in the working directory).`,
  );
}

/** Folder of an embedded model. @throws Error naming those there are. */
export function embeddedModelFolder(name: string): string {
  const models = join(projectRoot, 'public', 'models');
  const folder = join(models, name);
  if (/^[\w.-]+$/.test(name) && existsSync(join(folder, 'config.json'))) return folder;
  const known = existsSync(models)
    ? readdirSync(models).filter((entry) => existsSync(join(models, entry, 'config.json')))
    : [];
  throw new Error(
    `There is no embedded model "${name}"; there ${known.length === 1 ? 'is' : 'are'} ${known.join(', ') || 'none'}. ` +
      'For a checkpoint folder of your own set model.source to "files".',
  );
}
