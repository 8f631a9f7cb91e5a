/** Identifiers of runs, with and without a secure context. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { newRunId } from './runId';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('newRunId', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('is a UUID of version 4, another one each time', () => {
    expect(newRunId()).toMatch(uuid);
    expect(newRunId()).not.toBe(newRunId());
  });

  it('is one on a page over plain http too, where crypto.randomUUID is missing', () => {
    const own = globalThis.crypto;
    vi.stubGlobal('crypto', { getRandomValues: own.getRandomValues.bind(own) });
    const ids = Array.from({ length: 50 }, newRunId);
    for (const id of ids) expect(id).toMatch(uuid);
    expect(new Set(ids).size).toBe(50);
  });
});
