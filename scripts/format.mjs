/** `npm run format [-- PATH …]`: installs what is missing, then formats files (all, or those named) and mends what the linter can. */
import { join } from 'node:path';
import { ensureDependencies, root, runNode } from './dependencies.mjs';

ensureDependencies();
const biome = join(root, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
const named = process.argv.slice(2);
process.exit(runNode([biome, 'check', '--write', ...(named.length > 0 ? named : ['.'])]));
