/** `autolora inspect`: every estimator of the hypergradient beside the exact one, on one pair of batches. */
import type { InspectReport, InspectRow } from '../runtime/protocol';
import type { Agreement } from '../telemetry/events';
import {
  backendOf,
  backendOption,
  type CommandSpec,
  integerOf,
  type OptionSpec,
  onlyArgument,
  type ParsedArguments,
  UsageError,
} from './arguments';
import { readExperiment, withDownloads } from './experimentFile';
import { hubOptions } from './hubOptions';
import { openEngine } from './openEngine';

export const inspectSpec: CommandSpec = {
  name: 'inspect',
  usage: 'EXPERIMENT.json [--steps N] [--eta X,Y,…] [--backend wasm|cpu|webgpu|dawn] [--seed N] [--json]',
  summary: 'Compares every estimator of the hypergradient with the exact one, after N search steps.',
  details:
    'Takes N search steps of the experiment with its own estimator and compares on the batches of the next one. cosine and\n' +
    'ratio (norm of the estimate over that of the exact one) are of the whole hypergradient and of its implicit term alone;\n' +
    'share is ‖implicit‖ / (‖direct‖ + ‖implicit‖) of the estimate; passes counts evaluations of a loss. It differentiates\n' +
    'twice, which takes four to five times the memory of a step: small models only.',
  options: {
    steps: { type: 'string', value: 'N', help: 'Search steps before the comparison. Default: 20.' },
    eta: {
      type: 'string',
      value: 'X,Y,…',
      help: "Lengths of the unrolled SGD step. Default: the experiment's hypergradient.eta; 1 where that is 0.",
    },
    backend: backendOption,
    seed: { type: 'string', value: 'N', help: 'Instead of the seed in the file.' },
    endpoint: hubOptions.endpoint as OptionSpec,
    cache: hubOptions.cache as OptionSpec,
    json: { type: 'boolean', help: 'Print the report, with every layer, as JSON.' },
  },
};

/** @throws UsageError where a length is no number above 0 */
export function etasOf(text: string): number[] {
  return text.split(',').map((part) => {
    const eta = Number(part);
    if (part.trim() === '' || !Number.isFinite(eta) || eta <= 0) {
      throw new UsageError(
        `The option --eta is "${text}"; it takes numbers above 0, e.g. --eta 1e-4,1e-3,1.`,
      );
    }
    return eta;
  });
}

/** Enough digits to tell 0.9999 from 1, and 7e-5 from 0. */
function number(value: number | undefined): string {
  if (value === undefined) return '–';
  if (value === 0) return '0';
  return Math.abs(value) >= 1e-3 && Math.abs(value) < 1e4 ? value.toFixed(4) : value.toExponential(2);
}

const header = [
  'estimator',
  'around',
  'scale',
  'cosine',
  'ratio',
  'implicit: cosine',
  'ratio',
  'share',
  'passes',
  'ms',
];

function cellsOf({
  estimator,
  perturbAround,
  implicitScale,
  total,
  implicit,
  share,
  passes,
  ms,
}: InspectRow): string[] {
  const both = ({ cosine, ratio }: Agreement) => [number(cosine), number(ratio)];
  const isDifference = estimator.startsWith('finite-difference');
  return [
    estimator,
    isDifference || estimator === 'sama' ? perturbAround : '',
    isDifference ? implicitScale : '',
    ...both(total),
    ...both(implicit),
    number(share),
    String(passes),
    ms.toFixed(0),
  ];
}

/** One table per unrolled step. */
function describeInspection({ step, learningRate, rows }: InspectReport): string {
  const tables: { title: string; rows: string[][] }[] = [];
  for (const row of rows) {
    // Every table begins with its reference.
    if (row.estimator === 'exact') {
      const title =
        row.unroll === 'sgd'
          ? `Unrolled: W' = W − η g, η = ${row.eta}`
          : `Unrolled: the optimizer's own step, learning rate ${number(learningRate)}`;
      tables.push({ title, rows: [] });
    }
    tables.at(-1)?.rows.push(cellsOf(row));
  }
  const cells = [header, ...tables.flatMap((table) => table.rows)];
  const widths = header.map((_, i) => Math.max(...cells.map((line) => (line[i] as string).length)));
  const line = (texts: string[]) =>
    texts
      .map((text, i) => (i < 3 ? text.padEnd(widths[i] as number) : text.padStart(widths[i] as number)))
      .join('  ');
  return [
    `After ${step} search step${step === 1 ? '' : 's'}, beside the exact hypergradient through the same unrolled step:`,
    ...tables.flatMap((table) => ['', table.title, line(header), ...table.rows.map(line)]),
  ].join('\n');
}

/** @returns exit code */
export async function runInspect(args: ParsedArguments): Promise<number> {
  const file = onlyArgument(args, 'experiment', 'file: inspect EXPERIMENT.json');
  const steps = integerOf(args, 'steps', 20, 1);
  const etas = args.text('eta') === undefined ? undefined : etasOf(args.text('eta') as string);
  const { config, paths: local } = readExperiment(file, integerOf(args, 'seed', undefined, 0));
  const { hypergradient } = config;
  const paths = await withDownloads(config, local, args);
  const engine = await openEngine(backendOf(args));
  try {
    // Beyond the last step: loading then holds a double backward, too, against the device's memory.
    const inspectEvery = Math.max(hypergradient.inspectEvery, steps + 1);
    await engine.load({ ...config, hypergradient: { ...hypergradient, inspectEvery } }, paths);
    const report = await engine.inspect(steps, etas ?? [hypergradient.eta || 1]);
    process.stdout.write(
      `${args.flag('json') ? JSON.stringify(report, null, 2) : describeInspection(report)}\n`,
    );
    return 0;
  } finally {
    await engine.close();
  }
}
