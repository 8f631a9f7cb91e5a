/**
 * Settings of a method tried one by one: trained on D_tr, scored on D_val, dev left alone, so that the methods' defaults can be
 * set from measurement (recipe `rates`). AutoLoRA is not among them: its β has learnt on what is scored here.
 */
import type { ExperimentInput } from '../config/experiment';
import { type ComparedMethod, comparedMethods, rateTimes } from './comparedMethods';
import { mergeExperiments } from './settings';

export interface TriedSettings {
  /** Name of the method whose setting is tried. */
  method: string;
  /** What is tried, for headings: `learning rate`. */
  title: string;
  /** In the order of their values. */
  tried: readonly ComparedMethod[];
  /** Of these the one that the method has today. */
  today: string;
}

const baseOf = (name: string) => comparedMethods.find((method) => method.name === name) as ComparedMethod;

/** One value of a setting, over what the method takes otherwise, be it fixed or fitted to the task. */
function triedMethod(
  method: string,
  name: string,
  label: string,
  tried: NonNullable<ComparedMethod['fitted']>,
): ComparedMethod {
  const base = baseOf(method);
  return {
    name,
    label: `${base.label}, ${label}`,
    settings: { ...base.settings, data: { evaluateOn: 'validation' } },
    fitted: (task) => mergeExperiments(base.fitted?.(task) ?? {}, tried(task)),
  };
}

interface AbsoluteValues {
  method: string;
  title: string;
  /** For the names of what is tried: `full-rate-0.001`. */
  short: string;
  settings(value: number): ExperimentInput;
  values: readonly number[];
  /** The value that the method has in every other recipe. */
  today: number;
}

function absoluteValues({ method, title, short, settings, values, today }: AbsoluteValues): TriedSettings {
  const nameOf = (value: number) => `${method}-${short}-${value}`;
  return {
    method,
    title,
    tried: values.map((value) =>
      triedMethod(method, nameOf(value), `${title} ${value}`, () => settings(value)),
    ),
    today: nameOf(today),
  };
}

/**
 * Factors of the task's own learning rate.
 * @param today the factor that the method takes in every other recipe
 */
function rateFactors(method: string, factors: readonly number[], today: number): TriedSettings {
  const nameOf = (factor: number) => `${method}-rate-x${factor}`;
  return {
    method,
    title: 'learning rate, times the task’s',
    tried: factors.map((factor) =>
      triedMethod(method, nameOf(factor), `rate × ${factor}`, rateTimes(factor)),
    ),
    today: nameOf(today),
  };
}

export const triedSettings: readonly TriedSettings[] = [
  absoluteValues({
    method: 'full',
    title: 'learning rate',
    short: 'rate',
    settings: (learningRate) => ({ retrain: { learningRate } }),
    values: [1e-4, 2e-4, 5e-4, 1e-3, 2e-3],
    today: 5e-4,
  }),
  rateFactors('adapter', [0.3, 1, 3], 1),
  rateFactors('lora', [0.3, 1, 3], 1),
  rateFactors('rslora', [0.3, 1, 3], 1),
  absoluteValues({
    method: 'lora-plus',
    title: 'λ',
    short: 'ratio',
    settings: (ratio) => ({ loraPlus: { ratio } }),
    values: [2, 4, 8, 16],
    today: 16,
  }),
  rateFactors('dora', [0.3, 1, 3], 1),
  rateFactors('adalora', [1, 2, 4, 8, 16], 4),
  absoluteValues({
    method: 'sora',
    title: 'λ',
    short: 'lambda',
    settings: (lambda) => ({ sora: { lambda } }),
    values: [0.1, 0.375, 0.75, 1.5, 3],
    today: 0.375,
  }),
];

/** @throws Error that lists the methods with a setting to try */
export function triedSettingsOf(method: string): TriedSettings {
  const found = triedSettings.find((known) => known.method === method);
  if (!found)
    throw new Error(
      `No setting of the method "${method}" is tried; choose among ${triedSettings.map((known) => known.method).join(', ')}.`,
    );
  return found;
}

/** @throws Error that lists the names there are; settings that are tried are the recipe's own affair */
export function comparedMethod(name: string): ComparedMethod {
  const method =
    comparedMethods.find((known) => known.name === name) ??
    triedSettings.flatMap(({ tried }) => tried).find((known) => known.name === name);
  if (!method)
    throw new Error(
      `There is no method "${name}"; choose among ${comparedMethods.map((known) => known.name).join(', ')}.`,
    );
  return method;
}
