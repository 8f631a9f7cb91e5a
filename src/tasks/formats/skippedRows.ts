/** Counts the rows that a reader passes over, and says so in one sentence per reason. */

/** Reasons in the order in which they were first met. */
export class SkippedRows {
  private readonly kinds = new Map<string, { count: number; first: string }>();

  /**
   * @param reason what such a row is like, to stand after "rows": "without a label".
   * @param place where it stands: "line 42".
   */
  add(reason: string, place: string): void {
    const kind = this.kinds.get(reason);
    if (kind) kind.count += 1;
    else this.kinds.set(reason, { count: 1, first: place });
  }

  /** "17 rows without a label were skipped (first: line 42)." */
  notes(): string[] {
    return [...this.kinds].map(([reason, { count, first }]) =>
      count === 1
        ? `1 row ${reason} was skipped (${first}).`
        : `${count.toLocaleString('en')} rows ${reason} were skipped (first: ${first}).`,
    );
  }
}
