/** How the site is built and served (a static site that works from any sub-path, offline), and how vitest runs. */
import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { offlineCopy } from './scripts/offlineCopy.ts';

/** With these a page is cross-origin isolated, which SharedArrayBuffer and so WASM threads need. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/**
 * Threads of the WASM backend start from a script that tfjs makes with `toString()` of a module's inner function,
 * which a minifier has robbed of its outer names. This hands it the module's own text instead.
 */
function wholeThreadScript(): Plugin {
  const cut = /`var WasmBackendModuleThreadedSimd = ` \+\s*wasmFactoryThreadedSimd\.toString\(\)/;
  return {
    name: 'whole-thread-script',
    transform(code, id) {
      if (!/tfjs-backend-wasm\/dist\/backend_wasm\.js$/.test(id)) return undefined;
      if (!cut.test(code))
        this.error('tfjs-backend-wasm starts its threads in another way now: look at this plugin.');
      const source = "import threadScript from '../wasm-out/tfjs-backend-wasm-threaded-simd.js?raw';\n";
      return { code: source + code.replace(cut, 'threadScript'), map: null };
    },
  };
}

/** The page fetches tasks' readers and metrics on demand; `verify` in the worker needs them all at once, which is meant. */
const checks = { ineffectiveDynamicImport: false };

export default defineConfig({
  base: './',
  plugins: [react(), offlineCopy()],
  worker: { format: 'es', plugins: () => [wholeThreadScript()], rolldownOptions: { checks } },
  build: {
    target: 'es2023',
    // A WASM binary is fetched and compiled while it streams in, so it stays a file of its own.
    assetsInlineLimit: (file) => (file.endsWith('.wasm') ? false : undefined),
    chunkSizeWarningLimit: 3000,
    rolldownOptions: { checks, input: { index: 'index.html', harness: 'harness.html' } },
  },
  optimizeDeps: {
    // Found late, through the worker, these would reload the page in the middle of a run.
    include: [
      '@tensorflow/tfjs',
      '@tensorflow/tfjs-backend-wasm',
      '@tensorflow/tfjs-backend-webgpu',
      '@huggingface/tokenizers',
      'zod',
    ],
  },
  server: { headers: isolation },
  preview: { headers: isolation },
  test: {
    include: ['src/**/*.test.{ts,tsx}', 'scripts/**/*.test.ts'],
    environment: 'node',
    // By default one less than there are cores: of two, one would idle.
    maxWorkers: '100%',
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
