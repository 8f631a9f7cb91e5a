/** A step that failed is taken again on the same batches: what it drew and counted is undone. */
import type { BatchSampler } from '../tasks/batches';
import type { CostMeter } from './cost';

/** @param release frees what the failed step had made */
export function undoOnFailure<T>(
  take: () => T,
  { samplers, cost, release }: { samplers: readonly BatchSampler[]; cost: CostMeter; release(): void },
): T {
  const positions = samplers.map(({ position }) => position);
  const counted = cost.total;
  try {
    return take();
  } catch (error) {
    for (const [i, position] of positions.entries()) samplers[i]?.returnTo(position);
    cost.returnTo(counted);
    release();
    throw error;
  }
}
