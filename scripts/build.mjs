/** Builds the static site into dist/, with `--if-stale` only where a source changed since the last build. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureDependencies, root, runVite } from './dependencies.mjs';

const stamp = join(root, 'dist', 'build.json');
const sources = [
  'scripts/offlineCopy.ts',
  'index.html',
  'harness.html',
  'vite.config.ts',
  'package-lock.json',
  'public',
  'src',
];

function* filesUnder(path) {
  if (!existsSync(path)) return;
  if (!statSync(path).isDirectory()) yield path;
  else for (const name of readdirSync(path).sort()) yield* filesUnder(join(path, name));
}

function sourceHash() {
  const hash = createHash('sha256');
  for (const source of sources) {
    for (const file of filesUnder(join(root, source))) {
      if (/\.test\.tsx?$/.test(file)) continue;
      hash.update(file.slice(root.length)).update('\0').update(readFileSync(file)).update('\0');
    }
  }
  return hash.digest('hex');
}

/** Leaves a dist/ that belongs to the sources as they are. Returns false where the build failed. */
export function ensureBuild({ force = false } = {}) {
  const wanted = sourceHash();
  if (!force && existsSync(stamp) && JSON.parse(readFileSync(stamp, 'utf8')).sources === wanted) return true;
  if (runVite(['build', '--logLevel', 'warn']) !== 0) return false;
  writeFileSync(stamp, `${JSON.stringify({ sources: wanted })}\n`);
  return true;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  ensureDependencies();
  process.exit(ensureBuild({ force: !process.argv.includes('--if-stale') }) ? 0 : 1);
}
