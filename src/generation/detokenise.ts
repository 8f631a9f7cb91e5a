/** Generated token ids → text, at any moment of its growth. */
import type { Tokenizer } from '../tokenizer/tokenizer';

/** What the first bytes of a character decode to as long as the others have not come. */
const UNFINISHED = /\ufffd+$/;

/**
 * Without special tokens, white space around the text, and a character at its end of which only some bytes are there:
 * a byte-level token can be a part of a character.
 */
export function generatedText(tokenizer: Tokenizer, ids: readonly number[]): string {
  const special = [tokenizer.bosId, tokenizer.eosId, tokenizer.padId];
  const written = ids.filter((id) => !special.includes(id));
  return tokenizer.decode(written, { skipSpecialTokens: true }).replace(UNFINISHED, '').trim();
}
