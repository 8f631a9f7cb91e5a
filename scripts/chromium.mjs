/** Finds a Chromium for the browser tests and for `autolora --backend webgpu`, or installs one. Prints its path. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root, stop } from './dependencies.mjs';

const usual = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** Path of an installed Chromium: CHROMIUM, then the system's, then Playwright's own; undefined where there is none. */
async function findChromium() {
  const named = process.env.CHROMIUM;
  if (named) {
    if (!existsSync(named)) stop(`The variable CHROMIUM names ${named}, which does not exist.`);
    return named;
  }
  const installed = usual.find((path) => existsSync(path));
  if (installed) return installed;
  const { chromium } = await import('playwright');
  return existsSync(chromium.executablePath()) ? chromium.executablePath() : undefined;
}

/** As findChromium, but installs one where there is none, or stops with a sentence that says what to install. */
export async function ensureChromium() {
  const found = await findChromium();
  if (found) return found;
  const quiet = { cwd: root, stdio: ['ignore', 2, 2] };
  if (existsSync('/usr/bin/apt-get') && process.getuid?.() === 0) {
    console.error('Installing Chromium for the browser tests (apt-get)…');
    const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    spawnSync('apt-get', ['update', '-qq'], { ...quiet, env: environment });
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], {
      ...quiet,
      env: environment,
    });
    const debian = await findChromium();
    // On Ubuntu the package of that name is a snap launcher, which needs a snapd that a container lacks.
    if (debian && spawnSync(debian, ['--version', '--no-sandbox'], { stdio: 'ignore' }).status === 0)
      return debian;
  }
  console.error("Installing Playwright's Chromium for the browser tests…");
  spawnSync(
    process.execPath,
    [join(root, 'node_modules', 'playwright', 'cli.js'), 'install', 'chromium'],
    quiet,
  );
  const { chromium } = await import('playwright');
  if (existsSync(chromium.executablePath())) return chromium.executablePath();
  return stop(
    'The browser tests need Chromium and none could be installed here: install Chromium or Chrome (on Debian ' +
      '`apt-get install chromium`), or set the variable CHROMIUM to the path of one.',
  );
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  console.log(await ensureChromium());
}
