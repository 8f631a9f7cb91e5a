/** `autolora script`: the Python that trains the full-size model with a run's ranks. */
import { existsSync, writeFileSync } from 'node:fs';
import { trainingScript } from '../report/script/trainingScript';
import { type CommandSpec, onlyArgument, type ParsedArguments, UsageError } from './arguments';
import { readRunResult, roleOf } from './finishedRun';

export const scriptSpec: CommandSpec = {
  name: 'script',
  usage: 'RUN [--out FILE] [--role METHOD]',
  summary: 'Writes a Python script that trains the full-size model with the run’s ranks.',
  details:
    'RUN is a folder that `autolora run` wrote. The script needs torch, transformers, peft and accelerate, and datasets for GLUE;\n' +
    'it trains the run’s own model where that came from the Hub, else RoBERTa-base or GPT-2 (its own --model takes another), on\n' +
    'the task’s original data, on one GPU or several. Ranks of a model of another number of blocks are taken over by relative\n' +
    'depth, which the script says; its own --strict refuses.',
  options: {
    out: { type: 'string', value: 'FILE', help: 'Where to write it. Default: to stdout.' },
    role: {
      type: 'string',
      value: 'METHOD',
      help: 'Whose ranks: the run’s own by default, or lora beside it.',
    },
  },
};

/** @returns exit code */
export async function runScript(args: ParsedArguments): Promise<number> {
  const run = onlyArgument(args, 'run', 'folder: script RUN --out FILE');
  const result = readRunResult(run);
  const role = roleOf(result, args);
  const { config, model, task, models, scalings, commits } = result;
  const ranks = models[role]?.ranks ?? [];
  const text = trainingScript({ config, model, task, role, ranks, scalings, commits });
  const out = args.text('out');
  if (out === undefined) process.stdout.write(text);
  else {
    if (existsSync(out)) throw new UsageError(`${out} is there already; give another name.`);
    writeFileSync(out, text);
    process.stdout.write(`${out}\n`);
  }
  return 0;
}
