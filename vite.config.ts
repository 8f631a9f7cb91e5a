/** How the site is built and served (a static site that works from any sub-path, offline), and how vitest runs. */
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

/** With these a page is cross-origin isolated, which SharedArrayBuffer and so WASM threads need. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

export default defineConfig({
  base: './',
  plugins: [react()],
  worker: { format: 'es' },
  build: {
    target: 'es2023',
    // A WASM binary is fetched and compiled while it streams in, so it stays a file of its own.
    assetsInlineLimit: (file) => (file.endsWith('.wasm') ? false : undefined),
    chunkSizeWarningLimit: 3000,
    rolldownOptions: { input: { index: 'index.html', harness: 'harness.html' } },
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
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
