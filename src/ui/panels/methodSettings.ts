/** Which settings a method reads, so that none is shown that changes nothing. */
import type { ExperimentConfig } from '../../config/experiment';
import type { Field } from '../../config/fields';
import { methodFacts } from '../../config/methods';

/** Of AutoLoRA's search, and of what is trained beside it. */
const searchGroups: readonly Field['group'][] = ['search', 'hypergradient'];
const searchPaths: readonly string[] = [
  'adapter.selection',
  'adapter.rankRule',
  'retrain.scaling',
  'baseline.enabled',
];

/** Of methods whose layers are given their ranks. */
const rankPaths: readonly string[] = ['adapter.rank', 'adapter.rankPattern', 'baseline.rank'];

/** For fields of the method and of its training; where the data come from is not asked. */
export function isRead({ method, data }: ExperimentConfig, { path, group }: Field): boolean {
  const { section, ranks } = methodFacts[method];
  if (group === 'method') return path.startsWith(`${section}.`);
  if (method === 'autolora') return true;
  if (rankPaths.includes(path)) return ranks === 'uniform';
  if (path === 'data.validationFraction') return data.evaluateOn === 'validation';
  if (searchGroups.includes(group) || searchPaths.includes(path)) return false;
  return group !== 'adapter' || ranks !== undefined;
}
