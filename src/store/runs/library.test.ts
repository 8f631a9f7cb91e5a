/** Runs as files, labels, deletion with a way back, space. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { decodeLink } from '../../config/link';
import { FakeClient } from '../../testing/fakeClient';
import { FakeHubClient } from '../../testing/fakeHubClient';
import { MemorySettings } from '../../testing/memorySettings';
import { MemoryStorage } from '../../testing/memoryStorage';
import { eventually, settle } from '../../testing/settle';
import { TabLocks } from '../../testing/tabLocks';
import type { HubSettingsStorage } from '../hub/hubSettings';
import { createPlayground } from '../playground';
import { needsRestart } from '../state';
import { freeable, undoMs } from './library';
import { decodeRunFile, encodeRunFile } from './runFile';
import { type KeptRun, type RunRecord, recordOf } from './runRecord';
import { hasTexts } from './sharedRun';

async function playedPage(
  storage = new MemoryStorage(),
  seed = 1,
  locks?: TabLocks,
  settings?: HubSettingsStorage,
) {
  const client = new FakeClient();
  const page = createPlayground({
    client,
    hub: new FakeHubClient(),
    storage,
    link: decodeLink(`#v=1&search.steps=4&retrain.steps=2&seed=${seed}`),
    isReload: false,
    fetchModelShape: async () => undefined,
    locks,
    settings,
  });
  await page.begin();
  await page.actions.togglePlay();
  while (client.tick());
  await settle();
  await page.actions.save();
  await page.library.refresh();
  return { ...page, client, storage, runs: () => page.library.store.getState().runs ?? [] };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the library', () => {
  it('lists a finished run with its scores, and opens it again', async () => {
    const page = await playedPage();
    const [run] = page.runs();
    expect(run).toMatchObject({ finished: true, config: { seed: 1 } });
    expect(run?.name).toMatch(/^[a-z]+ [a-z]+$/);
    expect(run?.scores.map(({ role }) => role)).toEqual(['autolora', 'lora']);
    await page.actions.reset();
    expect(page.store.getState().facts.start).toBeUndefined();
    await page.actions.openRun(run?.id ?? '');
    expect(page.store.getState().notices.at(-1)?.message).toBe(`“${run?.name}” is here again, finished.`);
    expect(page.store.getState().facts.evaluations.autolora).toBeDefined();
    expect(page.store.getState().run?.name).toBe(run?.name);
    expect(page.client.asked.at(-1)).toMatchObject({ type: 'load', snapshot: expect.anything() });
    page.dispose();
  });

  it('stays the same list while nothing of it changes', async () => {
    const page = await playedPage();
    const before = page.library.store.getState().runs;
    await page.library.refresh();
    expect(page.library.store.getState().runs).toBe(before);
    await page.storage.changeRun(before?.[0]?.id ?? '', { notes: 'odd' });
    await page.library.refresh();
    expect(page.runs()[0]?.notes).toBe('odd');
    page.dispose();
  });

  it('starts a new run for a reset one: both are kept', async () => {
    const page = await playedPage();
    await page.actions.reset();
    await page.actions.step('both');
    await page.actions.save();
    await page.library.refresh();
    expect(page.runs()).toHaveLength(2);
    expect(new Set(page.runs().map(({ id }) => id)).size).toBe(2);
    page.dispose();
  });

  it('shows a run whose weights are gone without asking the worker, and refuses to ask it', async () => {
    const page = await playedPage();
    const id = page.runs()[0]?.id ?? '';
    await page.actions.reset();
    await page.library.removeWeights([id]);
    const asked = page.client.asked.length;
    await page.actions.openRun(id);
    expect(page.client.asked.slice(asked)).toEqual([{ type: 'unload' }]);
    expect(page.store.getState()).toMatchObject({ viewing: true, progress: { status: 'finished' } });
    expect(page.history.series.search.length).toBe(4);
    expect(await page.actions.predict('good')).toBeUndefined();
    expect(page.store.getState().notices.at(-1)?.message).toContain('its weights are gone');
    expect(await page.actions.exportAdapter('autolora')).toBeUndefined();
    expect(await page.actions.exportMerged('autolora')).toBeUndefined();
    await page.actions.save();
    expect(page.client.asked.slice(asked)).toHaveLength(1);
    // What it shows is its own, whatever the controls say; and they can be trained with.
    page.actions.setField('adapter.rank', 4);
    expect(page.store.getState().loaded?.adapter.rank).toBe(8);
    expect(needsRestart(page.store.getState())).toBe(true);
    await page.actions.restart();
    expect(page.store.getState()).toMatchObject({ viewing: false, loaded: { adapter: { rank: 4 } } });
    page.dispose();
  });

  it('gives a deleted run back within ten seconds, and forgets it after them', async () => {
    const page = await playedPage();
    const id = page.runs()[0]?.id ?? '';
    await page.actions.reset();
    page.library.remove(id);
    expect(page.runs()).toEqual([]);
    page.library.undoRemove(id);
    expect(page.runs()).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(2 * undoMs);
    expect(page.storage.runs.size).toBe(1);
    page.library.remove(id);
    await vi.advanceTimersByTimeAsync(undoMs);
    expect(page.storage.runs.size).toBe(0);
    page.dispose();
  });

  it('has the next page delete what a closed tab had taken off the list, but nothing that a tab has', async () => {
    const lasting = new MemorySettings();
    const [locks, storage] = [new TabLocks(), new MemoryStorage()];
    const page = await playedPage(storage, 1, locks, { lasting });
    const first = page.store.getState().run?.id ?? '';
    await page.actions.reset();
    await page.actions.step('both');
    await page.actions.save();
    const onPage = page.store.getState().run?.id ?? '';
    const elsewhere = await playedPage(storage, 2, locks);
    const ofOther = elsewhere.store.getState().run?.id ?? '';
    await page.library.refresh();
    for (const id of [first, onPage, ofOther]) page.library.remove(id);
    expect(page.runs()).toEqual([]);
    page.dispose();
    // As a closed tab's, whose timers are gone.
    vi.clearAllTimers();

    const next = await playedPage(storage, 3, locks, { lasting });
    const own = next.store.getState().run?.id;
    const ids = () => next.runs().map(({ id }) => id);
    expect(ids()).toEqual(expect.arrayContaining([onPage, own]));
    expect(ids()).not.toContain(first);
    expect(next.library.store.getState().deleted.map(({ id }) => id)).toEqual([first, ofOther]);
    await vi.advanceTimersByTimeAsync(undoMs);
    await eventually(() => expect(storage.runs.has(first)).toBe(false));
    await eventually(() => expect(ids()).toEqual(expect.arrayContaining([onPage, ofOther, own])));
    expect(lasting.kept.has('autolora-removed')).toBe(false);

    // What is due is gone before the page is there.
    next.dispose();
    vi.clearAllTimers();
    vi.setSystemTime(Date.now() + 2 * undoMs);
    lasting.kept.set('autolora-removed', JSON.stringify({ [onPage]: Date.now(), [ofOther]: Date.now() }));
    const later = await playedPage(storage, 4, locks, { lasting });
    expect(storage.runs.has(onPage)).toBe(false);
    expect(storage.runs.has(ofOther)).toBe(true);
    for (const one of [later, elsewhere]) one.dispose();
  });

  it('does not delete what another tab has called back', async () => {
    const lasting = new MemorySettings();
    const storage = new MemoryStorage();
    const page = await playedPage(storage, 1, undefined, { lasting });
    const id = page.store.getState().run?.id ?? '';
    await page.actions.reset();
    page.library.remove(id);
    const other = await playedPage(storage, 2, undefined, { lasting });
    other.library.undoRemove(id);
    expect(lasting.kept.has('autolora-removed')).toBe(false);
    await vi.advanceTimersByTimeAsync(undoMs);
    expect(storage.runs.has(id)).toBe(true);
    for (const { runs } of [page, other]) expect(runs().map((run) => run.id)).toContain(id);
    for (const one of [page, other]) one.dispose();
  });

  it('does not delete what a tab has gone on with after it was taken off another one’s list', async () => {
    const lasting = new MemorySettings();
    const [locks, storage] = [new TabLocks(), new MemoryStorage()];
    const elsewhere = await playedPage(storage, 1, locks, { lasting });
    const id = elsewhere.store.getState().run?.id ?? '';
    const page = await playedPage(storage, 2, locks, { lasting });
    page.library.remove(id);
    page.dispose();
    vi.clearAllTimers();
    await vi.advanceTimersByTimeAsync(2 * undoMs);
    const record = (await elsewhere.storage.loadRun(id)) as KeptRun;
    await storage.saveRun({ ...(recordOf(record) as RunRecord), savedAt: Date.now() });
    elsewhere.dispose();
    const next = await playedPage(storage, 3, locks, { lasting });
    expect(storage.runs.has(id)).toBe(true);
    expect(next.runs().map((run) => run.id)).toContain(id);
    expect(lasting.kept.has('autolora-removed')).toBe(false);
    next.dispose();
  });

  it('does not delete a run that is taken up again meanwhile, or that another tab has', async () => {
    const locks = new TabLocks();
    const page = await playedPage(undefined, 1, locks);
    const id = page.runs()[0]?.id ?? '';
    await page.actions.reset();
    page.library.remove(id);
    await page.actions.resume();
    expect(page.store.getState().run?.id).toBe(id);
    expect(page.runs().map((run) => run.id)).toEqual([id]);
    await vi.advanceTimersByTimeAsync(2 * undoMs);
    expect(page.storage.runs.get(id)?.snapshot).toBeDefined();

    const other = await playedPage(page.storage, 2, locks);
    const said = () => other.store.getState().notices.at(-1)?.message;
    await other.library.removeWeights([id]);
    expect(said()).toContain('is open in a tab, so its weights stay.');
    expect(page.storage.runs.get(id)?.snapshot).toBeDefined();
    other.library.remove(id);
    await vi.advanceTimersByTimeAsync(undoMs);
    await eventually(() => expect(said()).toContain('is open in a tab, so it was not deleted.'));
    expect(page.storage.runs.has(id)).toBe(true);
    await eventually(() => expect(other.runs().map((run) => run.id)).toContain(id));
    page.dispose();
    other.dispose();
  });

  it('frees the oldest weights that are not pinned and not on the page', async () => {
    const storage = new MemoryStorage();
    for (const seed of [1, 2]) {
      const page = await playedPage(storage, seed);
      page.dispose();
      await vi.advanceTimersByTimeAsync(1000);
    }
    const page = await playedPage(storage, 3);
    const [, second, first] = page.runs();
    await page.library.label(first?.id ?? '', { pinned: true });
    const oldest = freeable(page.runs(), page.store.getState().run?.id);
    expect(oldest).toEqual([second]);
    await page.library.removeWeights(oldest.map(({ id }) => id));
    expect(page.runs().map(({ weightBytes }) => weightBytes > 0)).toEqual([true, false, true]);
    page.dispose();
  });

  it('says once that many runs were added', async () => {
    const runs = await Promise.all([11, 12, 13].map((seed) => playedPage(new MemoryStorage(), seed)));
    const files = await Promise.all(
      runs.map(async ({ library, runs: own }, i) => {
        const file = await library.exportRun(own()[0]?.id ?? '');
        return { name: `${i}.autolora`, blob: new Blob([file?.bytes ?? new Uint8Array()]) };
      }),
    );
    const page = await playedPage();
    const before = page.store.getState().notices.length;
    await page.library.importRuns(files);
    expect(page.runs()).toHaveLength(4);
    expect(
      page.store
        .getState()
        .notices.slice(before)
        .map(({ message }) => message),
    ).toEqual(['3 runs were added to yours.']);
    for (const one of [page, ...runs]) one.dispose();
  });

  it('says that a file has no weights where those of the run are damaged', async () => {
    const page = await playedPage();
    const [run] = page.runs();
    await page.library.exportRun(run?.id ?? '');
    expect(page.store.getState().notices.map(({ level }) => level)).not.toContain('warning');
    const kept = page.storage.runs.get(run?.id ?? '') as KeptRun;
    page.storage.runs.set(kept.summary.id, { ...kept, snapshot: undefined });
    const file = await page.library.exportRun(kept.summary.id);
    expect(decodeRunFile('a.autolora', file?.bytes ?? new Uint8Array()).snapshot).toBeUndefined();
    expect(page.store.getState().notices.at(-1)?.message).toBe(
      `The file of “${run?.name}” has its numbers only: its weights were deleted, not stored, or cannot be read.`,
    );
    page.dispose();
  });

  it('leaves files and texts of data that are not the page’s own out of the file, and keeps what they were scored by', async () => {
    const page = await playedPage();
    const kept = page.storage.runs.get(page.runs()[0]?.id ?? '') as KeptRun;
    const { autolora } = kept.facts.evaluations;
    const secret = 'a private remark';
    const predictions = {
      autolora: [
        { text: secret, label: 1, prediction: 0, logits: [0.3, -0.2] },
        { text: secret, pair: secret, label: 0, prediction: 0, logits: [0.1, 0] },
      ],
      lora: [{ words: [secret, secret], tags: ['B-DNA', 'O'], predicted: ['O', 'O'] }],
      sora: [{ source: secret, references: [secret, secret], generated: secret }],
    };
    const evaluations = Object.fromEntries(
      Object.entries(predictions).map(([role, own]) => [role, { ...autolora, role, predictions: own }]),
    ) as KeptRun['facts']['evaluations'];
    const { summary, facts } = kept;
    const exported = async (source: 'embedded' | 'files' | 'hub') => {
      const config = { ...summary.config, data: { ...summary.config.data, source } };
      const train = [{ name: 'train.tsv', blob: new Blob([secret]) }];
      const run = { ...kept, files: { train }, facts: { ...facts, evaluations } };
      page.storage.runs.set(summary.id, { ...run, summary: { ...summary, config } });
      return (await page.library.exportRun(summary.id))?.bytes ?? new Uint8Array();
    };
    const said = (bytes: Uint8Array) => new TextDecoder().decode(bytes).includes(secret);
    expect(said(await exported('embedded'))).toBe(true);
    expect(said(await exported('hub'))).toBe(false);
    const bytes = await exported('files');
    expect(said(bytes)).toBe(false);
    const read = decodeRunFile('a.autolora', bytes);
    expect(read.files).toBeUndefined();
    expect(read.facts.evaluations.autolora).toMatchObject({
      metrics: autolora?.metrics,
      predictions: [
        { text: '', label: 1, prediction: 0, logits: [0.3, -0.2] },
        { text: '', pair: '', label: 0, prediction: 0, logits: [0.1, 0] },
      ],
    });
    expect(read.facts.evaluations.lora?.predictions).toEqual([
      { words: ['', ''], tags: ['B-DNA', 'O'], predicted: ['O', 'O'] },
    ]);
    expect(read.facts.evaluations.sora?.predictions).toEqual([
      { source: '', references: ['', ''], generated: '' },
    ]);
    const withTexts = (run: KeptRun) => Object.values(run.facts.evaluations).map(hasTexts);
    expect(withTexts(read)).toEqual([false, false, false]);
    expect(withTexts({ ...kept, facts: { ...facts, evaluations } })).toEqual([true, true, true]);
    page.dispose();
  });

  it('says so of a run that is gone', async () => {
    const page = await playedPage();
    expect(await page.library.exportRun('gone')).toBeUndefined();
    expect(page.store.getState().notices.at(-1)?.message).toContain('not kept in this browser any more');
    const { run } = page.store.getState();
    await page.actions.openRun('gone');
    expect(page.store.getState().run).toBe(run);
    page.dispose();
  });

  it('takes a run to another browser as one file', async () => {
    const page = await playedPage();
    const file = await page.library.exportRun(page.runs()[0]?.id ?? '');
    expect(file?.name).toMatch(/^[a-z]+-[a-z]+\.autolora$/);
    const other = await playedPage(new MemoryStorage(), 7);
    const blob = new Blob([file?.bytes ?? new Uint8Array()]);
    await other.library.importRuns([{ name: 'a.autolora', blob }]);
    expect(other.runs()).toHaveLength(2);
    await other.library.importRuns([{ name: 'a.autolora', blob }]);
    expect(other.runs()).toHaveLength(2);
    expect(other.store.getState().notices.at(-1)?.message).toContain('is in your list already');
    // Given again while its deletion can still be undone, it is simply back.
    const imported = other.runs().find(({ id }) => id === page.runs()[0]?.id)?.id ?? '';
    other.library.remove(imported);
    expect(other.runs()).toHaveLength(1);
    await other.library.importRuns([{ name: 'a.autolora', blob }]);
    expect(other.runs().map(({ id }) => id)).toContain(imported);
    expect(other.library.store.getState().deleted).toEqual([]);
    expect(other.store.getState().notices.at(-1)?.message).toContain('is in your list again');
    await other.actions.openRun(page.runs()[0]?.id ?? '');
    expect(other.history.series.search.length).toBe(4);
    expect(other.history.frames.latest?.values).toEqual(page.history.frames.latest?.values);
    page.dispose();
    other.dispose();
  });
});

describe('run files', () => {
  it('say what is wrong with them', async () => {
    const page = await playedPage();
    const run = await page.storage.loadRun(page.runs()[0]?.id ?? '');
    if (!run) throw new Error('no run');
    const bytes = encodeRunFile(run);
    const text = (s: string) => new TextEncoder().encode(s);
    const reading = (given: Uint8Array) => () => decodeRunFile('x.autolora', given);
    expect(decodeRunFile('x.autolora', bytes)).toEqual(run);
    expect(reading(text('PK'))).toThrow('x.autolora is no run of the playground');
    expect(reading(text('autolora-run 9 2\n{}'))).toThrow('newer version');
    expect(reading(bytes.subarray(0, bytes.length - 2))).toThrow('is cut off');
    expect(reading(bytes.subarray(0, 60))).toThrow('is cut off');
    expect(reading(text('autolora-run 1 4\nabcd'))).toThrow('is damaged');
    expect(reading(text('autolora-run 1 2\n{}'))).toThrow('lacks parts of a run');
    const { backend, ...olderFacts } = run.facts;
    const older = { ...run, facts: olderFacts };
    expect(decodeRunFile('x.autolora', encodeRunFile(older))).toEqual(older);
    const strange = { ...run, facts: { ...run.facts, backend: { name: backend?.name } } };
    expect(reading(encodeRunFile(strange as KeptRun))).toThrow('lacks parts of a run');
    for (const length of [-1, 0.5, '2']) {
      const odd = JSON.stringify({ x: { $array: 'Float32Array', at: 0, length } });
      expect(reading(text(`autolora-run 1 ${odd.length}\n${odd}        `))).toThrow('is cut off');
    }
    page.dispose();
  });
});
