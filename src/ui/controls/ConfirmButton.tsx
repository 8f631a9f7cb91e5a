/** A button for what cannot be undone. */
import type { MouseEvent, ReactElement } from 'react';
import { useConfirm } from './useConfirm';

export function ConfirmButton({
  label,
  ariaLabel,
  question,
  className,
  onConfirm,
}: {
  label: string;
  /** Says more than the label where that stands for several; the question is read as it stands. */
  ariaLabel?: string;
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
      aria-label={asks ? undefined : ariaLabel}
      aria-live="polite"
      onBlur={takeBack}
      onKeyDown={onKeyDown}
      onClick={onClick}
    >
      {asks ? question : label}
    </button>
  );
}
