/** An equation set by KaTeX, with MathML beside it for screen readers. */
import katex from 'katex';
import { type ReactElement, useMemo } from 'react';
import 'katex/dist/katex.min.css';

export function Equation({ latex, from }: { latex: string; from: string }): ReactElement {
  const html = useMemo(
    () => katex.renderToString(latex, { displayMode: true, throwOnError: false, output: 'htmlAndMathml' }),
    [latex],
  );
  return (
    // Wide ones scroll on a phone, by keyboard too.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable
    <section className="equation" tabIndex={0} aria-label={`Equation, ${from}`}>
      {/* biome-ignore lint/security/noDangerouslySetInnerHtml: KaTeX's output of the chapters' own text */}
      <div dangerouslySetInnerHTML={{ __html: html }} />
      <small>{from}</small>
    </section>
  );
}
