/** What a clause says of its subject: every pattern, and whether it turns the polarity of the word it holds. */

/** Groups of patterns by how their polarity comes about. */
export type PatternKind =
  | 'plain'
  | 'negation'
  /** Negative words that leave the polarity alone: "nothing but dull", "never failed to charm me". */
  | 'affirming-negation'
  | 'comparison'
  | 'double-negation';

/** Which word fills the pattern: {A} and {B} adjectives, {V}/{v} effect verb, {N} noun, {L}/{l} attitude verb. */
export type PatternWord = 'adjective' | 'effect' | 'noun' | 'attitude';

export interface Pattern {
  /** Slots: {S} subject, {be} was/is, {very} intensifier, {really} intensifier after "not", {to} verb after "too … to". */
  readonly template: string;
  readonly word: PatternWord;
  readonly kind: PatternKind;
  /** True when the clause has the opposite polarity of its word. */
  readonly flips: boolean;
  readonly weight: number;
  /** {A} must take "more". */
  readonly needsMore?: true;
}

const patterns = (
  word: PatternWord,
  kind: PatternKind,
  flips: boolean,
  list: Record<string, number>,
): Pattern[] =>
  Object.entries(list).map(([template, weight]) => ({
    template,
    word,
    kind,
    flips,
    weight,
    ...(/more \{A\}/.test(template) ? { needsMore: true as const } : {}),
  }));

export const patternTable: readonly Pattern[] = [
  ...patterns('adjective', 'plain', false, {
    '{S} {be} {A}': 6,
    '{S} {be} {very} {A}': 4,
    '{S} {be} {A} and {B}': 2,
    '{S} {be} always {A}': 1,
    '{S} {be} too {A} to {to}': 1,
    'I have to admit that {S} {be} {A}': 1,
    'I found {S} {A}': 2,
    'everyone found {S} {very} {A}': 1,
  }),
  ...patterns('effect', 'plain', false, {
    '{S} {V} me': 2,
    '{S} really {V} me': 1,
    '{S} managed to {v} all of us': 1,
  }),
  ...patterns('noun', 'plain', false, { '{S} {be} {aN}': 2, '{S} {be} a real {N}': 1 }),
  ...patterns('attitude', 'plain', false, { 'I {L} {S}': 2, 'I really {L} {S}': 1, 'everyone {L} {S}': 1 }),

  ...patterns('adjective', 'negation', true, {
    '{S} {be} not {A}': 6,
    '{S} {be} not at all {A}': 2,
    '{S} {be} not {really} {A}': 2,
    '{S} {be} not in the least {A}': 1,
    '{S} {be} never {A}': 1,
    '{S} {be} hardly {A}': 2,
    '{S} {be} scarcely {A}': 1,
    '{S} {be} far from {A}': 2,
    '{S} {be} anything but {A}': 2,
    '{S} {be} by no means {A}': 1,
    '{S} {be} in no way {A}': 1,
    '{S} {be} neither {A} nor {B}': 1,
    '{S} did not seem {A} to me': 1,
    '{S} did not strike me as {A}': 1,
    'there was nothing {A} about {S}': 1,
    'I did not find {S} {A}': 1,
    'nobody could call {S} {A}': 1,
    'I would not call {S} {A}': 1,
    'it would be wrong to call {S} {A}': 1,
    'it is not true that {S} {be} {A}': 1,
    'I doubt that anyone found {S} {A}': 1,
  }),
  ...patterns('effect', 'negation', true, {
    '{S} did not {v} me': 3,
    '{S} failed to {v} me': 1,
    '{S} did nothing to {v} me': 1,
    '{S} never {V} me': 1,
    '{S} hardly {V} me': 1,
  }),
  ...patterns('noun', 'negation', true, {
    '{S} {be} no {N}': 1,
    '{S} {be} not {aN}': 1,
    '{S} {be} hardly {aN}': 1,
    '{S} {be} anything but {aN}': 1,
    '{S} {be} far from {aN}': 1,
  }),
  ...patterns('attitude', 'negation', true, {
    'I did not {l} {S}': 3,
    'I never {L} {S}': 1,
    'nobody {L} {S}': 1,
    'I cannot say that I {L} {S}': 1,
    'I wanted to {l} {S} but could not': 1,
  }),

  ...patterns('adjective', 'affirming-negation', false, {
    '{S} {be} nothing but {A}': 2,
    '{S} {be} nothing short of {A}': 2,
    '{S} {be} never less than {A}': 1,
    '{S} {be} not only {A} but also {B}': 2,
    '{S} {be} not just {A} but {B}': 1,
    '{S} could not have been more {A}': 2,
    'there is no doubt that {S} {be} {A}': 1,
    'I never doubted that {S} {be} {A}': 1,
  }),
  ...patterns('effect', 'affirming-negation', false, {
    '{S} could not have {V} me more': 1,
    '{S} did nothing but {v} me': 1,
  }),
  ...patterns('noun', 'affirming-negation', false, {
    '{S} {be} nothing but {aN}': 1,
    '{S} {be} nothing short of {aN}': 1,
  }),
  ...patterns('attitude', 'affirming-negation', false, {
    'I could not help but {l} {S}': 2,
    'nobody {L} {S} more than I did': 1,
  }),

  ...patterns('adjective', 'comparison', true, {
    '{S} {be} less {A} than I had expected': 2,
    '{S} {be} less {A} than people say': 1,
    '{S} {be} not as {A} as I had expected': 2,
    '{S} {be} not half as {A} as people say': 1,
  }),
  ...patterns('adjective', 'comparison', false, {
    '{S} {be} more {A} than I had expected': 2,
    '{S} {be} even more {A} than people say': 1,
    '{S} {be} no less {A} than I had expected': 2,
    '{S} {be} just as {A} as people say': 1,
  }),

  ...patterns('adjective', 'double-negation', false, {
    '{S} {be} never anything but {A}': 1,
    'nobody could deny that {S} {be} {A}': 1,
    'it would be wrong to say that {S} {be} not {A}': 1,
    'I would not call {S} anything but {A}': 1,
  }),
  ...patterns('effect', 'double-negation', false, {
    '{S} never failed to {v} me': 1,
    '{S} did not fail to {v} me': 1,
  }),
  ...patterns('attitude', 'double-negation', false, {
    'I cannot deny that I {L} {S}': 1,
    'there was nobody who did not {l} {S}': 1,
  }),
];
