/** The field table against the schema it was walked from. */
import { describe, expect, it } from 'vitest';
import { parseExperimentConfig } from './experiment';
import { clampToField, differingFields, type Field, fieldAt, fields, readField, writeField } from './fields';

const leaves = (node: object, path = ''): string[] =>
  Object.entries(node).flatMap(([key, value]) =>
    typeof value === 'object' ? leaves(value, `${path}${key}.`) : [`${path}${key}`],
  );

describe('fields', () => {
  const config = parseExperimentConfig({});

  it('holds every leaf of the configuration but the version, with its default', () => {
    expect(fields.map((field) => field.path).sort()).toEqual(
      leaves(config)
        .filter((path) => path !== 'v')
        .sort(),
    );
    for (const field of fields) expect(readField(config, field.path), field.path).toBe(field.default);
  });

  it('carries kind, range, options and notes', () => {
    expect(fieldAt('search.learningRate')).toMatchObject({
      kind: 'real',
      min: 1e-7,
      max: 1,
      scale: 'log',
      group: 'search',
      advanced: false,
    });
    expect(fieldAt('adapter.rank')).toMatchObject({ kind: 'integer', min: 1, max: 64, default: 8 });
    expect(fieldAt('hypergradient.estimator')?.options).toContain('first-order');
    expect(fieldAt('model.pretrained')).toMatchObject({ kind: 'flag', advanced: true });
    for (const field of fields) expect(field.reason.length, field.path).toBeGreaterThan(8);
  });

  it('writes without touching the original, and names what differs', () => {
    const changed = writeField(config, 'adapter.rank', 4);
    expect(config.adapter.rank).toBe(8);
    expect(differingFields(config, changed).map((field) => field.path)).toEqual(['adapter.rank']);
  });

  it('clamps to a value the schema accepts', () => {
    const rank = fieldAt('adapter.rank') as Field;
    expect(clampToField(rank, 1000)).toBe(64);
    expect(clampToField(rank, 3.4)).toBe(3);
    expect(clampToField(rank, Number.NaN)).toBeUndefined();
    expect(clampToField(fieldAt('method') as Field, 'prefix-tuning')).toBeUndefined();
    for (const field of fields) {
      if (field.kind !== 'integer' && field.kind !== 'real') continue;
      for (const value of [-Infinity, Infinity]) {
        const clamped = clampToField(field, value) as number;
        expect(
          () => parseExperimentConfig(writeField(config, field.path, clamped)),
          field.path,
        ).not.toThrow();
      }
    }
  });
});
