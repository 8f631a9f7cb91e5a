/** `npm run --silent autolora -- …`: installs what is missing, then runs the command line of src/cli under tsx. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ensureDependencies, root } from './dependencies.mjs';

ensureDependencies();
// Ctrl-C reaches the whole group: the command saves its run and ends by itself, and this waits for it.
process.on('SIGINT', () => {});
const { status } = spawnSync(
  process.execPath,
  ['--import', import.meta.resolve('tsx'), join(root, 'src', 'cli', 'main.ts'), ...process.argv.slice(2)],
  {
    // npm starts scripts in the folder of package.json; paths are meant from where the person stands.
    cwd: process.env.INIT_CWD ?? process.cwd(),
    stdio: 'inherit',
    env: { ...process.env, TSX_TSCONFIG_PATH: join(root, 'tsconfig.json') },
  },
);
process.exit(status ?? 1);
