/** Share links: round trips, clamping, unknown keys. */
import { describe, expect, it } from 'vitest';
import { parseExperimentConfig } from './experiment';
import { clampToField, fields, writeField } from './fields';
import { decodeLink, encodeLink } from './link';

const defaults = parseExperimentConfig({});

describe('link', () => {
  it('is empty for the defaults', () => {
    expect(encodeLink(defaults)).toBe('');
    expect(decodeLink('').config).toEqual(defaults);
  });

  it('carries only what differs', () => {
    const config = parseExperimentConfig({ seed: 5, search: { learningRate: 3e-4 } });
    expect(encodeLink(config)).toBe('#v=1&seed=5&search.learningRate=0.0003');
  });

  it('brings every field back', () => {
    for (const field of fields) {
      const other =
        field.kind === 'flag'
          ? !field.default
          : field.kind === 'choice'
            ? field.options?.find((option) => option !== field.default)
            : field.kind === 'text'
              ? 'a b/ç&=#%+.tsv'
              : // Inwards from the upper end, where the default is.
                clampToField(field, (field.default as number) * 0.5 + (field.default === field.max ? 0 : 3));
      expect(other, field.path).not.toBe(field.default);
      const config = writeField(defaults, field.path, other as string);
      const decoded = decodeLink(encodeLink(config));
      expect(decoded.config, field.path).toEqual(config);
      expect(decoded.notes, field.path).toEqual([]);
    }
  });

  it('clamps, refuses and says so', () => {
    const { config, notes } = decodeLink('#v=1&adapter.rank=900&search.steps=abc&method=magic&seed=1.5');
    expect(config.adapter.rank).toBe(64);
    expect(config.search.steps).toBe(defaults.search.steps);
    expect(config.method).toBe('autolora');
    expect(config.seed).toBe(2);
    expect(notes).toHaveLength(4);
    expect(parseExperimentConfig(config)).toEqual(config);
  });

  it('carries the ranks of many layers whole, and says where a text was cut', () => {
    const blocks = Array.from({ length: 48 }, (_, block) => `${block}.query=64, ${block}.value=64`);
    const config = writeField(defaults, 'adapter.rankPattern', blocks.join(', '));
    expect(decodeLink(encodeLink(config))).toMatchObject({ config, notes: [] });
    const { config: cut, notes } = decodeLink(`#data.columns=${'x'.repeat(401)}`);
    expect(cut.data.columns).toHaveLength(400);
    expect(notes).toEqual(['The link’s data.columns was cut to its first 400 characters.']);
  });

  it('keeps unknown keys and survives garbage', () => {
    const decoded = decodeLink('#v=1&embed=1&hide=data%20x&seed=3&__proto__.x=1');
    expect(encodeLink(decoded.config, decoded.unknown)).toBe(
      '#v=1&seed=3&embed=1&hide=data%20x&__proto__.x=1',
    );
    expect(decodeLink('#%E0%A4%A&&&===').config).toEqual(defaults);
    expect(decodeLink('#v=2').notes).toHaveLength(1);
  });

  it('takes the longest input that suits the task where it says none, as choosing the task does', () => {
    const { config } = decodeLink('#data.task=e2e');
    expect(config.model.maxLength).toBe(128);
    expect(encodeLink(config)).toBe('#v=1&data.task=e2e');
    // What differs from the task's own stands in the link, though it be the default.
    const short = '#v=1&model.maxLength=32&data.task=e2e';
    expect(decodeLink(short).config.model.maxLength).toBe(32);
    expect(encodeLink(decodeLink(short).config)).toBe(short);
    for (const task of ['sst2', 'rte', 'bionlp', 'own', 'nonsense']) {
      const config = parseExperimentConfig({ data: { task } });
      expect(decodeLink(encodeLink(config)).config, task).toEqual(config);
    }
  });

  it('leaves a model of one’s own as it is', () => {
    const { model } = decodeLink('#data.task=e2e&model.source=hub&model.name=gpt2').config;
    expect(model).toMatchObject({ source: 'hub', name: 'gpt2', maxLength: 32 });
  });

  it('reads what earlier versions wrote', () => {
    expect(decodeLink('#v=1&data.task=sentiment').config.data.task).toBe('sst2');
    const { data } = decodeLink('#v=1&data.task=cola&data.trainFile=train.tsv&data.devFile=dev.tsv').config;
    expect(data).toMatchObject({ task: 'cola', source: 'files', trainFile: 'train.tsv' });
    expect(decodeLink('#v=1&data.source=hub&data.trainFile=a.parquet').config.data.source).toBe('hub');
  });
});
