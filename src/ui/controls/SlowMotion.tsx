/** In slow motion: both halves of the step just taken, lit up one after the other, each with the batch that it read. */
import { type ReactElement, useEffect, useState } from 'react';
import { slowRestMs } from '../../store/loading';
import type { DrawnBatch } from '../../tasks/batches';
import { whole } from '../numbers';
import { usePlayground } from '../scope';

/** `examples 17–32 of 500, pass 1` */
export function batchText({ first, count, of, pass }: DrawnBatch): string {
  const last = ((first + count - 2) % of) + 1;
  const which = count === 1 ? `example ${whole(first)}` : `examples ${whole(first)}–${whole(last)}`;
  return `${which} of ${whole(of)}, pass ${pass}`;
}

export function SlowMotion(): ReactElement | null {
  const slow = usePlayground((state) => state.slow);
  const step = usePlayground(({ progress }) => progress?.step);
  const drawn = usePlayground(({ progress }) => (progress?.phase === 'search' ? progress.drawn : undefined));
  const running = usePlayground(({ progress }) => progress?.status === 'running');
  const [second, setSecond] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each step begins anew
  useEffect(() => {
    setSecond(false);
    const timer = setTimeout(() => setSecond(true), slowRestMs / 2);
    return () => clearTimeout(timer);
  }, [step]);
  if (!slow || !drawn) return null;
  const halves = [
    { name: 'W', on: 'train half', batch: drawn.weights, lit: !second || !drawn.selection },
    { name: 'β', on: 'validation half', batch: drawn.selection, lit: second || !drawn.weights },
  ];
  return (
    <ol className="slow-motion" aria-label={`The halves of step ${step}`}>
      {halves.map(({ name, on, batch, lit }) => (
        <li key={name} data-lit={running && batch !== undefined && lit}>
          <b>{name}</b> {batch ? `${on}: ${batchText(batch)}` : 'not stepped'}
        </li>
      ))}
    </ol>
  );
}
