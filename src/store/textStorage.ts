/** Somewhere to keep a text; the browser's own storages, or a test's. A browser may forbid them, which ends nothing here. */
export type TextStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** @returns undefined where nothing, or an empty text, is kept */
export function readText(storage: TextStorage | undefined, key: string): string | undefined {
  try {
    return storage?.getItem(key) || undefined;
  } catch {
    return undefined;
  }
}

/** @param text undefined or empty: nothing is kept any more */
export function writeText(storage: TextStorage | undefined, key: string, text: string | undefined): void {
  try {
    if (text) storage?.setItem(key, text);
    else storage?.removeItem(key);
  } catch {
    // Then this page alone knows of it.
  }
}
