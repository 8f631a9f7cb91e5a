/** The backend that an address asks for, and what is said where it is not the one that runs. */
import { describe, expect, it } from 'vitest';
import type { BackendReport } from '../runtime/protocol';
import { askedBackend, backendNote } from './backendLink';
import type { PlaygroundState } from './state';

const keys = (backend?: string): PlaygroundState['unknownKeys'] =>
  backend === undefined ? [['screen', 'runs']] : [['backend', backend]];

/** A page on WASM whose address says so, or says nothing. */
const page = (said?: string) => ({
  unknownKeys: keys(said),
  backend: { status: 'ready', report: { name: 'wasm' } as BackendReport } as const,
});

describe('the backend of a link', () => {
  it('is one of those that there are, or the page’s own choice', () => {
    expect(askedBackend(keys('webgpu'))).toBe('webgpu');
    expect(askedBackend(keys('gpu'))).toBeUndefined();
    expect(askedBackend(keys())).toBeUndefined();
  });

  it('is named where there is none of that name', () => {
    expect(backendNote(keys('gpu'))).toBe(
      'The link’s backend=gpu is none of webgpu, wasm, cpu; the page takes the fastest that works.',
    );
    expect(backendNote(keys('wasm'))).toBeUndefined();
    expect(backendNote(keys())).toBeUndefined();
  });

  it('comes with a reload where the page stands already on another', () => {
    expect(backendNote(keys('webgpu'), page())).toContain('reload the page to train on it');
    expect(backendNote(keys('wasm'), page())).toBeUndefined();
    // Said when it was asked for; what runs instead is the badge's.
    expect(backendNote(keys('webgpu'), page('webgpu'))).toBeUndefined();
    expect(backendNote(keys(), page('wasm'))).toBeUndefined();
    const failed = {
      unknownKeys: keys(),
      backend: { status: 'failed', message: 'The GPU was lost.' } as const,
    };
    expect(backendNote(keys('wasm'), failed)).toContain('reload the page to train on it');
  });
});
