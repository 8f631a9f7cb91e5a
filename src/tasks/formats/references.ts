/** Puts the texts that say one record together: each record once, in the order of the file. */
import type { GenerationExample } from '../task';

/** Records by their prompt. */
export class ReferenceGroups {
  private readonly groups = new Map<string, string[]>();

  add(source: string, reference: string): void {
    const known = this.groups.get(source);
    if (known) known.push(reference);
    else this.groups.set(source, [reference]);
  }

  examples(): GenerationExample[] {
    return [...this.groups].map(([source, references]) => ({ source, references }));
  }
}

/** A text on one line: line ends inside a reference become spaces, and none stand at its ends. */
export function oneLine(text: string): string {
  return text.trim().replace(/\s*[\r\n]\s*/g, ' ');
}
