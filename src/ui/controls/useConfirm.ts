/** What cannot be undone: the first press asks, the second does it. */
import { type KeyboardEvent, type MouseEvent, useEffect, useRef, useState } from 'react';

/** Then the question is taken back. */
const askMs = 8000;
/** A press sooner than this after the one before is of a double click, or of a hand that has not read the question. */
const readMs = 500;

export interface Confirm {
  /** The question stands there. */
  asks: boolean;
  takeBack(): void;
  /** For the button: asks, or does it. */
  onClick(event: MouseEvent<HTMLButtonElement>): void;
  /** For the button: a key that is held presses once. */
  onKeyDown(event: KeyboardEvent): void;
}

export function useConfirm(onConfirm: (event: MouseEvent<HTMLButtonElement>) => void): Confirm {
  const [asks, setAsks] = useState(false);
  const pressedAt = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => {
    if (!asks) return undefined;
    const timer = setTimeout(() => setAsks(false), askMs);
    return () => clearTimeout(timer);
  }, [asks]);
  return {
    asks,
    takeBack: () => setAsks(false),
    onKeyDown(event) {
      if (event.repeat) event.preventDefault();
    },
    onClick(event) {
      const isTooSoon = event.timeStamp - pressedAt.current < readMs;
      pressedAt.current = event.timeStamp;
      if (asks && isTooSoon) return;
      if (asks) onConfirm(event);
      setAsks(!asks);
    },
  };
}
