/** The lock of a run folder between real processes. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../testing/temporaryFolder';
import { takeRunLock } from './runLock';

let folder: string;
const lock = () => join(folder, 'lock');
const held = async () => {
  const taken = await takeRunLock(folder);
  if (!('release' in taken)) throw new Error(`held by ${taken.heldBy}`);
  return taken;
};

beforeEach(() => {
  folder = join(temporaryFolder('lock'), 'deep', 'run');
});

describe('takeRunLock', () => {
  it('holds the process’s number until it is released', async () => {
    const { release } = await held();
    expect(readFileSync(lock(), 'utf8')).toBe(`${process.pid}\n`);
    const listening = process.listenerCount('exit');
    release();
    expect(existsSync(lock())).toBe(false);
    expect(process.listenerCount('exit')).toBe(listening - 1);
    (await held()).release();
  });

  it('is refused while another process holds it, and taken over once that has ended', async () => {
    const other = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], { stdio: 'ignore' });
    const { release } = await held();
    release();
    writeFileSync(lock(), `${other.pid}\n`);
    expect(await takeRunLock(folder)).toEqual({ heldBy: other.pid });
    expect(readFileSync(lock(), 'utf8')).toBe(`${other.pid}\n`);
    other.kill('SIGKILL');
    await once(other, 'exit');
    const mine = await held();
    expect(readFileSync(lock(), 'utf8')).toBe(`${process.pid}\n`);
    mine.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is refused while this process holds it, and taken over from an ended one of the same number', async () => {
    const { release } = await held();
    expect(await takeRunLock(join(folder, '..', 'run'))).toEqual({ heldBy: process.pid });
    release();
    writeFileSync(lock(), `${process.pid}\n`);
    (await held()).release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is taken over from a process that was ended before it wrote its number', async () => {
    (await held()).release();
    writeFileSync(lock(), '');
    (await held()).release();
  });

  it('leaves alone what another process has taken since', async () => {
    const { release } = await held();
    writeFileSync(lock(), `${process.ppid}\n`);
    release();
    expect(readFileSync(lock(), 'utf8')).toBe(`${process.ppid}\n`);
  });

  it('goes with a process that exits without releasing it', async () => {
    const code = `
      const { takeRunLock } = await import(${JSON.stringify(new URL('./runLock.ts', import.meta.url).href)});
      await takeRunLock(${JSON.stringify(folder)});
      process.exit(130);`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code], {
      stdio: 'ignore',
    });
    expect(await once(child, 'exit')).toEqual([130, null]);
    expect(readdirSync(folder)).toEqual([]);
  });
});
