/** What a run found, as one JSON file: ranks, metrics, parameters, wall times, configuration, backend. */
import { evaluatedRoles, scoredOn, wallMsOf } from './facts';
import type { PlaygroundState } from './state';

/** Plain data for `JSON.stringify`; predictions are left out but for their number. */
export function resultFileOf(
  { facts, loaded }: Pick<PlaygroundState, 'facts' | 'loaded'>,
  savedAt: Date,
): Record<string, unknown> {
  const { start, backend, ranks, evaluations, phases, doneMs } = facts;
  return {
    savedAt: savedAt.toISOString(),
    model: start?.model,
    task: start?.task,
    backend,
    ranks: ranks?.ranks,
    rankPattern: ranks?.rankPattern,
    totalRank: ranks?.totalRank,
    ranksEdited: ranks?.edited,
    searchSteps: ranks?.step,
    results: Object.fromEntries(
      evaluatedRoles(facts).map((role) => {
        const evaluation = evaluations[role];
        return [
          role,
          {
            primary: evaluation?.primary,
            metrics: evaluation?.metrics,
            confusion: evaluation?.confusion,
            parameters: evaluation?.parameters,
            ranks: evaluation?.ranks,
            scoredOn: scoredOn(facts),
            scoredExamples: evaluation?.predictions.length,
            wallMs: wallMsOf(facts, role),
          },
        ];
      }),
    ),
    wallMs: phases
      .filter(({ wallMs }) => wallMs !== undefined)
      .map(({ role, phase, status, reason, step, byHand, wallMs, cost }) => ({
        role,
        phase,
        status,
        reason,
        step,
        byHand,
        wallMs,
        cost,
      })),
    totalWallMs: doneMs,
    notes: start?.notes,
    config: start?.config ?? loaded,
  };
}
