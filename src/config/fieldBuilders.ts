/** Leaves of the experiment schema: default, range, and what a control shows beside them. */
import { z } from 'zod';

/** What a control shows beside a field; read back from the schema by `fields.ts`. */
export interface FieldNote {
  /** Short label of the control. */
  label: string;
  /** One line: why one would change it. */
  reason: string;
  /** Controls of the same group stand together. */
  group:
    | 'model'
    | 'data'
    | 'adapter'
    | 'method'
    | 'search'
    | 'hypergradient'
    | 'retrain'
    | 'generation'
    | 'baseline'
    | 'run';
  /** `log` for learning rates and the like. */
  scale?: 'log';
  /** Most characters of a text that a link or a control may carry, where it is not the usual number. */
  longest?: number;
  /** Shown only when "more settings" is open. */
  advanced?: boolean;
}

export const integer = (fallback: number, min: number, max: number, note: FieldNote) =>
  z
    .int()
    .min(min)
    .max(max)
    .default(fallback)
    .meta({ ...note });
export const real = (fallback: number, min: number, max: number, note: FieldNote) =>
  z
    .number()
    .min(min)
    .max(max)
    .default(fallback)
    .meta({ ...note });
export const choice = <const T extends readonly [string, ...string[]]>(
  options: T,
  fallback: T[number],
  note: FieldNote,
) =>
  z
    .enum(options)
    .default(fallback as never)
    .meta({ ...note });
export const flag = (fallback: boolean, note: FieldNote) =>
  z
    .boolean()
    .default(fallback)
    .meta({ ...note });
export const text = (fallback: string, note: FieldNote) =>
  z
    .string()
    .default(fallback)
    .meta({ ...note });
