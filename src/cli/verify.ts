/** `autolora verify`: the engine against golden folders, worst error per tensor beside its tolerance. */
import type { VerifyReport } from '../runtime/protocol';
import { backendOf, backendOption, type CommandSpec, type ParsedArguments, UsageError } from './arguments';
import { goldenFolders } from './goldenFiles';
import { openEngine } from './openEngine';

export const verifySpec: CommandSpec = {
  name: 'verify',
  usage: 'DIR… [--backend wasm|cpu|webgpu|dawn] [--json]',
  summary: 'Compares the engine with golden folders: numbers that PyTorch and others produced.',
  details:
    'A folder without a golden.json stands for the golden folders in it, and for the JSON files that name a "kind" by\n' +
    'themselves; such a file can also be given. Exits 0 only if everything holds; what cannot be compared does not.',
  options: {
    backend: backendOption,
    json: { type: 'boolean', help: 'Print one JSON array of reports.' },
  },
};

const short = (value: number) => (value === 0 ? '0' : value.toExponential(1));

/** One table per folder, worst error first named. */
function describeReport({ folder, kind, backend, checks, skipped, passed }: VerifyReport): string {
  const head = `${passed ? 'PASS' : skipped ? 'SKIP' : 'FAIL'}  ${folder}  (${kind}, ${backend})`;
  if (skipped) return `${head}\n      not compared: ${skipped}`;
  const width = Math.max(4, ...checks.map(({ name }) => name.length));
  const rows = checks.map(
    ({ name, error, tolerance, passed: holds }) =>
      `  ${holds ? 'ok  ' : 'FAIL'}  ${name.padEnd(width)}  ${short(error).padStart(8)}  ≤ ${short(tolerance)}`,
  );
  return [head, ...rows].join('\n');
}

/** @returns exit code */
export async function runVerify(args: ParsedArguments): Promise<number> {
  if (args.positionals.length === 0) {
    throw new UsageError('Which golden folders? Give at least one: verify DIR….');
  }
  const folders = args.positionals.flatMap(goldenFolders);
  const engine = await openEngine(backendOf(args));
  const reports: VerifyReport[] = [];
  try {
    for (const folder of folders) {
      process.stderr.write(`${folder}…\n`);
      const report = await engine.verify(folder);
      reports.push(report);
      if (!args.flag('json')) process.stdout.write(`${describeReport(report)}\n`);
    }
  } finally {
    await engine.close();
  }
  const held = reports.filter(({ passed }) => passed).length;
  if (args.flag('json')) process.stdout.write(`${JSON.stringify(reports, null, 2)}\n`);
  else process.stdout.write(`${held} of ${reports.length} folders hold.\n`);
  return held === reports.length ? 0 : 1;
}
