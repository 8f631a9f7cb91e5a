/** Keeps evaluation texts out of training text: finds them anywhere inside a line, by their words. */
import { normalise } from './world/realisation';

/** Texts are looked up by this many first words. */
const keyLength = 4;

export class HeldOutTexts {
  private readonly byStart = new Map<string, string[]>();

  /** @throws Error on a text of fewer than four words, which would shut out half the corpus. */
  constructor(texts: Iterable<string>) {
    for (const text of texts) {
      const words = normalise(text).split(' ');
      if (words.length < keyLength)
        throw new Error(`"${text}" is too short to be held out; it needs ${keyLength} words.`);
      const start = words.slice(0, keyLength).join(' ');
      this.byStart.set(start, [...(this.byStart.get(start) ?? []), words.join(' ')]);
    }
  }

  /** Whether any held-out text stands in the line, whatever its case, marks and contractions. */
  occursIn(line: string): boolean {
    const words = normalise(line).split(' ');
    for (let i = 0; i + keyLength <= words.length; i++) {
      const texts = this.byStart.get(words.slice(i, i + keyLength).join(' '));
      if (texts === undefined) continue;
      const rest = `${words.slice(i).join(' ')} `;
      if (texts.some((text) => rest.startsWith(`${text} `))) return true;
    }
    return false;
  }
}
