/**
 * The share-link codec: configuration ⇄ URL hash (`#v=1&search.steps=100`), only what differs from the defaults. What a link
 * leaves out of the longest input is what suits its task, as when a person chooses it.
 */
import { type ExperimentConfig, parseExperimentConfig } from './experiment';
import { type Field, fieldAt, fields, parseFieldText, readField } from './fields';
import { applyTask } from './taskSettings';

/** Keys that are no field (`embed`, `hide`, `lesson`, newer versions' fields), with what they say. */
export type LinkKeys = readonly (readonly [key: string, value: string])[];

/** What a link said. */
export interface DecodedLink {
  config: ExperimentConfig;
  /** Keys that are no field (`embed`, `hide`, `lesson`, newer versions' fields), kept when the link is written again. */
  unknown: [key: string, value: string][];
  /** True where it says something of the experiment, be it a default. */
  namesFields: boolean;
  /** One sentence per value that was clamped or ignored. */
  notes: string[];
}

const longestInput = 'model.maxLength';

/** What a field is where a link to this task says nothing of it. Not the model: older links mean the default one. */
function unsaidBy({ data, model }: ExperimentConfig): (field: Field) => unknown {
  const bare = parseExperimentConfig({ model: { source: model.source } });
  const { maxLength } = applyTask(bare, data.task).model;
  return ({ path, default: usual }) => (path === longestInput ? maxLength : usual);
}

/** The hash with its `#`, or an empty string where nothing differs from the defaults. */
export function encodeLink(config: ExperimentConfig, unknown: DecodedLink['unknown'] = []): string {
  const pairs: [string, string][] = [];
  const unsaid = unsaidBy(config);
  for (const field of fields) {
    const value = readField(config, field.path);
    // Without it a link to files would be read as one of the first version, which had no such field.
    const needed = field.path === 'data.source' && config.data.trainFile !== '';
    if (needed || value !== unsaid(field)) pairs.push([field.path, String(value)]);
  }
  pairs.push(...unknown);
  if (pairs.length === 0) return '';
  return `#${[['v', '1'] as const, ...pairs].map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join('&')}`;
}

/** Reads a hash, with or without `#`. Never throws: what cannot be used is left at its default and noted. */
export function decodeLink(hash: string): DecodedLink {
  const given: Record<string, unknown> = {};
  const unknown: DecodedLink['unknown'] = [];
  const notes: string[] = [];
  const seen = new Set<string>();
  for (const [key, value] of new URLSearchParams(hash.replace(/^#/, ''))) {
    if (key === 'v') {
      if (value !== '1')
        notes.push(`The link has version “${value}”; this page reads version 1 and took what it knows.`);
      continue;
    }
    const field = fieldAt(key);
    if (!field) {
      unknown.push([key, value]);
      continue;
    }
    if (seen.has(key)) continue;
    seen.add(key);
    const parsed = parseFieldText(field, value);
    if (parsed === undefined) {
      const wanted = field.options ? `one of ${field.options.join(', ')}` : `a ${field.kind} value`;
      notes.push(
        `The link’s ${key}=${value.slice(0, 60)} is not ${wanted}; it keeps ${String(field.default)}.`,
      );
      continue;
    }
    if (typeof parsed === 'number' && parsed !== Number(value))
      notes.push(
        `The link’s ${key}=${value.slice(0, 60)} was set to ${parsed}, the nearest value that is allowed.`,
      );
    if (typeof parsed === 'string' && parsed !== value)
      notes.push(`The link’s ${key} was cut to its first ${parsed.length} characters.`);
    const [section, name] = key.split('.') as [string, string?];
    if (name) given[section] = { ...(given[section] as object), [name]: parsed };
    else given[section] = parsed;
  }
  const said = parseExperimentConfig(given);
  const config = seen.has(longestInput)
    ? said
    : { ...said, model: { ...said.model, maxLength: applyTask(said, said.data.task).model.maxLength } };
  return { config, unknown, namesFields: seen.size > 0, notes };
}
