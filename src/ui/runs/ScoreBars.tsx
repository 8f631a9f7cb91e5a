/** The scores of several methods as bars, as the paper's figure 2 has them. */
import { type ReactElement, useMemo } from 'react';
import { barFigure } from '../../report/barFigure';
import type { Table } from '../../report/table';
import type { Result } from '../../store/runs/ownResults';
import { ownBars } from '../../store/runs/ownTables';
import { download } from '../download';
import { ScrollX } from '../ScrollX';

/** Nothing where there are no two rows to compare. */
export function ScoreBars({
  scores,
  results,
}: {
  scores: Table;
  results: readonly Result[];
}): ReactElement | null {
  const figure = useMemo(() => {
    const bars = ownBars(scores, results);
    return bars && bars.rows.length > 1 ? barFigure(bars) : undefined;
  }, [scores, results]);
  if (!figure) return null;
  return (
    <figure className="own-figure">
      <div className="card-head">
        <h3>Scores by task</h3>
        <div className="tools">
          <button
            type="button"
            className="toggle"
            onClick={() => download('scores.svg', figure, 'image/svg+xml')}
          >
            SVG
          </button>
        </div>
      </div>
      <ScrollX label="Scores by task, scrolls sideways">
        {/* Made by report/barFigure.ts, which escapes every text. */}
        {/* biome-ignore lint/security/noDangerouslySetInnerHtml: the same drawing that is downloaded */}
        <div dangerouslySetInnerHTML={{ __html: figure }} />
      </ScrollX>
    </figure>
  );
}
