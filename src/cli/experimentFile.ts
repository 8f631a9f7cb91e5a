/** An experiment from its file: its configuration, and where its model, data and adapter lie on this machine. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { type ExperimentConfig, parseExperimentConfig } from '../config/experiment';
import { taskByName } from '../tasks/registry';
import { ownTaskName } from '../tasks/task';
import type { ParsedArguments } from './arguments';
import type { ExperimentPaths } from './engine';
import { checkFolder, dataFiles, resolveBeside } from './folders';
import { hubPlace } from './hubOptions';
import { hubDataPaths, hubModelFolder } from './hubPaths';

/** Paths of fields that stand in the file but mean nothing: mistyped, or of another version. */
function unknownFields(given: object, config: object, at = ''): string[] {
  return Object.entries(given).flatMap(([key, value]) => {
    const known = (config as Record<string, unknown>)[key];
    if (known === undefined) return [`${at}${key}`];
    return value !== null && typeof value === 'object' && typeof known === 'object'
      ? unknownFields(value, known as object, `${at}${key}.`)
      : [];
  });
}

/** An experiment, and where its files lie; what came from the Hub is not among them yet. */
interface LocalExperiment {
  config: ExperimentConfig;
  paths: ExperimentPaths;
}

/** @throws Error naming the file and what is wrong in it. */
export function readExperiment(file: string, seed: number | undefined): LocalExperiment {
  if (!existsSync(file)) throw new Error(`The experiment file ${file} does not exist.`);
  if (statSync(file).isDirectory()) throw new Error(`${file} is a folder; give the experiment’s JSON file.`);
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`${file} is not valid JSON: ${(error as Error).message}`);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new Error(`${file}: an experiment is a JSON object, e.g. {"seed": 1}.`);
  }
  return experimentAt(file, seed === undefined ? parsed : { ...parsed, seed });
}

/**
 * @param file where it stands or will stand: its paths are looked up from there
 * @throws Error naming the file and what is wrong with the experiment, or what it names and is not there
 */
export function experimentAt(file: string, given: object): LocalExperiment {
  let config: ExperimentConfig;
  try {
    config = parseExperimentConfig(given);
    const { source, task } = config.data;
    if (source === 'embedded' || task !== ownTaskName) taskByName(task);
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message}`);
  }
  const unknown = unknownFields(given, config);
  if (unknown.length > 0) throw new Error(`${file}: an experiment has no field ${unknown.join(', ')}.`);
  const { model, data } = config;
  const dataAt = (value: string, what: string) =>
    data.source === 'files' && value ? dataFiles(resolveBeside(file, value, what)) : [];
  const paths = {
    model: model.source === 'files' ? resolveBeside(file, model.name, 'checkpoint folder') : undefined,
    train: dataAt(data.trainFile, 'train file'),
    dev: data.evaluateOn === 'dev' ? dataAt(data.devFile, 'dev file') : [],
    ...(config.adapter.from && {
      adapter: resolveBeside(file, config.adapter.from, 'adapter folder'),
    }),
  };
  if (paths.model) checkFolder(paths.model, 'checkpoint folder');
  return { config, paths };
}

/** Paths of what the experiment takes from the Hub, which must have been downloaded. @throws HubError with the command */
export async function withDownloads(
  { model, data }: ExperimentConfig,
  local: ExperimentPaths,
  args: ParsedArguments,
): Promise<ExperimentPaths> {
  if (model.source !== 'hub' && data.source !== 'hub') return local;
  const place = hubPlace(args);
  const fromHub = {
    model: model.source === 'hub' ? await hubModelFolder(model, place) : undefined,
    data: data.source === 'hub' ? await hubDataPaths(data, place) : undefined,
  };
  return {
    model: fromHub.model?.folder ?? local.model,
    train: fromHub.data?.train ?? local.train,
    dev: fromHub.data?.dev ?? local.dev,
    adapter: local.adapter,
    commits: { model: fromHub.model?.commit, data: fromHub.data?.commit },
  };
}
