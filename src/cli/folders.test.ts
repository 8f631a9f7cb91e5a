/** The folder for what is written, on a drive that is not there. */
import { expect, it, vi } from 'vitest';
import { UsageError } from './arguments';
import { checkOutFolder } from './folders';

vi.mock('node:fs', async (original) => {
  const looked = new Set<unknown>();
  const existsSync = (path: unknown) => {
    if (looked.has(path)) throw new Error(`${path} was looked for twice.`);
    looked.add(path);
    return false;
  };
  return { ...(await original<typeof import('node:fs')>()), existsSync };
});

it('is refused where not even its drive is there', () => {
  expect(() => checkOutFolder('results')).toThrow(UsageError);
});
