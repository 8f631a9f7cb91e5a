/** Which Parquet files a data set has: `nyu-mll/glue` by its own paths, any other by the Hub's list of Parquet files. */
import { parquetUrl, resolveUrl } from './endpoint';
import { HubError } from './failure';
import { fetchCommit, listFolder, lookAtFile, type Place, type RemoteFile } from './listing';
import { type DatasetRequest, defaultRevision, glueRepo } from './repository';
import { ask, jsonOf } from './wire';

export interface DatasetFile extends RemoteFile {
  /** Not known of files that were asked for by path. */
  split?: string;
  /** Where it is not the repository's own file at this revision. */
  url?: string;
}

export interface DatasetPlan {
  commit?: string;
  config?: string;
  files: DatasetFile[];
}

/** GLUE's configurations with the splits that have labels; validation is what the benchmark's files call dev. */
export const glueSplits: Readonly<Record<string, readonly string[]>> = {
  cola: ['train', 'validation'],
  sst2: ['train', 'validation'],
  mrpc: ['train', 'validation'],
  qqp: ['train', 'validation'],
  stsb: ['train', 'validation'],
  mnli: ['train', 'validation_matched', 'validation_mismatched'],
  qnli: ['train', 'validation'],
  rte: ['train', 'validation'],
};

const quoted = (names: readonly string[]) => names.map((name) => `"${name}"`).join(', ');

function chooseConfig(configs: readonly string[], asked: string | undefined, repo: string): string {
  if (configs.length === 0)
    throw new HubError(
      'unusable',
      `${repo} has no Parquet files, so it cannot be read; download its files by hand.`,
    );
  const chosen = asked ?? (configs.length === 1 ? configs[0] : configs.find((name) => name === 'default'));
  if (chosen !== undefined && configs.includes(chosen)) return chosen;
  throw new HubError(
    'request',
    asked === undefined
      ? `${repo} has several configurations; choose one of ${quoted(configs)}.`
      : `${repo} has no configuration "${asked}"; it has ${quoted(configs)}.`,
  );
}

function chooseSplits(
  splits: readonly string[],
  asked: readonly string[] | undefined,
  where: string,
): readonly string[] {
  const absent = asked?.find((name) => !splits.includes(name));
  if (absent !== undefined)
    throw new HubError('request', `${where} has no split "${absent}"; it has ${quoted(splits)}.`);
  return asked ?? splits;
}

async function planGlue(place: Place, request: DatasetRequest): Promise<DatasetPlan> {
  const config = chooseConfig(Object.keys(glueSplits), request.config, place.repo);
  const commit = await fetchCommit(place);
  const pinned = { ...place, revision: commit ?? place.revision };
  // The test splits exist but have no labels; they come when asked for by name.
  const labelled = glueSplits[config] as readonly string[];
  const tests = labelled.slice(1).map((name) => name.replace('validation', 'test'));
  chooseSplits([...labelled, ...tests], request.splits, `${place.repo} ${config}`);
  const splits = request.splits ?? labelled;
  const listed = await listFolder(pinned, config);
  let known = commit;
  const files = await Promise.all(
    splits.map(async (split): Promise<DatasetFile> => {
      const path = `${config}/${split}-00000-of-00001.parquet`;
      const file = listed
        ? listed.find((candidate) => candidate.path === path)
        : await lookAtFile(pinned, path);
      if (!file)
        throw new HubError(
          'missing',
          `${place.repo} has no ${path} at revision ${place.revision} (${place.endpoint.url}).`,
        );
      if ('commit' in file) known ??= file.commit as string | undefined;
      return { path, split, size: file.size, sha256: file.sha256 };
    }),
  );
  return { commit: known, config, files };
}

/** `{config: {split: [address, …]}}` as the Hub lists it, its files brought to the endpoint's own address. */
async function planListed(place: Place, request: DatasetRequest): Promise<DatasetPlan> {
  const { wire, endpoint, repo, revision, signal } = place;
  const asked = { endpoint, url: parquetUrl(endpoint, repo), subject: { repo, revision }, signal };
  const listing = await jsonOf(await ask(wire, asked), asked);
  const configs = (typeof listing === 'object' && listing !== null ? listing : {}) as Record<
    string,
    Record<string, string[]>
  >;
  const config = chooseConfig(Object.keys(configs), request.config, repo);
  const bySplit = configs[config] as Record<string, string[]>;
  const splits = chooseSplits(Object.keys(bySplit), request.splits, `${repo} ${config}`);
  const commit = await fetchCommit(place);
  const files = splits.flatMap((split) =>
    (bySplit[split] ?? []).map((address, n) => ({
      split,
      path: `${config}/${split}/${n}.parquet`,
      url: ownAddress(String(address), endpoint.url),
    })),
  );
  const sized = await Promise.all(
    files.map(async (file): Promise<DatasetFile> => {
      const seen = await lookAtFile(place, file.path, file.url);
      if (!seen)
        throw new HubError('missing', `${endpoint.url} lists ${file.path} of ${repo} but does not have it.`);
      return { ...file, size: seen.size, sha256: seen.sha256 };
    }),
  );
  return { commit, config, files: sized };
}

/** A mirror may hand through addresses of the Hub itself; the same paths are then asked of the mirror. */
function ownAddress(address: string, endpoint: string): string {
  const { origin, pathname, protocol } = new URL(address, `${endpoint}/`);
  if (protocol !== 'https:' && protocol !== 'http:')
    throw new HubError('content', `${endpoint} lists a file at an address that is not of the web.`);
  if (origin === new URL(endpoint).origin) return `${origin}${pathname}`;
  return /^\/(api\/)?datasets\//.test(pathname) ? `${endpoint}${pathname}` : `${origin}${pathname}`;
}

/**
 * A revision other than main: the Hub's list is made of main alone, so the repository's own Parquet files are sorted by
 * the layouts in use: `config/split-00000-of-00002.parquet`, `data/split-…`, `config/split/0000.parquet`.
 */
async function planRevision(place: Place, request: DatasetRequest): Promise<DatasetPlan> {
  const { repo } = place;
  const commit = await fetchCommit(place);
  if (await isCurrent(place, commit)) return planListed(place, request);
  const listed = await listFolder({ ...place, revision: commit ?? place.revision }, '', true);
  if (!listed)
    throw new HubError(
      'unusable',
      `${place.endpoint.url} lists no files, so a revision of ${repo} cannot be chosen there; leave the revision out.`,
    );
  const found = listed.flatMap((file) => {
    const match =
      /^(?:(.+)\/)?([A-Za-z0-9_.]+)-\d{5}-of-\d{5}(?:-[0-9a-f]+)?\.parquet$/.exec(file.path) ??
      /^(.+)\/([^/]+)\/\d+\.parquet$/.exec(file.path);
    if (!match) return [];
    const folder = match[1] ?? 'data';
    return { ...file, config: folder === 'data' ? 'default' : folder, split: match[2] as string };
  });
  const config = chooseConfig([...new Set(found.map((file) => file.config))], request.config, repo);
  const own = found.filter((file) => file.config === config);
  const splits = chooseSplits(
    [...new Set(own.map((file) => file.split))],
    request.splits,
    `${repo} ${config}`,
  );
  const files = own
    .filter(({ split }) => splits.includes(split))
    .map(({ path, split, size, sha256 }) => ({ path, split, size, sha256 }));
  return { commit, config, files };
}

/** True where the Hub's list of converted files, made of main as it is now, is one of this revision. */
async function isCurrent(place: Place, commit: string | undefined): Promise<boolean> {
  if (place.revision === defaultRevision) return true;
  return commit !== undefined && commit === (await fetchCommit({ ...place, revision: defaultRevision }));
}

/** Files by path: of the repository itself, or as `planListed` names them. */
async function planPaths(place: Place, paths: readonly string[]): Promise<DatasetPlan> {
  const { endpoint, repo, revision } = place;
  const commit = await fetchCommit(place);
  let current: Promise<boolean> | undefined;
  const pinned = { ...place, revision: commit ?? revision };
  const folders = new Map<string, Promise<RemoteFile[] | undefined>>();
  const files = await Promise.all(
    paths.map(async (path): Promise<DatasetFile> => {
      const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
      if (!folders.has(folder)) folders.set(folder, listFolder(pinned, folder));
      const listed = await folders.get(folder);
      const own = listed ? listed.find((file) => file.path === path) : await lookAtFile(pinned, path);
      if (own) return { path, size: own.size, sha256: own.sha256 };
      const isConverted = /^.+\/[^/]+\/\d+\.parquet$/.test(path);
      if (isConverted) {
        current ??= isCurrent(place, commit);
        if (!(await current))
          throw new HubError(
            'missing',
            `${path} of ${repo} is a conversion by the Hub, which has it of the newest revision alone; leave the revision ${revision} out.`,
          );
        const url = `${parquetUrl(endpoint, repo)}/${path}`;
        const converted = await lookAtFile(pinned, path, url);
        if (converted) return { path, url, size: converted.size, sha256: converted.sha256 };
      }
      throw new HubError('missing', `${repo} has no ${path} at revision ${revision} (${endpoint.url}).`);
    }),
  );
  return { commit, files };
}

/** Looks at a data set. @throws HubError where configuration or split are not among its own. */
export function planDataset(place: Place, request: DatasetRequest): Promise<DatasetPlan> {
  if (request.paths) return planPaths(place, request.paths);
  if (place.repo === glueRepo) return planGlue(place, request);
  return place.revision === defaultRevision ? planListed(place, request) : planRevision(place, request);
}

/** Address of a planned file. */
export function addressOf(
  { endpoint, kind, repo, revision }: Omit<Place, 'wire'>,
  file: { path: string; url?: string },
): string {
  return file.url ?? resolveUrl(endpoint, kind, repo, revision, file.path);
}
