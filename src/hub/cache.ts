/**
 * What has been downloaded: one folder per repository, commit and selection, with a manifest that says which files belong
 * to it and which are whole. A partial file is simply shorter than the manifest says, and is written on from its end.
 */
import { checkEndpoint, type RepositoryKind } from './endpoint';
import type { RemoteFile } from './listing';
import type { HubModelShape } from './modelShape';
import { checkRequest, type HubRequest, isCommit, selectionOf } from './repository';
import { Sha256 } from './sha256';
import type { HubStorage } from './storage';

/** How the content of a whole file was checked. */
export type ContentCheck = 'sha256' | 'size' | 'none';

export interface CachedFile extends RemoteFile {
  /** Of the server's answer to the first request for it; a later answer with another one starts over. */
  etag?: string;
  /** Whole and checked. */
  done?: ContentCheck;
  split?: string;
  /** Where the file is fetched from, if not from its path in the repository. */
  url?: string;
}

/** What stands in `manifest.json`. */
export interface Manifest {
  format: 1;
  endpoint: string;
  kind: RepositoryKind;
  repo: string;
  /** Of `selectionOf`. */
  selection: string;
  /** Branches and tags that stood for this commit when they were asked for. */
  revisions: string[];
  commit?: string;
  /** Of a data set. */
  config?: string;
  /** Of a model. */
  shape?: HubModelShape;
  files: CachedFile[];
  /** ISO time. */
  lastUsed: string;
}

/** One cached repository for people and panels: plain values. */
export interface CachedRepository {
  /** What `delete` and `open` take. */
  id: string;
  endpoint: string;
  kind: RepositoryKind;
  repo: string;
  config?: string;
  revisions: string[];
  commit?: string;
  files: { path: string; bytes: number; total?: number; done?: ContentCheck }[];
  /** On disk now. */
  bytes: number;
  /** When complete; undefined where a size is not known. */
  total?: number;
  complete: boolean;
  lastUsed: string;
}

/** A manifest with the folder it stands for. */
export interface Entry {
  id: string;
  manifest: Manifest;
}

const manifestName = 'manifest.json';

/** Names of files and folders may hold `/`, `:` and what else a repository allows; on disk they hold none of it. */
const plain = (name: string) => encodeURIComponent(name).replace(/\*/g, '%2A').replace(/^\./, '%2E');

export const isComplete = ({ files }: Manifest): boolean => files.every((file) => file.done !== undefined);

export class HubCache {
  constructor(readonly storage: HubStorage) {}

  filePath(id: string, path: string): string {
    return `${id}/files/${path.split('/').map(plain).join('/')}`;
  }

  private folderOf(endpoint: string, kind: RepositoryKind, repo: string): string {
    const host = plain(endpoint.replace(/^https:\/\//, ''));
    return `${host}/${kind}--${repo.replace('/', '--')}`;
  }

  /** The folder for what a plan found. */
  idFor({
    endpoint,
    kind,
    repo,
    selection,
    commit,
    revisions,
  }: Omit<Manifest, 'files' | 'lastUsed'>): string {
    // Names of folders may have 255 bytes.
    const short =
      selection.length <= 80 ? selection : new Sha256().update(new TextEncoder().encode(selection)).digest();
    const name = [commit ?? revisions[0] ?? '', short].filter(Boolean).join('--');
    return `${this.folderOf(endpoint, kind, repo)}/${plain(name)}`;
  }

  /** Undefined where there is none, or where it was cut while being written and so says nothing. */
  async read(id: string): Promise<Manifest | undefined> {
    const text = await this.storage.readText(`${id}/${manifestName}`);
    if (text === undefined) return undefined;
    try {
      const manifest = JSON.parse(text) as Manifest;
      return manifest.format === 1 && Array.isArray(manifest.files) ? manifest : undefined;
    } catch {
      return undefined;
    }
  }

  async write({ id, manifest }: Entry): Promise<void> {
    await this.storage.writeText(`${id}/${manifestName}`, `${JSON.stringify(manifest, null, 1)}\n`);
  }

  private async entriesIn(folder: string): Promise<Entry[]> {
    const ids = (await this.storage.folders(folder)).map((name) => `${folder}/${name}`);
    const found = await Promise.all(ids.map(async (id) => ({ id, manifest: await this.read(id) })));
    return found.filter((entry): entry is Entry => entry.manifest !== undefined);
  }

  /** All that is cached under one name of one endpoint, whichever commit and selection. */
  siblings(endpoint: string, kind: RepositoryKind, repo: string): Promise<Entry[]> {
    return this.entriesIn(this.folderOf(endpoint, kind, repo));
  }

  /**
   * What a request stands for, by branch, tag or commit, whole if it is there so, else a part; files by path are also found
   * in a whole configuration that holds them. Needs no network.
   * @throws HubError where the request itself is wrong.
   */
  async find(endpointUrl: string, request: HubRequest): Promise<Entry | undefined> {
    const asked = checkRequest(request);
    const selection = selectionOf(asked);
    const entries = await this.siblings(checkEndpoint({ url: endpointUrl }).url, asked.kind, asked.repo);
    const paths = asked.kind === 'dataset' ? asked.paths : undefined;
    const holds = (manifest: Manifest) =>
      manifest.selection === selection ||
      (isComplete(manifest) && paths?.every((path) => manifest.files.some((file) => file.path === path)));
    const found = entries.filter(
      ({ manifest }) =>
        holds(manifest) &&
        (isCommit(asked.revision)
          ? manifest.commit === asked.revision
          : manifest.revisions.includes(asked.revision)),
    );
    return found.find(({ manifest }) => isComplete(manifest)) ?? found[0];
  }

  private async describe({ id, manifest }: Entry): Promise<CachedRepository> {
    const files = await Promise.all(
      manifest.files.map(async ({ path, size, done }) => ({
        path,
        bytes: await this.storage.size(this.filePath(id, path)),
        total: size,
        done,
      })),
    );
    const { endpoint, kind, repo, config, revisions, commit, lastUsed } = manifest;
    return {
      id,
      endpoint,
      kind,
      repo,
      config,
      revisions,
      commit,
      files,
      bytes: files.reduce((sum, file) => sum + file.bytes, 0),
      total: totalOf(manifest.files),
      complete: isComplete(manifest),
      lastUsed,
    };
  }

  /** Everything that is cached, last used first. */
  async list(): Promise<CachedRepository[]> {
    const { storage } = this;
    const hosts = await storage.folders('');
    const repos = await Promise.all(
      hosts.map(async (host) => (await storage.folders(host)).map((name) => `${host}/${name}`)),
    );
    const entries = (await Promise.all(repos.flat().map((folder) => this.entriesIn(folder)))).flat();
    const described = await Promise.all(entries.map((entry) => this.describe(entry)));
    return described.sort((a, b) => b.lastUsed.localeCompare(a.lastUsed) || a.id.localeCompare(b.id));
  }

  /** Removes one cached repository, whole or not. Ids come from `list`. */
  async delete(id: string): Promise<void> {
    // An id is a path of three plain names; anything else could reach other files.
    if (!/^[^/]+\/[^/]+\/[^/]+$/.test(id) || id.split('/').some((part) => /^\.+$/.test(part)))
      throw new Error(`"${id}" is nothing that the list of downloads shows.`);
    await this.storage.remove(id);
  }
}

/** Sum of the sizes; undefined as soon as one is not known. */
export function totalOf(files: readonly RemoteFile[]): number | undefined {
  return files.reduce<number | undefined>(
    (sum, { size }) => (sum === undefined || size === undefined ? undefined : sum + size),
    0,
  );
}
