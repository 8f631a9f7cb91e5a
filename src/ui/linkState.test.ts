/** The address follows the controls after a rest, and the controls an address that somebody else changed. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { type ExperimentInput, parseExperimentConfig } from '../config/experiment';
import { decodeLink } from '../config/link';
import type { Playground } from '../store/playground';
import { followLink } from './linkState';

/** A page's address: what is written to it fires nothing, what a person changes does. */
class FakeAddress {
  hash = '';
  readonly pathname = '/lab/';
  readonly search = '?backend=wasm';
  written: string[] = [];
  private listener: (() => void) | undefined;

  replaceState = (_data: unknown, _title: string, url: string) => {
    this.written.push(url);
    this.hash = url.startsWith('#') ? url : '';
  };
  listen = (_type: string, listener: () => void) => {
    this.listener = listener;
  };
  forget = () => {
    this.listener = undefined;
  };
  change(hash: string) {
    this.hash = hash;
    this.listener?.();
  }
}

let address: FakeAddress;
beforeEach(() => {
  vi.useFakeTimers();
  address = new FakeAddress();
  vi.stubGlobal('location', address);
  vi.stubGlobal('history', address);
  vi.stubGlobal('addEventListener', address.listen);
  vi.stubGlobal('removeEventListener', address.forget);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function followed() {
  const store = createStore(() => ({
    draft: parseExperimentConfig({}),
    unknownKeys: [] as [string, string][],
    slow: false,
  }));
  const applyLink = vi.fn((link: ReturnType<typeof decodeLink>) => {
    store.setState({ draft: link.config, unknownKeys: link.unknown });
  });
  const end = followLink({ store, actions: { applyLink } } as unknown as Playground);
  const draw = (input: ExperimentInput) => store.setState({ draft: parseExperimentConfig(input) });
  return { store, applyLink, end, draw };
}

describe('followLink', () => {
  it('writes the draft once the controls rest, and nothing for the default', () => {
    const { draw, store } = followed();
    draw({ seed: 2 });
    vi.advanceTimersByTime(200);
    draw({ seed: 3 });
    vi.advanceTimersByTime(200);
    expect(address.written).toEqual([]);
    vi.advanceTimersByTime(100);
    expect(address.written).toHaveLength(1);
    expect(decodeLink(address.hash).config.seed).toBe(3);
    store.setState({ slow: true });
    vi.runAllTimers();
    expect(address.written).toHaveLength(1);
    draw({});
    vi.runAllTimers();
    expect(decodeLink(address.hash).config.seed).toBe(1);
  });

  it('reads what a person writes, and not what it wrote itself', () => {
    const { applyLink, draw, store } = followed();
    address.change('#v=1&seed=7&embed=1');
    expect(store.getState()).toMatchObject({ draft: { seed: 7 }, unknownKeys: [['embed', '1']] });
    vi.runAllTimers();
    // Keys that are no field stay.
    expect(address.hash).toContain('embed=1');
    draw({ seed: 8 });
    vi.runAllTimers();
    address.change(address.hash);
    expect(applyLink).toHaveBeenCalledTimes(1);
  });

  it('ends', () => {
    const { applyLink, draw, end } = followed();
    draw({ seed: 2 });
    end();
    vi.runAllTimers();
    address.change('#v=1&seed=7');
    draw({ seed: 3 });
    vi.runAllTimers();
    expect([address.written, applyLink.mock.calls]).toEqual([[], []]);
  });
});
