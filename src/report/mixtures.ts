/** Whether the runs of a table belong together. */
import type { Fingerprint } from '../telemetry/events';

/** What a run was made with. */
export interface MadeRun {
  /** Runs of one text should have begun from the same weights: a task. Its first line is what they are called. */
  begins: string;
  /** Runs of one text should have seen the same examples: a task and a seed. Its first line is what they are called. */
  sees: string;
  backend: string | undefined;
  /** Runs of earlier versions have none. */
  fingerprint: Fingerprint | undefined;
}

/**
 * What runs of one table do not share though they should: a person moved to another machine, or model or data changed in between.
 * @param remedy what to do then, a sentence
 * @returns a sentence each
 */
export function mixtures(runs: readonly MadeRun[], remedy: string): string[] {
  const backends = new Map<string, number>();
  for (const { backend } of runs) if (backend) backends.set(backend, (backends.get(backend) ?? 0) + 1);
  const said: string[] = [];
  if (backends.size > 1)
    said.push(
      `Runs of several backends are mixed here: ${[...backends].map(([name, count]) => `${count} of ${name}`).join(', ')}; their numbers differ a little, their seconds altogether.`,
    );
  const differ = (keyOf: (run: MadeRun) => string, hashOf: (print: Fingerprint) => number) => {
    const seen = new Map<string, Set<number>>();
    for (const run of runs) {
      const { fingerprint } = run;
      const key = keyOf(run);
      if (fingerprint) seen.set(key, (seen.get(key) ?? new Set()).add(hashOf(fingerprint)));
    }
    const mixed = [...seen].filter(([, hashes]) => hashes.size > 1).map(([key]) => key.split('\n')[0]);
    return [...new Set(mixed)];
  };
  const models = differ(
    ({ begins }) => begins,
    ({ model }) => model,
  );
  if (models.length > 0)
    said.push(
      `Runs of ${models.join(', ')} began from different weights: the model changed in between. ${remedy}`,
    );
  const data = differ(
    ({ sees }) => sees,
    (print) => print.data,
  );
  if (data.length > 0)
    said.push(`Runs of ${data.join(', ')} saw different examples: the data changed in between. ${remedy}`);
  return said;
}
