/** `node scripts/typeScript.mjs FILE.ts …`: installs what is missing, then runs a script of this project under tsx. */
import { runTypeScript } from './dependencies.mjs';

const [file, ...args] = process.argv.slice(2);
process.exit(await runTypeScript(file, args));
