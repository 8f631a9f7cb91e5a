/** What a link hides for slides and workshops: `embed=1` the masthead, `hide=experiment,charts,result` panels. */

/** Names that `hide=` understands. */
export const hideable = ['masthead', 'experiment', 'selection', 'charts', 'result'] as const;
export type Hideable = (typeof hideable)[number];

/** Names after `hide=` that no panel has. */
export function unknownParts(keys: readonly (readonly [key: string, value: string])[]): string[] {
  return keys
    .filter(([key]) => key === 'hide')
    .flatMap(([, value]) => value.split(','))
    .map((part) => part.trim())
    .filter((part) => part !== '' && !hideable.some((name) => name === part));
}

/** Parts to leave out, from the keys of the link that are no field. */
export function hiddenParts(keys: readonly (readonly [key: string, value: string])[]): Set<Hideable> {
  const hidden = new Set<Hideable>();
  for (const [key, value] of keys) {
    if (key === 'embed' && value === '1') hidden.add('masthead');
    if (key !== 'hide') continue;
    for (const part of value.split(',')) {
      const known = hideable.find((name) => name === part.trim());
      if (known) hidden.add(known);
    }
  }
  return hidden;
}
