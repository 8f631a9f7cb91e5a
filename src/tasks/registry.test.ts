import { describe, expect, it } from 'vitest';
import { taskByName, taskNames, tasks } from './registry';

describe('registry', () => {
  it('finds every task by its name, and names them when asked for another', () => {
    expect(new Set(taskNames).size).toBe(tasks.length);
    for (const task of tasks) expect(taskByName(task.name)).toBe(task);
    expect(() => taskByName('mnli')).toThrow('no task "mnli"; choose one of sentiment, sst2, cola');
  });

  it('holds tasks that can be trained and scored', () => {
    for (const task of tasks) {
      expect(task.generate !== undefined || task.parse !== undefined).toBe(true);
      expect(task.generate === undefined).toBe(task.embedded === undefined);
      const labels = task.labels.map((_, i) => i);
      const { values, confusion } = task.score(labels, labels);
      expect(values[task.primaryMetric]).toBeCloseTo(1, 12);
      expect(confusion).toHaveLength(task.labels.length);
    }
  });
});
