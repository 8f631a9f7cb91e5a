/** The command line: verify, run, reproduce, evaluate, export, script, bench, inspect, hub. Results go to stdout, all else to stderr. */
import { sentenceOf } from '../runtime/protocol';
import {
  type CommandSpec,
  exitCodeOf,
  helpOf,
  type ParsedArguments,
  parseArguments,
  UsageError,
} from './arguments';
import { benchSpec, runBenchCommand } from './bench';
import { evaluateSpec, runEvaluate } from './evaluate';
import { exportSpec, runExport } from './export';
import { hubSpec, runHub } from './hub';
import { inspectSpec, runInspect } from './inspect';
import { nodeGpuIsOpen } from './nodeGpu';
import { reproduce, reproduceSpec } from './reproduce';
import { runExperiment, runSpec } from './run';
import { runScript, scriptSpec } from './script';
import { runVerify, verifySpec } from './verify';

const commands: { spec: CommandSpec; run(args: ParsedArguments): Promise<number> }[] = [
  { spec: verifySpec, run: runVerify },
  { spec: runSpec, run: runExperiment },
  { spec: reproduceSpec, run: (args) => reproduce(args) },
  { spec: evaluateSpec, run: runEvaluate },
  { spec: exportSpec, run: runExport },
  { spec: scriptSpec, run: runScript },
  { spec: benchSpec, run: runBenchCommand },
  { spec: inspectSpec, run: runInspect },
  { spec: hubSpec, run: runHub },
];

const overview = [
  'Usage: npm run --silent autolora -- COMMAND …',
  '',
  ...commands.map(({ spec }) => `  ${spec.name.padEnd(11)}${spec.summary}`),
  '',
  '`COMMAND --help` shows the options of one. Exit codes: 0 done, 1 failed or did not hold, 2 called wrongly,',
  '75 left to another process that trains it, 130 stopped and saved.',
].join('\n');

/** @returns exit code */
async function main(args: string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    (name ? process.stdout : process.stderr).write(`${overview}\n`);
    return name ? 0 : 2;
  }
  const command = commands.find(({ spec }) => spec.name === name);
  if (!command) {
    throw new UsageError(
      `There is no command "${name}"; there are ${commands.map(({ spec }) => spec.name).join(', ')}.`,
    );
  }
  if (rest.includes('--help') || rest.includes('-h')) {
    process.stdout.write(`${helpOf(command.spec)}\n`);
    return 0;
  }
  return command.run(parseArguments(command.spec, rest));
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${sentenceOf(error)}\n`);
  if (process.env.AUTOLORA_DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  process.exitCode = exitCodeOf(error);
}
if (nodeGpuIsOpen()) process.exit();
