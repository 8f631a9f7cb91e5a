/** What is wider than a phone scrolls sideways, by keyboard too. */
import type { ReactElement, ReactNode } from 'react';

export function ScrollX({ label, children }: { label: string; children: ReactNode }): ReactElement {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable
    <section className="scroll-x" tabIndex={0} aria-label={label}>
      {children}
    </section>
  );
}
