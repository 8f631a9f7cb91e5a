/** Names for runs that can be remembered and said aloud. */
const adjectives =
  'amber brave brisk calm clear clever crisp daring deft eager early fair fleet gentle glad golden grand hardy keen kind light lively lucid mellow merry mild neat nimble noble patient plain proud quick quiet rapid ready rosy silver sly smooth solid spry steady still sturdy sunny swift tidy tranquil vivid warm wise witty'.split(
    ' ',
  );
const nouns =
  'alder aster badger beacon birch bison brook cedar clover comet condor coral crane cricket curlew dune elm ember falcon fern finch fjord gale garnet glade harbor hazel heron ibex iris jay juniper kestrel lark ledge lichen lynx maple marten meadow merlin osprey otter pebble petrel pine plover quartz raven reed robin sable sedge shale sparrow spruce stoat swallow tern thistle thrush willow wren'.split(
    ' ',
  );

/** The name of a run for a file: letters, digits, `_` and `-`. */
export const fileNameOf = (name: string): string => name.replace(/[^\p{L}\p{M}\p{N}_-]+/gu, '-');

/** @param draw uniform in [0, 1) @param taken names that exist already */
export function runName(draw: () => number, taken: ReadonlySet<string> = new Set()): string {
  const pick = (words: readonly string[]) => words[Math.floor(draw() * words.length)] as string;
  const name = `${pick(adjectives)} ${pick(nouns)}`;
  if (!taken.has(name)) return name;
  let number = 2;
  while (taken.has(`${name} ${number}`)) number += 1;
  return `${name} ${number}`;
}
