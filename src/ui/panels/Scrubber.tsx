/** Replays the search: a slider over the reported steps, a replay button, and the way back to live. */
import { ActionIcon, Slider } from '@mantine/core';
import { type ReactElement, useEffect, useRef, useState } from 'react';
import type { SelectionFrame } from '../../store/selectionFrames';
import { Icon } from '../controls/icons';

interface ScrubberProps {
  frames: readonly SelectionFrame[];
  /** Shown frame; undefined follows the run. */
  index?: number;
  enabled: boolean;
  onIndex(index: number | undefined): void;
}

/** How long a replay of the whole search takes. */
const replayMs = 6000;
const tickMs = 60;

export function Scrubber({ frames, index, enabled, onIndex }: ScrubberProps): ReactElement {
  const [replaying, setReplaying] = useState(false);
  const last = frames.length - 1;
  const shown = index ?? Math.max(0, last);
  const usable = enabled && last > 0;

  const at = useRef(0);
  /** What the replay itself showed last: anything else was chosen by a person. */
  const own = useRef<number | undefined>(undefined);
  useEffect(() => {
    if (index !== own.current) setReplaying(false);
  }, [index]);
  useEffect(() => {
    if (!replaying) return;
    const stride = Math.max(1, last / (replayMs / tickMs));
    const timer = setInterval(() => {
      at.current += stride;
      if (at.current >= last) {
        setReplaying(false);
        onIndex(undefined);
      } else {
        own.current = Math.floor(at.current);
        onIndex(own.current);
      }
    }, tickMs);
    return () => clearInterval(timer);
  }, [replaying, last, onIndex]);

  return (
    <div className="scrubber">
      <ActionIcon
        variant="default"
        size={28}
        disabled={!usable}
        aria-label={replaying ? 'Stop watching' : 'Watch the search again'}
        onClick={() => {
          at.current = index ?? 0;
          own.current = index;
          setReplaying(!replaying);
        }}
      >
        <Icon name={replaying ? 'pause' : 'play'} size={12} />
      </ActionIcon>
      <Slider
        className="scrubber-slider"
        size="sm"
        min={0}
        max={Math.max(1, last)}
        value={shown}
        disabled={!usable}
        label={(value) => `step ${frames[value]?.step ?? 0}`}
        thumbLabel="Reported step"
        thumbValueText={(value) => `step ${frames[value]?.step ?? 0}`}
        onChange={(value) => {
          setReplaying(false);
          onIndex(value >= last ? undefined : value);
        }}
      />
      <button
        type="button"
        className="toggle"
        aria-pressed={index === undefined}
        disabled={!usable}
        onClick={() => {
          setReplaying(false);
          onIndex(undefined);
        }}
      >
        {index === undefined ? 'latest' : 'to latest'}
      </button>
      <span className="quiet scrubber-step">step {frames[shown]?.step ?? 0}</span>
    </div>
  );
}
