/** `backend=wasm` in the address asks for one backend, e.g. WebGPU although its adapter is a software renderer. */
import { type BackendName, backendNames } from '../runtime/protocol';
import type { PlaygroundState } from './state';

type LinkKeys = PlaygroundState['unknownKeys'];

const said = (keys: LinkKeys) => keys.find(([key]) => key === 'backend')?.[1];

/** @returns undefined where the address leaves it to the page */
export function askedBackend(keys: LinkKeys): BackendName | undefined {
  const name = said(keys);
  return backendNames.find((known) => known === name);
}

/**
 * What is to be said of a link's backend; undefined where it is the one that runs, or nothing is asked.
 * @param before the keys of the address so far, where the page stands already
 */
export function backendNote(
  keys: LinkKeys,
  before?: Pick<PlaygroundState, 'unknownKeys' | 'backend'>,
): string | undefined {
  const name = said(keys);
  if (name === undefined || name === said(before?.unknownKeys ?? [])) return undefined;
  const asked = askedBackend(keys);
  if (!asked)
    return `The link’s backend=${name.slice(0, 40)} is none of ${backendNames.join(', ')}; the page takes the fastest that works.`;
  const runs = before ? before.backend.status === 'ready' && before.backend.report.name : asked;
  return runs === asked ? undefined : 'The link asks for another backend: reload the page to train on it.';
}
