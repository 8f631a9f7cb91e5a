/** The store's actions over a client that makes up telemetry: play to the end, resume, recover, explain. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { decodeLink } from '../config/link';
import { FakeClient } from '../testing/fakeClient';
import { FakeHubClient } from '../testing/fakeHubClient';
import { MemorySettings } from '../testing/memorySettings';
import { MemoryStorage } from '../testing/memoryStorage';
import { eventually, settle } from '../testing/settle';
import { TabLocks } from '../testing/tabLocks';
import { createPlayground, type Playground, type PlaygroundDependencies } from './playground';
import { resultFileOf } from './resultFile';
import type { KeptRun } from './runs/runRecord';
import { canStep, needsRestart, shownConfig, triesOtherRanks } from './state';

const opened: Playground[] = [];
afterEach(() => {
  for (const playground of opened.splice(0)) playground.dispose();
});

async function open(hash: string, more: Partial<PlaygroundDependencies> = {}) {
  const client = new FakeClient();
  const storage = new MemoryStorage();
  const hub = new FakeHubClient();
  const playground = createPlayground({
    client,
    hub,
    storage,
    link: decodeLink(hash),
    isReload: false,
    fetchModelShape: async () => ({ blocks: 4, hidden: 128, heads: 4, vocabulary: 2000 }),
    ...more,
  });
  opened.push(playground);
  await playground.begin();
  return {
    client: (more.client as FakeClient | undefined) ?? client,
    storage: (more.storage as MemoryStorage | undefined) ?? storage,
    hubClient: (more.hub as FakeHubClient | undefined) ?? hub,
    ...playground,
    get state() {
      return playground.store.getState();
    },
  };
}

const short = '#v=1&search.steps=8&retrain.steps=5';

const loadsOf = ({ client }: { client: FakeClient }) =>
  client.asked.filter((request) => request.type === 'load');

describe('playground', () => {
  it('starts the backend, loads, and waits for Play', async () => {
    const page = await open(short);
    expect(page.state.backend).toMatchObject({ status: 'ready', report: { name: 'wasm' } });
    expect(page.state.loaded?.search.steps).toBe(8);
    expect(page.state.modelShape?.blocks).toBe(4);
    expect(page.client.asked.map(({ type }) => type)).toEqual(['start-backend', 'load']);
    expect(page.state.facts.start).toBeUndefined();
  });

  it('plays through search, threshold, retraining and LoRA', async () => {
    const page = await open(short);
    await page.actions.togglePlay();
    expect(page.client.asked.at(-1)).toEqual({ type: 'play', through: true });
    while (page.client.tick());
    await settle();
    const { facts, progress } = page.state;
    expect(progress?.status).toBe('finished');
    expect(facts.ranks?.ranks).toHaveLength(8);
    expect(facts.evaluations.autolora?.metrics.accuracy).toBeGreaterThan(0.5);
    expect(facts.evaluations.lora).toBeDefined();
    expect(page.history.series.search.length).toBe(8);
    expect(page.history.series.autolora.length).toBe(5);
    expect(page.history.series.lora.length).toBe(5);
    expect(page.history.series.cost.lastX).toBe(18);
    expect(page.history.frames.latest?.ranks.length).toBe(8);
    expect(page.storage.record?.facts.doneMs).toBe(21_000);
  });

  it('stops at the threshold when it should not go on by itself, and retrains on request', async () => {
    const page = await open(short);
    page.actions.setThrough(false);
    await page.actions.togglePlay();
    while (page.client.tick());
    expect(page.state.progress?.status).toBe('thresholded');
    await page.actions.retrain();
    expect(page.client.asked.map(({ type }) => type)).toContain('retrain');
    while (page.client.tick());
    expect(page.state.progress?.status).toBe('finished');
  });

  it('takes a stored run up after a reload: history, facts and snapshot', async () => {
    const first = await open(short);
    await first.actions.togglePlay();
    for (let i = 0; i < 5; i++) first.client.tick();
    await first.actions.togglePlay();
    await settle();
    expect(first.storage.record?.progress.step).toBe(5);
    const second = await open(short, { storage: first.storage, isReload: true });
    expect(second.state.notices.map(({ message }) => message)).toContain('Resumed at step 5 of search.');
    expect(second.history.series.search.length).toBe(5);
    expect(second.state.facts.start?.model.layers).toBe(4);
    await second.actions.togglePlay();
    second.client.tick();
    expect(second.history.frames.latest?.step).toBe(6);
    expect(second.history.frames.latest?.values).not.toEqual(first.history.frames.latest?.values);
  });

  it('offers the stored run, but does not take it up, when another link was opened', async () => {
    const first = await open(short);
    await first.actions.step('both');
    await first.actions.save();
    const other = await open('#v=1&seed=9', { storage: first.storage });
    expect(other.state.resumable).toMatchObject({ step: 1, phase: 'search' });
    expect(other.state.facts.start).toBeUndefined();
    await other.actions.resume();
    expect(other.state.draft.seed).toBe(1);
    expect(other.state.facts.start).toBeDefined();
    // A link may name a value that is the usual one; one that names none takes the run up.
    const usual = await open('#v=1&seed=1', { storage: first.storage });
    expect(usual.state).toMatchObject({ loaded: { search: { steps: 240 } }, resumable: { step: 1 } });
    expect(usual.state.facts.start).toBeUndefined();
    const bare = await open('#v=1&screen=runs', { storage: first.storage });
    expect(bare.state).toMatchObject({ loaded: { search: { steps: 8 } }, progress: { step: 1 } });
  });

  it('says when the controls differ from the run, and restarts with them', async () => {
    const page = await open(short);
    page.actions.setField('seed', 3);
    expect(needsRestart(page.state)).toBe(false);
    await page.actions.togglePlay();
    expect(page.state.loaded?.seed).toBe(3);
    page.client.tick();
    page.actions.setField('adapter.rank', 4);
    expect(needsRestart(page.state)).toBe(true);
    await page.actions.restart();
    expect(needsRestart(page.state)).toBe(false);
    expect(page.client.progress.status).toBe('running');
    page.client.tick();
    expect(page.history.frames.components).toBe(4);
    expect(page.history.series.search.length).toBe(1);
  });

  it('is about what the controls say until the run has begun, then about the run', async () => {
    const page = await open(short);
    expect(page.state.loaded?.method).toBe('autolora');
    page.actions.setField('method', 'lora');
    expect(shownConfig(page.state).method).toBe('lora');
    expect(canStep(page.state, 'weights')).toBe(false);
    page.actions.setField('method', 'autolora');
    await page.actions.step('weights');
    page.actions.setField('method', 'lora');
    expect(shownConfig(page.state).method).toBe('autolora');
    await page.actions.reset();
    expect(shownConfig(page.state).method).toBe('lora');
  });

  it('takes steps of W or β alone in the search only, and none while the ranks wait for retraining', async () => {
    const page = await open(short);
    await page.actions.togglePlay();
    while (page.state.progress?.phase !== 'retrain') page.client.tick();
    const { asked } = page.client;
    const before = asked.length;
    await page.actions.step('weights');
    await page.actions.step('selection');
    expect(asked.length).toBe(before);
    expect(page.state.progress?.status).toBe('running');
    await page.actions.step('both');
    expect(asked.slice(before).map(({ type }) => type)).toEqual(['pause', 'step']);

    await page.actions.reset();
    page.actions.setThrough(false);
    await page.actions.togglePlay();
    while (page.client.tick());
    expect(page.state.progress?.status).toBe('thresholded');
    const waiting = asked.length;
    await page.actions.step('both');
    expect(asked.length).toBe(waiting);
  });

  it('resets with the same seed, and can undo it', async () => {
    const page = await open(`${short}&seed=5`);
    await page.actions.step('both');
    await page.actions.reset();
    expect(page.state.facts.start).toBeUndefined();
    expect(page.history.series.search.length).toBe(0);
    expect(page.client.config.seed).toBe(5);
    expect(page.storage.record).toBeUndefined();
    expect(page.state.resumable).toMatchObject({ step: 1, undo: true });
    await page.actions.resume();
    expect(page.history.series.search.length).toBe(1);
    expect(page.state.resumable).toBeUndefined();
  });

  it('goes on from the last record when the device is lost', async () => {
    const page = await open(short);
    await page.actions.togglePlay();
    for (let i = 0; i < 3; i++) page.client.tick();
    await page.actions.save();
    page.client.tick();
    page.client.loseDevice('The GPU was lost: out of memory.');
    await settle();
    expect(page.history.series.search.length).toBe(3);
    expect(page.state.progress?.status).toBe('paused');
    expect(page.state.notices.map(({ message }) => message).join(' ')).toContain('stands at step 3');
    expect(page.client.asked.filter(({ type }) => type === 'start-backend')).toHaveLength(2);
  });

  it('does not start again for ever, and says what it was', async () => {
    const page = await open(short);
    const why = 'The training worker stopped: its script could not be loaded.';
    for (let times = 0; times < 4; times++) {
      page.client.loseDevice(why);
      await settle();
    }
    expect(loadsOf(page)).toHaveLength(4);
    expect(page.state.backend).toEqual({ status: 'failed', message: why });
    expect(page.state.notices.at(-1)?.message).toContain(
      `${why} This happens again and again: reload the page.`,
    );
  });

  const refusal = 'The GPU refused a computation, so its numbers cannot be trusted: out of memory.';
  it('stores nothing of a run whose numbers cannot be trusted, and goes on from the last record', async () => {
    const page = await open(short);
    for (let times = 1; times <= 2; times++) {
      await page.actions.togglePlay();
      page.client.tick();
      await page.actions.save();
      const { step } = page.state.progress ?? {};
      page.client.tick();
      page.client.refuse(refusal);
      expect(page.state.progress).toMatchObject({ status: 'paused', failure: refusal });
      expect(await page.actions.save()).toBe('whole');
      await settle();
      expect(page.storage.record?.progress.step).toBe(step);
      expect(page.state.progress?.step).toBe(step);
      expect(page.state.progress?.untrusted).toBeUndefined();
      expect(page.history.series.search.length).toBe(step);
      expect(loadsOf(page)).toHaveLength(1 + times);
    }
    expect(page.state.notices.filter(({ level }) => level !== 'info')).toMatchObject([
      { level: 'error', message: refusal, count: 2 },
    ]);
  });

  it('leaves the place to a run that is just being loaded, and loads once for all who ask', async () => {
    const page = await open(short);
    await page.actions.step('both');
    await page.actions.save();
    page.actions.setField('seed', 3);
    const restarted = page.actions.restart();
    while (!page.state.busy) await Promise.resolve();
    page.client.refuse(refusal);
    await restarted;
    await settle();
    expect(page.state).toMatchObject({ loaded: { seed: 3 }, facts: { phases: [] } });
    expect(loadsOf(page)).toHaveLength(2);

    await page.actions.step('both');
    await page.actions.save();
    page.client.refuse(refusal);
    expect(await page.actions.predict('good')).toHaveLength(3);
    expect(page.state.progress?.step).toBe(1);
    expect(loadsOf(page)).toHaveLength(3);
  });

  it('takes the last record up with Play where the recovery itself failed', async () => {
    const page = await open(short);
    await page.actions.chooseFiles(table('sentence\tlabel\nfirst\t1\n'));
    await page.actions.step('both');
    await page.actions.save();
    page.client.failures.set('load', 'train.tsv could not be read.');
    page.client.loseDevice('The GPU was lost.');
    await settle();
    expect(page.state.notices.at(-1)?.message).toBe('train.tsv could not be read.');
    // The worker holds nothing that could be stored.
    expect(await page.actions.save()).toBe('whole');
    await page.actions.togglePlay();
    expect(page.state.progress).toMatchObject({ status: 'running', step: 1 });
    expect(needsRestart(page.state)).toBe(false);
    expect(await lastTrain(page)).toContain('first');
    page.client.tick();
    expect(page.state.progress?.step).toBe(2);
    expect(page.state.notices.map(({ message }) => message).join(' ')).not.toContain('No experiment');
  });

  it('loads changed settings once, however often it is asked to, and says what it waits for', async () => {
    const page = await open(short);
    page.actions.setField('seed', 3);
    const asked = page.actions.predict('good');
    const [played, again] = [page.actions.togglePlay(), page.actions.togglePlay()];
    expect(page.state.busy).toBe('Loading the model');
    await Promise.all([asked, played, again]);
    expect(loadsOf(page).map(({ config }) => config.seed)).toEqual([1, 3]);
    expect(page.state).toMatchObject({ busy: undefined, progress: { status: 'running' } });
  });

  it('says how much of the run it could store, and keeps what it could not until it is had back', async () => {
    const page = await open(short);
    expect(await page.actions.save()).toBe('whole');
    const saveRun = page.storage.saveRun.bind(page.storage);
    page.storage.saveRun = async () => 'The run is stored, but not your files.';
    await page.actions.step('both');
    const { id } = page.state.run ?? {};
    expect(await page.actions.save()).toBe('partly');
    page.storage.saveRun = async () => {
      throw new Error('The browser has no more space.');
    };
    expect(await page.actions.save()).toBe('failed');
    page.actions.setField('seed', 3);
    await page.actions.restart();
    expect(page.state.resumable).toMatchObject({ id, unstored: true });
    await page.actions.step('both');
    // Unlike a run that the storage has it is not forgotten.
    expect(page.state.resumable).toMatchObject({ id, step: 1 });
    page.storage.saveRun = saveRun;
    const other = page.state.run?.id ?? '';
    await page.actions.resume();
    expect(page.state).toMatchObject({ run: { id }, progress: { step: 1 }, loaded: { seed: 1 } });
    expect(page.state.resumable).toBeUndefined();
    expect(page.storage.runs.has(other)).toBe(true);
    await eventually(() => expect(page.storage.runs.has(id ?? '')).toBe(true));
  });

  it('gives back every run that could not be stored, the latest first', async () => {
    const page = await open(short);
    const saveRun = page.storage.saveRun.bind(page.storage);
    page.storage.saveRun = async () => {
      throw new Error('The browser has no more space.');
    };
    const left: (string | undefined)[] = [];
    for (const seed of [1, 2, 3]) {
      page.actions.setField('seed', seed);
      if (seed > 1) await page.actions.restart();
      await page.actions.step('both');
      left.push(page.state.run?.id);
    }
    page.storage.saveRun = saveRun;
    await page.actions.resume();
    expect(page.state).toMatchObject({ run: { id: left[1] }, resumable: { id: left[0], unstored: true } });
    await page.actions.resume();
    expect(page.state).toMatchObject({ run: { id: left[0] }, resumable: undefined });
    await eventually(() => expect([...page.storage.runs.keys()].sort()).toEqual([...left].sort()));
  });

  it('opens no other run where nothing of the one on the page could be kept', async () => {
    const page = await open(short);
    await page.actions.step('both');
    await page.actions.save();
    const stored = page.state.run?.id ?? '';
    page.actions.setField('seed', 3);
    await page.actions.restart();
    const noSnapshot = () => page.client.failures.set('snapshot', 'There is no memory for it.');
    noSnapshot();
    await page.actions.step('both');
    await settle();
    noSnapshot();
    await page.actions.openRun(stored);
    expect(page.state.run?.id).not.toBe(stored);
    expect(page.state.notices.at(-1)?.message).toContain('could not be kept, so it stays here');
    await page.actions.openRun(stored);
    expect(page.state.run?.id).toBe(stored);
  });

  it('lets another take the place of a run only where what came last is stored or recorded', async () => {
    const before = await open(short);
    await before.actions.step('both');
    await before.actions.save();
    const stored = before.state.run?.id ?? '';
    const page = await open(`${short}&seed=2`, { storage: before.storage });
    const withoutSnapshot = async (leave: () => Promise<unknown>) => {
      page.client.failures.set('snapshot', 'There is no memory for it.');
      await leave();
    };
    page.storage.saveRun = async () => {
      throw new Error('The browser has no more space.');
    };
    await page.actions.step('both');
    // Stored nowhere, but recorded: it can be had back.
    await page.actions.reset();
    await page.actions.step('both');
    await page.actions.save();
    const own = page.state.run?.id;
    await page.actions.step('both');
    page.actions.setField('seed', 3);
    for (const leave of [
      () => page.actions.openRun(stored),
      () => page.actions.restart(),
      () => page.actions.resume(),
    ]) {
      await withoutSnapshot(leave);
      expect(page.state).toMatchObject({ run: { id: own }, progress: { step: 2 } });
      expect(page.state.notices.at(-1)?.message).toContain('could not be kept, so it stays here');
    }
    // It may be lost, and this is said of it.
    await withoutSnapshot(page.actions.reset);
    expect(page.state).toMatchObject({ resumable: { id: own, step: 1, unstored: true } });
  });

  it('leaves a run that a lost device took, as far as it was recorded', async () => {
    const page = await open(short);
    page.storage.saveRun = async () => {
      throw new Error('The browser has no more space.');
    };
    await page.actions.step('both');
    await page.actions.save();
    const own = page.state.run?.id;
    await page.actions.step('both');
    page.client.failures.set('load', 'The model could not be read.');
    page.client.loseDevice('The GPU was lost.');
    await settle();
    page.actions.setField('seed', 3);
    await page.actions.restart();
    expect(page.state).toMatchObject({
      loaded: { seed: 3 },
      resumable: { id: own, step: 1, unstored: true },
    });
  });

  it('undoes a reset to where another tab has brought the run since', async () => {
    const [locks, storage] = [new TabLocks(), new MemoryStorage()];
    let clock = 0;
    const now = () => ++clock;
    const page = await open(short, { locks, storage, now });
    await page.actions.step('both');
    await page.actions.save();
    await page.actions.reset();
    const id = page.state.resumable?.id ?? '';
    const other = await open('#v=1&seed=9', { locks, storage, now });
    await other.actions.openRun(id);
    await other.actions.togglePlay();
    while (other.client.tick());
    await settle();
    await other.actions.save();
    other.dispose();
    const saves = vi.spyOn(storage, 'saveRun');
    await page.actions.resume();
    await settle();
    expect(page.state).toMatchObject({ run: { id }, facts: { doneMs: 21_000 } });
    expect(page.history.series.search.length).toBe(8);
    expect(storage.runs.get(id)?.progress.status).toBe('finished');
    expect(saves).not.toHaveBeenCalled();
  });

  it('stores a run that could not be stored once it is taken back, though an older state of it is there', async () => {
    const page = await open(short);
    await page.actions.step('both');
    await page.actions.save();
    const id = page.state.run?.id ?? '';
    const saveRun = page.storage.saveRun.bind(page.storage);
    page.storage.saveRun = async () => {
      throw new Error('The browser has no more space.');
    };
    await page.actions.step('both');
    await page.actions.reset();
    page.storage.saveRun = saveRun;
    await page.actions.resume();
    expect(page.state).toMatchObject({ run: { id }, progress: { step: 2 } });
    await eventually(() => expect(page.storage.runs.get(id)?.progress.step).toBe(2));
  });

  /** Until what was pressed is under way. */
  const untilBusy = async ({ store }: Playground) => {
    while (!store.getState().busy) await Promise.resolve();
  };

  it('does once what is pressed twice: restart, take up, threshold, retrain', async () => {
    const page = await open(short);
    const pressed = async (press: () => Promise<void>) => {
      const first = press();
      await untilBusy(page);
      await Promise.all([first, press()]);
    };
    await page.actions.step('both');
    page.actions.setField('seed', 3);
    await pressed(page.actions.restart);
    expect(loadsOf(page)).toHaveLength(2);

    await page.actions.step('both');
    await page.actions.reset();
    await pressed(page.actions.resume);
    expect(loadsOf(page)).toHaveLength(4);

    const count = (wanted: string) => page.client.asked.filter(({ type }) => type === wanted).length;
    await pressed(page.actions.threshold);
    expect(page.state.progress?.status).toBe('thresholded');
    expect(count('threshold')).toBe(1);
    await pressed(() => page.actions.retrain());
    expect(page.state.progress).toMatchObject({ status: 'running', phase: 'retrain' });
    expect(count('retrain')).toBe(1);
    expect(page.state.notices.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('does nothing with the run that takes the place of the one that was asked', async () => {
    const page = await open(short);
    page.actions.setThrough(false);
    await page.actions.togglePlay();
    while (page.client.tick());
    const { ranks } = page.state.facts.ranks ?? {};
    page.actions.setField('seed', 3);
    const restarted = page.actions.restart();
    await untilBusy(page);
    const before = page.client.asked.length;
    const [adapter, merged] = await Promise.all([
      page.actions.exportAdapter('autolora'),
      page.actions.exportMerged('autolora'),
      page.actions.retrain(ranks),
      page.actions.threshold(),
      restarted,
    ]);
    expect([adapter, merged]).toEqual([undefined, undefined]);
    const asked = page.client.asked.slice(before).map(({ type }) => type);
    expect(asked.filter((type) => /retrain|threshold|export/.test(type))).toEqual([]);
    expect(page.state.notices.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('keeps what is chosen while the engine starts', async () => {
    const first = await open(`${short}&seed=4`);
    await first.actions.step('both');
    await first.actions.save();
    const { storage } = first;
    const id = first.state.run?.id ?? '';
    /** Opens a page and chooses while it begins. */
    const chosenMeanwhile = async (hash: string, more: Partial<PlaygroundDependencies>) => {
      const client = new FakeClient();
      const page = createPlayground({
        client,
        hub: new FakeHubClient(),
        storage,
        link: decodeLink(hash),
        isReload: false,
        fetchModelShape: async () => undefined,
        ...more,
      });
      opened.push(page);
      const begun = page.begin();
      page.actions.setField('seed', 7);
      await begun;
      return page.store.getState();
    };
    // The run that was stored last, and one that a reloaded tab can only look at.
    expect(await chosenMeanwhile('#v=1', {})).toMatchObject({ draft: { seed: 7 }, run: { id } });
    await storage.removeWeights(id);
    const ofTab = { getItem: () => id, setItem: () => undefined };
    const settings = { ofTab } as unknown as PlaygroundDependencies['settings'];
    expect(await chosenMeanwhile(`${short}&seed=4`, { isReload: true, settings })).toMatchObject({
      draft: { seed: 7 },
      loaded: { seed: 4 },
      viewing: true,
    });
  });

  it('turns a failure into one sentence, counted when repeated', async () => {
    const page = await open(short);
    for (let i = 0; i < 2; i++) {
      page.client.failures.set('predict', 'The text is empty.');
      expect(await page.actions.predict('')).toBeUndefined();
    }
    expect(page.state.notices).toEqual([
      { id: expect.any(Number), level: 'error', message: 'The text is empty.', count: 2 },
    ]);
  });

  it('asks for the folder instead of loading when a link names a checkpoint', async () => {
    const page = await open('#v=1&model.source=files&model.name=roberta-base');
    expect(page.state.loaded).toBeUndefined();
    await page.actions.togglePlay();
    expect(page.state.notices.at(-1)?.message).toContain('roberta-base');
    const config = new Blob(['{"num_hidden_layers": 12, "hidden_size": 768}']);
    await page.actions.chooseFiles([
      { path: 'mine/config.json', blob: config },
      { path: 'SST-2/train.tsv', blob: new Blob(['sentence\tlabel\nfine\t1\n']) },
      { path: 'SST-2/dev.tsv', blob: new Blob(['sentence\tlabel\ndull\t0\n']) },
    ]);
    await settle();
    expect(page.state.draft.model).toMatchObject({ source: 'files', name: 'mine' });
    expect(page.state.draft.data).toMatchObject({ task: 'sst2', trainFile: 'train.tsv' });
    expect(page.state.modelShape?.blocks).toBe(12);
    await page.actions.togglePlay();
    const load = page.client.asked.find(({ type }) => type === 'load');
    expect(load).toMatchObject({
      modelFiles: [{ name: 'config.json' }],
      trainFiles: [{ name: 'train.tsv' }],
    });
  });

  const table = (text: string) => [
    { path: 'train.tsv', blob: new Blob([text]) },
    { path: 'dev.tsv', blob: new Blob([text]) },
  ];
  const lastTrain = async ({ client }: { client: FakeClient }) => {
    const load = client.asked.findLast(({ type }) => type === 'load');
    return load?.type === 'load' ? load.trainFiles?.[0]?.blob.text() : undefined;
  };

  it('reads a file that was chosen again under its old name', async () => {
    const page = await open(short);
    await page.actions.chooseFiles(table('sentence\tlabel\nfine\t1\n'));
    await page.actions.step('both');
    expect(await lastTrain(page)).toContain('fine');
    expect(needsRestart(page.state)).toBe(false);
    await page.actions.chooseFiles(table('sentence\tlabel\nmended\t1\n'));
    expect(needsRestart(page.state)).toBe(true);
    await page.actions.restart();
    expect(await lastTrain(page)).toContain('mended');
    expect(needsRestart(page.state)).toBe(false);
    // Not yet begun: Play reads it without asking.
    await page.actions.chooseFiles(table('sentence\tlabel\nagain\t1\n'));
    await page.actions.togglePlay();
    expect(await lastTrain(page)).toContain('again');
  });

  it('says that it stores the run from the moment it is finished until it is stored', async () => {
    const page = await open(short);
    const seen: [status: string | undefined, saving: boolean | undefined, stored: string | undefined][] = [];
    page.store.subscribe(({ progress, saving }) =>
      seen.push([progress?.status, saving, page.storage.record?.progress.status]),
    );
    await page.actions.togglePlay();
    while (page.client.tick()) await settle();
    await settle();
    const atEnd = seen.filter(([status]) => status === 'finished');
    expect(atEnd.some(([, saving, stored]) => saving === true && stored !== 'finished')).toBe(true);
    expect(atEnd.at(-1)).toEqual(['finished', false, 'finished']);
  });

  it('resets to the files of the run, and restarts with those that were chosen since', async () => {
    const page = await open(short);
    await page.actions.chooseFiles(table('sentence\tlabel\nfirst\t1\n'));
    await page.actions.step('both');
    await page.actions.chooseFiles(table('sentence\tlabel\nsecond\t1\n'));
    await page.actions.reset();
    expect(await lastTrain(page)).toContain('first');
    expect(needsRestart(page.state)).toBe(false);
    await page.actions.step('both');
    // Not begun after the reset: what the controls and the chosen files say is loaded.
    expect(await lastTrain(page)).toContain('second');
  });

  it('does not train a run on another file than it names', async () => {
    const page = await open(short);
    await page.actions.chooseFiles(table('sentence\tlabel\nfirst\t1\n'));
    await page.actions.step('both');
    await page.actions.save();
    const id = page.state.run?.id as string;
    const kept = page.storage.runs.get(id);
    // As a run that came from elsewhere.
    if (kept) page.storage.runs.set(id, { ...kept, files: undefined });
    await page.actions.chooseData('train', [{ path: 'other.tsv', blob: new Blob(['sentence\tlabel\n']) }]);
    const loads = loadsOf(page).length;
    await page.actions.openRun(id);
    expect(loadsOf(page)).toHaveLength(loads);
    expect(page.state.notices.at(-1)?.message).toBe(
      'This experiment’s train file is “train.tsv”, and “other.tsv” is chosen: choose “train.tsv” again.',
    );
  });

  it('shows a finished run that cannot be loaded, with the reason, and opens it once it can', async () => {
    const page = await open(short);
    await page.actions.chooseFiles(table('sentence\tlabel\nfirst\t1\n'));
    await page.actions.step('both');
    await page.actions.save();
    const id = page.state.run?.id as string;
    const { runs } = page.storage;
    const kept = runs.get(id) as KeptRun;
    const other = 'The saved run cannot go on: it was made with another data.';
    page.client.failures.set('load', other);
    await page.actions.openRun(id);
    expect(page.state.notices.at(-1)?.message).toBe(other);
    expect(page.state.viewing).toBe(false);

    runs.set(id, { ...kept, summary: { ...kept.summary, finished: true } });
    page.client.failures.set('load', other);
    await page.actions.openRun(id);
    expect(page.state).toMatchObject({ viewing: true, run: { id } });
    expect(page.state.notices.at(-1)?.message).toContain(`is shown, but cannot be asked: ${other}`);
    await page.actions.openRun(id);
    expect(page.state).toMatchObject({ viewing: false, run: { id } });
    expect(await lastTrain(page)).toContain('first');
  });

  it('says where a chosen file cannot be read', async () => {
    const page = await open(short);
    const gone = new Blob(['sentence\tlabel\n']);
    gone.slice = () => {
      throw new DOMException('It changed on disk.', 'NotReadableError');
    };
    await page.actions.chooseData('train', [{ path: 'train.tsv', blob: gone }]);
    expect(page.state.notices.at(-1)?.message).toContain('train.tsv could not be read');
  });

  it('takes each run up with the files it was loaded from', async () => {
    const page = await open(short);
    await page.actions.chooseFiles(table('sentence\tlabel\nfirst\t1\n'));
    await page.actions.step('both');
    await page.actions.save();
    const first = page.state.run?.id as string;
    await page.actions.chooseFiles(table('sentence\tlabel\nsecond\t1\n'));
    const loads = loadsOf(page).length;
    page.client.loseDevice('The GPU was lost.');
    await settle();
    expect(loadsOf(page)).toHaveLength(loads + 1);
    // What was chosen meanwhile does not slip into the run that stands.
    expect(await lastTrain(page)).toContain('first');
    await page.actions.restart();
    await page.actions.step('both');
    await page.actions.save();
    const second = page.state.run?.id as string;
    expect(await lastTrain(page)).toContain('second');
    await page.actions.openRun(first);
    expect(await lastTrain(page)).toContain('first');
    expect(needsRestart(page.state)).toBe(false);
    await page.actions.openRun(second);
    expect(await lastTrain(page)).toContain('second');
    const exported = await page.library.exportRun(second);
    expect(new TextDecoder().decode(exported?.bytes)).not.toContain('"files":');
  });

  it('stores steps by hand soon after them, and nothing that is stored already', async () => {
    const page = await open(short);
    await page.actions.step('both');
    await settle();
    await page.actions.step('both');
    const stored = () => page.storage.record?.progress.step;
    expect(stored()).toBe(1);
    await eventually(() => expect(stored()).toBe(2));
    const snapshots = () => page.client.asked.filter(({ type }) => type === 'snapshot').length;
    const before = snapshots();
    await page.actions.save();
    expect(snapshots()).toBe(before);
    // Nothing is lost where another run takes its place at once.
    await page.actions.step('both');
    page.actions.setField('seed', 9);
    await page.actions.restart();
    expect(stored()).toBe(3);
  });

  it('stores a run that a reset left once it is taken back', async () => {
    const page = await open(short);
    await page.actions.step('both');
    await page.actions.reset();
    const id = [...page.storage.runs.keys()][0] as string;
    // Deleted while it lay aside.
    await page.storage.removeRun(id);
    await page.actions.resume();
    await eventually(() => expect(page.storage.runs.has(id)).toBe(true));
    // Opening another run makes it the one that a new visit finds.
    page.actions.setField('seed', 4);
    await page.actions.restart();
    await page.actions.step('both');
    await page.actions.save();
    expect(page.storage.record?.id).not.toBe(id);
    await page.actions.openRun(id);
    await eventually(() => expect(page.storage.record?.id).toBe(id));
  });

  it('tells the worker of Auto though nothing plays, and does not reset what has not begun', async () => {
    const page = await open(short);
    page.actions.setThrough(false);
    await settle();
    expect(page.client.asked.at(-1)).toEqual({ type: 'through', through: false });
    const asked = page.client.asked.length;
    // Play says it: steps by hand stop at the threshold, whatever was switched before.
    page.actions.setThrough(true);
    await settle();
    expect(page.client.asked).toHaveLength(asked);
    await page.actions.reset();
    expect(page.client.asked).toHaveLength(asked);
  });

  it('leaves a run that another tab has to it, and takes its own up after a reload', async () => {
    const locks = new TabLocks();
    const storage = new MemoryStorage();
    const ofTab = new MemorySettings();
    const settings = { ofTab };
    const first = await open(short, { storage, locks, settings });
    await first.actions.step('both');
    await first.actions.save();

    const second = await open(short, { storage, locks });
    expect(second.state.notices.at(-1)?.message).toContain('is open in another tab');
    expect(second.state.run?.id).not.toBe(first.state.run?.id);
    expect(second.state.facts.start).toBeUndefined();
    await second.actions.step('both');
    await second.actions.save();
    second.actions.setField('seed', 7);
    const mended = [{ path: 'train.tsv', blob: new Blob(['sentence\tlabel\nmended\t1\n']) }];
    await second.actions.chooseFiles(mended);
    const { files } = second.state;
    expect(await second.actions.openRun(first.state.run?.id ?? '')).toBe(false);
    expect(second.state.draft.seed).toBe(7);
    expect(second.state.files).toEqual(files);
    expect(second.state.notices.at(-1)?.message).toContain('is open in another tab');
    expect(second.state.run?.id).toBe(storage.record?.id);

    // The run that was stored last is the other tab's.
    first.dispose();
    const reloaded = await open(short, { storage, locks, settings, isReload: true });
    expect(reloaded.state.run?.id).toBe(first.state.run?.id);
    expect(reloaded.state.progress?.step).toBe(1);
  });

  it('has ranks that a person set before a reload still, until they are trained', async () => {
    const ofTab = new MemorySettings();
    const settings = { ofTab };
    const first = await open(short, { settings });
    first.actions.setThrough(false);
    await first.actions.togglePlay();
    while (first.client.tick());
    await first.actions.save();
    first.actions.tryRanks({ ranks: { '0.query': 1 } });
    const { storage } = first;
    const again = await open(short, { storage, settings, isReload: true });
    expect(again.state.tried).toEqual({ shift: 0, ranks: { '0.query': 1 } });
    await again.actions.retrain();
    await again.actions.save();
    const after = await open(short, { storage, settings, isReload: true });
    expect(after.state.run?.id).toBe(first.state.run?.id);
    expect(after.state.tried).toBeUndefined();
  });

  it('does not take up some other run where a tab is reloaded before its own has begun', async () => {
    const ofTab = new MemorySettings();
    const settings = { ofTab };
    const other = await open('#v=1&seed=9');
    await other.actions.step('both');
    await other.actions.save();
    const { storage } = other;
    await open(short, { storage, settings });
    const again = await open(short, { storage, settings, isReload: true });
    expect(again.state).toMatchObject({ loaded: { seed: 1 }, resumable: { step: 1 }, facts: { phases: [] } });
    await open('#v=1', { storage, settings });
    ofTab.kept.set('autolora-run', 'never stored');
    const empty = await open('#v=1', { storage, settings, isReload: true });
    expect(empty.state).toMatchObject({ loaded: { seed: 1 }, resumable: { step: 1 } });
    // Its link is that run's.
    const same = await open('#v=1&seed=9', { storage, settings, isReload: true });
    expect(same.state.run?.id).toBe(other.state.run?.id);
  });

  it('says where the stored run cannot be read', async () => {
    const storage = new MemoryStorage();
    storage.loadLastRun = async () => {
      throw new Error('The stored run could not be read: it is damaged.');
    };
    const page = await open(short, { storage });
    expect(page.state.notices).toMatchObject([
      { level: 'warning', message: 'The stored run could not be read: it is damaged.' },
    ]);
    expect(page.state.loaded?.search.steps).toBe(8);
  });

  it('keeps the experiment where a link names a chapter alone', async () => {
    const page = await open('#v=1&seed=7&search.steps=8');
    page.actions.applyLink(decodeLink('#v=1&lesson=ablations'));
    expect(page.state.draft).toMatchObject({ seed: 7, search: { steps: 8 } });
    expect(page.state.unknownKeys).toEqual([['lesson', 'ablations']]);
    page.actions.applyLink(decodeLink('#v=1&seed=9'));
    expect(page.state.draft).toMatchObject({ seed: 9, search: { steps: 240 } });
    page.actions.applyLink(decodeLink('#v=1&seed=1'));
    expect(page.state.draft.seed).toBe(1);
    page.actions.setField('seed', 8);
    page.actions.applyLink(decodeLink('#v=1'));
    expect(page.state.draft.seed).toBe(1);
  });

  it('looks at an unfinished run without weights as it stood, also after a reload', async () => {
    const ofTab = new MemorySettings();
    const settings = { ofTab };
    const page = await open(`${short}&seed=4`, { settings });
    await page.actions.step('both');
    await page.actions.save();
    const id = page.state.run?.id ?? '';
    await page.actions.reset();
    await page.actions.step('both');
    await page.actions.save();
    await page.storage.removeWeights(id);
    await page.actions.openRun(id);
    expect(page.state).toMatchObject({ viewing: true, progress: { status: 'paused', step: 1 } });
    const { asked } = page.client;
    const before = asked.length;
    await page.actions.togglePlay();
    await page.actions.step('both');
    expect(asked.length).toBe(before);
    page.dispose();

    const { storage } = page;
    const again = await open(`${short}&seed=5`, { storage, settings, isReload: true });
    expect(again.state).toMatchObject({
      viewing: true,
      run: { id },
      loaded: { seed: 4 },
      draft: { seed: 5 },
    });
  });

  it('keeps files that are chosen while a run is being taken up', async () => {
    const first = await open(short);
    await first.actions.step('both');
    await first.actions.save();
    const page = await open('#v=1&seed=9', { storage: first.storage });
    const resumed = page.actions.resume();
    await page.actions.chooseFiles([{ path: 'train.tsv', blob: new Blob(['sentence\tlabel\na\t1\n']) }]);
    await resumed;
    expect(page.state.progress?.step).toBe(1);
    expect(page.state.files.train).toHaveLength(1);
  });

  it('judges a run’s model by its own files, whatever the controls say meanwhile', async () => {
    const page = await open(short);
    const checkpoint = (model_type: string) => [
      {
        path: `${model_type}/config.json`,
        blob: new Blob([JSON.stringify({ model_type, num_hidden_layers: 2, hidden_size: 8 })]),
      },
      { path: `${model_type}/model.safetensors`, blob: new Blob(['w']) },
      { path: `${model_type}/tokenizer.json`, blob: new Blob(['{}']) },
    ];
    await page.actions.chooseFiles(checkpoint('roberta'));
    await page.actions.step('both');
    expect(page.state.loaded?.model.source).toBe('files');
    page.actions.setField('model.source', 'embedded');
    page.actions.setField('model.name', 'gpt2-12');
    page.actions.setField('data.task', 'e2e');
    await settle();
    await page.actions.reset();
    expect(page.state.notices.filter(({ level }) => level === 'error')).toEqual([]);
    expect(page.state.loaded?.model.source).toBe('files');
  });

  it('shows a step of the search until another run stands there', async () => {
    const page = await open(short);
    await page.actions.togglePlay();
    for (let i = 0; i < 4; i++) page.client.tick();
    page.actions.replay(2);
    expect(page.state.replayedStep).toBe(2);
    page.client.tick();
    expect(page.state.replayedStep).toBe(2);
    await page.actions.reset();
    expect(page.state.replayedStep).toBeUndefined();
  });

  it('does not leave aside in silence what was tried with the learned ranks', async () => {
    const page = await open(short);
    page.actions.setThrough(false);
    await page.actions.togglePlay();
    page.actions.tryRanks({ shift: 1 });
    expect(triesOtherRanks(page.state)).toBe(false);
    while (page.client.tick());
    expect(triesOtherRanks(page.state)).toBe(true);
    page.actions.tryRanks({ shift: 0 });
    const { layer = '', rank = 0 } = page.state.facts.ranks?.ranks[0] ?? {};
    page.actions.tryRanks({ ranks: { [layer]: rank } });
    expect(triesOtherRanks(page.state)).toBe(false);
    page.actions.tryRanks({ ranks: { [layer]: rank + 1 } });
    expect(triesOtherRanks(page.state)).toBe(true);

    await page.actions.togglePlay();
    expect(page.state.progress?.status).toBe('thresholded');
    expect(page.state.notices.at(-1)?.message).toContain('Retrain with these ranks');
    await page.actions.retrain();
    expect(page.state.progress?.status).toBe('running');
    expect(page.state.tried).toBeUndefined();
  });

  it('forgets what was tried once another run stands there', async () => {
    const page = await open(short);
    await page.actions.step('both');
    page.actions.tryRanks({ shift: 1 });
    page.client.loseDevice('The device was lost.');
    await settle();
    expect(page.state.tried?.shift).toBe(1);
    await page.actions.reset();
    expect(page.state.tried).toBeUndefined();
  });

  it('keeps with a run what it began on, whatever the page has later', async () => {
    const page = await open(short);
    await page.actions.step('both');
    const { facts, backend, loaded } = page.state;
    expect(backend).toEqual({ status: 'ready', report: facts.backend });
    expect(resultFileOf({ facts, loaded }, new Date(0)).backend).toEqual(facts.backend);
    await page.actions.save();
    expect(page.storage.record?.facts.backend?.description).toBe('WASM SIMD, 2 threads');
  });
});
