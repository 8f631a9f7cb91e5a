/** Names for the contents of files, so that runs over the same file keep it once, and other contents are noticed. */
import { newRunId } from './runId';
import { allFiles, type ChosenFiles } from './runRecord';

const chunkBytes = 1 << 24;
const known = new WeakMap<Blob, Promise<string>>();

async function digestOf(blob: Blob): Promise<string> {
  const { subtle } = globalThis.crypto;
  // A page over plain http has no digests: then only the very same object is known again.
  if (!subtle) return newRunId();
  const digests: Uint8Array[] = [];
  for (let at = 0; at < blob.size || at === 0; at += chunkBytes) {
    const chunk = await blob.slice(at, at + chunkBytes).arrayBuffer();
    digests.push(new Uint8Array(await subtle.digest('SHA-256', chunk)));
  }
  const all = new Uint8Array(await new Blob(digests as BlobPart[]).arrayBuffer());
  const whole = new Uint8Array(await subtle.digest('SHA-256', all));
  return `${blob.size}-${Array.from(whole, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

/** Takes a key as known, of contents that were kept under it. */
export function rememberKey(blob: Blob, key: string): void {
  known.set(blob, Promise.resolve(key));
}

/**
 * Equal for equal contents: size and SHA-256 over the SHA-256 of every 16 MB, so that a checkpoint is never in memory as a
 * whole. Read once for each object.
 * @throws DOMException where the file cannot be read any more, e.g. since it changed on disk
 */
export function contentKey(blob: Blob): Promise<string> {
  let key = known.get(blob);
  if (!key) {
    key = digestOf(blob);
    known.set(blob, key);
    key.catch(() => known.delete(blob));
  }
  return key;
}

/** The keys of several files as one: folders list their files in orders of their own. */
export const joinKeys = (keys: readonly string[]): string => [...keys].sort().join(' ');

/** Such a key as it is to be compared: earlier versions did not sort them. */
export const sortedKey = (key: string): string => joinKeys(key.split(' '));

/** True where two such keys stand for the same contents. */
export const isSameKey = (one: string, other: string): boolean => sortedKey(one) === sortedKey(other);

/**
 * Equal for equal contents; '' of none. Undefined where contents cannot be told apart (plain http).
 * @throws DOMException as `contentKey`
 */
export async function filesKeyOf(files: ChosenFiles): Promise<string | undefined> {
  if (!globalThis.crypto.subtle) return undefined;
  return joinKeys(await Promise.all(allFiles(files).map(({ blob }) => contentKey(blob))));
}
