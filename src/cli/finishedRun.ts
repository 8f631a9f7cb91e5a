/** A finished run of `autolora run` as the commands that come after it read it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ExperimentInput, parseExperimentConfig } from '../config/experiment';
import { differingFields, readField } from '../config/fields';
import { methodFacts } from '../config/methods';
import type { Role } from '../telemetry/events';
import { type ParsedArguments, UsageError } from './arguments';
import { embeddedModelFolder, resolveBeside } from './folders';
import { hubPlace } from './hubOptions';
import { hubModelFolder } from './hubPaths';
import type { RunResult } from './result';
import { adapterName, RunFolder, resultName } from './runFolder';

/** result.json of a run's folder. @throws Error where there is none, or none of this program. */
export function readRunResult(folder: string): RunResult {
  const path = join(folder, resultName);
  if (!existsSync(path))
    throw new Error(
      `There is no finished run in ${folder}: ${path} does not exist. It is written at the end of a run.`,
    );
  let result: RunResult;
  try {
    result = JSON.parse(readFileSync(path, 'utf8')) as RunResult;
    return { ...result, config: parseExperimentConfig(result.config) };
  } catch (error) {
    throw new Error(`${path} could not be read: ${(error as Error).message}`);
  }
}

/** The finished result of exactly this experiment, or undefined. @throws Error where the folder holds another one */
export function finishedResult(folder: string, experiment: ExperimentInput): RunResult | undefined {
  if (!existsSync(join(folder, resultName))) return undefined;
  const result = readRunResult(folder);
  const planned = parseExperimentConfig(experiment);
  const [other] = differingFields(result.config, planned);
  if (other)
    throw new Error(
      `${folder} holds a run of another experiment (${other.path} is ${readField(result.config, other.path)} there and ` +
        `${readField(planned, other.path)} here): take another --out, or delete that folder.`,
    );
  return result;
}

/** Whether the folder holds exactly this experiment, whose training ended at a loss that is no number. */
export function hasDiverged(path: string, experiment: ExperimentInput): boolean {
  const folder = new RunFolder(path);
  if (!folder.holdsRun || folder.isFinished) return false;
  const events = folder.readTelemetry();
  const start = events.find((event) => event.type === 'start');
  if (!start) return false;
  const others = differingFields(parseExperimentConfig(start.config), parseExperimentConfig(experiment));
  return (
    others.length === 0 &&
    events.some((event) => event.type === 'notice' && event.level === 'error' && event.reason === 'diverged')
  );
}

/** The trained model that `--role` asks for, else the run's own. @throws UsageError naming those there are */
export function roleOf({ models, method }: RunResult, args: ParsedArguments): Role {
  const asked = args.text('role') ?? method;
  if (asked in models) return asked as Role;
  const known = Object.keys(models)
    .map((role) => `${role} (${methodFacts[role as Role].title})`)
    .join(', ');
  throw new UsageError(`The run has no trained model "${asked}"; it has ${known}.`);
}

/** Where the run's adapter lies. */
export const adapterFolder = (folder: string, { method }: RunResult, role: Role) =>
  join(folder, adapterName(role, method));

/**
 * The folder of the run's base model: `--model`, the embedded one, what was downloaded from the Hub, or the folder that
 * the experiment named, looked up from the run's folder, then from the working directory.
 */
export async function baseModelFolder(
  folder: string,
  { config }: RunResult,
  args: ParsedArguments,
): Promise<string> {
  const given = args.text('model');
  if (given) return given;
  const { model } = config;
  if (model.source === 'embedded') return embeddedModelFolder(model.name);
  if (model.source === 'hub') return (await hubModelFolder(model, hubPlace(args))).folder;
  try {
    return resolveBeside(join(folder, resultName), model.name, 'checkpoint folder');
  } catch (error) {
    throw new Error(`${(error as Error).message} Say where it lies: --model DIR.`);
  }
}
