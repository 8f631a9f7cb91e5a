/** What a link hides for slides and workshops: `embed=1` the masthead, `hide=experiment,charts,result` panels. */
import type { LinkKeys } from '../config/link';

/** Names that `hide=` understands. */
export const hideable = ['masthead', 'experiment', 'selection', 'charts', 'result'] as const;
export type Hideable = (typeof hideable)[number];

/** What `hide=` says, name by name. */
const namesIn = (keys: LinkKeys): string[] =>
  keys
    .filter(([key]) => key === 'hide')
    .flatMap(([, value]) => value.split(','))
    .map((name) => name.trim())
    .filter((name) => name !== '');

const isHideable = (name: string): name is Hideable => hideable.some((one) => one === name);

/** Names after `hide=` that no panel has. */
export const unknownParts = (keys: LinkKeys): string[] => namesIn(keys).filter((name) => !isHideable(name));

/** Parts to leave out, from the keys of the link that are no field. */
export function hiddenParts(keys: LinkKeys): Set<Hideable> {
  const hidden = new Set(namesIn(keys).filter(isHideable));
  if (keys.some(([key, value]) => key === 'embed' && value === '1')) hidden.add('masthead');
  return hidden;
}
