/** What a sweep trains: seeds, methods and values of up to a few fields, every combination once. */
import type { ExperimentConfig } from '../config/experiment';
import { fieldAt, parseFieldText, writeField } from '../config/fields';
import { type MethodName, methodNames } from '../config/methods';

export interface SweepRequest {
  /** Seeds 1 to n, counted from the experiment's own seed on. */
  seeds: number;
  methods: readonly MethodName[];
  /** Dotted path and the values, as they were typed: `0.001, 0.003`. */
  grid: readonly { path: string; values: string }[];
}

/** A tab works through no more overnight. */
export const mostRuns = 200;

/** @throws Error with a sentence on what cannot be */
export function planSweep(
  base: ExperimentConfig,
  { seeds, methods, grid }: SweepRequest,
): ExperimentConfig[] {
  if (!Number.isInteger(seeds) || seeds < 1) throw new Error('A sweep has at least one seed.');
  const unknown = methods.find((name) => !methodNames.includes(name));
  if (unknown) throw new Error(`There is no method “${unknown}”.`);
  /** Said before anything is made: a number that was typed may ask for millions. */
  const check = (count: number) => {
    if (count > mostRuns)
      throw new Error(
        `That would be ${count} runs; a sweep has at most ${mostRuns}. The command line (autolora reproduce) has no such limit.`,
      );
  };
  check(seeds * Math.max(1, methods.length));
  let configs: ExperimentConfig[] =
    methods.length > 0 ? methods.map((method) => ({ ...base, method })) : [base];
  const paths = new Set<string>();
  for (const { path, values } of grid) {
    if (path === '') continue;
    const field = fieldAt(path);
    if (!field) throw new Error(`There is no setting “${path}”.`);
    if (paths.has(path) || (path === 'method' && methods.length > 0) || path === 'seed')
      throw new Error(`“${field.label}” is varied already.`);
    paths.add(path);
    const parsed = values
      .split(',')
      .map((text) => text.trim())
      .filter((text) => text !== '')
      .map((text) => {
        const value = parseFieldText(field, text);
        const clamped = typeof value === 'number' && value !== Number(text);
        if (value === undefined || clamped) {
          const allowed = field.options
            ? `one of ${field.options.join(', ')}`
            : field.min !== undefined
              ? `a number from ${field.min} to ${field.max}`
              : `a ${field.kind} value`;
          throw new Error(`“${field.label}” cannot be ${text}; give ${allowed}.`);
        }
        return value;
      });
    if (parsed.length === 0) throw new Error(`Give values for “${field.label}”, parted by commas.`);
    check(seeds * configs.length * parsed.length);
    configs = configs.flatMap((config) => parsed.map((value) => writeField(config, path, value)));
  }
  return Array.from({ length: seeds }, (_, i) => base.seed + i).flatMap((seed) =>
    configs.map((config) => ({ ...config, seed })),
  );
}
