/** How a script of this project ends that npm started and something stops. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../src/testing/temporaryFolder';

const starter = fileURLToPath(new URL('typeScript.mjs', import.meta.url));
const root = fileURLToPath(new URL('..', import.meta.url));
const folder = temporaryFolder('script');

/** Runs a script that says its process id, and gives its starter a signal then. */
async function stopped(signal: NodeJS.Signals, body: string): Promise<{ code: number; script: number }> {
  const path = join(folder, 'script.ts');
  writeFileSync(path, `${body}\nsetInterval(() => {}, 1000);\nconsole.log(process.pid);\n`);
  const child = spawn(process.execPath, [starter, relative(root, path)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  const [said] = await once(child.stdout, 'data');
  child.kill(signal);
  const [code] = await exit;
  return { code, script: Number(said) };
}

const isRunning = (id: number) => {
  try {
    return process.kill(id, 0);
  } catch {
    return false;
  }
};

const onWindows = process.platform === 'win32';
if (onWindows) console.log('Skipped: Windows has no signals that a script could be stopped with.');

describe.skipIf(onWindows)('a script that is started through typeScript.mjs', () => {
  it.each(['SIGTERM', 'SIGHUP'] as const)('gets %s, and its exit code is kept', async (signal) => {
    const { code, script } = await stopped(signal, `process.on('${signal}', () => process.exit(7));`);
    expect(code).toBe(7);
    expect(isRunning(script)).toBe(false);
  });

  it('ends with 128 and the number of the signal that it does not listen to', async () => {
    const { code, script } = await stopped('SIGTERM', '');
    expect(code).toBe(143);
    expect(isRunning(script)).toBe(false);
  });
});
