/** Numbers as tables, figures and notes show them. */

/** With so many digits behind the point, a true minus sign, and no sign on what rounds to 0. */
export function numberText(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace('-', '') : text.replace('-', '−');
}
