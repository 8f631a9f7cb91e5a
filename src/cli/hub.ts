/** `autolora hub`: weighs, downloads, lists and deletes models and data sets of the Hugging Face Hub. */
import { HubCache } from '../hub/cache';
import { describeBytes } from '../hub/describeBytes';
import { downloadHub } from '../hub/download';
import { estimateHub, type HubEstimate } from '../hub/plan';
import type { HubProgress } from '../hub/progress';
import { clock } from '../telemetry/clock';
import { type CommandSpec, integerOf, type ParsedArguments, UsageError } from './arguments';
import { filesFolder, type HubPlace, hubOptions, hubPlace, hubRequest, presetLines } from './hubOptions';
import { ProgressLine } from './progressLine';

const actions = ['estimate', 'download', 'list', 'delete'] as const;

export const hubSpec: CommandSpec = {
  name: 'hub',
  usage: 'estimate|download|list|delete [OWNER/NAME] [--config NAME] [--revision NAME] …',
  summary: 'Weighs, downloads, lists and deletes models and data sets of the Hugging Face Hub.',
  details:
    'estimate asks for config.json and a listing only. download prints the folder of the files; interrupted, it goes on\n' +
    'where it stood. list and delete need no network. A token for private repositories comes from the environment\n' +
    `variable HF_TOKEN alone, and is sent to the endpoint's own address alone.\nModels with a short name:\n${presetLines}`,
  options: {
    dataset: { type: 'boolean', help: 'The name is of a data set (nyu-mll/glue is known to be one).' },
    config: { type: 'string', value: 'NAME', help: 'Configuration of a data set, e.g. sst2.' },
    file: {
      type: 'string',
      value: 'A,B',
      help: 'Files of a data set by their paths, instead of --config and --split.',
    },
    split: {
      type: 'string',
      value: 'A,B',
      help: 'Splits of a data set. Default: all, of GLUE those with labels.',
    },
    ...hubOptions,
    refresh: { type: 'boolean', help: 'Ask whether the branch has moved, also where all is there.' },
    batch: { type: 'string', value: 'N', help: 'Texts per batch, for the memory of estimate. Default: 16.' },
    length: {
      type: 'string',
      value: 'N',
      help: 'Tokens per text, for the memory of estimate. Default: 128.',
    },
    json: { type: 'boolean', help: 'Print JSON.' },
  },
};

const print = (text: string): void => void process.stdout.write(`${text}\n`);
const printJson = (value: unknown) => print(JSON.stringify(value, null, 2));

/** A few lines for people. */
function describeEstimate(estimate: HubEstimate): string {
  const { repo, config, revision, commit, endpoint, files, bytes, bytesToDownload, freeBytes } = estimate;
  const lines = [
    `${repo}${config ? ` ${config}` : ''} at ${revision}${commit && commit !== revision ? ` (${commit})` : ''}, ${endpoint}`,
    ...files.map(
      ({ path, size }) => `  ${(size === undefined ? '?' : describeBytes(size)).padStart(10)}  ${path}`,
    ),
    `to download: ${bytesToDownload === undefined ? 'the server does not say' : describeBytes(bytesToDownload)}` +
      (bytes !== undefined && bytesToDownload !== bytes ? ` of ${describeBytes(bytes)}` : '') +
      (freeBytes === undefined ? '' : `; room for ${describeBytes(freeBytes)}`),
  ];
  const { parameters, memory, shape } = estimate;
  if (parameters && memory && shape)
    lines.push(
      `parameters: ${(parameters / 1e6).toFixed(1)} M (${shape.modelType}, ${shape.layers} layers of ${shape.hiddenSize})`,
      `memory to train, estimated: ${describeBytes(memory.totalBytes)} = ${describeBytes(memory.weightBytes)} weights + ` +
        `${describeBytes(memory.stepBytes)} for a step of ${memory.batchSize} texts of ${memory.length} tokens`,
    );
  return lines.join('\n');
}

/** `model.safetensors 120.3 MB/498.8 MB  in all 121.0 MB/500.4 MB  8.2 MB/s  0:46 left` */
export function describeHubProgress({
  file,
  fileBytes,
  fileTotal,
  bytes,
  total,
  bytesPerSecond,
  retrying,
}: HubProgress): string {
  const of = (part: number, whole?: number) =>
    `${describeBytes(part)}${whole === undefined ? '' : `/${describeBytes(whole)}`}`;
  const parts = [`${file} ${of(fileBytes, fileTotal)}`, `in all ${of(bytes, total)}`];
  if (retrying) return [...parts, 'broken off, trying again'].join('  ');
  if (bytesPerSecond > 0) parts.push(`${describeBytes(Math.round(bytesPerSecond))}/s`);
  if (bytesPerSecond > 0 && total !== undefined && total > bytes)
    parts.push(`${clock(((total - bytes) / bytesPerSecond) * 1000)} left`);
  return parts.join('  ');
}

async function estimate(repo: string, args: ParsedArguments, place: HubPlace): Promise<void> {
  const options = {
    batchSize: integerOf(args, 'batch', 16, 1),
    length: integerOf(args, 'length', 128, 1),
    refresh: args.flag('refresh'),
  };
  const found = await estimateHub(place, hubRequest(repo, args), options);
  if (args.flag('json')) printJson(found);
  else print(describeEstimate(found));
}

async function download(repo: string, args: ParsedArguments, place: HubPlace): Promise<void> {
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  process.once('SIGINT', interrupt);
  const line = new ProgressLine(
    describeHubProgress,
    ({ file, retrying }) => `${file}${retrying ? ' again' : ''}`,
  );
  try {
    const {
      files,
      id,
      shape: _,
      ...rest
    } = await downloadHub(place, hubRequest(repo, args), {
      signal: stop.signal,
      refresh: args.flag('refresh'),
      onProgress: (progress) => line.show(progress),
    });
    line.clear();
    const folder = filesFolder(place.folder, id);
    const unchecked = files.filter(({ check }) => check !== 'sha256').map(({ name }) => name);
    if (unchecked.length > 0)
      process.stderr.write(`By size only, for want of a checksum: ${unchecked.join(', ')}.\n`);
    if (args.flag('json'))
      printJson({ ...rest, folder, files: files.map(({ name, check }) => ({ name, check })) });
    else print(folder);
  } finally {
    line.clear();
    process.off('SIGINT', interrupt);
  }
}

async function list(args: ParsedArguments, { storage, folder }: HubPlace): Promise<void> {
  const found = await new HubCache(storage).list();
  if (args.flag('json')) return printJson(found);
  for (const { repo, config, revisions, commit, bytes, total, complete, lastUsed } of found) {
    const state = complete ? '' : ` of ${total === undefined ? 'more' : describeBytes(total)}, not whole`;
    const name = [repo, config].filter(Boolean).join(' ');
    print(
      `${name}  ${revisions.join(', ')} ${commit ?? ''}  ${describeBytes(bytes)}${state}  last used ${lastUsed}`,
    );
  }
  print(`${describeBytes(found.reduce((sum, { bytes }) => sum + bytes, 0))} in ${folder}`);
}

async function remove(repo: string, args: ParsedArguments, { storage, endpoint }: HubPlace): Promise<void> {
  const cache = new HubCache(storage);
  const entry = await cache.find(endpoint.url, hubRequest(repo, args));
  if (!entry)
    throw new Error(
      `Nothing of ${repo} at that revision was downloaded from ${endpoint.url}; \`hub list\` shows what was.`,
    );
  await cache.delete(entry.id);
  process.stderr.write(`Deleted ${entry.manifest.repo}.\n`);
}

/** @returns exit code */
export async function runHub(args: ParsedArguments): Promise<number> {
  const [action, repo, ...rest] = args.positionals;
  const known = actions.find((name) => name === action);
  if (!known)
    throw new UsageError(
      `"hub" takes one of ${actions.join(', ')} first${action ? `, not "${action}"` : ''}.`,
    );
  if (rest.length > 0 || (known === 'list' && repo !== undefined))
    throw new UsageError(
      `"hub ${known}" takes ${known === 'list' ? 'no name' : 'one name'}: "${rest[0] ?? repo}" is too many.`,
    );
  const place = hubPlace(args);
  if (known === 'list') await list(args, place);
  else if (repo === undefined) throw new UsageError(`Which one? hub ${known} OWNER/NAME.`);
  else await { estimate, download, delete: remove }[known](repo, args, place);
  return 0;
}
