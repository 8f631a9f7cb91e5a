/** What sets runs apart: the fields in which their configurations differ, in words. */
import type { ExperimentConfig } from '../../config/experiment';
import { differingFields, fields, fieldTitle, readField } from '../../config/fields';
import { settingText } from '../../store/choices';

export interface Difference {
  path: string;
  label: string;
  /** One per run. */
  values: string[];
}

/** Fields in which not all of the configurations agree. */
export function differencesOf(configs: readonly ExperimentConfig[]): Difference[] {
  return fields.flatMap((field) => {
    const { path } = field;
    const values = configs.map((config) => readField(config, path));
    if (values.every((value) => value === values[0])) return [];
    return { path, label: fieldTitle(field), values: values.map((value) => settingText(path, value)) };
  });
}

/** What a run changed against another, as one short line: `Seed 2, Rank k 4`; empty where nothing did. */
export function changesSince(config: ExperimentConfig, before: ExperimentConfig): string {
  return differingFields(config, before)
    .map((field) => `${fieldTitle(field)} ${settingText(field.path, readField(config, field.path))}`)
    .join(', ');
}
