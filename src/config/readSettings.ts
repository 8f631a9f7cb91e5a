/** Which settings a run's method reads: what it does not read may differ without the run being another one. */
import type { ExperimentConfig } from './experiment';
import { type MethodSection, methodFacts } from './methods';

/** Read by AutoLoRA's search alone. */
const searchSections: readonly string[] = ['search', 'hypergradient'];
const searchSettings: readonly string[] = [
  'adapter.selection',
  'adapter.rankRule',
  'retrain.init',
  'retrain.scaling',
  'baseline.enabled',
];

const ownSections: readonly string[] = [
  'loraPlus',
  'adalora',
  'sora',
  'houlsby',
] satisfies readonly MethodSection[];

/** @param path dotted: `adapter.rank` */
export function readsSetting(
  { method, baseline }: Pick<ExperimentConfig, 'method' | 'baseline'>,
  path: string,
): boolean {
  const [section = ''] = path.split('.');
  const { section: own, ranks } = methodFacts[method];
  if (ownSections.includes(section)) return section === own;
  if (method === 'autolora') return true;
  if (searchSections.includes(section) || searchSettings.includes(path)) return false;
  // LoRA and its kin: ranks by layer where they are given, else one, which the baseline's own setting goes before.
  if (path === 'adapter.rankPattern' || path === 'baseline.rank') return ranks === 'uniform';
  if (path === 'adapter.rank') return ranks === 'uniform' && baseline.rank === 0;
  return true;
}
