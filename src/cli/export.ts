/** `autolora export`: a run's trained model as a whole checkpoint, its adapter merged into the weights. */
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { mergeAdapter } from '../experiment/mergeAdapter';
import { openCheckpoint } from '../model/checkpoint';
import { startBackend } from '../runtime/backend';
import {
  type CommandSpec,
  type OptionSpec,
  onlyArgument,
  type ParsedArguments,
  UsageError,
} from './arguments';
import { adapterFolder, baseModelFolder, readRunResult, roleOf } from './finishedRun';
import { checkFolder, checkOutFolder, checkpointFiles, namesBelow, readNamed } from './folders';
import { hubOptions } from './hubOptions';
import { openAll } from './nodeEngine';
import { writeWhole } from './wholeFiles';

export const exportSpec: CommandSpec = {
  name: 'export',
  usage: 'RUN --merged DIR [--role METHOD] [--model DIR]',
  summary: 'Writes a run’s trained model as a Hugging Face checkpoint that needs no adapter.',
  details:
    'RUN is a folder that `autolora run` wrote. DIR gets config.json, model.safetensors (float32) and the tokenizer’s files;\n' +
    'transformers and this program (model.source "files") load it. Houlsby adapters cannot be merged.',
  options: {
    merged: { type: 'string', value: 'DIR', help: 'Folder for the checkpoint; new or empty.' },
    role: {
      type: 'string',
      value: 'METHOD',
      help: 'Which trained model: the run’s own by default, or lora beside it.',
    },
    model: {
      type: 'string',
      value: 'DIR',
      help: 'Base checkpoint, where it is not where the experiment said.',
    },
    endpoint: hubOptions.endpoint as OptionSpec,
    cache: hubOptions.cache as OptionSpec,
  },
};

/** @returns exit code */
export async function runExport(args: ParsedArguments): Promise<number> {
  const run = onlyArgument(args, 'run', 'folder: export RUN --merged DIR');
  const out = args.text('merged');
  if (!out) throw new UsageError('Where shall the checkpoint go? Give a folder: --merged DIR.');
  checkOutFolder(out);
  const result = readRunResult(run);
  const role = roleOf(result, args);
  if (existsSync(out) && readdirSync(out).length > 0)
    throw new UsageError(`${out} is not empty; give a new folder, so that nothing is overwritten.`);
  const adapter = adapterFolder(run, result, role);
  checkFolder(adapter, 'adapter folder');
  const base = await baseModelFolder(run, result, args);
  // No training: the processor's own backend has no limit of memory of its own.
  await startBackend('cpu');
  const { config, task } = result;
  const model = await openCheckpoint(await openAll(checkpointFiles(base)), {
    name: config.model.name,
    source: base,
  });
  const files = await mergeAdapter({
    model,
    config,
    task,
    adapter: namesBelow(adapter).map((name) => readNamed(join(adapter, name), name)),
    role,
    fingerprint: result.fingerprint?.model,
    name: adapter,
  });
  mkdirSync(out, { recursive: true });
  for (const { name, bytes } of files) writeWhole(join(out, name), new Uint8Array(bytes));
  process.stdout.write(`${files.map(({ name }) => join(out, name)).join('\n')}\n`);
  return 0;
}
