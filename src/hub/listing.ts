/** What a repository holds, before anything of it is downloaded: files with sizes and checksums, and the commit. */
import { type HubEndpoint, type RepositoryKind, resolveUrl, revisionUrl, treeUrl } from './endpoint';
import { HubError } from './failure';
import { isCommit } from './repository';
import { ask, jsonOf, type Question, type Wire } from './wire';

export interface RemoteFile {
  /** From the root of the repository. */
  path: string;
  /** Bytes; undefined where the server does not say. */
  size?: number;
  /** Of the content, hexadecimal; large files on the Hub have one. */
  sha256?: string;
}

/** One repository at one revision, as it is asked for. */
export interface Place {
  wire: Wire;
  endpoint: HubEndpoint;
  kind: RepositoryKind;
  repo: string;
  revision: string;
  signal?: AbortSignal;
}

const isSha256 = (text: string | undefined): text is string => /^[0-9a-f]{64}$/.test(text ?? '');

/** An ETag without quotes and without the mark of a weak one. */
export const plainEtag = (etag: string | null): string | undefined =>
  etag?.replace(/^W\//, '').replace(/^"|"$/g, '') || undefined;

const numberOf = (text: string | null): number | undefined =>
  text !== null && /^\d+$/.test(text) ? Number(text) : undefined;

/** A Hub says with a code what it misses; a plain file server does not know the address at all. */
const notServed = ({ status, headers }: Response) =>
  [404, 405, 501].includes(status) && headers.get('x-error-code') === null;
const noEntry = ({ headers }: Response) => headers.get('x-error-code') === 'EntryNotFound';

function question(place: Place, url: string, path?: string): Question {
  const { endpoint, repo, revision, signal } = place;
  return { endpoint, url, subject: { repo, revision, path }, signal };
}

/**
 * The files directly in a folder; empty where there is no such folder, undefined where the server has no listings
 * (a mirror may serve files alone).
 * @throws HubError where repository or revision are not to be had.
 */
export async function listFolder(
  place: Place,
  folder = '',
  recursive = false,
): Promise<RemoteFile[] | undefined> {
  const { wire, endpoint, kind, repo, revision } = place;
  const base = treeUrl(endpoint, kind, repo, revision, folder);
  const files: RemoteFile[] = [];
  let query = recursive ? '?recursive=true' : '';
  for (let page = 0; page < 100; page++) {
    const asked = {
      ...question(place, base + query),
      accept: (answer: Response) => notServed(answer) || noEntry(answer),
    };
    const response = await ask(wire, asked);
    if (!response.ok) {
      await response.body?.cancel();
      return noEntry(response) ? [] : undefined;
    }
    const entries = await jsonOf(response, asked);
    if (!Array.isArray(entries))
      throw new HubError(
        'content',
        `The listing of ${repo} at ${endpoint.url} is not a list; is this a Hub?`,
      );
    for (const entry of entries as Record<string, unknown>[]) {
      if (entry?.type !== 'file' || typeof entry.path !== 'string') continue;
      const lfs = entry.lfs as { oid?: string; size?: number } | undefined;
      const oid = lfs?.oid?.replace(/^sha256:/, '');
      files.push({
        path: entry.path,
        size: lfs?.size ?? (entry.size as number | undefined),
        sha256: isSha256(oid) ? oid : undefined,
      });
    }
    const next = /<([^>]+)>;\s*rel="next"/.exec(response.headers.get('link') ?? '')?.[1];
    if (!next) return files;
    // A mirror may hand through addresses of the Hub itself; only the place to go on from is taken.
    query = new URL(next, base).search;
  }
  throw new HubError(
    'content',
    `${repo} has too many files to list; this program reads repositories of up to 100 pages.`,
  );
}

/** One file's size, checksum and commit by HEAD; undefined where there is none. @throws HubError */
export async function lookAtFile(
  place: Place,
  path: string,
  url = resolveUrl(place.endpoint, place.kind, place.repo, place.revision, path),
): Promise<(RemoteFile & { commit?: string }) | undefined> {
  const accept = (answer: Response) => noEntry(answer) || (notServed(answer) && answer.status === 404);
  const response = await ask(place.wire, { ...question(place, url, path), method: 'HEAD', from: 0, accept });
  if (!response.ok) return undefined;
  const { headers } = response;
  const size = numberOf(headers.get('x-linked-size')) ?? numberOf(headers.get('content-length'));
  return {
    path,
    size: headers.get('content-encoding') ? undefined : size,
    sha256: sha256Of(response),
    commit: commitOf(response),
  };
}

/**
 * The checksum that an answer names. An ETag behind a redirect is the storage's own, of whatever kind, so that there only
 * the Hub's `x-linked-etag` counts.
 */
export function sha256Of(response: Response): string | undefined {
  const linked = plainEtag(response.headers.get('x-linked-etag'));
  if (isSha256(linked)) return linked;
  const own = response.redirected ? undefined : plainEtag(response.headers.get('etag'));
  return isSha256(own) ? own : undefined;
}

function commitOf(response: Response): string | undefined {
  const commit = response.headers.get('x-repo-commit') ?? '';
  return isCommit(commit) ? commit : undefined;
}

/** A small JSON file and the commit that it came from. @throws HubError */
export async function fetchJson(place: Place, path: string): Promise<{ json: unknown; commit?: string }> {
  const { wire, endpoint, kind, repo, revision } = place;
  const asked = question(place, resolveUrl(endpoint, kind, repo, revision, path), path);
  const response = await ask(wire, asked);
  return { commit: commitOf(response), json: await jsonOf(response, asked) };
}

/** The commit that a branch or tag stands for now; undefined where the server does not say. @throws HubError */
export async function fetchCommit(place: Place): Promise<string | undefined> {
  const { wire, endpoint, kind, repo, revision } = place;
  if (isCommit(revision)) return revision;
  const asked = { ...question(place, revisionUrl(endpoint, kind, repo, revision)), accept: notServed };
  const response = await ask(wire, asked);
  if (!response.ok) {
    await response.body?.cancel();
    // A mirror of files alone may still name the commit with small files, which no redirect hides.
    const seen = await lookAtFile(place, 'README.md');
    return (seen ?? (await lookAtFile(place, '.gitattributes')))?.commit;
  }
  const { sha } = (await jsonOf(response, asked)) as { sha?: unknown };
  return typeof sha === 'string' && isCommit(sha) ? sha : undefined;
}
