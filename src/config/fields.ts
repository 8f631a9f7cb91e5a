/** The experiment's flat field table, walked out of its schema: what controls, links and presets are made from. */
import { z } from 'zod';
import { type ExperimentConfig, experimentSchema } from './experiment';
import type { FieldNote } from './fieldBuilders';

export type FieldValue = string | number | boolean;
export type FieldKind = 'integer' | 'real' | 'choice' | 'flag' | 'text';

/** One control: a leaf of the experiment schema. */
export interface Field {
  /** Dotted path in the configuration: `search.learningRate`. */
  path: string;
  label: string;
  /** One line: why one would change it. */
  reason: string;
  group: FieldNote['group'];
  kind: FieldKind;
  /** Smallest and largest value of a number. */
  min?: number;
  max?: number;
  /** Allowed values of a choice. */
  options?: readonly string[];
  default: FieldValue;
  scale?: 'log';
  /** Most characters of a text. */
  longest: number;
  advanced: boolean;
}

/** Longest text that a link or a control may carry, in characters. */
const longestText = 400;

interface SchemaNode extends Partial<FieldNote> {
  type?: string;
  properties?: Record<string, SchemaNode>;
  enum?: string[];
  minimum?: number;
  maximum?: number;
  default?: FieldValue;
}

function kindOf(node: SchemaNode): FieldKind {
  if (node.enum) return 'choice';
  switch (node.type) {
    case 'integer':
      return 'integer';
    case 'number':
      return 'real';
    case 'boolean':
      return 'flag';
    default:
      return 'text';
  }
}

function* walk(node: SchemaNode, path: string): Generator<Field> {
  for (const [key, child] of Object.entries(node.properties ?? {})) {
    const here = path ? `${path}.${key}` : key;
    if (child.properties) {
      yield* walk(child, here);
    } else if (child.label && child.reason && child.group && child.default !== undefined) {
      yield {
        path: here,
        label: child.label,
        reason: child.reason,
        group: child.group,
        kind: kindOf(child),
        min: child.minimum,
        max: child.maximum,
        options: child.enum,
        default: child.default,
        scale: child.scale,
        longest: child.longest ?? longestText,
        advanced: child.advanced ?? false,
      };
    }
  }
}

/** Every field of the experiment, in the order of the schema. */
export const fields: readonly Field[] = [
  ...walk(z.toJSONSchema(experimentSchema, { io: 'input' }) as SchemaNode, ''),
];

const byPath = new Map(fields.map((field) => [field.path, field]));

/** Its label, with its group where another field is labelled alike: `Batch size (search)`. */
export function fieldTitle({ label, group }: Field): string {
  return fields.filter((field) => field.label === label).length > 1 ? `${label} (${group})` : label;
}

/** The field at a dotted path, or undefined. */
export function fieldAt(path: string): Field | undefined {
  return byPath.get(path);
}

/** The value that a configuration holds for a field. */
export function readField(config: ExperimentConfig, path: string): FieldValue {
  let node: unknown = config;
  for (const key of path.split('.')) node = (node as Record<string, unknown>)[key];
  return node as FieldValue;
}

/** A copy of the configuration with one field set; the value is taken as it is. */
export function writeField(config: ExperimentConfig, path: string, value: FieldValue): ExperimentConfig {
  const copy = structuredClone(config);
  const keys = path.split('.');
  const last = keys.pop() as string;
  let node: Record<string, unknown> = copy;
  for (const key of keys) node = node[key] as Record<string, unknown>;
  node[last] = value;
  return copy;
}

/** Nearest value that the field allows, or undefined where there is none (not a number, an unknown choice). */
export function clampToField(field: Field, value: unknown): FieldValue | undefined {
  switch (field.kind) {
    case 'flag':
      return typeof value === 'boolean' ? value : undefined;
    case 'choice':
      return typeof value === 'string' && field.options?.includes(value) ? value : undefined;
    case 'text':
      return typeof value === 'string' ? value.slice(0, field.longest) : undefined;
    default: {
      if (typeof value !== 'number' || Number.isNaN(value)) return undefined;
      const whole = field.kind === 'integer' && Number.isFinite(value) ? Math.round(value) : value;
      return Math.min(field.max ?? Infinity, Math.max(field.min ?? -Infinity, whole));
    }
  }
}

/** Reads what a person typed or a link carries; undefined where it means nothing for this field. */
export function parseFieldText(field: Field, text: string): FieldValue | undefined {
  if (field.kind === 'flag') {
    if (text === 'true' || text === '1') return true;
    return text === 'false' || text === '0' ? false : undefined;
  }
  if (field.kind === 'choice' || field.kind === 'text') return clampToField(field, text);
  const trimmed = text.trim();
  return trimmed === '' ? undefined : clampToField(field, Number(trimmed));
}

/** Paths at which two configurations differ, in the order of the schema. */
export function differingFields(left: ExperimentConfig, right: ExperimentConfig): Field[] {
  return fields.filter(({ path }) => readField(left, path) !== readField(right, path));
}
