/** What waits for what on the page, and what is held meanwhile. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { decodeLink } from '../config/link';
import { FakeClient } from '../testing/fakeClient';
import { MemoryStorage } from '../testing/memoryStorage';
import { settle } from '../testing/settle';
import { PlaygroundContext } from './context';
import { RunHistory } from './history';
import { createRunLock } from './runs/runLock';
import { type PlaygroundState, startingState } from './state';

function openContext(): PlaygroundContext {
  const store = createStore<PlaygroundState>(() => startingState(decodeLink('#v=1')));
  const lock = createRunLock(undefined);
  return new PlaygroundContext(
    store,
    new RunHistory(),
    new FakeClient(),
    new MemoryStorage(),
    lock,
    Date.now,
  );
}

it('waits for every busy action, and holds nothing of what they came to', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const context = openContext();
  const ends: (() => void)[] = [];
  const act = () =>
    context.whileBusy('Packing the run', async () => {
      await new Promise<void>((end) => ends.push(end));
      return { bytes: new Uint8Array(1000) };
    });
  const packed = [act(), act()].map(async (done) => new WeakRef(await done));
  let isSettled = false;
  const settled = context.settled().then(() => {
    isSettled = true;
  });
  ends[1]?.();
  await settle();
  expect(isSettled).toBe(false);
  ends[0]?.();
  await settled;
  const held = await Promise.all(packed);
  await settle();
  collectGarbage();
  expect(held.map((file) => file.deref())).toEqual([undefined, undefined]);
  expect(context.state.busy).toBeUndefined();
});
