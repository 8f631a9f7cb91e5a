import { describe, expect, it } from 'vitest';
import { tokeniseMteval } from './tokeniseMteval';
import { tokeniseCaption, tokenisePtb } from './tokenisePtb';
import { tokeniseLora, tokeniseNltk } from './tokeniseWords';

const line = 'Ana\'s boat-house (in St. Ives) isn\'t "new": it cost £1,200.50, or 3/4 of  that!';

describe('tokenisers', () => {
  it('of mteval keep the apostrophe and the hyphen of a word', () => {
    expect(tokeniseMteval(line).join(' ')).toBe(
      'Ana\'s boat-house ( in St . Ives ) isn\'t " new " : it cost £1,200.50 , or 3 / 4 of that !',
    );
    expect(tokeniseMteval('2-3 &amp; 4')).toEqual(['2', '-', '3', '&', '4']);
  });

  it('of the Penn Treebank split contractions and keep abbreviations', () => {
    expect(tokenisePtb(line).join(' ')).toBe(
      "ana 's boat-house -lrb- in st. ives -rrb- is n't `` new '' : it cost # 1,200.50 , or 3/4 of that !",
    );
    expect(tokenisePtb('They left the U.S.')).toEqual(['they', 'left', 'the', 'u.s.', '.']);
    expect(tokenisePtb('Mr. Oak cannot come... ok?')).toEqual(w('mr. oak can not come ... ok ?'));
    expect(tokeniseCaption('Well, no: stay!')).toEqual(['well', 'no', 'stay']);
  });

  it('of NLTK split off the last full stop alone', () => {
    expect(tokeniseNltk('One. "Two" isn\'t three.')).toEqual(w("One. `` Two '' is n't three ."));
  });

  it("of LoRA's files split every sign, in lower case", () => {
    expect(tokeniseLora('It’s a_b, 1.5 É!')).toEqual(w('it ’ s a_b , 1 . 5 é !'));
  });
});

function w(text: string): string[] {
  return text.split(' ');
}
