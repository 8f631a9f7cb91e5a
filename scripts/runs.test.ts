/** What the scripts that make tables train, keep, go on with and refuse, with a trainer that writes a result at once. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { lockedExit } from '../src/cli/runLock';
import { parseExperimentConfig } from '../src/config/experiment';
import { temporaryFolder } from '../src/testing/temporaryFolder';
import { resultOf, trainAll } from './runs';

const out = temporaryFolder('runs');
const jobOf = (name: string, seed = 1) => ({ folder: join(out, name), experiment: { seed } });

/** Finishes runs after a moment, but those of the failing folders at once, with an exit code of 1. */
function trainer(...failing: string[]) {
  const trained: string[] = [];
  const train = async (file: string, folder: string) => {
    trained.push(folder.slice(out.length + 1));
    if (failing.some((name) => folder.endsWith(name))) return { code: 1, said: 'No memory.' };
    await new Promise((settle) => setTimeout(settle, 20));
    mkdirSync(folder, { recursive: true });
    const config = parseExperimentConfig(JSON.parse(readFileSync(file, 'utf8')));
    writeFileSync(join(folder, 'result.json'), JSON.stringify({ method: 'lora', models: {}, config }));
    return { code: 0, said: '' };
  };
  return { trained, train, stop: () => {} };
}

describe('trainAll', () => {
  vi.spyOn(console, 'error').mockImplementation(() => {});
  afterEach(() => vi.clearAllMocks());

  it('trains what is not finished, and nothing twice', async () => {
    const first = trainer();
    await trainAll([jobOf('a'), jobOf('b')], 2, first);
    expect(first.trained).toEqual(['a', 'b']);
    const again = trainer();
    await trainAll([jobOf('a'), jobOf('b'), jobOf('c')], 1, again);
    expect(again.trained).toEqual(['c']);
    expect(resultOf(jobOf('c'))?.config.seed).toBe(1);
  });

  it('refuses the result of another experiment', async () => {
    const none = trainer();
    const other = jobOf('a', 2);
    await expect(trainAll([other], 1, none)).rejects.toThrow(
      'holds a run of another experiment (seed is 1 there and 2 here)',
    );
    expect(none.trained).toEqual([]);
    expect(() => resultOf(other)).toThrow('another experiment');
  });

  it('begins nothing after a failure, and waits for what is under way', async () => {
    const some = trainer('broken');
    await expect(trainAll([jobOf('broken'), jobOf('beside'), jobOf('later')], 2, some)).rejects.toThrow(
      /ended with 1:\nNo memory\./,
    );
    expect(some.trained).toEqual(['broken', 'beside']);
    expect(existsSync(join(out, 'beside', 'result.json'))).toBe(true);
  });

  it('leaves a run to the process that trains it, and says so when the others are finished', async () => {
    const exit = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never);
    const some = trainer();
    const train = async (file: string, folder: string) =>
      folder.endsWith('held')
        ? { code: lockedExit, said: 'It is being trained by process 7.' }
        : some.train(file, folder);
    await trainAll([jobOf('held'), jobOf('free')], 1, { train, stop: () => {} });
    expect(some.trained).toEqual(['free']);
    expect(console.error).toHaveBeenCalledWith('It is being trained by process 7.');
    expect(exit).toHaveBeenCalledWith(lockedExit);
  });
});
