/** `npm run format`: installs what is missing, then formats every file and mends what the linter can. */
import { join } from 'node:path';
import { ensureDependencies, root, runNode } from './dependencies.mjs';

ensureDependencies();
const biome = join(root, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
process.exit(runNode([biome, 'check', '--write', '.']));
