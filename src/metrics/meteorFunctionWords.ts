/**
 * Function words of English for METEOR's weight δ: what makes up more than one in a thousand of running text, which is
 * how METEOR chose its own list. Its file is not carried: for the words of the goldens this list is settled by the counts
 * that METEOR printed; the others (between, could, first, into, last, most, said, two, when, years and the like) follow
 * its rule, and a text rich in them can differ from METEOR's own score by a little.
 */

const words =
  'a about after all also an and any are as at be because been before between but by can could ' +
  'first for from had has have he her his i if in into is it its last like may more most mr new no not ' +
  'of on one or other our out over s said so some such t than that the their them then there these ' +
  'they this those through to two up was we were what when which who will with would year years ' +
  "you 's 't n't";
const signs = '. , : ; ? ! " \' ( ) - $ %';

export const FUNCTION_WORDS: ReadonlySet<string> = new Set(`${words} ${signs}`.split(' '));
