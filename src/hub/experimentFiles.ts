/** From an experiment's fields to what is asked of the Hub, and from a downloaded data set to its train and dev files. */
import { glueSplits } from './datasetFiles';
import type { HubFile } from './download';
import { HubError } from './failure';
import { type DatasetRequest, glueRepo, type ModelRequest } from './repository';

/** `model` of an experiment whose source is `hub`. */
export interface HubModelFields {
  /** owner/name, or a preset's short name. */
  name: string;
  revision: string;
}

/** `data` of an experiment whose source is `hub`. */
export interface HubDataFields {
  task: string;
  repository: string;
  revision: string;
  /** Paths in the data set; both empty goes by the names of the splits. */
  trainFile: string;
  devFile: string;
  /** With `validation` no dev file is read. Default `dev`. */
  evaluateOn?: 'dev' | 'validation';
}

export const modelRequestOf = ({ name, revision }: HubModelFields): ModelRequest => ({
  kind: 'model',
  repo: name,
  revision,
});

/** GLUE's configurations are called like the tasks; of any other data set the only one is taken, or files by path. */
export function datasetRequestOf({
  task,
  repository,
  revision,
  trainFile,
  devFile,
}: HubDataFields): DatasetRequest {
  const paths = [trainFile, devFile].filter(Boolean);
  if (paths.length > 0) return { kind: 'dataset', repo: repository, revision, paths };
  const config = repository === glueRepo && task in glueSplits ? task : undefined;
  return { kind: 'dataset', repo: repository, revision, config };
}

/** Splits that stand for dev, the first that is there; MNLI's dev set is the matched one. */
const devSplits = ['validation', 'validation_matched', 'dev', 'valid', 'eval', 'test'];

/**
 * Train and dev of a downloaded data set; dev is empty where there is none and none is read.
 * @throws HubError in one sentence where the splits have other names.
 */
export function trainAndDevOf(
  { repo, files }: { repo: string; files: readonly HubFile[] },
  { trainFile, devFile, evaluateOn }: Pick<HubDataFields, 'trainFile' | 'devFile' | 'evaluateOn'>,
): { train: HubFile[]; dev: HubFile[] } {
  const byPath = Boolean(trainFile || devFile);
  const devSplit = devSplits.find((split) => files.some((file) => file.split === split));
  const pick = (path: string, split: string | undefined) =>
    files.filter((file) => (byPath ? file.name === path : split !== undefined && file.split === split));
  const [train, dev] = [pick(trainFile, 'train'), pick(devFile, devSplit)];
  if (train.length > 0 && (dev.length > 0 || evaluateOn === 'validation')) return { train, dev };
  const there = byPath
    ? files.map(({ name }) => name)
    : [...new Set(files.map(({ split }) => split ?? 'without a name'))];
  throw new HubError(
    'request',
    `${repo} gives no ${train.length === 0 ? 'train' : 'dev'} file: ${byPath ? 'name both by their paths' : 'name its files by their paths'}; ` +
      `there ${there.length === 1 ? 'is' : 'are'} ${there.join(', ')}.`,
  );
}
