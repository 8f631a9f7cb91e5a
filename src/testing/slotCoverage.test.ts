import { expect, it } from 'vitest';
import { slotCoverage } from './slotCoverage';

it('finds values in any of their phrasings, and misses what is not said', () => {
  const record = 'name : Red Fox | Type : inn | food : French | price : cheap | family friendly : no';
  expect(slotCoverage(record, 'Red Fox is a cheap French inn. It does not welcome families.')).toBe(1);
  expect(
    slotCoverage(record, 'The inn Red Fox serves French food, has low prices and is for families.'),
  ).toBe(4 / 5);
  expect(slotCoverage(record, 'Blue Fox is an expensive Greek cafe that welcomes families.')).toBe(0);
  const triples = 'Red Fox : author : Anna Moon | Anna Moon : residence : Oslo';
  expect(slotCoverage(triples, 'Anna Moon, who lives in Oslo, wrote Red Fox.')).toBe(1);
  expect(slotCoverage(triples, 'Anna Moon, who lives in Oslo, wrote Blue Fox.')).toBe(2 / 3);
});
