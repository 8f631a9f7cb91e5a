/** `npm run --silent autolora -- …`: installs what is missing, then runs the command line of src/cli under tsx. */
import { runTypeScript } from './dependencies.mjs';

process.exit(
  await runTypeScript('src/cli/main.ts', process.argv.slice(2), {
    // npm starts scripts in the folder of package.json; paths are meant from where the person stands.
    cwd: process.env.INIT_CWD ?? process.cwd(),
  }),
);
