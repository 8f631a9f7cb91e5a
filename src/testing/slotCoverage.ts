/** Slot coverage: the share of a record's values that a text of the small world says, found by the words that can say them. */
import { normalise } from '../tasks/world/realisation';
import { type RestaurantSlot, restaurantForms } from '../tasks/world/restaurants';

/** All ways to say a slot of a restaurant's record. */
function restaurantCues(slot: string, value: string): readonly string[] {
  if (slot === 'name') return [value];
  const forms = restaurantForms(slot as Exclude<RestaurantSlot, 'name'>, value);
  const { head = [], verb, before = [], after = [], front = [] } = forms;
  const food = slot === 'food' ? `${value} food` : [];
  return [head, verb, before, after, front, food].flat();
}

/** Things that have to stand in a text, each with its cues. A triple has its subject and its object. */
function cuesOf(source: string): string[][] {
  const cues = source.split(' | ').flatMap((slot): string[][] => {
    const fields = slot.split(' : ');
    const [first = '', second = '', third] = fields;
    return third === undefined ? [[...restaurantCues(first, second)]] : [[first], [third]];
  });
  return [...new Map(cues.map((cue) => [cue.join('|'), cue])).values()];
}

/**
 * Share of the values of a record (`name : … | food : …` or triples) that the text says, from 0 to 1. Words are compared
 * without case and marks.
 */
export function slotCoverage(source: string, text: string): number {
  const words = ` ${normalise(text)} `;
  const cues = cuesOf(source);
  const found = cues.filter((ways) => ways.some((way) => words.includes(` ${normalise(way)} `)));
  return found.length / cues.length;
}
