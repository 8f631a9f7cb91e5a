import { describe, expect, it } from 'vitest';
import { metrics } from '../metrics/catalog';
import { taskByName, taskNames, tasks } from './registry';
import type { SequenceTask } from './task';

describe('registry', () => {
  it("holds the paper's eleven tasks, and names them when asked for another", () => {
    expect([...taskNames].sort()).toEqual(
      'bionlp cola e2e mnli mrpc qnli qqp rte sst2 stsb webnlg'.split(' '),
    );
    for (const task of tasks) expect(taskByName(task.name)).toBe(task);
    expect(() => taskByName('own')).toThrow('A classification of your own has no embedded data: give files');
    expect(() => taskByName('squad')).toThrow('no task "squad"; choose one of sst2, cola, mrpc');
  });

  it('still knows the name by which old links call SST-2', () => {
    expect(taskByName('sentiment').name).toBe('sst2');
  });
});

describe.each(tasks)('$name', (task) => {
  it('generates as many examples of its kind as it says, all of its labels among them', async () => {
    for (const split of ['train', 'dev'] as const) {
      const examples = await task.generate(split);
      expect(examples).toHaveLength(task.embedded[split === 'train' ? 'trainSize' : 'devSize']);
      const labels = new Set<number | string>();
      for (const example of examples) {
        if ('tags' in example) {
          expect(task.kind).toBe('tagging');
          expect(example.tags).toHaveLength(example.words.length);
          for (const tag of example.tags) labels.add(tag);
        } else if ('references' in example) {
          expect(task.kind).toBe('generation');
          expect(example.source).toMatch(/^\S.* : .*\S$/);
          expect(example.references.length).toBeGreaterThan(0);
        } else labels.add(example.label);
      }
      if (task.kind === 'classification') expect([...labels].sort()).toEqual(task.labels.map((_, i) => i));
      if (task.kind === 'tagging') expect([...labels].sort()).toEqual([...task.labels].sort());
      if (task.kind === 'regression')
        for (const score of labels) expect(Number(score) >= 0 && Number(score) <= 5).toBe(true);
    }
  });

  it('gives full marks to what is right', async () => {
    const examples = await task.generate('dev');
    const { values, confusion } = await perfectScore(task, examples);
    const best = values[task.primaryMetric] as number;
    // BLEU counts all references' n-grams and their nearest length, so that one of them scores full marks.
    expect(best).toBeCloseTo(1, 12);
    for (const key of Object.keys(values)) expect(metrics).toHaveProperty(key);
    expect(confusion).toHaveLength(task.kind === 'classification' ? task.labels.length : 0);
  });
});

async function perfectScore(
  task: (typeof tasks)[number],
  examples: Awaited<ReturnType<(typeof tasks)[number]['generate']>>,
) {
  if (task.kind === 'tagging') {
    const tags = examples.map((example) => ('tags' in example ? example.tags : []));
    return task.score(tags, tags);
  }
  if (task.kind === 'generation') {
    const references = examples.map((example) => ('references' in example ? example.references : []));
    return task.score(
      references.map(([first]) => first as string),
      references,
    );
  }
  const labels = examples.map((example) => ('label' in example ? example.label : 0));
  return (task as SequenceTask).score(labels, labels);
}
