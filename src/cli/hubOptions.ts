/** From options and environment to what is asked of the Hub: endpoint, token, repository, and the folder of downloads. */
import { isAbsolute, join, resolve } from 'node:path';
import { checkEndpoint, defaultEndpointUrl, type HubEndpoint } from '../hub/endpoint';
import { defaultHubFolder, folderStorage } from '../hub/folderStorage';
import { glueRepo, type HubRequest, modelPresets } from '../hub/repository';
import type { HubStorage } from '../hub/storage';
import type { OptionSpec, ParsedArguments } from './arguments';

/** Options that every command speaking with the Hub takes. */
export const hubOptions: Record<string, OptionSpec> = {
  revision: { type: 'string', value: 'NAME', help: 'Branch, tag or commit. Default: main.' },
  endpoint: {
    type: 'string',
    value: 'URL',
    help: `Hub or mirror. Default: $HF_ENDPOINT, else ${defaultEndpointUrl}.`,
  },
  cache: {
    type: 'string',
    value: 'DIR',
    help: 'Where downloads are kept. Default: autolora-playground/hub in $XDG_CACHE_HOME, else in ~/.cache.',
  },
};

export interface HubPlace {
  endpoint: HubEndpoint;
  folder: string;
  storage: HubStorage;
}

/** @throws HubError in one sentence, without the token. */
export function hubPlace(args: ParsedArguments, environment: NodeJS.ProcessEnv = process.env): HubPlace {
  const asked = args.text('cache');
  const folder = asked ? (isAbsolute(asked) ? asked : resolve(asked)) : defaultHubFolder(environment);
  const url = args.text('endpoint') ?? (environment.HF_ENDPOINT || defaultEndpointUrl);
  return {
    endpoint: checkEndpoint({ url, token: environment.HF_TOKEN }),
    folder,
    storage: folderStorage(folder),
  };
}

/** A data set where it is called one, a configuration is given, or the name is GLUE's; else a model. */
export function hubRequest(repo: string, args: ParsedArguments): HubRequest {
  const revision = args.text('revision');
  const config = args.text('config');
  const splits = args.text('split')?.split(',');
  const paths = args.text('file')?.split(',');
  const isDataset = args.flag('dataset') || repo === glueRepo || (config ?? splits ?? paths) !== undefined;
  return isDataset
    ? { kind: 'dataset', repo, config, splits, paths, revision }
    : { kind: 'model', repo, revision };
}

/** One line per preset, for help texts. */
export const presetLines = modelPresets
  .map(({ name, repo, description }) => `  ${name.padEnd(20)}${repo.padEnd(32)}${description}`)
  .join('\n');

/** Where the files of a download lie, under their own names: a checkpoint folder, or folders of Parquet files. */
export const filesFolder = (root: string, id: string): string => join(root, ...id.split('/'), 'files');
