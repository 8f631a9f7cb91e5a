/** Reads the options of a command; everything that is wrong with them is one sentence. */
import { parseArgs } from 'node:util';
import { HubError } from '../hub/failure';
import type { BackendName } from '../runtime/protocol';

/** A mistake in how the command was called: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Exit code of a command that ended with an error: called wrongly, a download stopped by the person, failed. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return 2;
  return error instanceof HubError && error.kind === 'cancelled' ? 130 : 1;
}

export interface OptionSpec {
  /** Takes a value, or is a switch. */
  type: 'string' | 'boolean';
  /** Name of the value in the help text. */
  value?: string;
  help: string;
}

export interface CommandSpec {
  name: string;
  /** After the name: `EXPERIMENT.json --out DIR`. */
  usage: string;
  summary: string;
  details: string;
  options: Record<string, OptionSpec>;
}

export interface ParsedArguments {
  positionals: string[];
  text(name: string): string | undefined;
  flag(name: string): boolean;
}

/** Where the command line computes: `dawn` is WebGPU in this Node process (see `nodeGpu.ts`). */
export type CommandBackend = BackendName | 'dawn';
const backends: readonly CommandBackend[] = ['wasm', 'cpu', 'webgpu', 'dawn'];

/** Shared by the commands that compute. */
export const backendOption: OptionSpec = {
  type: 'string',
  value: 'wasm|cpu|webgpu|dawn',
  help: 'Where to compute: wasm and cpu in Node, webgpu in headless Chromium, dawn on the GPU from Node, where the npm package webgpu is installed. Default: wasm.',
};

/** Help text of one command. */
export function helpOf({ name, usage, summary, details, options }: CommandSpec): string {
  const rows = Object.entries({
    ...options,
    help: { type: 'boolean', help: 'Show this.' } as OptionSpec,
  }).map(([option, { value, help }]) => ({ left: `--${option}${value ? ` ${value}` : ''}`, help }));
  const width = Math.max(...rows.map(({ left }) => left.length)) + 2;
  const lines = rows.map(({ left, help }) => `  ${left.padEnd(width)}${help}`);
  return [
    `Usage: npm run --silent autolora -- ${name} ${usage}`,
    '',
    summary,
    details,
    '',
    'Options:',
    ...lines,
  ].join('\n');
}

/** @throws UsageError in one sentence: which option is unknown, lacks its value or has one too many. */
export function parseArguments(spec: CommandSpec, args: readonly string[]): ParsedArguments {
  const known = Object.fromEntries(Object.entries(spec.options).map(([name, { type }]) => [name, { type }]));
  const { tokens } = parseArgs({
    args: [...args],
    options: known,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const positionals: string[] = [];
  const values = new Map<string, string | true>();
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const option = spec.options[token.name];
    if (!option || token.rawName !== `--${token.name}`) {
      const names = Object.keys(spec.options).map((name) => `--${name}`);
      throw new UsageError(`"${spec.name}" has no option ${token.rawName}; it has ${names.join(', ')}.`);
    }
    const { value } = token;
    if (option.type === 'string' && (value === undefined || (!token.inlineValue && value.startsWith('--')))) {
      throw new UsageError(`The option --${token.name} needs a value: ${option.value}.`);
    }
    if (option.type === 'boolean' && value !== undefined) {
      throw new UsageError(`The option --${token.name} takes no value.`);
    }
    values.set(token.name, value ?? true);
  }
  return {
    positionals,
    text: (name) => {
      const value = values.get(name);
      return typeof value === 'string' ? value : undefined;
    },
    flag: (name) => values.get(name) === true,
  };
}

/**
 * The one argument of a command.
 * @param what it is, e.g. `run`
 * @param how what to give and where, e.g. `folder: script RUN --out FILE`
 * @throws UsageError where there is none, or more than one
 */
export function onlyArgument({ positionals }: ParsedArguments, what: string, how: string): string {
  const [given, ...more] = positionals;
  if (!given) throw new UsageError(`Which ${what}? Give its ${how}.`);
  if (more.length > 0) throw new UsageError(`One ${what} at a time; "${more[0]}" is one too many.`);
  return given;
}

/** @throws UsageError naming the choices. */
export function backendOf(args: ParsedArguments): CommandBackend {
  const name = args.text('backend') ?? 'wasm';
  const found = backends.find((backend) => backend === name);
  if (!found) throw new UsageError(`There is no backend "${name}"; --backend takes ${backends.join(', ')}.`);
  return found;
}

/** A whole number ≥ `min`, or the fallback where the option is not given. */
export function integerOf<F extends number | undefined>(
  args: ParsedArguments,
  name: string,
  fallback: F,
  min: number,
): number | F {
  const text = args.text(name);
  if (text === undefined) return fallback;
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value) || value < min) {
    throw new UsageError(`The option --${name} is "${text}"; it takes a whole number from ${min} up.`);
  }
  return value;
}
