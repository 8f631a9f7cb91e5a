/** `autolora run` in processes of their own, for whatever trains many experiments: their memory ends with them, and several use several cores. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from './folders';

/** Runs one experiment file into a folder. @returns exit code of `autolora run` and the end of what it said */
export type Trainer = (file: string, out: string) => Promise<{ code: number; said: string }>;

/** @param flags passed on to every `autolora run`, e.g. `--resume` */
export function spawnTrainer(flags: readonly string[]): { train: Trainer; stop(): void } {
  const children = new Set<ReturnType<typeof spawn>>();
  let stopped = false;
  return {
    train: (file, out) => {
      const main = join(projectRoot, 'src', 'cli', 'main.ts');
      const args = [...process.execArgv, main, 'run', file, '--out', out, ...flags];
      // A group of its own: Ctrl-C comes here alone and is passed on once, since a second one would not save.
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
      children.add(child);
      let said = '';
      child.stderr.on('data', (data) => {
        said = (said + data).slice(-2000);
      });
      return new Promise((settle, reject) => {
        const end = () => children.delete(child);
        child.on('error', (error) => {
          end();
          reject(error);
        });
        child.on('close', (code, signal) => {
          end();
          // Before its training, and after, a run is ended by the signal; what was saved before stands.
          const endedByStop = stopped && signal === 'SIGINT';
          settle({
            code: code ?? (endedByStop ? 130 : 1),
            said: signal ? `${said}\nIt was ended by ${signal}.` : said,
          });
        });
      });
    },
    stop: () => {
      stopped = true;
      for (const child of children) child.kill('SIGINT');
    },
  };
}
