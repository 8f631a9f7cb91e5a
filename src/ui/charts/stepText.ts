/** A place on the axis of steps, in words: behind a mark, which begins a new count, from there. */
export const stepText = (x: number, mark?: { x: number; label: string }): string =>
  mark && x > mark.x ? `step ${x - mark.x} after the ${mark.label}` : `step ${x}`;
