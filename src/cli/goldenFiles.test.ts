/** Which goldens a path stands for, on folders made here. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../testing/temporaryFolder';
import { goldenFiles, goldenFolders } from './goldenFiles';

const root = temporaryFolder('golden');
const at = (...parts: string[]) => join(root, ...parts);

function put(path: string, content: string): void {
  mkdirSync(join(at(path), '..'), { recursive: true });
  writeFileSync(at(path), content);
}

beforeAll(() => {
  put('all/model/golden.json', '{"kind": "threshold"}');
  put('all/model/config.json', '{"kind": "no golden: it lies beside one"}');
  put('all/model/adapter/weights.bin', '1');
  put('all/scores/b.json', '{"kind": "metrics-b"}');
  put('all/scores/a.json', '{"kind": "metrics-a"}');
  put('all/scores/settings.json', '{"beam": 4}');
  put('all/scores/list.json', '[1, 2]');
  put('all/scores/null.json', 'null');
  put('all/scores/notes.txt', '{"kind": "metrics-c"}');
  put('all/empty/package.json', '{"name": "x"}');
  put('all/empty/broken.json', '{"name": ');
});

describe('goldenFolders', () => {
  it('finds folders with a golden.json and files that name a kind, in order of their names', () => {
    expect(goldenFolders(at('all'))).toEqual([
      at('all/model'),
      at('all/scores/a.json'),
      at('all/scores/b.json'),
    ]);
    expect(goldenFolders(at('all/model'))).toEqual([at('all/model')]);
    expect(goldenFolders(at('all/scores'))).toEqual([at('all/scores/a.json'), at('all/scores/b.json')]);
    expect(goldenFolders(at('all/scores/b.json'))).toEqual([at('all/scores/b.json')]);
  });

  it('keeps a broken file that lies among goldens, so that it cannot pass unseen', () => {
    put('half/a.json', '{"kind": "metrics-a"}');
    put('half/b.json', '{"kind": "metr');
    expect(goldenFolders(at('half'))).toEqual([at('half/a.json'), at('half/b.json')]);
  });

  it('refuses what is no golden with a sentence that names it', () => {
    expect(() => goldenFolders(at('all/empty'))).toThrow(`There is no golden.json in ${at('all/empty')}`);
    expect(() => goldenFolders(at('nowhere'))).toThrow('does not exist');
    expect(() => goldenFolders(at('all/scores/notes.txt'))).toThrow(
      'notes.txt is neither a golden folder nor a golden JSON file.',
    );
  });
});

describe('goldenFiles', () => {
  it('gives everything below a folder under its own name', () => {
    expect(
      goldenFiles(at('all/model'))
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['adapter/weights.bin', 'config.json', 'golden.json']);
  });

  it('gives a golden that is one file as golden.json, without its neighbours', () => {
    expect(goldenFiles(at('all/scores/a.json'))).toEqual([
      { name: 'golden.json', path: at('all/scores/a.json') },
    ]);
  });
});
