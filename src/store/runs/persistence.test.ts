/** Runs in IndexedDB: kept, listed, changed, deleted, without weights, and the one run of the first version taken over. */
import 'fake-indexeddb/auto';
import { openDB } from 'idb';
import { describe, expect, it } from 'vitest';
import { parseExperimentConfig } from '../../config/experiment';
import type { Snapshot } from '../../runtime/protocol';
import { noFacts } from '../facts';
import { RunHistory } from '../history';
import type { BlobFolder } from './originFolder';
import { openRunStorage } from './persistence';
import { decodeRunFile, encodeRunFile } from './runFile';
import type { ChosenFiles, KeptRun, RunRecord } from './runRecord';
import { snapshotBlob, snapshotOf, type WeightFiles } from './weightFiles';

let databases = 0;
const freshName = () => `test-${databases++}`;

const record = (id: string, more: Partial<RunRecord> = {}): RunRecord => ({
  version: 1,
  id,
  name: `run ${id}`,
  createdAt: 1000 + Number(id),
  savedAt: 2000,
  config: parseExperimentConfig({ seed: Number(id) }),
  progress: {
    status: 'paused',
    role: 'autolora',
    phase: 'search',
    step: 3,
    steps: 240,
    stepMs: 10,
    remainingMs: 100,
    tensors: 1,
    bytes: 1,
  },
  snapshot: { state: { step: 3 }, tensors: Uint8Array.of(1, 2, 3) },
  history: new RunHistory().stored(),
  facts: noFacts,
  ...more,
});

/** As the origin's private file system, with room for so many files. */
class MemoryWeights implements WeightFiles {
  readonly files = new Map<string, Uint8Array>();
  full = false;
  async write(name: string, snapshot: Snapshot): Promise<void> {
    if (this.full) throw new DOMException('full', 'QuotaExceededError');
    this.files.set(name, new Uint8Array(await snapshotBlob(snapshot).arrayBuffer()));
  }
  async read(name: string): Promise<Snapshot | undefined> {
    const bytes = this.files.get(name);
    return bytes && snapshotOf(bytes);
  }
  async remove(name: string): Promise<void> {
    this.files.delete(name);
  }
  async names(): Promise<string[]> {
    return [...this.files.keys()];
  }
}

/** As where the browser has the file system, and denies it to the page. */
const denied = (): never => {
  throw new DOMException('Not for this page.', 'SecurityError');
};
const deniedFolder = {
  write: async () => denied(),
  read: async () => denied(),
  remove: async () => denied(),
  names: async () => denied(),
};

/** As a folder of the origin's private file system. */
class MemoryFolder implements BlobFolder {
  readonly files = new Map<string, File>();
  async write(name: string, content: Blob, lastModified = Date.now()): Promise<void> {
    this.files.set(name, new File([await content.arrayBuffer()], name, { lastModified }));
  }
  async read(name: string): Promise<File | undefined> {
    return this.files.get(name);
  }
  async remove(name: string): Promise<void> {
    this.files.delete(name);
  }
  async names(): Promise<string[]> {
    return [...this.files.keys()];
  }
}

/** A storage of its own; given a name, that of another tab. */
const opened = ({
  weights = new MemoryWeights(),
  folder,
  name = freshName(),
}: {
  weights?: WeightFiles;
  folder?: BlobFolder;
  name?: string;
} = {}) => openRunStorage(name, weights, folder);

describe('openRunStorage', () => {
  it('keeps every run, and takes up the last one', async () => {
    const storage = opened();
    await storage.saveRun(record('1'));
    await storage.saveRun(record('2'));
    expect((await storage.listRuns()).map(({ id }) => id)).toEqual(['2', '1']);
    const last = await storage.loadLastRun();
    expect(last).toMatchObject({ id: '2', config: { seed: 2 }, snapshot: { state: { step: 3 } } });
    expect([...(last?.snapshot.tensors ?? [])]).toEqual([1, 2, 3]);
    // Another tab's reset.
    await storage.clearLastRun('1');
    expect(await storage.loadLastRun()).toMatchObject({ id: '2' });
    await storage.clearLastRun('2');
    expect(await storage.loadLastRun()).toBeUndefined();
    expect(await storage.listRuns()).toHaveLength(2);
  });

  it('keeps what was said of a run when the run goes on, and one set of weights', async () => {
    const weights = new MemoryWeights();
    const storage = opened({ weights });
    await storage.saveRun(record('1'));
    await storage.changeRun('1', { name: 'mine', tags: ['a'], pinned: true });
    await storage.saveRun(record('1', { savedAt: 3000, snapshot: { state: {}, tensors: Uint8Array.of(9) } }));
    expect(await storage.listRuns()).toMatchObject([
      { name: 'mine', tags: ['a'], pinned: true, weightBytes: 1 },
    ]);
    expect(weights.files.size).toBe(1);
    expect((await storage.loadRun('1'))?.snapshot?.tensors).toEqual(Uint8Array.of(9));
  });

  it('shows a run without its weights, and forgets a deleted one whole', async () => {
    const weights = new MemoryWeights();
    const storage = opened({ weights });
    await storage.saveRun(record('1'));
    await storage.removeWeights('1');
    expect(weights.files.size).toBe(0);
    expect(await storage.loadRun('1')).toMatchObject({ summary: { weightBytes: 0 }, progress: { step: 3 } });
    expect((await storage.loadRun('1'))?.snapshot).toBeUndefined();
    expect(await storage.loadLastRun()).toBeUndefined();
    await storage.removeRun('1');
    expect(await storage.listRuns()).toEqual([]);
    expect(await storage.loadRun('1')).toBeUndefined();
  });

  it('keeps why a run failed while it stands where it did, and forgets it when the run goes on', async () => {
    const storage = opened();
    await storage.saveRun(record('1'));
    await storage.changeRun('1', { error: 'The device was lost.' });
    await storage.saveRun(record('1', { savedAt: 3000 }));
    expect(await storage.listRuns()).toMatchObject([
      { savedAt: 3000, step: 3, error: 'The device was lost.' },
    ]);
    const { progress } = record('1');
    await storage.saveRun(record('1', { progress: { ...progress, step: 4 } }));
    const [run] = await storage.listRuns();
    expect(run?.step).toBe(4);
    expect(run).not.toHaveProperty('error');
  });

  it('forgets why a run failed when it comes to the same step of another phase', async () => {
    const storage = opened();
    await storage.saveRun(record('1'));
    await storage.changeRun('1', { error: 'The device was lost.' });
    await storage.saveRun(record('1', { progress: { ...record('1').progress, phase: 'retrain' } }));
    expect((await storage.listRuns())[0]).not.toHaveProperty('error');
  });

  const finished = { ...record('1').progress, status: 'finished' } as const;

  it('keeps the older record whole where there is no room for newer weights of a run under way', async () => {
    const weights = new MemoryWeights();
    const storage = opened({ weights });
    await storage.saveRun(record('1'));
    weights.full = true;
    const later = { savedAt: 3000, progress: { ...record('1').progress, step: 9 } };
    await expect(storage.saveRun(record('1', later))).rejects.toThrow(
      'Delete weights of older runs on the Runs screen',
    );
    expect(await storage.listRuns()).toMatchObject([{ savedAt: 2000, step: 3, weightBytes: 3 }]);
    expect(await storage.loadLastRun()).toMatchObject({ savedAt: 2000, progress: { step: 3 } });
    expect(weights.files.size).toBe(1);
    weights.full = false;
    expect(await storage.saveRun(record('1', later))).toBeUndefined();
    expect(await storage.loadLastRun()).toMatchObject({ savedAt: 3000, progress: { step: 9 } });
    expect(weights.files.size).toBe(1);
  });

  it('keeps the results of a finished run where there is no room for its weights, and says so', async () => {
    const weights = new MemoryWeights();
    const storage = opened({ weights });
    await storage.saveRun(record('1'));
    weights.full = true;
    expect(await storage.saveRun(record('1', { savedAt: 3000, progress: finished }))).toContain(
      'Delete weights of older runs on the Runs screen',
    );
    expect(await storage.listRuns()).toMatchObject([{ savedAt: 3000, finished: true, weightBytes: 0 }]);
    // The weights of the moment before do not belong to the record of now.
    expect((await storage.loadRun('1'))?.snapshot).toBeUndefined();
    expect(weights.files.size).toBe(0);
  });

  it('gives the weights of a finished run the room of its older ones', async () => {
    const weights = new MemoryWeights();
    const write = weights.write.bind(weights);
    weights.write = async (name, snapshot) => {
      if (weights.files.size > 0) throw new DOMException('full', 'QuotaExceededError');
      await write(name, snapshot);
    };
    const storage = opened({ weights });
    await storage.saveRun(record('1'));
    const end = record('1', {
      savedAt: 3000,
      progress: finished,
      snapshot: { state: {}, tensors: Uint8Array.of(4, 5) },
    });
    expect(await storage.saveRun(end)).toBeUndefined();
    expect(await storage.listRuns()).toMatchObject([{ savedAt: 3000, finished: true, weightBytes: 2 }]);
    expect([...((await storage.loadRun('1'))?.snapshot?.tensors ?? [])]).toEqual([4, 5]);
    expect(weights.files.size).toBe(1);
  });

  it('keeps weights in IndexedDB where there is no file system', async () => {
    const storage = openRunStorage(freshName(), undefined);
    await storage.saveRun(record('1'));
    expect([...((await storage.loadRun('1'))?.snapshot?.tensors ?? [])]).toEqual([1, 2, 3]);
  });

  it('leaves no weights behind where their record cannot be written', async () => {
    const weights = new MemoryWeights();
    const storage = opened({ weights });
    await storage.saveRun(record('1'));
    const [kept] = weights.files.keys();
    for (const status of ['paused', 'finished'] as const) {
      const unclonable = { ...noFacts, doneMs: (() => 0) as unknown as number };
      const later = { savedAt: 3000, progress: { ...record('1').progress, status }, facts: unclonable };
      await expect(storage.saveRun(record('1', later))).rejects.toThrow('The run could not be stored');
      expect([...weights.files.keys()]).toEqual([kept]);
    }
    expect(await storage.loadLastRun()).toMatchObject({ savedAt: 2000, snapshot: { state: { step: 3 } } });
  });

  it('deletes weights that no run names, but none that another tab may just be storing', async () => {
    const weights = new MemoryWeights();
    const name = freshName();
    const storage = opened({ weights, name });
    await storage.saveRun(record('1'));
    const [kept] = weights.files.keys();
    const { snapshot } = record('2');
    const young = `2-${Date.now() - 60_000}`;
    const old = `2-${Date.now() - 3_600_000}`;
    const db = await openDB(name);
    for (const orphan of [young, old]) {
      await weights.write(orphan, snapshot);
      await db.put('weights', snapshot, orphan);
    }
    // As the first version named them.
    await db.put('weights', snapshot, '3');
    await storage.tidy(true);
    expect([...weights.files.keys()]).toEqual([kept, young]);
    expect(await db.getAllKeys('weights')).toEqual([young]);
    db.close();
  });

  it('keeps weights and files in IndexedDB where the file system is denied', async () => {
    const name = freshName();
    const storage = opened({ weights: deniedFolder, folder: deniedFolder, name });
    const files = { train: [table('a')] };
    await storage.keepFiles(files);
    expect(await storage.saveRun(record('1', { files }))).toBeUndefined();
    const run = await storage.loadRun('1');
    expect([...(run?.snapshot?.tensors ?? [])]).toEqual([1, 2, 3]);
    expect(await textOf(run)).toEqual(['a']);
    await storage.tidy(false);
    await storage.removeRun('1');
    const db = await openDB(name);
    expect([await db.count('weights'), await db.count('blobs')]).toEqual([0, 0]);
    db.close();
  });

  it('shows a run whose weights are damaged, and says why it is not taken up', async () => {
    const weights = new MemoryWeights();
    const storage = opened({ weights });
    await storage.saveRun(record('1'));
    const [key] = weights.files.keys();
    weights.files.set(key as string, Uint8Array.of(9));
    expect(await storage.loadRun('1')).toMatchObject({ progress: { step: 3 }, summary: { weightBytes: 0 } });
    await expect(storage.loadLastRun()).rejects.toThrow('the weights of “run 1” are lost or damaged');
  });

  const table = (text: string) => ({ name: 'train.tsv', blob: new Blob([text]) });
  const textOf = async (run: { files?: ChosenFiles } | undefined) =>
    Promise.all((run?.files?.train ?? []).map(({ blob }) => blob.text()));

  it.each(['private file system', 'IndexedDB alone'])(
    'keeps the files of each run, equal ones once, and drops what no run reads any more: %s',
    async (where) => {
      const name = freshName();
      const folder = where === 'IndexedDB alone' ? undefined : new MemoryFolder();
      const storage = opened({ folder, name });
      await storage.listRuns();
      const db = await openDB(name);
      const kept = async () => folder?.files.size ?? (await db.count('blobs'));
      await storage.saveRun(record('1', { files: { train: [table('a')] } }));
      await storage.saveRun(record('2', { files: { train: [table('b')] } }));
      await storage.saveRun(record('3', { files: { train: [table('a')], dev: [table('b')] } }));
      await storage.saveRun(record('1', { savedAt: 3000, files: { train: [table('a')] } }));
      expect(await textOf(await storage.loadRun('1'))).toEqual(['a']);
      expect(await textOf(await storage.loadRun('2'))).toEqual(['b']);
      expect(await textOf(await storage.loadLastRun())).toEqual(['a']);
      expect(await kept()).toBe(2);
      await storage.removeRun('2');
      expect(await kept()).toBe(2);
      await storage.removeRun('3');
      expect(await kept()).toBe(1);
      expect(await textOf(await storage.loadRun('1'))).toEqual(['a']);
      await storage.removeRun('1');
      expect(await kept()).toBe(0);
      db.close();
    },
  );

  it('does not take the files of a run that is just being stored for unused ones', async () => {
    const folder = new MemoryFolder();
    const storage = opened({ folder });
    await storage.saveRun(record('1', { files: { train: [table('a')] } }));
    const write = folder.write.bind(folder);
    let removed: Promise<void> | undefined;
    folder.write = async (key, content) => {
      await write(key, content);
      removed = storage.removeRun('1');
      // The removal is either through, or waits for this save: it needs fewer turns of the database than these.
      for (let turn = 0; turn < 20; turn++) await storage.listRuns();
    };
    await storage.saveRun(record('2', { files: { train: [table('b')] } }));
    await removed;
    expect(await textOf(await storage.loadRun('2'))).toEqual(['b']);
    expect(folder.files.size).toBe(1);
  });

  it('copies files ahead of the save that names them, and keeps them while the page holds them', async () => {
    const folder = new MemoryFolder();
    const storage = opened({ folder });
    const files = { train: [table('abc')] };
    await storage.keepFiles(files);
    expect(folder.files.size).toBe(1);
    let written = 0;
    folder.write = async () => {
      written += 1;
    };
    await storage.saveRun(record('1', { files: { train: [table('x')] } }));
    await storage.removeRun('1', [files]);
    await storage.saveRun(record('2', { files }));
    expect(written).toBe(1);
    expect(await textOf(await storage.loadRun('2'))).toEqual(['abc']);
  });

  it('deletes files that no run names, but none that another tab may hold or just be copying', async () => {
    const folder = new MemoryFolder();
    const name = freshName();
    const storage = opened({ folder, name });
    const old = Date.now() - 3_600_000;
    const content = new Blob(['abc']);
    await storage.saveRun(record('1', { files: { train: [table('abc')] } }));
    const [kept = ''] = folder.files.keys();
    await folder.write(kept, content, old);
    await folder.write('young', content, Date.now() - 60_000);
    await folder.write('old', content, old);
    const db = await openDB(name);
    await db.put('blobs', content, 'of a deleted run');
    await storage.tidy(true);
    expect([...folder.files.keys()]).toEqual([kept, 'young', 'old']);
    // It has those of the database whole.
    expect(await db.count('blobs')).toBe(0);
    await storage.tidy(false);
    expect([...folder.files.keys()]).toEqual([kept, 'young']);
    expect(await textOf(await storage.loadRun('1'))).toEqual(['abc']);
    db.close();
  });

  it('copies a file anew where a copy was interrupted', async () => {
    const folder = new MemoryFolder();
    const storage = opened({ folder });
    await storage.saveRun(record('1', { files: { train: [table('abc')] } }));
    const [key] = folder.files.keys();
    await folder.write(key as string, new Blob(['']));
    await storage.saveRun(record('2', { files: { train: [table('abc')] } }));
    expect(await textOf(await storage.loadRun('1'))).toEqual(['abc']);
  });

  it('says that there is no room for a file, not that the file is gone', async () => {
    const folder = new MemoryFolder();
    folder.write = async () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
    const storage = opened({ folder });
    const said = await storage.saveRun(record('1', { files: { train: [table('abc')] } }));
    expect(said).toMatch(/not your files.*no more space.*whole runs with files of yours/);
    expect(said).not.toContain('Choose it again');
    expect(await storage.listRuns()).toMatchObject([{ id: '1', weightBytes: 3 }]);
  });

  it('spares files that the page still holds, and knows contents that it has read again', async () => {
    const folder = new MemoryFolder();
    const storage = opened({ folder });
    await storage.saveRun(record('1', { files: { train: [table('abc')] } }));
    const held = (await storage.loadRun('1'))?.files as ChosenFiles;
    await storage.removeRun('1', [held]);
    expect(folder.files.size).toBe(1);
    expect(await textOf({ files: held })).toEqual(['abc']);
    await storage.saveRun(record('2', { files: held }));
    expect(folder.files.size).toBe(1);
    await storage.removeRun('2');
    expect(folder.files.size).toBe(0);
  });

  it('tells runs over other contents of one name apart', async () => {
    const storage = opened({ folder: new MemoryFolder() });
    for (const [id, text] of [
      ['1', 'a'],
      ['2', 'b'],
      ['3', 'a'],
    ] as const)
      await storage.saveRun(record(id, { files: { train: [table(text)] } }));
    const keys = new Map((await storage.listRuns()).map(({ id, filesKey }) => [id, filesKey]));
    expect(keys.get('1')).toBe(keys.get('3'));
    expect(keys.get('1')).not.toBe(keys.get('2'));
  });

  it('keeps the run where its files cannot be read any more, and says so', async () => {
    const storage = opened();
    const gone = new Blob(['a']);
    gone.slice = () => {
      throw new DOMException('It changed on disk.', 'NotReadableError');
    };
    const said = await storage.saveRun(
      record('1', { files: { train: [{ name: 'train.tsv', blob: gone }] } }),
    );
    expect(said).toContain('not your files');
    expect(said).toContain('train.tsv could not be read');
    expect(await storage.loadLastRun()).toMatchObject({ id: '1', progress: { step: 3 } });
    expect(await textOf(await storage.loadRun('1'))).toEqual([]);
  });

  it('takes over the files of the last run from the version before', async () => {
    const name = freshName();
    const storage = opened({ name });
    await storage.saveRun(record('1'));
    await storage.saveRun(record('2'));
    const db = await openDB(name);
    await db.put('files', { train: table('of old') }, 'last');
    expect(await textOf(await storage.loadLastRun())).toEqual(['of old']);
    expect(await textOf(await storage.loadRun('1'))).toEqual([]);
    await storage.saveRun(record('2', { savedAt: 3000, files: { train: [table('of old')] } }));
    expect(await db.count('files')).toBe(0);
    expect(await textOf(await storage.loadLastRun())).toEqual(['of old']);
    db.close();
  });

  it('takes over the one run of the first version', async () => {
    const name = freshName();
    const old = await openDB(name, 1, {
      upgrade(db) {
        db.createObjectStore('runs');
        db.createObjectStore('files');
      },
    });
    const { id: _, name: __, createdAt: ___, ...before } = record('1');
    await old.put('runs', before, 'last');
    old.close();
    const storage = opened({ name });
    expect(await storage.loadLastRun()).toMatchObject({ name: 'the run of before', progress: { step: 3 } });
    expect(await storage.listRuns()).toHaveLength(1);
  });

  it('keeps what is said of a run while its weights are being written', async () => {
    const weights = new MemoryWeights();
    const storage = opened({ weights });
    await storage.saveRun(record('1'));
    const write = weights.write.bind(weights);
    weights.write = async (name, snapshot) => {
      await storage.changeRun('1', { notes: 'precious', pinned: true });
      await write(name, snapshot);
    };
    await storage.saveRun(record('1', { savedAt: 3000 }));
    expect(await storage.listRuns()).toMatchObject([{ notes: 'precious', pinned: true, savedAt: 3000 }]);
  });

  it('reads a run of one moment, with its weights, while it is stored again', async () => {
    const weights = new MemoryWeights();
    const name = freshName();
    const storage = opened({ weights, name });
    const ofTab = opened({ weights, name });
    const { progress } = record('1');
    const at = (step: number) =>
      record('1', {
        progress: { ...progress, step },
        snapshot: { state: { step }, tensors: new Uint8Array(3) },
      });
    await storage.saveRun(at(1));
    const read = weights.read.bind(weights);
    weights.read = async (file) => {
      weights.read = read;
      await ofTab.saveRun(at(2));
      return read(file);
    };
    const stored = { progress: { step: 2 }, snapshot: { state: { step: 2 } }, summary: { weightBytes: 3 } };
    expect(await storage.loadRun('1')).toMatchObject(stored);
    // Deleted while it is read, it is simply gone.
    weights.read = async (file) => {
      await ofTab.removeRun('1');
      return read(file);
    };
    expect(await storage.loadRun('1')).toBeUndefined();
  });

  it('lists the others where one run cannot be read', async () => {
    const name = freshName();
    const storage = opened({ name });
    await storage.saveRun(record('1'));
    await storage.saveRun(record('2'));
    const db = await openDB(name);
    await db.put(
      'summaries',
      { ...(await db.get('summaries', '1')), config: { method: 'of tomorrow' } },
      '1',
    );
    db.close();
    expect((await storage.listRuns()).map(({ id }) => id)).toEqual(['2']);
  });

  it('refuses a run file whose parts are not those of a run, by its name', async () => {
    const storage = opened();
    await storage.saveRun(record('1'));
    const run = (await storage.loadRun('1')) as KeptRun;
    expect(decodeRunFile('a', encodeRunFile(run)).snapshot?.tensors).toEqual(Uint8Array.of(1, 2, 3));
    for (const part of [
      { tags: undefined },
      { createdAt: 'noon' },
      { scores: [{ role: 'lora' }] },
      { examples: null },
      { diverged: 'lora' },
      { config: { method: 'of tomorrow' } },
    ]) {
      const bad = { ...run, summary: { ...run.summary, ...part } } as unknown as KeptRun;
      expect(() => decodeRunFile('mine.autolora', encodeRunFile(bad))).toThrow('mine.autolora');
    }
    const series = { x: new Float64Array(2), columns: [new Float32Array(1)] };
    for (const part of [
      { snapshot: { state: {} } },
      { snapshot: null },
      { history: { ...run.history, series: null } },
      { history: { ...run.history, series: { search: null } } },
      { history: { ...run.history, series: { search: series } } },
      { history: { ...run.history, frames: { ...run.history.frames, frames: [{ step: 1 }] } } },
      { facts: { ...run.facts, evaluations: null } },
    ]) {
      const bad = { ...run, ...part } as unknown as KeptRun;
      expect(() => decodeRunFile('mine.autolora', encodeRunFile(bad))).toThrow(
        'mine.autolora lacks parts of a run',
      );
    }
  });
});
