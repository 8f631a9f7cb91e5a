/** A button for what cannot be undone: the first press asks, the second does it. */
import { type MouseEvent, type ReactElement, useEffect, useRef, useState } from 'react';

/** Then it takes its question back. */
const askMs = 8000;
/** A press sooner than this after the one before is of a double click, or of a hand that has not read the question. */
const readMs = 500;

export function ConfirmButton({
  label,
  question,
  className,
  onConfirm,
}: {
  label: string;
  /** Says what will be lost. */
  question: string;
  className?: string;
  onConfirm(event: MouseEvent<HTMLButtonElement>): void;
}): ReactElement {
  const [asks, setAsks] = useState(false);
  const pressedAt = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => {
    if (!asks) return undefined;
    const timer = setTimeout(() => setAsks(false), askMs);
    return () => clearTimeout(timer);
  }, [asks]);
  return (
    <button
      type="button"
      className={className}
      data-asks={asks}
      aria-live="polite"
      onBlur={() => setAsks(false)}
      // Of a key that is held.
      onKeyDown={(event) => {
        if (event.repeat) event.preventDefault();
      }}
      onClick={(event) => {
        const isTooSoon = event.timeStamp - pressedAt.current < readMs;
        pressedAt.current = event.timeStamp;
        if (asks && isTooSoon) return;
        if (asks) onConfirm(event);
        setAsks(!asks);
      }}
    >
      {asks ? question : label}
    </button>
  );
}
