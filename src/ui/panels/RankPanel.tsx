/** Rank evolution: layer × time. */
import { useComputedColorScheme } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { type ReactElement, useRef } from 'react';
import { rankColor } from '../charts/colorScales';
import { RankEvolution } from '../charts/RankEvolution';
import { FigureDownload } from '../controls/FigureDownload';
import { useHistory } from '../scope';

export function RankPanel(): ReactElement {
  const panel = useRef<HTMLElement>(null);
  const { history, version } = useHistory(2, panel);
  const { ref: sized, width } = useElementSize();
  const scheme = useComputedColorScheme('light');
  const { frames } = history;
  const k = frames.components;
  return (
    <section className="card" ref={panel} aria-label="Rank evolution">
      <div className="card-head">
        <h3>Rank evolution</h3>
        {k > 0 && <FigureDownload frame={panel} title="Rank evolution" />}
        {k > 0 && (
          <div className="tools quiet" aria-hidden="true">
            <span>rank</span>
            {[1, Math.ceil(k / 2), k].map((rank) => (
              <span key={rank} style={{ display: 'inline-flex', gap: 4, alignItems: 'center' }}>
                <i
                  style={{
                    width: 12,
                    height: 12,
                    borderRadius: 3,
                    background: rankColor(rank, k, scheme),
                    border: '1px solid var(--line)',
                  }}
                />
                {rank}
              </span>
            ))}
          </div>
        )}
      </div>
      {frames.frames.length === 0 ? (
        <div className="chart-empty" style={{ height: 110 }}>
          How many components of each layer stand above the threshold, over time.
        </div>
      ) : (
        <div ref={sized}>
          <RankEvolution
            layers={frames.layers}
            frames={frames.frames}
            components={k}
            scheme={scheme}
            width={width || 420}
            version={version}
          />
        </div>
      )}
    </section>
  );
}
