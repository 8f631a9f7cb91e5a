/** The scripts of this project, each in a process of its own. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from './folders';

/** Runs one; its last line of output. @throws Error where it fails; it has said why on stderr. */
export function projectScript(name: string, ...args: string[]): string {
  const { status, stdout } = spawnSync(process.execPath, [join(projectRoot, 'scripts', name), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`scripts/${name} failed; the reason stands above.`);
  return stdout.trim().split('\n').at(-1) ?? '';
}

/** Leaves a dist/ that belongs to the sources; not for two processes at the same time. */
export const buildSite = (): string => projectScript('build.mjs', '--if-stale');
