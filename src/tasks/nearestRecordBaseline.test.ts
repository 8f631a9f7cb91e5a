import { describe, expect, it } from 'vitest';
import { nearestRecordTexts, slotListing } from './nearestRecordBaseline';

describe('baselines of data-to-text', () => {
  const train = [
    { source: 'name : Red Fox | Type : pub | food : French', references: ['Red Fox is a French pub.', 'no'] },
    { source: 'name : Blue Sea | Type : cafe | food : French', references: ['Blue Sea is a French cafe.'] },
    { source: 'name : Lost Moon | price : cheap', references: ['Lost Moon is cheap.'] },
  ];

  it('copies the text of the record that shares most slots', () => {
    const sources = [
      'name : Wild Star | Type : cafe | food : French',
      'name : Wild Star | price : cheap',
      'name : Wild Star | Type : inn | food : Greek',
    ];
    expect(nearestRecordTexts(train, sources)).toEqual([
      'Blue Sea is a French cafe.',
      'Lost Moon is cheap.',
      'Red Fox is a French pub.',
    ]);
  });

  it('lists slots and triples', () => {
    expect(slotListing('name : Red Fox | food : French')).toBe('The name is Red Fox, the food is French.');
    expect(slotListing('Red Fox : author : Anna Moon | Anna Moon : residence : Oslo')).toBe(
      'The author of Red Fox is Anna Moon, the residence of Anna Moon is Oslo.',
    );
  });
});
