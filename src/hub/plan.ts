/** Before any download: what a request stands for at the endpoint, what it weighs, and what is there already. */
import { type CachedFile, HubCache, isComplete, type Manifest, totalOf } from './cache';
import { planDataset } from './datasetFiles';
import { checkEndpoint, type HubEndpoint, type RepositoryKind } from './endpoint';
import { planModel } from './modelFiles';
import { estimateMemory, type HubModelShape, type MemoryEstimate } from './modelShape';
import { checkRequest, type HubRequest, selectionOf } from './repository';
import type { HubStorage } from './storage';
import { platformWire, type Wire } from './wire';

/** Whom to ask and where to keep. */
export interface HubContext {
  endpoint: HubEndpoint;
  storage: HubStorage;
  wire?: Wire;
}

/** What a request stands for; nothing of it but small JSON has been fetched. @throws HubError */
export async function planHub(
  { endpoint, wire = platformWire }: HubContext,
  request: HubRequest,
  signal?: AbortSignal,
): Promise<Manifest> {
  const asked = checkRequest(request);
  const checked = checkEndpoint(endpoint);
  const { kind, repo, revision } = asked;
  const place = { wire, endpoint: checked, kind, repo, revision, signal };
  const planned: { commit?: string; files: CachedFile[]; config?: string; shape?: HubModelShape } =
    asked.kind === 'model' ? await planModel(place) : await planDataset(place, asked);
  return {
    format: 1,
    endpoint: checked.url,
    kind,
    repo,
    selection: selectionOf(asked),
    revisions: [revision],
    lastUsed: new Date().toISOString(),
    ...planned,
  };
}

export interface HubEstimate {
  endpoint: string;
  kind: RepositoryKind;
  repo: string;
  /** Configuration of a data set. */
  config?: string;
  /** As asked for: branch, tag or commit. */
  revision: string;
  /** What it stands for; undefined where the server does not say. With it a run can be repeated. */
  commit?: string;
  files: { path: string; size?: number }[];
  /** All files; undefined where the server does not say every size. */
  bytes?: number;
  /** What is still to be fetched of them; 0 where all is cached. */
  bytesToDownload?: number;
  /** Room in the cache's place, where it can be known. */
  freeBytes?: number;
  /** Of a model. */
  parameters?: number;
  shape?: HubModelShape;
  memory?: MemoryEstimate;
}

export interface EstimateOptions {
  /** For the memory of activations. Default 16. */
  batchSize?: number;
  /** Tokens per text, cut to what the model can take. Default 128. */
  length?: number;
  /** Asks the server even where all is cached. */
  refresh?: boolean;
  signal?: AbortSignal;
}

/**
 * Bytes to download and memory to train, before anything is downloaded. Asks for config.json and the listing; for what
 * is cached whole it asks for nothing.
 * @throws HubError
 */
export async function estimateHub(
  context: HubContext,
  request: HubRequest,
  { batchSize, length = 128, refresh, signal }: EstimateOptions = {},
): Promise<HubEstimate> {
  const cache = new HubCache(context.storage);
  const endpoint = checkEndpoint(context.endpoint);
  const cached = refresh ? undefined : await cache.find(endpoint.url, request);
  const manifest =
    cached && isComplete(cached.manifest) ? cached.manifest : await planHub(context, request, signal);
  const id = cache.idFor(manifest);
  const kept = await Promise.all(
    manifest.files.map(({ path }) => context.storage.size(cache.filePath(id, path))),
  );
  const bytes = totalOf(manifest.files);
  const { shape } = manifest;
  return {
    endpoint: endpoint.url,
    kind: manifest.kind,
    repo: manifest.repo,
    config: manifest.config,
    revision: checkRequest(request).revision,
    commit: manifest.commit,
    files: manifest.files.map(({ path, size }) => ({ path, size })),
    bytes,
    bytesToDownload: bytes && Math.max(0, bytes - kept.reduce((sum, size) => sum + size, 0)),
    freeBytes: await context.storage.freeBytes(),
    parameters: shape?.parameters,
    shape,
    memory: shape && estimateMemory(shape, batchSize, Math.min(length, shape.maxPositions)),
  };
}
