/** `autolora bench`: what a LoRA step and a search step cost. */
import type { BenchReport } from '../runtime/protocol';
import {
  backendOf,
  backendOption,
  type CommandSpec,
  integerOf,
  type ParsedArguments,
  UsageError,
} from './arguments';
import { openEngine } from './openEngine';

export const benchSpec: CommandSpec = {
  name: 'bench',
  usage: '[--config S|M] [--backend wasm|cpu|webgpu|dawn] [--steps N] [--json]',
  summary: 'Measures milliseconds per plain LoRA step and per search step of each estimator.',
  details:
    'S: vocabulary 1,000, 2 layers, hidden 64, 4 heads, feed-forward 256, length 32, batch 8.\n' +
    'M: vocabulary 2,000, 4 layers, hidden 128, 4 heads, feed-forward 512, length 64, batch 8. Both: k = 8, no dropout.',
  options: {
    config: { type: 'string', value: 'S|M', help: 'Size of the classifier. Default: S.' },
    backend: backendOption,
    steps: { type: 'string', value: 'N', help: 'Timed steps per row. Default: 20.' },
    json: { type: 'boolean', help: 'Print the report as JSON.' },
  },
};

/** A table of the rows. */
function describeBench({ config, backend, steps, rows }: BenchReport): string {
  const header = ['step', 'median ms', 'quartiles', 'ratio', 'first ms', 'kernels', 'dispatches', 'peak MB'];
  const table = rows.map((row) => [
    row.name,
    row.medianMs.toFixed(1),
    `${row.lowMs.toFixed(1)}–${row.highMs.toFixed(1)}`,
    row.ratio.toFixed(2),
    row.firstMs.toFixed(1),
    String(row.kernels),
    String(row.dispatches),
    (row.peakBytes / 1e6).toFixed(1),
  ]);
  const widths = header.map((title, i) =>
    Math.max(title.length, ...table.map((row) => (row[i] as string).length)),
  );
  const line = (cells: string[]) =>
    cells
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] as number) : cell.padStart(widths[i] as number)))
      .join('  ');
  return [
    `${config} on ${backend.name} (${backend.description}), ${steps} steps`,
    line(header),
    ...table.map(line),
  ].join('\n');
}

/** @returns exit code */
export async function runBenchCommand(args: ParsedArguments): Promise<number> {
  const config = args.text('config') ?? 'S';
  if (config !== 'S' && config !== 'M')
    throw new UsageError(`There is no config "${config}"; --config takes S or M.`);
  if (args.positionals.length > 0) throw new UsageError(`"bench" takes no file: "${args.positionals[0]}".`);
  const steps = integerOf(args, 'steps', 20, 1);
  const engine = await openEngine(backendOf(args));
  try {
    const report = await engine.bench(config, steps);
    process.stdout.write(`${args.flag('json') ? JSON.stringify(report, null, 2) : describeBench(report)}\n`);
    return 0;
  } finally {
    await engine.close();
  }
}
