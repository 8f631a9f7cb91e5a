/** A button for what cannot be undone: the first press asks, the second does it. */
import { type MouseEvent, type ReactElement, useEffect, useState } from 'react';

/** Then it takes its question back. */
const askMs = 8000;

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
      onClick={(event) => {
        if (asks) onConfirm(event);
        setAsks(!asks);
      }}
    >
      {asks ? question : label}
    </button>
  );
}
