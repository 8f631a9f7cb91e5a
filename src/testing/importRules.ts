/** Who may import whom in src: the table of docs/architecture.md as data, and the walk that holds files to it. */

/** One room of the house; the first room whose pattern fits a path (relative to src, no extension) is its own. */
export interface Room {
  name: string;
  pattern: RegExp;
  /** Rooms it may import values from; its own always. */
  rooms: readonly string[];
  /** Rooms of which it may import types alone. */
  types?: readonly string[];
  /** Packages, matched as prefixes. */
  packages: readonly string[];
}

/** Rooms of plain values and functions, which know nothing but each other's types. */
const ground = ['config', 'random', 'metrics', 'telemetry', 'tokenizer'];
const engine = [
  ...ground,
  'tasks',
  'tensor',
  'optim',
  'model',
  'adapters',
  'rank rule',
  'bilevel',
  'generation',
  'methods',
  'experiment',
];
const tfjs = ['@tensorflow/tfjs'];
const react = ['react', 'react-dom', 'recharts', '@mantine/'];

/** What is permitted together, by the name that docs/architecture.md calls it. */
export const groups: Readonly<Record<string, readonly string[]>> = {
  ground,
  engine,
  tfjs,
  React: react,
  Node: ['node:'],
};

export const rooms: readonly Room[] = [
  { name: 'config', pattern: /^config\//, rooms: [], types: ground, packages: ['zod'] },
  { name: 'random', pattern: /^random\//, rooms: [], packages: [] },
  { name: 'metrics', pattern: /^metrics\//, rooms: [], types: ground, packages: [] },
  { name: 'telemetry', pattern: /^telemetry\//, rooms: [], types: ground, packages: [] },
  {
    name: 'tokenizer',
    pattern: /^tokenizer\//,
    rooms: [],
    types: ground,
    packages: ['@huggingface/tokenizers'],
  },
  {
    name: 'tasks',
    pattern: /^tasks\//,
    rooms: ['random', 'tokenizer', 'metrics'],
    packages: ['papaparse', 'fast-xml-parser', 'hyparquet'],
  },
  { name: 'tensor', pattern: /^tensor\//, rooms: ['random'], packages: tfjs },
  { name: 'optim', pattern: /^optim\//, rooms: ['tensor'], packages: tfjs },
  {
    name: 'model',
    pattern: /^model\//,
    rooms: ['tensor', 'random', 'tokenizer'],
    packages: tfjs,
  },
  // Plain numbers, which the page shows live.
  { name: 'rank rule', pattern: /^adapters\/rankRule$/, rooms: [], types: ['config'], packages: [] },
  {
    name: 'adapters',
    pattern: /^adapters\//,
    rooms: ['tensor', 'random', 'model'],
    types: ['config', 'telemetry'],
    packages: tfjs,
  },
  {
    name: 'bilevel',
    pattern: /^bilevel\//,
    rooms: ['tensor', 'optim'],
    types: ['config', 'telemetry'],
    packages: tfjs,
  },
  {
    name: 'methods',
    pattern: /^methods\//,
    rooms: ['adapters', 'model', 'tensor', 'random'],
    types: ['config', 'telemetry'],
    packages: tfjs,
  },
  {
    name: 'generation',
    pattern: /^generation\//,
    rooms: ['tensor', 'random', 'model', 'tokenizer'],
    packages: [],
  },
  {
    name: 'experiment',
    pattern: /^experiment\//,
    rooms: engine,
    types: ['protocol'],
    packages: tfjs,
  },
  {
    name: 'report',
    pattern: /^report\//,
    rooms: ['config', 'metrics', 'random', 'tasks', 'telemetry'],
    packages: [],
  },
  // What Node keeps in folders, which no page may pull in.
  { name: 'hub folder', pattern: /^hub\/(folderStorage|fileLock)$/, rooms: ['hub'], packages: ['node:'] },
  { name: 'hub', pattern: /^hub\//, rooms: [], packages: [] },
  {
    name: 'protocol',
    pattern: /^runtime\/(protocol|hubProtocol)$/,
    rooms: [],
    types: ['config', 'telemetry', 'hub', 'tasks'],
    packages: [],
  },
  {
    name: 'client',
    pattern: /^runtime\/(client|hubClient|harness)$/,
    rooms: ['protocol', 'telemetry', 'hub'],
    packages: [],
  },
  { name: 'worker', pattern: /^runtime\//, rooms: [...engine, 'protocol', 'hub'], packages: tfjs },
  {
    name: 'store',
    pattern: /^store\//,
    rooms: ['protocol', 'client', 'config', 'telemetry', 'tasks', 'metrics', 'report', 'hub', 'rank rule'],
    packages: ['zustand', 'idb'],
  },
  { name: 'offline', pattern: /^offline\//, rooms: [], packages: ['workbox-core', 'workbox-precaching'] },
  {
    name: 'main',
    pattern: /^main$/,
    rooms: ['ui', 'store', 'client', 'config', 'offline'],
    packages: react,
  },
  {
    name: 'ui',
    pattern: /^(ui\/|vite-env)/,
    rooms: ['store', 'config', 'telemetry', 'tasks', 'metrics', 'report'],
    types: ['protocol', 'offline'],
    packages: [...react, 'zustand', 'katex'],
  },
  {
    name: 'cli',
    pattern: /^cli\//,
    rooms: [...engine, 'report', 'protocol', 'worker', 'hub', 'hub folder'],
    packages: ['playwright', 'node:'],
  },
  {
    name: 'testing',
    pattern: /^testing\//,
    rooms: [...engine, 'hub', 'hub folder', 'store'],
    types: ['protocol', 'client'],
    packages: [...tfjs, 'vitest', 'node:', 'hyparquet-writer'],
  },
];

/** One import of a source text. */
export interface Import {
  specifier: string;
  /** `import type`, `export type`, or an inline `import('…')` type. */
  typeOnly: boolean;
  line: number;
}

/** The static and dynamic imports of a TypeScript source. A `new URL` of a worker is none: it runs apart. */
export function importsOf(source: string): Import[] {
  const code = source
    .replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' '))
    .replace(/^\s*\/\/.*$/gm, '');
  const found: Import[] = [];
  const add = (match: RegExpExecArray, typeOnly: boolean) => {
    const end = match.index + match[0].length;
    found.push({ specifier: match[1] as string, typeOnly, line: code.slice(0, end).split('\n').length });
  };
  for (const match of code.matchAll(/^[ \t]*(?:import|export)\s+(?:[^'";]*?\sfrom\s+)?['"]([^'"]+)['"]/gm)) {
    add(match, /^\s*(?:import|export)\s+type\s/.test(match[0]));
  }
  // `import('./x').Name` is a type; `await import('./x')` and `import('./x').then` load a module.
  for (const match of code.matchAll(/\bimport\(\s*['"]([^'"]+)['"]\s*\)/g)) {
    add(match, /^\s*\.[A-Z]/.test(code.slice(match.index + match[0].length)));
  }
  return found;
}

const roomOf = (path: string, all: readonly Room[] = rooms) => all.find((room) => room.pattern.test(path));

/** Which of the packages of a room an import is of. */
const packageOf = ({ packages }: Room, specifier: string) =>
  packages.find(
    (name) =>
      specifier === name ||
      specifier.startsWith(/[:/]$/.test(name) ? name : `${name}/`) ||
      (name === '@tensorflow/tfjs' && specifier.startsWith(`${name}-backend-`)),
  );

const withoutEnding = (path: string) => path.replace(/\.tsx?$/, '');

/**
 * Imports that leave src, which tests may not have either.
 * @param path as in `breachesOf`
 */
export function leavingImportsOf(path: string, source: string): string[] {
  return importsOf(source)
    .filter(
      ({ specifier }) =>
        specifier.startsWith('.') && resolve(withoutEnding(path), specifier).startsWith('../'),
    )
    .map(({ specifier, line }) => `src/${path}, line ${line}: ${specifier} lies outside src.`);
}

/**
 * What is wrong with the imports of one file.
 * @param path relative to src, with its ending, e.g. `ui/panels/heatmap.tsx`.
 * @returns one sentence per breach: file, line, what it imports, and what its room may import.
 */
export function breachesOf(path: string, source: string): string[] {
  const bare = withoutEnding(path);
  const room = roomOf(bare);
  if (!room) return [`src/${path} stands in no room of src/testing/importRules.ts: move it, or give it one.`];
  const allowed = [room.name, ...room.rooms];
  const breaches = leavingImportsOf(path, source);
  for (const { specifier, typeOnly, line } of importsOf(source)) {
    const say = (what: string, may: readonly string[]) =>
      breaches.push(
        `src/${path}, line ${line}: ${room.name} may not import ${what}; it may import ${may.join(', ') || 'nothing'}.`,
      );
    if (!specifier.startsWith('.')) {
      if (!packageOf(room, specifier)) say(`the package ${specifier}`, room.packages);
      continue;
    }
    const target = resolve(bare, specifier);
    if (/\.(css|json|svg|png)$/.test(target) || target.startsWith('../')) continue;
    const other = roomOf(target);
    if (other && allowed.includes(other.name)) continue;
    if (other && typeOnly && room.types?.includes(other.name)) continue;
    const values = other && room.types?.includes(other.name) ? 'values (types are allowed) of ' : '';
    say(`${values}${other?.name ?? `src/${target}`} (${specifier})`, allowed);
  }
  return breaches;
}

/**
 * Permissions that no file needs, as `room → what`; a group stays whole where one of it is needed.
 * @param files by path as in `breachesOf`, without tests
 */
export function unusedPermissions(all: readonly Room[], files: ReadonlyMap<string, string>): string[] {
  const used = new Map(all.map(({ name }) => [name, new Set<string>()]));
  for (const [path, source] of files) {
    const bare = withoutEnding(path);
    const room = roomOf(bare, all);
    for (const { specifier } of importsOf(source)) {
      const what = specifier.startsWith('.')
        ? roomOf(resolve(bare, specifier), all)?.name
        : room && packageOf(room, specifier);
      if (room && what) used.get(room.name)?.add(what);
    }
  }
  return all.flatMap(({ name, rooms: values, types = [], packages }) => {
    const permitted = [...values, ...types, ...packages];
    const needed = used.get(name) as Set<string>;
    const whole = Object.values(groups).filter(
      (group) => group.every((one) => permitted.includes(one)) && group.some((one) => needed.has(one)),
    );
    const kept = new Set([name, ...needed, ...whole.flat()]);
    return permitted.filter((one) => !kept.has(one)).map((one) => `${name} → ${one}`);
  });
}

/** `ui/panels/heatmap` + `../../store/runs` → `store/runs`; leaves `../` in front of what is outside src. */
function resolve(from: string, specifier: string): string {
  const parts = from.split('/').slice(0, -1);
  for (const part of specifier
    .replace(/\?.*$/, '')
    .replace(/\.tsx?$/, '')
    .split('/')) {
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}
