/** What a person can ask of the Hub: a model or a data set by name, with presets, a revision, and names checked. */
import { HubError } from './failure';

export interface ModelRequest {
  kind: 'model';
  /** `owner/name`, or the short name of a preset. */
  repo: string;
  /** Branch, tag or commit; main where not given. */
  revision?: string;
}

export interface DatasetRequest {
  kind: 'dataset';
  /** `owner/name`. */
  repo: string;
  /** Configuration (subset), e.g. `sst2`; may be left out where the data set has only one. */
  config?: string;
  /** Splits to fetch; where not given, of `nyu-mll/glue` those with labels, else all. */
  splits?: readonly string[];
  /** Files by their path in the data set (as `HubFile.name` gives it), instead of configuration and splits. */
  paths?: readonly string[];
  revision?: string;
}

export type HubRequest = ModelRequest | DatasetRequest;

export interface ModelPreset {
  /** Short name that people know. */
  name: string;
  /** Repository on the Hub. */
  repo: string;
  /** What it is, in a few words. */
  description: string;
}

/** Models that the paper and its readers use, smallest first in each family. */
export const modelPresets: readonly ModelPreset[] = [
  { name: 'distilroberta-base', repo: 'distilbert/distilroberta-base', description: 'RoBERTa, 6 layers' },
  { name: 'roberta-base', repo: 'FacebookAI/roberta-base', description: 'RoBERTa, 12 layers: the paper’s' },
  { name: 'distilgpt2', repo: 'distilbert/distilgpt2', description: 'GPT-2, 6 layers' },
  { name: 'gpt2', repo: 'openai-community/gpt2', description: 'GPT-2, 12 layers: the paper’s' },
  { name: 'gpt2-medium', repo: 'openai-community/gpt2-medium', description: 'GPT-2, 24 layers' },
];

/** The repository of the GLUE benchmark. */
export const glueRepo = 'nyu-mll/glue';

export const defaultRevision = 'main';

const namePart = /^(?!.*(--|\.\.))[A-Za-z0-9_][\w.-]*$/;

/**
 * A repository by its full name. Short names of presets are filled in for models.
 * @throws HubError with one sentence about the shape of a name.
 */
function checkRepo(repo: string, kind: HubRequest['kind']): string {
  const name = repo.trim();
  const preset = kind === 'model' && modelPresets.find((known) => known.name === name);
  if (preset) return preset.repo;
  const parts = name.split('/');
  if (
    parts.length !== 2 ||
    name.length > 96 ||
    !parts.every((part) => namePart.test(part) && !/[.-]$/.test(part))
  ) {
    const example = kind === 'model' ? 'FacebookAI/roberta-base' : glueRepo;
    const presets =
      kind === 'model' ? `, or one of ${modelPresets.map((known) => known.name).join(', ')}` : '';
    throw new HubError(
      'request',
      `"${name.slice(0, 100)}" is no name on the Hub; it takes owner/name, for instance ${example}${presets}.`,
    );
  }
  return name;
}

/** @throws HubError where it cannot be a branch, tag or commit. */
function checkRevision(revision: string | undefined): string {
  const name = revision?.trim() || defaultRevision;
  if (!/^[\w][\w./+-]{0,199}$/.test(name) || name.includes('..'))
    throw new HubError(
      'request',
      `"${name.slice(0, 60)}" is no revision; it takes a branch, a tag, or a commit of 40 hexadecimal digits.`,
    );
  return name;
}

export const isCommit = (revision: string): boolean => /^[0-9a-f]{40}$/.test(revision);

const plainName = (value: string, what: string) => {
  const name = value.trim();
  if (!/^[\w][\w.+ -]*$/.test(name) || name.includes('..'))
    throw new HubError('request', `"${name.slice(0, 60)}" is no name of a ${what} on the Hub.`);
  return name;
};

const plainPath = (value: string) => {
  const path = value.trim();
  const plain = (part: string) => /^[\p{L}\p{N}_.+@=,()[\] -]+$/u.test(part) && !/^\.+$/.test(part);
  if (path.length > 400 || !path.split('/').every(plain))
    throw new HubError(
      'request',
      `"${path.slice(0, 60)}" is no path of a file in a data set; it looks like sst2/train.parquet.`,
    );
  return path;
};

/** The request with every name checked and filled in. @throws HubError with one sentence. */
export function checkRequest(request: HubRequest): HubRequest & { revision: string } {
  const repo = checkRepo(request.repo, request.kind);
  const revision = checkRevision(request.revision);
  if (request.kind === 'model') return { kind: 'model', repo, revision };
  if (request.paths?.length)
    return { kind: 'dataset', repo, revision, paths: [...new Set(request.paths.map(plainPath))] };
  return {
    kind: 'dataset',
    repo,
    revision,
    config: request.config ? plainName(request.config, 'configuration') : undefined,
    splits: request.splits?.length ? request.splits.map((split) => plainName(split, 'split')) : undefined,
  };
}

/** What of a repository is asked for, so that two subsets of one data set are cached apart. */
export function selectionOf(request: HubRequest): string {
  if (request.kind === 'model') return '';
  if (request.paths) return `files:${[...request.paths].sort().join('+')}`;
  return [request.config ?? '', ...(request.splits ? [[...request.splits].sort().join('+')] : [])].join(':');
}
