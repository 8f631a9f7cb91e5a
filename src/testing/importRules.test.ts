/** Walks every import of src, and shows that the walk finds what it is for. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  breachesOf,
  groups,
  importsOf,
  leavingImportsOf,
  type Room,
  rooms,
  unusedPermissions,
} from './importRules';

const src = fileURLToPath(new URL('..', import.meta.url));
const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .map((path) => path.split(sep).join('/'))
  .filter((path) => /\.tsx?$/.test(path));
const textOf = (path: string) => readFileSync(join(src, path), 'utf8');

describe('the imports of src', () => {
  const shipped = files.filter((path) => !/\.(test|d)\.tsx?$/.test(path));

  it('hold to the rules', () => {
    expect(shipped.length).toBeGreaterThan(10);
    expect(shipped.flatMap((path) => breachesOf(path, textOf(path)))).toEqual([]);
  });

  it('need every permission that the rules give', () => {
    const texts = new Map(shipped.map((path) => [path, textOf(path)]));
    expect(unusedPermissions(rooms, texts)).toEqual([]);
  });

  it('stay within src, those of tests too', () => {
    const tests = files.filter((path) => /\.test\.tsx?$/.test(path));
    expect(tests.length).toBeGreaterThan(10);
    expect(tests.flatMap((path) => leavingImportsOf(path, textOf(path)))).toEqual([]);
  });
});

describe('the table of docs/architecture.md', () => {
  it('says what the rules say, room by room', () => {
    const text = readFileSync(join(src, '../docs/architecture.md'), 'utf8');
    const table = text.split('| room | may import |')[1]?.split('\n\n')[0] ?? '';
    const listed = (cell = '') =>
      cell
        .split(', ')
        .map((name) => name.trim())
        .flatMap((name) => groups[name] ?? (name === '' ? [] : [name]));
    const told = table
      .split('\n')
      .slice(2)
      .flatMap((line) => {
        const [, names = '', values, types, packages] = line.split('|');
        // What a room's name does not say of its place stands in brackets.
        const of = {
          rooms: listed(values).sort(),
          types: listed(types).sort(),
          packages: listed(packages).sort(),
        };
        return listed(names.replace(/\(.*\)/, '')).map((name) => ({ name, ...of }));
      });
    const rules = rooms.map(({ name, rooms: values, types = [], packages }) => ({
      name,
      rooms: [...values].sort(),
      types: [...types].sort(),
      packages: [...packages].sort(),
    }));
    expect(told).toEqual(rules);
  });
});

describe('unusedPermissions', () => {
  const room = (name: string, more: Partial<Room> = {}): Room => ({
    name,
    pattern: new RegExp(`^${name}/`),
    rooms: [],
    packages: [],
    ...more,
  });

  it('names rooms and packages that no file of a room imports', () => {
    const all = [room('a', { rooms: ['b'], types: ['c'], packages: ['zod', 'idb'] }), room('b'), room('c')];
    const files = new Map([['a/x.ts', "import { b } from '../b/y';\nimport { z } from 'zod';"]]);
    expect(unusedPermissions(all, files)).toEqual(['a → c', 'a → idb']);
  });

  it('takes a group whole where one of it is needed', () => {
    const packages = ['react', 'react-dom', 'recharts', '@mantine/'];
    const all = [room('a', { packages }), room('b', { packages })];
    const files = new Map([['a/x.tsx', "import 'react';"]]);
    expect(unusedPermissions(all, files)).toEqual(packages.map((name) => `b → ${name}`));
  });
});

describe('importsOf', () => {
  it('reads static, type, dynamic and re-exported imports, and no comments', () => {
    const source = [
      "import a from './a';",
      "import type { B } from './b';",
      'import {',
      '  c,',
      "} from './c';",
      "// import d from './d';",
      "export * from './e';",
      "const f = await import('./f');",
      "type G = import('./g').G;",
      "/* import h from './h'; */",
      "import './i.css';",
    ].join('\n');
    expect(importsOf(source)).toEqual([
      { specifier: './a', typeOnly: false, line: 1 },
      { specifier: './b', typeOnly: true, line: 2 },
      { specifier: './c', typeOnly: false, line: 5 },
      { specifier: './e', typeOnly: false, line: 7 },
      { specifier: './i.css', typeOnly: false, line: 11 },
      { specifier: './f', typeOnly: false, line: 8 },
      { specifier: './g', typeOnly: true, line: 9 },
    ]);
  });
});

describe('breachesOf', () => {
  it('names file, line, the wrong import and what is allowed', () => {
    expect(breachesOf('ui/panels/heatmap.tsx', "import * as tf from '@tensorflow/tfjs';")[0]).toMatch(
      /^src\/ui\/panels\/heatmap\.tsx, line 1: ui may not import the package @tensorflow\/tfjs; it may import react/,
    );
    expect(breachesOf('tasks/sst2.ts', "\nimport { f } from '../model/roberta';")[0]).toContain(
      'src/tasks/sst2.ts, line 2: tasks may not import model (../model/roberta)',
    );
  });

  it('tells types from values', () => {
    expect(breachesOf('bilevel/steps.ts', "import type { A } from '../config/experiment';")).toEqual([]);
    expect(breachesOf('bilevel/steps.ts', "import { a } from '../config/experiment';")[0]).toContain(
      'values (types are allowed) of config',
    );
    expect(breachesOf('bilevel/steps.ts', "import type { A } from '../tasks/task';")).toHaveLength(1);
  });

  it('knows the rooms of runtime apart', () => {
    expect(breachesOf('runtime/client.ts', "import { s } from '../experiment/session';")).toHaveLength(1);
    expect(breachesOf('runtime/worker.ts', "import { s } from '../experiment/session';")).toEqual([]);
    expect(breachesOf('experiment/session.ts', "import { s } from '../runtime/worker';")).toHaveLength(1);
  });

  it('allows the backends of tfjs where tfjs is allowed, and nothing alike', () => {
    expect(breachesOf('tensor/a.ts', "import '@tensorflow/tfjs-backend-webgpu';")).toEqual([]);
    expect(breachesOf('tensor/a.ts', "import '@tensorflow/tfjs-node';")).toHaveLength(1);
  });

  it('refuses what lies outside src, of whatever kind', () => {
    for (const specifier of ['../../e2e/hubServer', '../../scripts/runs', '../../package.json'])
      expect(breachesOf('ui/App.tsx', `\nimport x from '../${specifier}';`)).toEqual([
        `src/ui/App.tsx, line 2: ../${specifier} lies outside src.`,
      ]);
    expect(leavingImportsOf('ui/App.tsx', "import '../main';")).toEqual([]);
  });

  it('asks for a room where a file has none', () => {
    expect(breachesOf('utils/all.ts', '')[0]).toContain('stands in no room');
  });
});
