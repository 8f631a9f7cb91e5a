/** A line of coloured squares with what they stand for. */
import type { ReactElement, ReactNode } from 'react';
import type { Swatch } from './colorKeys';

export function SwatchKeys({
  swatches,
  children,
}: {
  swatches: readonly Swatch[];
  /** In front of them. */
  children?: ReactNode;
}): ReactElement {
  return (
    <div className="swatch-keys" aria-hidden="true">
      {children}
      {swatches.map(({ label, fill, outlined, hatched }) => (
        <span key={label}>
          <i style={{ backgroundColor: fill }} data-outlined={outlined} data-hatched={hatched} /> {label}
        </span>
      ))}
    </div>
  );
}
