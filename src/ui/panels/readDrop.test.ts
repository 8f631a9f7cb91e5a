/** What was dropped: folders with their paths, and a sentence where they cannot be read or are no model. */
import { describe, expect, it } from 'vitest';
import { readDrop } from './readDrop';

const file = (name: string, read: (resolve: (file: File) => void, reject: (error: Error) => void) => void) =>
  ({ name, isFile: true, file: read }) as unknown as FileSystemEntry;
const text = (name: string) => file(name, (resolve) => resolve(new File([name], name)));
/** A reader gives its entries in portions, then none. */
const folder = (name: string, children: FileSystemEntry[]) =>
  ({
    name,
    isFile: false,
    createReader() {
      const left = [...children];
      return { readEntries: (resolve: (entries: FileSystemEntry[]) => void) => resolve(left.splice(0, 100)) };
    },
  }) as unknown as FileSystemEntry;
const dropped = (...entries: (FileSystemEntry | null)[]) =>
  ({
    items: entries.map((entry) => ({ webkitGetAsEntry: () => entry, getAsFile: () => null })),
  }) as unknown as DataTransfer;
const many = (count: number) => Array.from({ length: count }, (_, i) => text(`${i}.txt`));

describe('readDrop', () => {
  it('reads files and folders with their paths, and leaves out what is no file', async () => {
    const files = await readDrop(
      dropped(text('train.tsv'), null, folder('model', [folder('deep', [text('config.json')])])),
    );
    expect(files.map(({ path }) => path)).toEqual(['train.tsv', 'model/deep/config.json']);
  });

  it('reads a file that lies in no file system', async () => {
    const mailed = new File(['sentence\tlabel\n'], 'train.tsv');
    const items = [{ webkitGetAsEntry: () => null, getAsFile: () => mailed }];
    expect(await readDrop({ items } as unknown as DataTransfer)).toEqual([
      { path: 'train.tsv', blob: mailed },
    ]);
  });

  it('says that a folder holds too many files, instead of taking some of them', async () => {
    expect(await readDrop(dropped(folder('just', many(2000))))).toHaveLength(2000);
    await expect(readDrop(dropped(folder('home', many(2001))))).rejects.toThrow(
      '“home” holds more than 2,000 files',
    );
  });

  it('names what cannot be read', async () => {
    const gone = file('gone.txt', (_, reject) => reject(new DOMException('Gone.', 'NotFoundError')));
    await expect(readDrop(dropped(folder('mine', [gone])))).rejects.toThrow('“mine” could not be read');
  });
});
