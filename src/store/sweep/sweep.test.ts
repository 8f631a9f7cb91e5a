/** The queue of a sweep over a client that makes up telemetry: to the end, with failures, skipped, paused, reloaded. */
import { describe, expect, it } from 'vitest';
import { decodeLink } from '../../config/link';
import { FakeClient } from '../../testing/fakeClient';
import { FakeHubClient } from '../../testing/fakeHubClient';
import { MemorySettings } from '../../testing/memorySettings';
import { MemoryStorage } from '../../testing/memoryStorage';
import { eventually, settle } from '../../testing/settle';
import { TabLocks } from '../../testing/tabLocks';
import { createPlayground } from '../playground';
import { planComparison, planVariation } from './sweepPlan';
import { sweepRemainingMs } from './sweepQueue';

async function open(settings = new MemorySettings(), storage = new MemoryStorage(), locks?: TabLocks) {
  const client = new FakeClient();
  const page = createPlayground({
    client,
    hub: new FakeHubClient(),
    storage,
    settings: { lasting: settings as unknown as Storage },
    link: decodeLink('#v=1&search.steps=2&retrain.steps=2'),
    isReload: false,
    locks,
    fetchModelShape: async () => undefined,
  });
  await page.begin();
  const items = () => page.sweep.store.getState().items;
  const statuses = () => items().map(({ status }) => status);
  const three = () =>
    page.sweep.start(planVariation(page.store.getState().draft, { seeds: 3, methods: [], grid: [] }));
  const compare = (...methods: string[]) =>
    page.sweep.start(planComparison(page.store.getState().draft, { seeds: 1, methods, tasks: [] }));
  /** Lets the client train until nothing runs any more. */
  const run = async () => {
    await settle();
    while (client.tick()) await settle();
    await settle();
  };
  /** The same until the queue stands so; contents of files are told apart outside this thread. */
  const runTo = (wanted: readonly string[]) =>
    eventually(async () => {
      if (`${statuses()}` !== `${wanted}`) await run();
      expect(statuses()).toEqual(wanted);
    });
  return { ...page, client, storage, settings, items, statuses, three, compare, run, runTo };
}

/** A page that trains three seeds, the first of them by now. */
async function openSweeping(...given: Parameters<typeof open>) {
  const page = await open(...given);
  void page.three();
  await settle();
  return page;
}

/** A page whose storage has no room for weights, with a run of its own under way. */
async function openPartlyStored() {
  const page = await open();
  page.storage.saveRun = async () => 'The run is stored, but not its weights.';
  await page.actions.togglePlay();
  await settle();
  page.client.tick();
  return { page, own: page.store.getState().run?.id };
}

describe('a sweep', () => {
  it('trains one run after the other and keeps each', async () => {
    const page = await openSweeping();
    expect(page.statuses()).toEqual(['running', 'waiting', 'waiting']);
    for (let i = 0; i < 3; i++) await page.run();
    expect(page.statuses()).toEqual(['done', 'done', 'done']);
    expect(page.sweep.store.getState().going).toBe(false);
    const kept = await page.storage.listRuns();
    expect(kept.map(({ config }) => config.seed).sort()).toEqual([1, 2, 3]);
    expect(new Set(page.items().map(({ runId }) => runId)).size).toBe(3);
    expect(sweepRemainingMs(page.items())).toBe(0);
    page.dispose();
  });

  it('makes ranks of what an earlier run has learned, and keeps what a run is compared as', async () => {
    const before = await open();
    before.compare('ranks-permuted');
    await before.runTo(['done', 'running']);
    before.dispose();
    // What it waits for is found again after a reload.
    const page = await open(before.settings, before.storage);
    page.sweep.resume();
    await page.runTo(['done', 'done']);
    const asked = page.client.asked.findLast(({ type }) => type === 'load');
    const pattern = (asked?.type === 'load' && asked.config.adapter?.rankPattern) || '';
    const kept = await page.storage.listRuns();
    const learned = kept.find(({ config }) => config.method === 'autolora');
    const total = learned?.scores.find(({ role }) => role === 'autolora')?.ranks ?? [];
    const dealt = pattern.split(',').map((part) => Number(part.split('=')[1]));
    expect([...dealt].sort()).toEqual(total.map(({ rank }) => rank).sort());
    const drawn = kept.find(({ config }) => config.method === 'lora');
    expect(drawn?.comparedAs).toEqual({ method: 'ranks-permuted' });
    expect(drawn?.config.adapter.rankPattern).toBe(pattern);
    expect(learned?.comparedAs).toEqual({ method: 'autolora' });
    page.dispose();
  });

  it('does not train what waits for a run that was skipped, and says so', async () => {
    const page = await open();
    page.compare('ranks-permuted', 'lora');
    await settle();
    await page.sweep.skip(0);
    await page.runTo(['skipped', 'failed', 'done']);
    expect(page.items()[1]?.error).toBe('It needs the result of sst2/autolora/seed-1, which was skipped.');
    page.dispose();
  });

  it('trains every run on the files that were chosen when it began', async () => {
    const page = await open();
    const choose = (text: string) =>
      page.actions.chooseFiles([
        { path: 'train.tsv', blob: new Blob([`sentence\tlabel\n${text}\t1\n`]) },
        { path: 'dev.tsv', blob: new Blob(['sentence\tlabel\ndull\t0\n']) },
      ]);
    await choose('first');
    page.three();
    await page.run();
    await choose('second');
    await page.runTo(['done', 'done', 'done']);
    const trained = page.client.asked.flatMap((asked) =>
      asked.type === 'load' && asked.trainFiles ? asked.trainFiles : [],
    );
    const texts = await Promise.all(trained.map(({ blob }) => blob.text()));
    expect(texts.map((text) => text.includes('first'))).toEqual([true, true, true]);
    page.dispose();
  });

  it('goes on after a reload with the contents that it was begun with', async () => {
    const table = (text: string) => [
      { path: 'train.tsv', blob: new Blob([`sentence\tlabel\n${text}\t1\n`]) },
      { path: 'dev.tsv', blob: new Blob(['sentence\tlabel\ndull\t0\n']) },
    ];
    const trainedOn = (page: Awaited<ReturnType<typeof open>>) => {
      const load = page.client.asked.findLast(({ type }) => type === 'load');
      return load?.type === 'load' ? load.trainFiles?.[0]?.blob.text() : undefined;
    };
    const before = await open();
    await before.actions.chooseFiles(table('first'));
    before.three();
    await eventually(() => expect(before.items().every(({ filesKey }) => filesKey)).toBe(true));
    await before.runTo(['done', 'running', 'waiting']);
    before.dispose();

    const next = await open(before.settings, before.storage);
    await next.actions.chooseFiles(table('second'));
    next.sweep.resume();
    await eventually(() => expect(next.statuses()).toEqual(['done', 'running', 'waiting']));
    await eventually(async () => expect(await trainedOn(next)).toContain('first'));
    await next.runTo(['done', 'done', 'running']);
    next.dispose();

    // Where no kept run has them they are asked for, and nothing is trained on others.
    const elsewhere = await open(next.settings);
    await elsewhere.actions.chooseFiles(table('second'));
    elsewhere.sweep.resume();
    await eventually(() =>
      expect(elsewhere.store.getState().notices.at(-1)?.message).toContain('choose the same ones again'),
    );
    expect(elsewhere.statuses()).toEqual(['done', 'done', 'waiting']);
    expect(elsewhere.client.asked.some(({ type }) => type === 'play')).toBe(false);
    await elsewhere.actions.chooseFiles(table('first'));
    elsewhere.sweep.resume();
    await eventually(async () => expect(await trainedOn(elsewhere)).toContain('first'));
    elsewhere.dispose();
  });

  it('marks what fails with its sentence and goes on', async () => {
    const page = await open();
    page.client.failures.set('load', 'The model does not fit.');
    page.three();
    for (let i = 0; i < 3; i++) await page.run();
    expect(page.statuses()).toEqual(['failed', 'done', 'done']);
    expect(page.items()[0]?.error).toBe('The model does not fit.');
    page.dispose();
  });

  it('goes on with the rest of a grid search after a candidate that diverged', async () => {
    const page = await open();
    const { draft } = page.store.getState();
    page.sweep.start(planComparison(draft, { seeds: 1, methods: ['lora-grid'], tasks: [] }));
    await settle();
    page.client.fail('The loss stopped being a number at step 1.', 'diverged');
    for (let i = 0; i < 16; i++) await page.run();
    expect(page.statuses()).toEqual(['failed', ...Array(16).fill('done')]);
    expect(page.items()[0]).toMatchObject({
      error: 'The loss stopped being a number at step 1. It counts as the worst of its grid search.',
      diverged: true,
    });
    page.dispose();
  });

  it('goes on after each of several runs that fail alike, and knows a pause from other trouble', async () => {
    const page = await openSweeping();
    for (const left of [1, 2]) {
      await eventually(() => expect(page.statuses()[left - 1]).toBe('running'));
      await settle();
      page.client.fail('The loss stopped being a number at step 1.');
    }
    await eventually(() => expect(page.statuses()).toEqual(['failed', 'failed', 'running']));
    expect(page.items()[1]?.error).toBe('The loss stopped being a number at step 1.');
    await settle();
    page.actions.notify('error', 'The text could not be asked about.');
    await page.actions.togglePlay();
    await eventually(() => expect(page.statuses()).toEqual(['failed', 'failed', 'waiting']));
    page.dispose();
  });

  it('stops at a threshold that somebody asked for, and goes on', async () => {
    const page = await openSweeping();
    await eventually(() => expect(page.client.progress.status).toBe('running'));
    page.actions.setThrough(false);
    await settle();
    page.client.tick();
    page.client.tick();
    expect(page.client.progress.status).toBe('thresholded');
    await eventually(() => expect(page.sweep.store.getState().going).toBe(false));
    expect(page.statuses()).toEqual(['waiting', 'waiting', 'waiting']);
    page.sweep.resume();
    await page.runTo(['done', 'done', 'done']);
    page.dispose();
  });

  it('stops for a run that somebody opens, and does not take that one for its own', async () => {
    const page = await openSweeping();
    await page.runTo(['done', 'running', 'waiting']);
    const first = page.items()[0]?.runId as string;
    const kept = page.storage.runs.get(first);
    if (kept) page.storage.runs.set(first, { ...kept, snapshot: undefined });
    await page.actions.openRun(first);
    await eventually(() => expect(page.statuses()).toEqual(['done', 'waiting', 'waiting']));
    expect(page.store.getState()).toMatchObject({ viewing: true, run: { id: first } });
    const said = () => page.store.getState().notices.map(({ message }) => message);
    expect(said()).toContain('The sweep is paused: go on with it on the Runs screen.');
    page.sweep.resume();
    await page.runTo(['done', 'done', 'done']);
    page.dispose();
  });

  it('skips what is running, and stops when somebody pauses', async () => {
    const page = await openSweeping();
    page.client.tick();
    await page.sweep.skip(0);
    await settle();
    expect(page.statuses()).toEqual(['skipped', 'running', 'waiting']);
    page.client.tick();
    await page.actions.togglePlay();
    await settle();
    expect(page.statuses()).toEqual(['skipped', 'waiting', 'waiting']);
    expect(page.sweep.store.getState().going).toBe(false);
    page.sweep.resume();
    for (let i = 0; i < 2; i++) await page.run();
    expect(page.statuses()).toEqual(['skipped', 'done', 'done']);
    page.dispose();
  });

  it('is one tab’s at a time, and another goes on with what the first has left', async () => {
    const locks = new TabLocks();
    const [settings, storage] = [new MemorySettings(), new MemoryStorage()];
    const first = await openSweeping(settings, storage, locks);
    await first.runTo(['done', 'running', 'waiting']);
    const second = await open(settings, storage, locks);
    expect(second.statuses()).toEqual(['done', 'waiting', 'waiting']);
    await second.sweep.resume();
    await second.sweep.clear();
    await second.sweep.skip(2);
    expect(second.sweep.store.getState().going).toBe(false);
    expect(second.store.getState().notices.at(-1)?.message).toContain('is being trained in another tab');
    await first.runTo(['done', 'done', 'running']);
    first.dispose();
    await second.sweep.resume();
    expect(second.statuses()).toEqual(['done', 'done', 'running']);
    second.dispose();
  });

  it('does not go over a run that could not be stored, and goes on when there is room', async () => {
    const page = await open();
    const { saveRun } = page.storage;
    page.storage.saveRun = async () => {
      throw new Error('The run could not be stored: the browser gives this site no more space.');
    };
    page.three();
    await page.runTo(['failed', 'waiting', 'waiting']);
    expect(page.items()[0]?.error).toContain('It is finished, but could not be stored. Make space');
    expect(page.store.getState().progress?.status).toBe('finished');
    page.sweep.resume();
    await page.run();
    expect(page.statuses()).toEqual(['failed', 'waiting', 'waiting']);
    expect(page.store.getState().notices.at(-1)?.message).toContain('does not take the place of a run');
    page.storage.saveRun = saveRun;
    page.sweep.resume();
    await page.runTo(['failed', 'done', 'done']);
    expect(await page.storage.listRuns()).toHaveLength(3);
    page.dispose();
  });

  it('leaves the Lab’s settings as they were, however it ends, also after a reload', async () => {
    const page = await open();
    const { draft } = page.store.getState();
    const compare = () => page.compare('full', 'adalora');
    compare();
    await page.runTo(['done', 'done']);
    await eventually(() => expect(page.store.getState().draft).toEqual(draft));
    compare();
    await page.runTo(['done', 'running']);
    expect(page.store.getState().draft.method).toBe('adalora');
    await page.sweep.clear();
    expect(page.store.getState().draft).toEqual(draft);
    compare();
    await page.runTo(['done', 'running']);
    page.dispose();
    const later = await open(page.settings, page.storage);
    later.sweep.resume();
    await later.runTo(['done', 'done']);
    await eventually(() => expect(later.store.getState().draft).toEqual(draft));
    // What somebody chose meanwhile stays.
    later.compare('full', 'adalora');
    await later.runTo(['done', 'running']);
    later.actions.setField('seed', 77);
    await later.sweep.clear();
    expect(later.store.getState().draft.seed).toBe(77);
    later.dispose();
  });

  it('offers a run of the page’s own that could be stored only in part', async () => {
    const { page, own } = await openPartlyStored();
    page.three();
    await settle();
    expect(page.statuses()).toEqual(['running', 'waiting', 'waiting']);
    await eventually(() =>
      expect(page.store.getState().resumable).toMatchObject({ unstored: true, undo: true }),
    );
    expect(page.store.getState().run?.id).not.toBe(own);
    page.dispose();
  });

  it('finds the result that it needs once there is room for it', async () => {
    const page = await open();
    const { saveRun } = page.storage;
    page.storage.saveRun = async () => {
      throw new Error('The run could not be stored: the browser gives this site no more space.');
    };
    page.compare('ranks-permuted');
    await page.runTo(['failed', 'waiting']);
    page.storage.saveRun = saveRun;
    page.sweep.resume();
    await page.runTo(['failed', 'done']);
    expect(page.items()[1]?.config.adapter.rankPattern).not.toBe('');
    page.dispose();
  });

  it('leaves the Lab’s settings behind a run of drawn ranks too, and once only', async () => {
    const page = await open();
    const { draft } = page.store.getState();
    page.compare('ranks-permuted');
    await page.runTo(['done', 'running']);
    expect(page.store.getState().draft.adapter.rankPattern).not.toBe('');
    await page.sweep.skip(1);
    await eventually(() => expect(page.store.getState().draft).toEqual(draft));
    // Settings of a run of the sweep that somebody opens later stay.
    const own = page.items()[0]?.config as typeof draft;
    await page.actions.openRun(page.items()[0]?.runId as string);
    expect(page.store.getState().draft).toEqual(own);
    await page.sweep.clear();
    expect(page.store.getState().draft).toEqual(own);
    page.dispose();
  });

  it('does not offer its own unfinished run in the place of a run that could not be stored', async () => {
    const { page, own } = await openPartlyStored();
    page.three();
    await settle();
    await page.sweep.skip(0);
    await settle();
    expect(page.statuses()).toEqual(['skipped', 'running', 'waiting']);
    expect(page.store.getState().resumable).toMatchObject({ id: own, unstored: true });
    page.dispose();
  });

  it('is not marked done by a run of the queue before it, which was still being stored', async () => {
    const page = await open();
    const { saveRun } = page.storage;
    let stored = () => {};
    page.storage.saveRun = async (record) => {
      await new Promise<void>((done) => {
        stored = done;
      });
      return saveRun.call(page.storage, record);
    };
    page.three();
    await page.run();
    expect(page.store.getState()).toMatchObject({ saving: true, progress: { status: 'finished' } });
    page.sweep.start(planVariation(page.store.getState().draft, { seeds: 2, methods: [], grid: [] }));
    await settle();
    page.storage.saveRun = saveRun;
    stored();
    await settle();
    expect(page.statuses()).toEqual(['running', 'waiting']);
    page.dispose();
  });

  it('lasts as long as the page where there is no room for it', async () => {
    const settings = new MemorySettings();
    settings.setItem = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
    const page = await openSweeping(settings);
    await page.runTo(['done', 'running', 'waiting']);
    await page.sweep.pause();
    await settle();
    expect(page.statuses()).toEqual(['done', 'waiting', 'waiting']);
    await page.sweep.resume();
    await page.runTo(['done', 'done', 'running']);
    page.dispose();
  });

  it('goes on with another tab’s queue on that queue’s files', async () => {
    const [settings, storage, locks] = [new MemorySettings(), new MemoryStorage(), new TabLocks()];
    const choose = (page: Awaited<ReturnType<typeof open>>, text: string) =>
      page.actions.chooseFiles([
        { path: 'train.tsv', blob: new Blob([`sentence\tlabel\n${text}\t1\n`]) },
        { path: 'dev.tsv', blob: new Blob(['sentence\tlabel\ndull\t0\n']) },
      ]);
    const [first, second] = [await open(settings, storage, locks), await open(settings, storage, locks)];
    await choose(first, 'old');
    first.three();
    await first.runTo(['done', 'done', 'done']);
    await choose(second, 'new');
    second.three();
    await eventually(() => expect(second.items().every(({ filesKey }) => filesKey)).toBe(true));
    await second.runTo(['done', 'running', 'waiting']);
    await second.sweep.pause();
    await settle();
    second.dispose();
    await first.sweep.resume();
    await eventually(() => expect(first.statuses()).toEqual(['done', 'running', 'waiting']));
    await settle();
    const load = first.client.asked.findLast(({ type }) => type === 'load');
    const trained = load?.type === 'load' ? await load.trainFiles?.[0]?.blob.text() : '';
    expect(trained).toContain('new');
    first.dispose();
  });

  describe('paused', () => {
    const loadsOf = (page: Awaited<ReturnType<typeof open>>) =>
      page.client.asked.filter(({ type }) => type === 'load').length;
    /** Its first run paused after a step. */
    async function openPaused() {
      const page = await openSweeping();
      page.client.tick();
      await page.sweep.pause();
      await settle();
      expect(page.statuses()).toEqual(['waiting', 'waiting', 'waiting']);
      return { page, id: page.store.getState().run?.id as string };
    }

    it('goes on with the run where it stands', async () => {
      const { page, id } = await openPaused();
      const loads = loadsOf(page);
      void page.sweep.resume();
      await settle();
      expect(loadsOf(page)).toBe(loads);
      expect(page.store.getState()).toMatchObject({ run: { id }, progress: { status: 'running', step: 1 } });
      await page.runTo(['done', 'done', 'done']);
      expect(page.items()[0]?.runId).toBe(id);
      expect(await page.storage.listRuns()).toHaveLength(3);
      page.dispose();
    });

    it('goes on with the stored run after a reload, and where another has taken its place', async () => {
      for (const reloads of [true, false]) {
        const { page: before, id } = await openPaused();
        if (reloads) before.dispose();
        else await before.actions.reset();
        const page = reloads ? await open(before.settings, before.storage) : before;
        void page.sweep.resume();
        await settle();
        const load = page.client.asked.findLast(({ type }) => type === 'load');
        expect(load?.type === 'load' && load.snapshot?.state).toMatchObject({ step: 1 });
        expect(page.store.getState().run?.id).toBe(id);
        await page.runTo(['done', 'done', 'done']);
        expect(page.items()[0]?.runId).toBe(id);
        expect(await page.storage.listRuns()).toHaveLength(3);
        page.dispose();
      }
    });

    it('counts the run as done that was finished in the Lab meanwhile', async () => {
      const { page, id } = await openPaused();
      await page.actions.togglePlay();
      await page.run();
      expect(page.store.getState()).toMatchObject({ run: { id }, progress: { status: 'finished' } });
      void page.sweep.resume();
      await eventually(() => expect(page.statuses()).toEqual(['done', 'running', 'waiting']));
      expect(page.items()[0]).toMatchObject({ runId: id, wallMs: 21_000 });
      page.dispose();
    });

    it('begins the run anew that is gone, or that somebody handled', async () => {
      const { page, id } = await openPaused();
      const kept = page.storage.runs.get(id);
      if (kept) kept.summary.editedRanks = true;
      void page.sweep.resume();
      await settle();
      const anew = page.store.getState().run?.id;
      expect(anew).not.toBe(id);
      await page.sweep.pause();
      await page.actions.reset();
      page.storage.runs.delete(anew as string);
      void page.sweep.resume();
      await page.runTo(['done', 'done', 'done']);
      expect([id, anew]).not.toContain(page.items()[0]?.runId);
      page.dispose();
    });
  });

  it('tries again what failed, and what failed because of it', async () => {
    const page = await open();
    page.client.failures.set('load', 'The network is gone.');
    page.compare('ranks-permuted', 'lora');
    await page.runTo(['failed', 'failed', 'done']);
    expect(page.items()[1]?.error).toContain('which failed');
    void page.sweep.retry();
    await page.runTo(['done', 'done', 'done']);
    expect(page.items().some(({ error }) => error)).toBe(false);
    page.dispose();
  });

  it('leaves the Lab as it was after another try, whose settings may be those of a run of the sweep', async () => {
    const page = await openSweeping();
    const { draft } = page.store.getState();
    expect(page.items()[0]?.config).toEqual(draft);
    page.client.failures.set('load', 'The network is gone.');
    await page.runTo(['done', 'failed', 'done']);
    void page.sweep.retry();
    await page.runTo(['done', 'done', 'done']);
    expect(page.store.getState().draft).toEqual(draft);
    page.dispose();
  });

  it('goes on with a run that a lost device has cut off', async () => {
    const page = await openSweeping();
    page.client.tick();
    await page.actions.save();
    const id = page.store.getState().run?.id;
    page.client.loseDevice('The GPU is gone.');
    await page.runTo(['failed', 'done', 'done']);
    void page.sweep.retry();
    await settle();
    expect(page.store.getState()).toMatchObject({ run: { id }, progress: { status: 'running', step: 1 } });
    await page.runTo(['done', 'done', 'done']);
    page.dispose();
  });

  it('waits where two runs in a row cannot be started, and says so', async () => {
    const page = await open();
    const request = page.client.request.bind(page.client);
    page.client.request = async (asked) => {
      if (asked.type === 'load') throw new Error('The network is gone.');
      return request(asked);
    };
    page.three();
    await eventually(() => expect(page.statuses()).toEqual(['failed', 'failed', 'waiting']));
    await settle();
    expect(page.sweep.store.getState().going).toBe(false);
    expect(page.store.getState().notices.at(-1)?.message).toContain('could not be started');
    page.client.request = request;
    void page.sweep.retry();
    await page.runTo(['done', 'done', 'done']);
    page.dispose();
  });

  it('leaves the Lab’s newer settings, and Auto as it was', async () => {
    const page = await open();
    page.actions.setThrough(false);
    page.compare('full', 'adalora');
    await page.runTo(['done', 'running']);
    expect(page.store.getState().through).toBe(true);
    await page.sweep.pause();
    page.dispose();
    const later = await open(page.settings, page.storage);
    later.actions.setField('retrain.learningRate', 0.02);
    void later.sweep.resume();
    await settle();
    expect(later.store.getState()).toMatchObject({ through: true, draft: { method: 'adalora' } });
    await later.runTo(['done', 'done']);
    await eventually(() => expect(later.store.getState().draft.retrain.learningRate).toBe(0.02));
    expect(later.store.getState().through).toBe(false);
    later.dispose();
  });

  it('offers the run that a reset left no longer', async () => {
    const page = await open();
    await page.actions.togglePlay();
    await settle();
    page.client.tick();
    await page.actions.reset();
    expect(page.store.getState().resumable).toMatchObject({ undo: true });
    page.three();
    await settle();
    expect(page.statuses()).toEqual(['running', 'waiting', 'waiting']);
    expect(page.store.getState().resumable).toBeUndefined();
    page.dispose();
  });

  it('is there after a reload, and waits to be told', async () => {
    const page = await openSweeping();
    await page.run();
    await settle();
    page.dispose();
    const next = await open(page.settings);
    expect(next.statuses()).toEqual(['done', 'waiting', 'waiting']);
    expect(next.sweep.store.getState().going).toBe(false);
    expect(next.client.asked.some(({ type }) => type === 'play')).toBe(false);
    await next.sweep.clear();
    expect(next.settings.kept.size).toBe(0);
    next.dispose();
  });

  it('keeps what can be read of a stored queue, and says how much cannot', async () => {
    const before = await openSweeping();
    await before.run();
    await settle();
    before.dispose();
    const settings = before.settings;
    const [key, text] = [...settings.kept][0] as [string, string];
    const { items } = JSON.parse(text);
    items[1].config.method = 'of tomorrow';
    settings.kept.set(key, JSON.stringify([...items, null, { status: 'waiting' }]));
    const next = await open(settings);
    expect(next.statuses()).toEqual(['done', 'waiting']);
    expect(next.items().map(({ config }) => config.seed)).toEqual([1, 3]);
    expect(
      next.store
        .getState()
        .notices.map(({ message }) => message)
        .join(),
    ).toContain('3 entries could not be read');
    next.dispose();
    // Said once.
    const again = await open(settings);
    expect(
      again.store
        .getState()
        .notices.map(({ message }) => message)
        .join(),
    ).not.toContain('not be read');
    again.dispose();
    settings.kept.set(key, '{"not": "a list"}');
    const last = await open(settings);
    expect(last.items()).toEqual([]);
    expect(
      last.store
        .getState()
        .notices.map(({ message }) => message)
        .join(),
    ).toContain('one entry');
    last.dispose();
  });

  /** A page on which the first load of a sweep waits for `free`. */
  async function slow() {
    const page = await open();
    let free = () => {};
    const gate = new Promise<void>((done) => {
      free = done;
    });
    const request = page.client.request.bind(page.client);
    page.client.request = async (asked) => {
      if (asked.type === 'load') await gate;
      return request(asked);
    };
    page.three();
    await settle();
    const played = () => page.client.asked.filter(({ type }) => type === 'play').length;
    const goOn = () => {
      free();
      return settle();
    };
    return { ...page, free: goOn, played };
  }

  it('pauses while a run is loading, and goes on', async () => {
    const page = await slow();
    await page.sweep.pause();
    await page.free();
    expect(page.played()).toBe(0);
    expect(page.statuses()).toEqual(['waiting', 'waiting', 'waiting']);
    expect(page.sweep.store.getState().going).toBe(false);
    page.sweep.resume();
    for (let i = 0; i < 3; i++) await page.run();
    expect(page.statuses()).toEqual(['done', 'done', 'done']);
    page.dispose();
  });

  it('pauses and goes on at once', async () => {
    const page = await slow();
    await page.sweep.pause();
    page.sweep.resume();
    await page.free();
    for (let i = 0; i < 3; i++) await page.run();
    expect(page.statuses()).toEqual(['done', 'done', 'done']);
    page.dispose();
  });

  it('does not train what is skipped while it is loading', async () => {
    const page = await slow();
    await page.sweep.skip(0);
    await page.free();
    expect(page.statuses()).toEqual(['skipped', 'running', 'waiting']);
    expect(page.played()).toBe(1);
    page.dispose();
  });

  it('begins another sweep after one that was cancelled, loading or training', async () => {
    for (const training of [false, true]) {
      const page = await slow();
      if (training) {
        await page.free();
        page.client.tick();
      }
      void page.sweep.clear();
      page.three();
      await page.free();
      for (let i = 0; i < 5; i++) await page.run();
      expect(page.statuses()).toEqual(['done', 'done', 'done']);
      expect(new Set(page.items().map(({ runId }) => runId)).size).toBe(3);
      page.dispose();
    }
  });
});
