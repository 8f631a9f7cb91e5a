/** One file of a download: asked for from where its partial copy ends, written as it comes, checked at its end. */
import type { CachedFile, Entry, HubCache } from './cache';
import { addressOf } from './datasetFiles';
import type { HubEndpoint } from './endpoint';
import { cancelled, HubError, networkFailure } from './failure';
import { plainEtag, sha256Of } from './listing';
import { Sha256 } from './sha256';
import { ask, Patience, pageInstead, type Wire } from './wire';

export interface FileDownload {
  wire: Wire;
  endpoint: HubEndpoint;
  cache: HubCache;
  entry: Entry;
  /** Of the entry's manifest; `size`, `sha256`, `etag` and `done` are filled in and stored. */
  file: CachedFile;
  /** Bytes of the file that are there, how many of them have just come, and whether it rests before another attempt. */
  note(fileBytes: number, fresh: number, retrying?: true): void;
  signal?: AbortSignal;
}

/** Bytes hashed between two looks at the signal, when a partial file is taken up. */
const HASH_SLICE = 4 * 2 ** 20;

/** What of a file is there. */
interface Part {
  /** Bytes. */
  have: number;
  /** Of these bytes; undefined while there are none. */
  hash: Sha256 | undefined;
}

const pathOf = ({ cache, entry, file }: FileDownload) => cache.filePath(entry.id, file.path);

const nameOf = ({ file, entry }: FileDownload) => `${file.path} of ${entry.manifest.repo}`;

/**
 * @throws HubError. What has come is kept, unless it is wrong: then it is removed.
 */
export async function downloadFile(download: FileDownload): Promise<void> {
  const { wire, endpoint, cache, entry, file, note, signal } = download;
  const { storage } = cache;
  const { manifest } = entry;
  const path = pathOf(download);
  const what = nameOf(download);
  const patience = new Patience(wire, 'long', signal);
  const subject = {
    repo: manifest.repo,
    revision: manifest.commit ?? manifest.revisions[0] ?? '',
    path: file.path,
  };
  const url = addressOf({ ...manifest, endpoint, revision: subject.revision }, file);

  const part: Part = { have: await storage.size(path), hash: undefined };
  let startedOver = false;
  try {
    if (part.have > 0) part.hash = await hashOf(await storage.blob(path), signal);
    while (part.have === 0 || part.have !== file.size) {
      // An empty file has no first byte that could be asked for.
      const from = file.size === 0 ? undefined : part.have;
      const response = await ask(wire, {
        endpoint,
        url,
        subject,
        from,
        signal,
        accept: ({ status }) => status === 416,
        patience: 'long',
      });
      const answer = judge(response, file, part.have);
      if (answer === 'page') {
        await response.body?.cancel();
        throw pageInstead(what, endpoint.url);
      }
      if (answer === 'changed') {
        await response.body?.cancel();
        if (startedOver)
          await refuse(
            download,
            `${endpoint.url} gives ${what} differently each time it is asked; try again, or another endpoint.`,
          );
        startedOver = true;
        part.have = 0;
        file.etag = undefined;
        await storage.remove(path);
        continue;
      }
      if (part.have === 0 || response.status === 200) {
        part.have = 0;
        part.hash = new Sha256();
      }
      await keepAnnounced(download, response, part.have);

      const before = part.have;
      const broken = await writeResponse(download, response, part);
      if (part.have > before) patience.renew();
      if (file.size === undefined && broken === undefined) file.size = part.have;
      if (part.have === file.size) break;
      if (file.size !== undefined && part.have > file.size)
        await refuse(
          download,
          `${what} came with ${part.have} bytes, but ${file.size} were announced; it was removed, download it again.`,
        );
      note(part.have, 0, true);
      if (!wire.online() || !(await patience.rest()))
        throw networkFailure(endpoint.url, what, broken, wire.online());
    }
  } catch (error) {
    if (signal?.aborted && !(error instanceof HubError)) throw cancelled(what);
    throw error;
  }

  if (file.sha256 !== undefined && part.hash?.digest() !== file.sha256)
    await refuse(
      download,
      `${what} does not match the checksum that the Hub gives for it; it was removed, download it again.`,
    );
  file.done = file.sha256 !== undefined ? 'sha256' : 'size';
  await cache.write(entry);
}

/** Removes what has come, and forgets what the server said of it, so that the next attempt takes its word anew. */
async function refuse(download: FileDownload, message: string): Promise<never> {
  const { cache, entry, file } = download;
  await cache.storage.remove(pathOf(download));
  file.size = file.sha256 = file.etag = undefined;
  await cache.write(entry);
  throw new HubError('content', message);
}

/** Fills in and stores what an answer says of the whole file. @throws HubError where it is of another size than was listed */
async function keepAnnounced(download: FileDownload, response: Response, have: number): Promise<void> {
  const { cache, endpoint, entry, file } = download;
  const announced = announcedSize(response, have);
  if (file.size !== undefined && announced !== undefined && announced !== file.size) {
    await response.body?.cancel();
    await refuse(
      download,
      `${endpoint.url} lists ${nameOf(download)} with ${file.size} bytes but sends ${announced}; try again, or another endpoint.`,
    );
  }
  file.size ??= announced;
  file.sha256 ??= sha256Of(response);
  file.etag = plainEtag(response.headers.get('etag')) ?? file.etag;
  await cache.write(entry);
}

/** Whether an answer goes on with what is there, begins anew, or is of another content. */
function judge(response: Response, file: CachedFile, have: number): 'goes-on' | 'changed' | 'page' {
  const { status, headers } = response;
  if (/^text\/html\b/i.test(headers.get('content-type') ?? '')) return 'page';
  if (status === 416) return 'changed';
  const etag = plainEtag(headers.get('etag'));
  if (have > 0 && etag !== undefined && file.etag !== undefined && etag !== file.etag) return 'changed';
  const start = /^bytes (\d+)-/.exec(headers.get('content-range') ?? '')?.[1];
  return status === 206 && start !== undefined && Number(start) !== have ? 'changed' : 'goes-on';
}

/** Size of the whole file, as far as this answer tells. Packed answers tell only their packed size. */
function announcedSize({ status, headers }: Response, have: number): number | undefined {
  const whole = /^bytes \d+-\d+\/(\d+)$/.exec(headers.get('content-range') ?? '')?.[1];
  if (whole !== undefined) return Number(whole);
  const length = headers.get('content-length');
  if (length === null || headers.get('content-encoding') !== null) return undefined;
  return Number(length) + (status === 206 ? have : 0);
}

/** Writes the body behind the part, which grows. Returns what broke it off, if anything did. @throws what storage or signal say. */
async function writeResponse(download: FileDownload, response: Response, part: Part): Promise<unknown> {
  const { cache, note, signal } = download;
  const writer = await cache.storage.append(pathOf(download), part.have);
  const reader = response.body?.getReader();
  try {
    for (;;) {
      let chunk: Uint8Array | undefined;
      try {
        chunk = (await reader?.read())?.value;
      } catch (error) {
        if (signal?.aborted) throw error;
        return error ?? new Error('broken off');
      }
      if (signal?.aborted) throw signal.reason;
      if (!chunk) return undefined;
      await writer.write(chunk);
      part.have += chunk.length;
      part.hash?.update(chunk);
      note(part.have, chunk.length);
    }
  } finally {
    await writer.close();
    await reader?.cancel().catch(() => {});
  }
}

async function hashOf(blob: Blob | undefined, signal: AbortSignal | undefined): Promise<Sha256> {
  const hash = new Sha256();
  for (let at = 0; blob && at < blob.size; at += HASH_SLICE) {
    signal?.throwIfAborted();
    hash.update(new Uint8Array(await blob.slice(at, at + HASH_SLICE).arrayBuffer()));
  }
  return hash;
}
