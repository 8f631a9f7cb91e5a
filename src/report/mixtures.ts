/** Whether the runs of a table belong together. */
import type { Fingerprint } from '../telemetry/events';

interface MadeRun {
  task: string;
  seed: number;
  result: {
    backend: { name: string };
    /** Runs of earlier versions have none. */
    fingerprint?: Fingerprint;
  };
}

/**
 * What runs of one table do not share though they should: a person moved to another machine, or model or data changed in between.
 * @returns a sentence each
 */
export function mixtures(runs: readonly MadeRun[]): string[] {
  const backends = new Map<string, number>();
  for (const { result } of runs)
    backends.set(result.backend.name, (backends.get(result.backend.name) ?? 0) + 1);
  const said: string[] = [];
  if (backends.size > 1)
    said.push(
      `Runs of several backends are mixed here: ${[...backends].map(([name, count]) => `${count} of ${name}`).join(', ')}; their numbers differ a little, their seconds altogether.`,
    );
  const differ = (keyOf: (run: MadeRun) => string, hashOf: (print: Fingerprint) => number) => {
    const seen = new Map<string, Set<number>>();
    for (const run of runs) {
      const { fingerprint } = run.result;
      if (fingerprint) seen.set(keyOf(run), (seen.get(keyOf(run)) ?? new Set()).add(hashOf(fingerprint)));
    }
    return [...seen].filter(([, hashes]) => hashes.size > 1).map(([key]) => key);
  };
  const models = differ(
    ({ task }) => task,
    ({ model }) => model,
  );
  if (models.length > 0)
    said.push(
      `Runs of ${models.join(', ')} began from different weights: the model changed in between. Remake them in another --out.`,
    );
  const data = differ(
    ({ task, seed }) => `${task} (seed ${seed})`,
    (print) => print.data,
  );
  if (data.length > 0)
    said.push(
      `Runs of ${data.join(', ')} saw different examples: the data changed in between. Remake them in another --out.`,
    );
  return said;
}
