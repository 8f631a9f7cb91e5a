/** The Hub on the page: estimates, downloads with progress, and what is cached. Nothing is fetched unless a person asks. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { ExperimentConfig } from '../../config/experiment';
import type { HubEndpoint } from '../../hub/endpoint';
import type {
  CachedRepository,
  HubClient,
  HubDownload,
  HubEstimate,
  HubProgress,
  HubRequest,
} from '../../runtime/hubClient';
import { type FileBlob, sentenceOf } from '../../runtime/protocol';
import { type HubSettingsStorage, movedEndpoint, readHubSettings, writeHubSettings } from './hubSettings';

/** The two things an experiment takes from the Hub. */
export type HubPart = 'model' | 'data';

/** Where one of them stands. */
export interface HubJob {
  /** Of the request that the rest is about; another request starts afresh. */
  key: string;
  status: 'unknown' | 'looking' | 'missing' | 'estimating' | 'downloading' | 'cached';
  estimate?: HubEstimate;
  progress?: HubProgress;
  /** Where it is cached whole: what it is, without its files. */
  cached?: Omit<HubDownload, 'files'> & { files: { name: string; split?: string }[] };
  /** A sentence: why the last try ended. */
  message?: string;
}

export interface HubState {
  endpoint: HubEndpoint;
  model: HubJob;
  data: HubJob;
  /** Undefined until it was looked up. */
  cached?: CachedRepository[];
  /** Why the list or a deletion failed. */
  listMessage?: string;
}

export interface HubDownloads {
  store: StoreApi<HubState>;
  setEndpoint(endpoint: HubEndpoint): void;
  /** Looks, without network, whether what the configuration names is cached. */
  look(config: ExperimentConfig): Promise<void>;
  estimate(part: HubPart, config: ExperimentConfig): Promise<void>;
  download(part: HubPart, config: ExperimentConfig): Promise<void>;
  cancel(part: HubPart): void;
  list(): Promise<void>;
  delete(entry: string, config: ExperimentConfig): Promise<void>;
  /** The cached checkpoint. @throws Error saying what is missing and what to press. */
  openModel(config: ExperimentConfig): Promise<{ files: FileBlob[]; commit?: string }>;
  /** The cached data set's train and dev files. @throws Error as above, or where its splits have other names. */
  openData(config: ExperimentConfig): Promise<{ train: FileBlob[]; dev: FileBlob[]; commit?: string }>;
  dispose(): void;
}

const idle: HubJob = { key: '', status: 'unknown' };

/** @param storage for the endpoint and the token; without it they are kept for this page only. */
export function createHubDownloads(client: HubClient, storage: HubSettingsStorage = {}): HubDownloads {
  const store = createStore<HubState>(() => ({
    endpoint: readHubSettings(storage),
    model: idle,
    data: idle,
  }));
  const stops: Partial<Record<HubPart, AbortController>> = {};

  const requestOf = async (part: HubPart, { model, data }: ExperimentConfig): Promise<HubRequest> => {
    const { modelRequestOf, datasetRequestOf } = await import('../../hub/experimentFiles');
    return part === 'model' ? modelRequestOf(model) : datasetRequestOf(data);
  };
  const keyOf = (request: HubRequest) => `${store.getState().endpoint.url} ${JSON.stringify(request)}`;
  const job = (part: HubPart) => store.getState()[part];
  const restingStatus = (part: HubPart) => (job(part).cached ? 'cached' : 'missing');
  const set = (part: HubPart, change: Partial<HubJob>) =>
    store.setState({ [part]: { ...job(part), ...change } });
  const open = async (part: HubPart, config: ExperimentConfig): Promise<HubDownload | undefined> => {
    const request = await requestOf(part, config);
    return client.open(store.getState().endpoint.url, request);
  };
  const cachedOf = ({ files, ...rest }: HubDownload): HubJob['cached'] => ({
    ...rest,
    files: files.map(({ name, split }) => ({ name, split })),
  });

  const lookAt = async (part: HubPart, config: ExperimentConfig) => {
    let request: HubRequest;
    try {
      request = await requestOf(part, config);
    } catch (error) {
      const { status } = job(part);
      if (status !== 'estimating' && status !== 'downloading')
        store.setState({ [part]: { ...idle, status: 'missing', message: sentenceOf(error) } });
      return;
    }
    const key = keyOf(request);
    if (job(part).key === key && job(part).status !== 'unknown') return;
    stops[part]?.abort();
    store.setState({ [part]: { key, status: 'looking' } });
    // An estimate or a download of the same may have begun meanwhile.
    const isLooking = () => job(part).key === key && job(part).status === 'looking';
    try {
      const found = await client.open(store.getState().endpoint.url, request);
      if (isLooking()) set(part, { status: found ? 'cached' : 'missing' });
      if (found && job(part).key === key) set(part, { cached: cachedOf(found) });
    } catch (error) {
      if (isLooking()) set(part, { status: 'missing', message: sentenceOf(error) });
    }
  };
  const list = async () => {
    try {
      store.setState({ cached: await client.list(), listMessage: undefined });
    } catch (error) {
      store.setState({ listMessage: sentenceOf(error) });
    }
  };
  const opened = async (part: HubPart, config: ExperimentConfig): Promise<HubDownload> => {
    const found = await open(part, config);
    if (found) return found;
    const name =
      part === 'model' ? `The model ${config.model.name}` : `The data set ${config.data.repository}`;
    throw new Error(
      `${name} is not downloaded yet: press Download under ${part === 'model' ? 'Model' : 'Data'}, or choose the embedded ${part === 'model' ? 'model' : 'data'}.`,
    );
  };

  /** Runs one estimate or download; a later one for the same part ends it. */
  const run = async (
    part: HubPart,
    config: ExperimentConfig,
    status: 'estimating' | 'downloading',
    act: (
      request: HubRequest,
      signal: AbortSignal,
      tell: (change: Partial<HubJob>) => void,
    ) => Promise<Partial<HubJob>>,
  ) => {
    stops[part]?.abort();
    const stop = new AbortController();
    stops[part] = stop;
    try {
      const request = await requestOf(part, config);
      const key = keyOf(request);
      const { estimate, cached } = job(part).key === key ? job(part) : idle;
      store.setState({ [part]: { key, status, estimate, cached } });
      const tell = (change: Partial<HubJob>) => {
        if (stops[part] === stop && job(part).key === key) set(part, change);
      };
      try {
        tell(await act(request, stop.signal, tell));
      } catch (error) {
        tell({ status: restingStatus(part), message: sentenceOf(error) });
      }
    } catch (error) {
      set(part, { status: 'missing', message: sentenceOf(error) });
    }
  };

  return {
    store,
    setEndpoint(asked) {
      const before = store.getState().endpoint;
      const endpoint = movedEndpoint(before, asked);
      writeHubSettings(storage, endpoint);
      const moved = endpoint.url !== before.url;
      store.setState(moved ? { endpoint, model: idle, data: idle } : { endpoint });
    },
    async look(config) {
      await Promise.all([
        config.model.source === 'hub' && lookAt('model', config),
        config.data.source === 'hub' && lookAt('data', config),
      ]);
    },
    estimate: (part, config) =>
      run(part, config, 'estimating', async (request, signal) => {
        const estimate = await client.estimate(store.getState().endpoint, request, {
          batchSize: config.search.batchSize,
          length: config.model.maxLength,
          signal,
        });
        return { status: restingStatus(part), estimate };
      }),
    async download(part, config) {
      await run(part, config, 'downloading', async (request, signal, tell) => {
        const download = await client.download(store.getState().endpoint, request, {
          onProgress: (progress) => tell({ progress }),
          signal,
        });
        return { status: 'cached', cached: cachedOf(download), progress: undefined };
      });
      if (store.getState().cached) await list();
    },
    cancel: (part) => stops[part]?.abort(),
    list,
    async delete(entry, config) {
      try {
        await client.delete(entry);
      } catch (error) {
        store.setState({ listMessage: sentenceOf(error) });
      }
      await list();
      // One that is being downloaded is not what was deleted.
      for (const part of ['model', 'data'] as const)
        if (job(part).status !== 'downloading') store.setState({ [part]: idle });
      await this.look(config);
    },
    async openModel(config) {
      const { files, commit } = await opened('model', config);
      return { files: files.map(({ name, blob }) => ({ name, blob })), commit };
    },
    async openData(config) {
      const { trainAndDevOf } = await import('../../hub/experimentFiles');
      const found = await opened('data', config);
      const { train, dev } = trainAndDevOf(found, config.data);
      const plain = (files: typeof train) => files.map(({ name, blob }) => ({ name, blob }));
      return { train: plain(train), dev: plain(dev), commit: found.commit };
    },
    dispose: () => client.dispose(),
  };
}
