/** A Hugging Face Hub on this machine for tests: the same paths, headers, redirects to a CDN, and faults on demand. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ServedRepository {
  kind: 'model' | 'dataset';
  repo: string;
  /** Branch or tag → commit. */
  revisions: Record<string, string>;
  /** By path; the same at every revision. */
  files: Record<string, Uint8Array>;
  /** Only shown to this token. */
  token?: string;
  /** Answers 403 with the Hub's code for gated repositories. */
  gated?: boolean;
  /** What the list of Parquet files says: config → split → paths in `files`. */
  parquet?: Record<string, Record<string, string[]>>;
}

/** What happens to one answer that carries a file. */
export interface Fault {
  /** The connection is cut after so many bytes of the body. */
  cutAfter?: number;
  /** After so many bytes of the body nothing more comes, and the connection stays open. */
  holdAfter?: number;
  status?: number;
  /** A sign-in page instead. */
  page?: boolean;
  /** Another content of the same length, with its own ETag. */
  etag?: string;
  ignoreRange?: boolean;
  /** Says and sends a file of this length. */
  length?: number;
  /** Bytes of the file are turned over. */
  corrupt?: boolean;
  bytesPerSecond?: number;
}

export interface ServedRequest {
  /** Which of the two servers was asked. */
  server: 'hub' | 'cdn';
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
}

export interface HubServer {
  url: string;
  cdnUrl: string;
  requests: ServedRequest[];
  /** Asked before each answer that carries a file; may be replaced at any time. */
  fault: (path: string, request: ServedRequest) => Fault | undefined;
  /** Serve only `/resolve/`, as a plain mirror of files does. */
  filesOnly: boolean;
  /** Leave out x-repo-commit, checksums and ETags. */
  bare: boolean;
  close(): Promise<void>;
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const gitOid = (bytes: Uint8Array) =>
  createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
const isLarge = (path: string) => /\.(safetensors|parquet|bin)$/.test(path);

/** Starts both servers on free ports of 127.0.0.1. */
export async function startHubServer(repositories: readonly ServedRepository[]): Promise<HubServer> {
  const listen = (server: Server) =>
    new Promise<string>((resolve) => {
      server.listen(0, '127.0.0.1', () =>
        resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
      );
    });
  const hub = createServer((request, response) => answer('hub', request, response));
  const cdn = createServer((request, response) => answer('cdn', request, response));
  const state: HubServer = {
    url: '',
    cdnUrl: '',
    requests: [],
    fault: () => undefined,
    filesOnly: false,
    bare: false,
    async close() {
      for (const server of [hub, cdn]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
  state.url = await listen(hub);
  state.cdnUrl = await listen(cdn);

  function answer(server: 'hub' | 'cdn', request: IncomingMessage, response: ServerResponse): unknown {
    const { pathname } = new URL(request.url ?? '/', 'http://x');
    const path = decodeURIComponent(pathname);
    const method = request.method ?? 'GET';
    const noted = { server, method, path: request.url ?? '/', headers: request.headers };
    state.requests.push(noted);
    response.setHeader('Access-Control-Allow-Origin', '*');
    response.setHeader('Access-Control-Allow-Headers', 'authorization, range');
    response.setHeader('Access-Control-Allow-Methods', 'GET, HEAD, OPTIONS');
    response.setHeader(
      'Access-Control-Expose-Headers',
      'X-Repo-Commit,X-Error-Code,X-Error-Message,ETag,Link,Accept-Ranges,Content-Range,X-Linked-Size,X-Linked-ETag',
    );
    if (method === 'OPTIONS') return response.writeHead(204).end();
    const refuse = (status: number, code: string) =>
      response.writeHead(status, { 'X-Error-Code': code, 'Content-Type': 'application/json' }).end('{}');
    const json = (value: unknown, headers: Record<string, string> = {}) =>
      response.writeHead(200, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(value));

    if (server === 'cdn') {
      const found = repositories
        .flatMap(({ files }) => Object.entries(files))
        .find(([, bytes]) => path === `/lfs/${sha256(bytes)}`);
      if (!found) return response.writeHead(404).end();
      return sendFile(found[0], found[1], noted, response, `"cdn-${gitOid(found[1]).slice(0, 12)}"`);
    }

    const parts =
      /^\/(?:(datasets)\/)?([^/]+\/[^/]+)\/resolve\/(.+)$/.exec(path) ??
      /^\/api\/(models|datasets)\/([^/]+\/[^/]+)\/(.+)$/.exec(path);
    const kind = parts?.[1] === 'datasets' ? 'dataset' : 'model';
    const found = repositories.find((known) => known.kind === kind && known.repo === parts?.[2]);
    if (!parts) return response.writeHead(404, { 'Content-Type': 'text/html' }).end('<html></html>');
    if (!found) return refuse(401, 'RepoNotFound');
    if (found.token && request.headers.authorization !== `Bearer ${found.token}`)
      return refuse(401, 'RepoNotFound');
    if (found.gated) return refuse(403, 'GatedRepo');
    const rest = parts[3] as string;
    const isApi = path.startsWith('/api/');
    if (isApi && state.filesOnly) return response.writeHead(404).end();

    const parquet = isApi ? /^parquet(?:\/([^/]+)\/([^/]+)\/(\d+)\.parquet)?$/.exec(rest) : null;
    if (parquet && found.parquet) {
      const [, config, split, n] = parquet;
      if (config === undefined) {
        const urls = Object.entries(found.parquet).map(([name, splits]) => [
          name,
          Object.fromEntries(
            Object.entries(splits).map(([key, paths]) => [
              key,
              // As the real list does, whichever mirror it is read through.
              paths.map(
                (_, i) =>
                  `https://huggingface.co/api/datasets/${found.repo}/parquet/${name}/${key}/${i}.parquet`,
              ),
            ]),
          ),
        ]);
        return json(Object.fromEntries(urls));
      }
      const file = found.parquet[config]?.[split ?? '']?.[Number(n)];
      if (!file) return refuse(404, 'EntryNotFound');
      return response.writeHead(302, { Location: `/datasets/${found.repo}/resolve/main/${file}` }).end();
    }

    // A revision may hold slashes, so the longest that is known counts.
    const names = [...Object.keys(found.revisions), ...Object.values(found.revisions)];
    const below = isApi ? rest.replace(/^(tree|revision)\//, '') : rest;
    const revision = names
      .filter((name) => below === name || below.startsWith(`${name}/`))
      .sort((a, b) => b.length - a.length)[0];
    if (!revision) return refuse(404, 'RevisionNotFound');
    const commit = found.revisions[revision] ?? revision;
    const inside = below.slice(revision.length + 1);
    if (isApi && rest.startsWith('revision/')) return json({ id: found.repo, sha: commit });
    if (isApi && rest.startsWith('tree/')) {
      const recursive = new URL(request.url ?? '/', 'http://x').searchParams.get('recursive') === 'true';
      const prefix = inside ? `${inside}/` : '';
      const listed = Object.entries(found.files)
        .filter(
          ([name]) => name.startsWith(prefix) && (recursive || !name.slice(prefix.length).includes('/')),
        )
        .map(([name, bytes]) => ({
          type: 'file',
          oid: gitOid(bytes),
          size: bytes.length,
          path: name,
          ...(isLarge(name) && { lfs: { oid: sha256(bytes), size: bytes.length, pointerSize: 134 } }),
        }));
      if (listed.length === 0 && inside) return refuse(404, 'EntryNotFound');
      // Two entries a page, to be followed by Link as on the Hub.
      const cursor = Number(new URL(request.url ?? '/', 'http://x').searchParams.get('cursor') ?? 0);
      const next = `<https://huggingface.co${pathname}?recursive=${recursive}&cursor=${cursor + 2}>; rel="next"`;
      return json(listed.slice(cursor, cursor + 2), cursor + 2 < listed.length ? { Link: next } : {});
    }

    const bytes = found.files[inside];
    if (!bytes) return refuse(404, 'EntryNotFound');
    if (!state.bare) response.setHeader('X-Repo-Commit', commit);
    if (isLarge(inside) && !state.bare) {
      return response
        .writeHead(302, {
          Location: `${state.cdnUrl}/lfs/${sha256(bytes)}`,
          'X-Linked-Size': String(bytes.length),
          'X-Linked-ETag': `"${sha256(bytes)}"`,
        })
        .end();
    }
    return sendFile(inside, bytes, noted, response, state.bare ? undefined : `"${gitOid(bytes)}"`);
  }

  function sendFile(
    name: string,
    content: Uint8Array,
    request: ServedRequest,
    response: ServerResponse,
    etag: string | undefined,
  ): unknown {
    const fault = request.method === 'GET' ? (state.fault(name, request) ?? {}) : {};
    if (fault.status) return response.writeHead(fault.status).end();
    if (fault.page)
      return response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html>Sign in</html>');
    const other = fault.corrupt || fault.etag ? content.map((byte) => 255 - byte) : content;
    const bytes = fault.length === undefined ? other : new Uint8Array(fault.length);
    const range = fault.ignoreRange ? undefined : /^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1];
    const from = Number(range ?? 0);
    if (range !== undefined && from >= bytes.length)
      return response.writeHead(416, { 'Content-Range': `bytes */${bytes.length}` }).end();
    const tag = fault.etag ?? etag;
    response.writeHead(range === undefined ? 200 : 206, {
      'Content-Type': name.endsWith('.json') ? 'application/json' : 'application/octet-stream',
      'Content-Length': bytes.length - from,
      'Accept-Ranges': 'bytes',
      ...(tag && { ETag: tag }),
      ...(range !== undefined && { 'Content-Range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` }),
    });
    if (request.method === 'HEAD') return response.end();
    const body = bytes.subarray(from);
    const end = Math.min(body.length, fault.cutAfter ?? fault.holdAfter ?? body.length);
    let at = 0;
    const step = fault.bytesPerSecond ? Math.max(1, Math.floor(fault.bytesPerSecond / 20)) : 65536;
    const next = (): unknown => {
      if (response.destroyed) return;
      const upTo = Math.min(end, at + step);
      const chunk = body.subarray(at, upTo);
      at = upTo;
      // Cut only after the bytes have left, so that they count as sent.
      response.write(chunk, () => {
        if (at === end && fault.holdAfter !== undefined) return undefined;
        if (at < end) return fault.bytesPerSecond ? setTimeout(next, 50) : next();
        return fault.cutAfter === undefined ? response.end() : setTimeout(() => response.destroy(), 20);
      });
    };
    return body.length === 0 ? response.end() : next();
  }

  return state;
}
