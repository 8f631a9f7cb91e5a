/** Kind `tokenizer`: the ids, truncations and decodings of awkward strings, exactly. */

import { readTokenizer } from '../../model/checkpoint';
import type { VerifyCheck } from '../../runtime/protocol';
import { CheckList } from './checks';
import type { GoldenFolder } from './folder';

export async function verifyTokenizer(folder: GoldenFolder): Promise<VerifyCheck[]> {
  const tokenizer = readTokenizer(folder.beside);
  const list = new CheckList();
  folder.golden.objects('cases').forEach((example, i) => {
    const text = example.string('text');
    const pair = example.has('pair') ? example.string('pair') : undefined;
    for (const key of example.keys) {
      const name = `${key} of case ${i + 1}`;
      const maxLength = Number(/^max_length_(\d+)$/.exec(key)?.[1] ?? Number.NaN);
      if (key === 'ids') {
        list.exact(name, tokenizer.encode(text, pair), example.numbers(key));
      } else if (key === 'ids_no_special') {
        list.exact(name, tokenizer.encode(text, pair, { addSpecialTokens: false }), example.numbers(key));
      } else if (key === 'decoded_no_special') {
        list.exact(name, [tokenizer.decode(example.numbers('ids_no_special'))], [example.string(key)]);
      } else if (!Number.isNaN(maxLength)) {
        list.exact(name, tokenizer.encode(text, pair, { maxLength }), example.numbers(key));
      }
    }
  });
  return list.checks;
}
