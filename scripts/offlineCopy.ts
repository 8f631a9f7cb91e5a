/** The build's last step: `dist/sw.js`, a service worker that knows every built file by its content. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { build, type Plugin } from 'vite';

/** Not part of a visit: the tests' page, logs, what the build says of itself, and the worker. */
const left = /^(.*\.(ttf|woff)|harness\.html|assets\/harness-[^/]*|.*\.(jsonl|md|map)|build\.json|sw\.js)$/;
/** Vite writes the content's hash into these names already. */
const hashed = /^assets\/.*-[\w-]{8}\.\w+$/;

export interface SiteFile {
  /** Relative to the site. */
  url: string;
  /** Hash of the content, null where the name has one. */
  revision: string | null;
}

function* filesUnder(path: string): Generator<string> {
  for (const name of readdirSync(path).sort()) {
    const inner = join(path, name);
    if (statSync(inner).isDirectory()) yield* filesUnder(inner);
    else yield inner;
  }
}

/** Every file of a built site that a visit can need. */
export function siteFiles(folder: string): SiteFile[] {
  return [...filesUnder(folder)].flatMap((path) => {
    const url = relative(folder, path).split(sep).join('/');
    if (left.test(url)) return [];
    const hash = () => createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 16);
    return [{ url, revision: hashed.test(url) ? null : hash() }];
  });
}

export function offlineCopy(): Plugin {
  let root = '';
  let folder = '';
  let failed = false;
  return {
    name: 'offline-copy',
    apply: 'build',
    configResolved(config) {
      root = config.root;
      folder = join(config.root, config.build.outDir);
    },
    buildEnd(error) {
      failed = error !== undefined;
    },
    // Also called after a build that failed, whose reason must stay the last thing that is said.
    async closeBundle() {
      if (failed) return;
      await build({
        root,
        configFile: false,
        publicDir: false,
        logLevel: 'warn',
        define: {
          __SITE_FILES__: JSON.stringify(siteFiles(folder)),
          'process.env.NODE_ENV': JSON.stringify('production'),
        },
        build: {
          target: 'es2023',
          outDir: folder,
          emptyOutDir: false,
          lib: {
            entry: join(root, 'src', 'offline', 'serviceWorker.ts'),
            formats: ['iife'],
            name: 'offlineCopy',
            fileName: () => 'sw.js',
          },
        },
      });
    },
  };
}
