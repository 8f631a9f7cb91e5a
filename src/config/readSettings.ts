/** Which settings a run reads, and which of them its numbers depend on: the others may differ without the run being another one. */
import type { ExperimentConfig } from './experiment';
import { methodFacts } from './methods';
import { isWritingTask } from './taskSettings';

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
export const splitSettings: readonly string[] = ['data.validationFraction', 'data.splitSeed'];

/** What the ranks of LoRA and its kin are, and with them the LoRA's beside AutoLoRA. */
const rankSettings: readonly string[] = ['adapter.rankPattern', 'baseline.rank'];

/** What an adapter that training begins from brings itself. */
const broughtSettings: readonly string[] = [...rankSettings, 'adapter.rank', 'adapter.loraAlpha'];

/** Those that belong to one method alone. */
const ownSections: readonly string[] = Object.values(methodFacts).flatMap(({ section }) => section ?? []);

/**
 * Whether the run's method, on its task, reads a setting.
 * @param path dotted: `adapter.rank`
 */
export function readsSetting(
  { method, baseline, data, adapter }: Pick<ExperimentConfig, 'method' | 'baseline' | 'data' | 'adapter'>,
  path: string,
): boolean {
  const [section = ''] = path.split('.');
  const { section: own, ranks } = methodFacts[method];
  if (section === 'generation') return isWritingTask(data.task);
  if (ownSections.includes(section)) return section === own;
  if (method === 'autolora') return baseline.enabled || !rankSettings.includes(path);
  if (searchSections.includes(section) || searchSettings.includes(path)) return false;
  if (splitSettings.includes(path)) return data.evaluateOn === 'validation';
  // LoRA and its kin: ranks by layer where they are given, else one, which the baseline's own setting goes before.
  if (adapter.from !== '' && broughtSettings.includes(path)) return false;
  if (rankSettings.includes(path)) return ranks === 'uniform';
  if (path === 'adapter.rank') return ranks === 'uniform' && baseline.rank === 0;
  return section !== 'adapter' || ranks !== undefined;
}

/**
 * Whether what a run learns and scores can depend on a setting: one that it reads, and that does not say only what is told
 * while it trains. A search that stops when its ranks are stable looks at them with every report.
 * @param path dotted: `reportEvery`
 */
export function changesResult(config: ExperimentConfig, path: string): boolean {
  if (path === 'hypergradient.inspectEvery') return false;
  if (path === 'reportEvery') return config.method === 'autolora' && config.search.stopWhenStable > 0;
  return readsSetting(config, path);
}
