/** What the cache needs of a place that keeps files: the origin's private file system in a page, a folder in Node. */

/** Files by path, `/` between folders; names are plain (no `..`, no characters that a file system dislikes). */
export interface HubStorage {
  /** For people: where this is. */
  readonly place: string;
  /** The text of a small file; undefined where there is none. */
  readText(path: string): Promise<string | undefined>;
  /** Replaces a small file as a whole. */
  writeText(path: string, text: string): Promise<void>;
  /** Bytes of a file; 0 where there is none. */
  size(path: string): Promise<number>;
  /** Cuts a file (made where there is none) to `keep` bytes and opens it to be written on from there. */
  append(path: string, keep: number): Promise<HubWriter>;
  /** A file that is read when its bytes are needed; undefined where there is none. */
  blob(path: string): Promise<Blob | undefined>;
  /** Names of the folders in a folder; none where there is no such folder. */
  folders(path: string): Promise<string[]>;
  /** Removes a file or a whole folder; nothing happens where there is none. */
  remove(path: string): Promise<void>;
  /** Room that is left, in bytes; undefined where it cannot be known. */
  freeBytes(): Promise<number | undefined>;
}

export interface HubWriter {
  write(bytes: Uint8Array): Promise<void>;
  /** Keeps all that was written, also after a failure. */
  close(): Promise<void>;
}
