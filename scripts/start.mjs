/** `npm start`: installs and builds what is missing or stale, then serves the site and prints its address. */
import { ensureBuild } from './build.mjs';
import { ensureDependencies, runVite, stop } from './dependencies.mjs';

const options = process.argv.slice(2);
ensureDependencies();
if (options[0] === '--dev') process.exit(runVite(options.slice(1)));
console.error('Building the site if anything changed…');
if (!ensureBuild()) stop('The site could not be built; the reason stands above.');
process.exit(runVite(['preview', ...options]));
