/** A page is not reloaded over a run that is nowhere else. */
import { afterEach, expect, it, vi } from 'vitest';
import type { Stored } from '../store/recording';
import { reloadPage } from './reloadPage';

afterEach(() => vi.unstubAllGlobals());

it.each<[Stored, boolean]>([
  ['whole', true],
  ['partly', false],
  ['failed', false],
])('reloads where the run is stored: %s', async (stored, isReloaded) => {
  const reload = vi.fn();
  vi.stubGlobal('location', { reload });
  const notify = vi.fn();
  await reloadPage({ save: async () => stored, notify });
  expect(reload.mock.calls).toHaveLength(isReloaded ? 1 : 0);
  expect(notify.mock.calls).toHaveLength(isReloaded ? 0 : 1);
});
