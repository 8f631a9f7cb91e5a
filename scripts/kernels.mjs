/**
 * `npm run kernels`: compiles the WASM backend's own SIMD kernels with Debian's clang and lld, and writes them as the
 * base64 text that the engine carries, so that nobody else needs a compiler.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const source = 'src/tensor/ops/wasm/attention.c';
const target = 'src/tensor/ops/wasm/attentionBinary.ts';
const folder = mkdtempSync(join(tmpdir(), 'kernels-'));
// No unrolling: a third of the size for the same speed. The memory is tfjs's; a shared one is another type of import.
const common = [
  '--target=wasm32',
  '-O2',
  '-fno-unroll-loops',
  '-msimd128',
  '-mbulk-memory',
  '-ffreestanding',
  '-fno-builtin',
  '-nostdlib',
  '-Wl,--no-entry',
  '-Wl,--import-memory',
  '-Wl,--strip-all',
];
const variants = {
  plainBinary: [],
  sharedBinary: ['-matomics', '-Wl,--shared-memory', `-Wl,--max-memory=${2 ** 32}`],
};

/** Names of the sections of a module; a data section would write into tfjs's memory. */
function sectionsOf(bytes) {
  const sections = [];
  let at = 8;
  const number = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const id = bytes[at++];
    sections.push(id);
    at += number();
  }
  return sections;
}

try {
  const lines = Object.entries(variants).map(([name, more]) => {
    const out = join(folder, `${name}.wasm`);
    execFileSync('clang', [...common, ...more, '-o', out, source], { stdio: 'inherit' });
    const bytes = readFileSync(out);
    if (sectionsOf(bytes).some((id) => id === 8 || id === 11))
      throw new Error(`${name} has data or a start function; the kernels must have neither.`);
    console.log(`${name}: ${bytes.length} bytes`);
    return `export const ${name} =\n  '${bytes.toString('base64')}';\n`;
  });
  writeFileSync(
    target,
    `/** Written by \`npm run kernels\` from attention.c: the module for tfjs's plain and for its shared memory, in base64. */\n\n${lines.join('\n')}`,
  );
} finally {
  rmSync(folder, { recursive: true });
}
