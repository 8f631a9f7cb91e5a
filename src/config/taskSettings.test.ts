/** What a person gets by choosing a task is what the task's examples file trains. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { taskByName, taskNames } from '../tasks/registry';
import { parseExperimentConfig } from './experiment';
import { applyPreset, presetOf } from './presets';
import { applyTask, fitSchedule, isWritingTask, taskExperiment, usualOf } from './taskSettings';

const home = parseExperimentConfig({});

describe('a chosen task', () => {
  it.each(taskNames)('%s has the settings of its examples file', (task) => {
    const example = parseExperimentConfig(JSON.parse(readFileSync(`examples/${task}.json`, 'utf8')));
    expect(parseExperimentConfig(taskExperiment(task))).toEqual(example);
    expect(applyTask(home, task)).toEqual(example);
    expect(presetOf(example)).toBe('quick');
    // And back, over a task with other settings.
    expect(applyTask(applyTask(home, 'e2e'), task)).toEqual(example);
  });

  it('is one that writes where its registry says so', () => {
    const generates = taskNames.filter((task) => taskByName(task).kind === 'generation');
    expect(taskNames.filter(isWritingTask)).toEqual(generates);
  });

  it.each(taskNames)('%s changes nothing by itself', (task) => {
    expect(usualOf(applyTask(home, task))).toEqual(applyTask(home, task));
  });

  it('leaves the usual settings to a model or data from elsewhere', () => {
    const { model, data } = home;
    const hub = applyTask({ ...home, model: { ...model, source: 'hub', name: 'roberta-base' } }, 'rte');
    expect(usualOf(hub)).toMatchObject({
      model: { maxLength: home.model.maxLength },
      data: { trainSize: 0 },
      retrain: { steps: 480 },
    });
    const files = applyTask({ ...home, data: { ...data, source: 'files' } }, 'rte');
    expect(usualOf(files)).toMatchObject({
      model: { maxLength: 64 },
      data: { trainSize: home.data.trainSize },
      retrain: { steps: 600 },
    });
    expect(usualOf({ ...files, retrain: { ...files.retrain, steps: 77 } })).toBe(usualOf(files));
  });

  it('has its schedule with the embedded model alone', () => {
    const hub = parseExperimentConfig({ model: { source: 'hub', name: 'roberta-base' } });
    expect(applyTask(hub, 'rte').retrain).toEqual(home.retrain);
    expect(applyPreset(applyTask(hub, 'rte'), 'quick').retrain).toEqual(home.retrain);
    const moved = { ...applyTask(home, 'rte'), model: hub.model };
    expect(fitSchedule(moved)).toMatchObject({
      search: { steps: 240 },
      retrain: { steps: 480, learningRate: 1e-3 },
    });
  });

  it('leaves a schedule of one’s own or of a preset alone', () => {
    const paper = applyPreset(home, 'paper');
    expect(applyTask(paper, 'rte')).toMatchObject({
      search: { steps: 3000 },
      retrain: { steps: 3000, learningRate: 1e-4 },
      model: { name: 'roberta-12' },
    });
    const own = parseExperimentConfig({ retrain: { steps: 77 } });
    expect(applyTask(own, 'rte')).toMatchObject({ search: { steps: 240 }, retrain: { steps: 77 } });
    expect(applyPreset(applyTask(paper, 'rte'), 'quick')).toEqual(applyTask(home, 'rte'));
  });
});
