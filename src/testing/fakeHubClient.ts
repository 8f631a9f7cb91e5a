/** A HubClient that fetches nothing, for tests of the store: what it answers is set by the test. */
import { HubError } from '../hub/failure';
import type {
  CachedRepository,
  HubClient,
  HubDownload,
  HubEndpoint,
  HubEstimate,
  HubProgress,
  HubRequest,
} from '../runtime/hubClient';

interface FakeDownload {
  progress(progress: HubProgress): void;
  finish(download: HubDownload): void;
  fail(error: Error): void;
}

export class FakeHubClient implements HubClient {
  /** Names of the calls in the order they came, with the repository or entry. */
  readonly calls: string[] = [];
  /** Answer to the next estimate; an Error is thrown. */
  nextEstimate: HubEstimate | Error = new Error('No estimate was set.');
  /** By repository: what `open` finds. */
  readonly openable = new Map<string, HubDownload>();
  /** Downloads that wait for the test to finish them. */
  readonly downloads: FakeDownload[] = [];

  async estimate(_: HubEndpoint, request: HubRequest): Promise<HubEstimate> {
    this.calls.push(`estimate ${request.repo}`);
    if (this.nextEstimate instanceof Error) throw this.nextEstimate;
    return this.nextEstimate;
  }

  download(
    _: HubEndpoint,
    request: HubRequest,
    options: Parameters<HubClient['download']>[2] = {},
  ): Promise<HubDownload> {
    this.calls.push(`download ${request.repo}`);
    return new Promise((finish, fail) => {
      this.downloads.push({
        finish,
        fail,
        progress: (progress) => options.onProgress?.(progress),
      });
      options.signal?.addEventListener('abort', () => {
        this.calls.push(`cancel ${request.repo}`);
        fail(new HubError('cancelled', 'The download was stopped; what came is kept.'));
      });
    });
  }

  async open(_: string, request: HubRequest): Promise<HubDownload | undefined> {
    this.calls.push(`open ${request.repo}`);
    return this.openable.get(request.repo);
  }

  async list(): Promise<CachedRepository[]> {
    this.calls.push('list');
    return [];
  }

  async delete(entry: string): Promise<void> {
    this.calls.push(`delete ${entry}`);
  }

  dispose(): void {}
}
