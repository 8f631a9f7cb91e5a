/** Installs the npm packages where they are missing or older than the lock file; plain Node, needs nothing itself. */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of package.json. */
export const root = fileURLToPath(new URL('..', import.meta.url));
const stamp = join(root, 'node_modules', '.autolora-installed');

/** Prints one sentence for people and ends the process. */
export function stop(sentence) {
  console.error(sentence);
  process.exit(1);
}

/** Runs Node on a script with the terminal of this process; returns the exit status. */
export function runNode(args, options = {}) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit', ...options });
  return status ?? 1;
}

/**
 * Installs what is missing, then runs a TypeScript file, by its path from `root`; resolves to the exit status, which is 128 and
 * the signal's number where one ended the script.
 */
export async function runTypeScript(file, args, options = {}) {
  ensureDependencies();
  const script = spawn(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), join(root, file), ...args],
    {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, TSX_TSCONFIG_PATH: join(root, 'tsconfig.json') },
      ...options,
    },
  );
  // Ctrl-C reaches the whole group: the script saves its work and ends by itself, and this waits for it.
  process.on('SIGINT', () => {});
  // These may come to this process alone.
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => script.kill(signal));
  const [code, signal] = await once(script, 'exit');
  return code ?? 128 + constants.signals[signal];
}

/** Runs the vite of this project; returns the exit status. */
export function runVite(args) {
  return runNode([join(root, 'node_modules', 'vite', 'bin', 'vite.js'), ...args]);
}

function lockHash() {
  const hash = createHash('sha256').update(process.platform).update(process.arch);
  for (const name of ['package.json', 'package-lock.json']) {
    const path = join(root, name);
    if (existsSync(path)) hash.update(readFileSync(path));
  }
  return hash.digest('hex');
}

/** Leaves node_modules as the lock file says, or stops with a sentence. Takes no time when nothing changed. */
export function ensureDependencies() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    stop(
      `AutoLoRA Playground needs Node 20.19 or newer; this is ${process.version}. Get it from https://nodejs.org.`,
    );
  }
  const wanted = lockHash();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  console.error('Installing the npm packages (once, and again when the lock file changes)…');
  // `install`, not `ci`: the lock file was made on Linux and may lack the optional binaries of other platforms,
  // which `install` adds and `ci` refuses. No package needs its install script. Under NODE_ENV=production npm would
  // leave out what builds and tests.
  const args = [
    'install',
    '--include=dev',
    '--no-save',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--prefer-offline',
  ];
  const npm = process.env.npm_execpath;
  const { status } = npm?.endsWith('.js')
    ? spawnSync(process.execPath, [npm, ...args], { cwd: root, stdio: ['ignore', 2, 2] })
    : spawnSync('npm', args, { cwd: root, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' });
  if (status !== 0) {
    stop(
      'The npm packages could not be installed; the reason stands above. The first start needs a network.',
    );
  }
  writeFileSync(stamp, wanted);
}
