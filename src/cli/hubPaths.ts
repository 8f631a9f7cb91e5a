/** The files of an experiment on the Hub, from what was downloaded: `autolora run` fetches nothing by itself. */
import { join } from 'node:path';
import { HubCache } from '../hub/cache';
import { openCached } from '../hub/download';
import {
  datasetRequestOf,
  type HubDataFields,
  type HubModelFields,
  modelRequestOf,
  trainAndDevOf,
} from '../hub/experimentFiles';
import { HubError } from '../hub/failure';
import type { HubRequest } from '../hub/repository';
import type { FilePath } from './folders';
import { filesFolder, type HubPlace } from './hubOptions';

const quoted = (text: string) => (/^[\w./:@,+-]+$/.test(text) ? text : JSON.stringify(text));

const commandFor = (request: HubRequest, { endpoint, folder }: HubPlace): string => {
  const parts = [request.repo];
  if (request.kind === 'dataset') {
    parts.push('--dataset');
    if (request.config) parts.push('--config', request.config);
    if (request.paths) parts.push('--file', request.paths.join(','));
  }
  if (request.revision && request.revision !== 'main') parts.push('--revision', request.revision);
  return ['hub download', ...parts.map(quoted), '--endpoint', endpoint.url, '--cache', quoted(folder)].join(
    ' ',
  );
};

async function opened(request: HubRequest, place: HubPlace) {
  const found = await openCached(place.storage, place.endpoint.url, request);
  if (found) return found;
  throw new HubError(
    'missing',
    `${request.repo} at ${request.revision ?? 'main'} has not been downloaded (whole) yet; first: autolora ${commandFor(request, place)}`,
  );
}

/**
 * The checkpoint folder of a downloaded model, and the commit it is of.
 * @throws HubError with the command that downloads it.
 */
export async function hubModelFolder(
  model: HubModelFields,
  place: HubPlace,
): Promise<{ folder: string; repo: string; commit: string | undefined }> {
  const { id, repo, commit } = await opened(modelRequestOf(model), place);
  return { folder: filesFolder(place.folder, id), repo, commit };
}

/**
 * Train and dev files of a downloaded data set, and the commit they are of.
 * @throws HubError with the command that downloads it, or where no file is train or dev.
 */
export async function hubDataPaths(
  data: HubDataFields,
  place: HubPlace,
): Promise<{ train: FilePath[]; dev: FilePath[]; commit: string | undefined }> {
  const found = await opened(datasetRequestOf(data), place);
  const { train, dev } = trainAndDevOf(found, data);
  const cache = new HubCache(place.storage);
  const paths = (files: typeof train) =>
    files.map(({ name }) => ({
      name,
      path: join(place.folder, ...cache.filePath(found.id, name).split('/')),
    }));
  return { train: paths(train), dev: paths(dev), commit: found.commit };
}
