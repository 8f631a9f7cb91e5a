/** Downloads what a request stands for into the cache: whole files are kept, partial ones are gone on with. */
import {
  type CachedFile,
  type ContentCheck,
  type Entry,
  HubCache,
  isComplete,
  type Manifest,
  totalOf,
} from './cache';
import { describeBytes } from './describeBytes';
import { downloadFile } from './downloadFile';
import { checkEndpoint, type RepositoryKind } from './endpoint';
import { HubError } from './failure';
import type { HubModelShape } from './modelShape';
import { type HubContext, planHub } from './plan';
import { ByteMeter, type HubProgress } from './progress';
import { checkRequest, type HubRequest } from './repository';
import { platformWire } from './wire';

/** A downloaded file; its bytes are read when they are needed, and it is posted to a worker by reference. */
export interface HubFile {
  /** Path in the repository, e.g. `config.json`, `sst2/train-00000-of-00001.parquet`. */
  name: string;
  blob: Blob;
  /** Of a data set. */
  split?: string;
  /** `size` or `none` where the server gave no checksum (or no size either). */
  check: ContentCheck;
}

export interface HubDownload {
  /** Of the cache. */
  id: string;
  endpoint: string;
  kind: RepositoryKind;
  repo: string;
  config?: string;
  /** As asked for. */
  revision: string;
  /** What it stood for when it was downloaded; store it, so that a run can be repeated. */
  commit?: string;
  files: HubFile[];
  bytes: number;
  /** Nothing was asked of the network. */
  fromCache: boolean;
  shape?: HubModelShape;
}

export interface DownloadOptions {
  onProgress?(progress: HubProgress): void;
  /** Stops; what came is kept. */
  signal?: AbortSignal;
  /** Asks whether the branch has moved, also where all is cached. */
  refresh?: boolean;
}

/**
 * Fetches all files of a model or data set that are not cached yet. What is cached whole needs no network.
 * @throws HubError: one sentence; after `network`, `server`, `storage` and `cancelled` the next call goes on from there.
 */
export async function downloadHub(
  context: HubContext,
  request: HubRequest,
  { onProgress, signal, refresh }: DownloadOptions = {},
): Promise<HubDownload> {
  const cache = new HubCache(context.storage);
  const endpoint = checkEndpoint(context.endpoint);
  const asked = checkRequest(request);
  const cached = refresh ? undefined : await cache.find(endpoint.url, request);
  if (cached && isComplete(cached.manifest)) return openEntry(cache, cached, asked, true);

  const entry = await prepare(cache, await planHub(context, request, signal), refresh);
  const { manifest, id } = entry;
  await checkRoom(cache, entry);
  const wire = context.wire ?? platformWire;
  const meter = new ByteMeter(wire.now, onProgress);
  const kept = new Map<string, number>();
  for (const { path } of manifest.files) kept.set(path, await context.storage.size(cache.filePath(id, path)));
  const fetchFile = async (file: CachedFile) => {
    const note = (fileBytes: number, fresh: number, retrying?: true, whole = false) => {
      kept.set(file.path, fileBytes);
      const bytes = [...kept.values()].reduce((sum, size) => sum + size, 0);
      const total = totalOf(manifest.files);
      const state = { file: file.path, fileBytes, fileTotal: file.size, bytes, total };
      meter.note(retrying ? { ...state, retrying } : state, fresh, retrying || whole);
    };
    if (file.done === undefined) await downloadFile({ wire, endpoint, cache, entry, file, note, signal });
    note(kept.get(file.path) ?? 0, 0, undefined, true);
  };
  try {
    for (const file of manifest.files) await fetchFile(file);
  } finally {
    meter.end();
  }
  return openEntry(cache, entry, asked, false);
}

/**
 * Opens what is cached whole, without a network; undefined where it is not.
 * @throws HubError where the request itself is wrong.
 */
export async function openCached(
  storage: HubContext['storage'],
  endpointUrl: string,
  request: HubRequest,
): Promise<HubDownload | undefined> {
  const cache = new HubCache(storage);
  const entry = await cache.find(endpointUrl, request);
  if (!entry || !isComplete(entry.manifest)) return undefined;
  return openEntry(cache, entry, checkRequest(request), true);
}

/** The entry that a plan goes into: what is already there of it is kept, a branch that moved leaves its old commit. */
async function prepare(cache: HubCache, plan: Manifest, refresh = false): Promise<Entry> {
  const id = cache.idFor(plan);
  const before = await cache.read(id);
  const files: CachedFile[] = [];
  for (const file of plan.files) {
    const known = before?.files.find(({ path }) => path === file.path);
    const agree = (key: 'size' | 'sha256') =>
      file[key] === undefined || known?.[key] === undefined || known[key] === file[key];
    // Where neither commit nor checksum say what a whole file is, only fetching it again shows whether it is new.
    const stale = refresh && known?.done && plan.commit === undefined && file.sha256 === undefined;
    if (known && agree('size') && agree('sha256') && !stale) {
      files.push({ ...known, ...definedOf(file) });
    } else {
      await cache.storage.remove(cache.filePath(id, file.path));
      files.push(file);
    }
  }
  const revisions = [...new Set([...(before?.revisions ?? []), ...plan.revisions])];
  const entry = { id, manifest: { ...plan, files, revisions } };
  for (const other of await cache.siblings(plan.endpoint, plan.kind, plan.repo)) {
    if (other.id === id || other.manifest.selection !== plan.selection) continue;
    const left = other.manifest.revisions.filter((name) => !plan.revisions.includes(name));
    if (left.length === other.manifest.revisions.length) continue;
    if (left.length === 0 && !isComplete(other.manifest)) await cache.delete(other.id);
    else await cache.write({ id: other.id, manifest: { ...other.manifest, revisions: left } });
  }
  await cache.write(entry);
  return entry;
}

const definedOf = <T extends object>(value: T): Partial<T> =>
  Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as Partial<T>;

async function checkRoom(cache: HubCache, { id, manifest }: Entry): Promise<void> {
  const { storage } = cache;
  const free = await storage.freeBytes();
  const total = totalOf(manifest.files);
  if (free === undefined || total === undefined) return;
  const sizes = await Promise.all(manifest.files.map(({ path }) => storage.size(cache.filePath(id, path))));
  const needed = total - sizes.reduce((sum, size) => sum + size, 0);
  if (needed > free)
    throw new HubError(
      'storage',
      `${manifest.repo} needs ${describeBytes(needed)} more, but ${storage.place} has room for ${describeBytes(free)}; ` +
        'delete downloads that are no longer needed.',
    );
}

async function openEntry(
  cache: HubCache,
  entry: Entry,
  asked: HubRequest & { revision: string },
  fromCache: boolean,
): Promise<HubDownload> {
  const { id, manifest } = entry;
  const used = { id, manifest: { ...manifest, lastUsed: new Date().toISOString() } };
  const files: HubFile[] = [];
  const paths = asked.kind === 'dataset' ? asked.paths : undefined;
  for (const { path, size, split, done = 'none' } of manifest.files) {
    if (paths && !paths.includes(path)) continue;
    const blob = await cache.storage.blob(cache.filePath(id, path));
    if (!blob || (size !== undefined && blob.size !== size)) {
      for (const file of used.manifest.files) if (file.path === path) delete file.done;
      await cache.write(used);
      throw new HubError(
        'content',
        `${path} of ${manifest.repo} was removed or changed in ${cache.storage.place}; download it again.`,
      );
    }
    files.push({ name: path, blob, split, check: done });
  }
  await cache.write(used);
  const { endpoint, kind, repo, config, commit, shape } = manifest;
  const bytes = files.reduce((sum, { blob }) => sum + blob.size, 0);
  return {
    id,
    endpoint,
    kind,
    repo,
    config,
    revision: asked.revision,
    commit,
    files,
    bytes,
    fromCache,
    shape,
  };
}
