/** A button for what cannot be undone. */
import type { MouseEvent, ReactElement } from 'react';
import { useConfirm } from './useConfirm';

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
  const { asks, takeBack, onClick, onKeyDown } = useConfirm(onConfirm);
  return (
    <button
      type="button"
      className={className}
      data-asks={asks}
      aria-live="polite"
      onBlur={takeBack}
      onKeyDown={onKeyDown}
      onClick={onClick}
    >
      {asks ? question : label}
    </button>
  );
}
