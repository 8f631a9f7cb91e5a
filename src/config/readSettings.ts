/** Which settings a run's method reads: what it does not read may differ without the run being another one. */
import type { ExperimentConfig } from './experiment';
import { type MethodSection, methodFacts } from './methods';

/** Of AutoLoRA's search, and of what is trained beside it. */
const searchSections: readonly string[] = ['search', 'hypergradient'];
const searchSettings: readonly string[] = [
  'adapter.selection',
  'adapter.rankRule',
  'retrain.init',
  'retrain.scaling',
  'baseline.enabled',
];

/** Of how train is split in two. */
const splitSettings: readonly string[] = ['data.validationFraction', 'data.splitSeed'];

const ownSections: readonly string[] = [
  'loraPlus',
  'adalora',
  'sora',
  'houlsby',
] satisfies readonly MethodSection[];

/** @param path dotted: `adapter.rank` */
export function readsSetting(
  { method, baseline, data }: Pick<ExperimentConfig, 'method' | 'baseline' | 'data'>,
  path: string,
): boolean {
  const [section = ''] = path.split('.');
  const { section: own, ranks } = methodFacts[method];
  if (ownSections.includes(section)) return section === own;
  if (method === 'autolora') return true;
  if (searchSections.includes(section) || searchSettings.includes(path)) return false;
  if (splitSettings.includes(path)) return data.evaluateOn === 'validation';
  // LoRA and its kin: ranks by layer where they are given, else one, which the baseline's own setting goes before.
  if (path === 'adapter.rankPattern' || path === 'baseline.rank') return ranks === 'uniform';
  if (path === 'adapter.rank') return ranks === 'uniform' && baseline.rank === 0;
  return section !== 'adapter' || ranks !== undefined;
}
