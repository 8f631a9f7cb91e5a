/** A drawing over the listed runs, to look at and to take away. */
import { type ReactElement, useRef } from 'react';
import { FigureDownload } from '../controls/FigureDownload';
import { ScrollX } from '../ScrollX';
import { runCount } from './runList';

interface OwnFigureProps {
  title: string;
  /** An SVG document of `report`, which escapes every text. */
  svg: string;
  /** How many it is drawn from. */
  runs: number;
}

export function OwnFigure({ title, svg, runs }: OwnFigureProps): ReactElement {
  const frame = useRef<HTMLElement>(null);
  return (
    <figure className="own-figure" ref={frame}>
      <div className="card-head">
        <h3>{title}</h3>
        <div className="tools">
          <FigureDownload frame={frame} title={title} caption={runCount(runs)} />
        </div>
      </div>
      <ScrollX label={`${title}, scrolls sideways`}>
        {/* biome-ignore lint/security/noDangerouslySetInnerHtml: a drawing as text */}
        <div dangerouslySetInnerHTML={{ __html: svg }} />
      </ScrollX>
    </figure>
  );
}
