/** The readers of files, in a chunk of their own: most runs need none of them. */
export { parseMapping } from '../tasks/table/mapping';
export { readOwnData } from '../tasks/table/ownTask';
export { readExamplesOfFiles } from '../tasks/table/readExamples';
