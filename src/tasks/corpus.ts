/**
 * Unlabelled text of the small world to pretrain on: `reviews` (opinions, stories, comparisons, dialogues) and `world`
 * (reviews, and all that the other tasks speak of: events, questions, descriptions, laboratory notes).
 */
import { RandomStream } from '../random/stream';
import { sentimentSplits } from './embedded/sst2';
import { HeldOutTexts } from './heldOut';
import { aspectSubject, drawClause, drawThing } from './world/clauses';
import { drawDescriptionLine } from './world/descriptions';
import { domains } from './world/domains';
import { drawComparison, drawDialogue } from './world/exchanges';
import { drawLaboratoryLine } from './world/laboratory';
import { drawNotes } from './world/notes';
import { drawOpinion, type OpinionMix } from './world/opinions';
import { chance, contract, sentence, weighted } from './world/realisation';
import { drawRelationLine } from './world/relations';
import { drawStory, drawWordRelation } from './world/stories';
import { drawConsequence, drawHeadline, drawPolarity, drawVerdict } from './world/verdicts';

const none = { single: 0, agreement: 0, contrast: 0, reported: 0, expectation: 0, weighed: 0 };

/** Which words praise and which blame: plain clauses that agree. */
const plainMix: OpinionMix = {
  constructions: { ...none, single: 2, agreement: 3 },
  single: { plain: 1 },
  inner: { plain: 1 },
  opening: 0.1,
};
/** What each operator does to its word. */
const operatorMix: OpinionMix = {
  constructions: { ...none, single: 1 },
  single: { plain: 2, negation: 5, 'affirming-negation': 2, comparison: 1.5, 'double-negation': 1 },
  inner: { plain: 1 },
  opening: 0.2,
};
/** Which of two clauses decides. */
const compoundMix: OpinionMix = {
  constructions: { ...none, agreement: 1, contrast: 6, reported: 3, expectation: 1.5, weighed: 1 },
  single: { plain: 1 },
  inner: { plain: 6, negation: 2.5, 'affirming-negation': 0.5, comparison: 0.5 },
  opening: 0,
};
const reviewMixes = [
  { weight: 40, mix: plainMix },
  { weight: 36, mix: operatorMix },
  { weight: 24, mix: compoundMix },
];

/** A review with what its writer concludes, before, after or both; all parts agree in polarity. */
function drawReview(random: RandomStream): string {
  const polarity = drawPolarity(random);
  const { text, thing } = drawOpinion(random, polarity, weighted(random, reviewMixes).mix);
  const parts = [text];
  if (chance(random, 0.6)) {
    const head = sentence(drawHeadline(random, thing, polarity));
    parts.unshift(chance(random, 0.5) ? head : `${head.slice(0, -1)}:`);
  }
  const short = text.split(' ').length < 14;
  if (short && chance(random, 0.3)) {
    const subject = aspectSubject(thing, random.pick(thing.domain.aspects));
    parts.push(sentence(drawClause(random, thing, subject, polarity, { plain: 1 }).text));
  }
  const form = random.uniform();
  if (parts.length === 1 || form < 0.5) {
    if (form < 0.25)
      parts[parts.length - 1] =
        `${parts.at(-1)?.slice(0, -1)}, so ${drawConsequence(random, thing, polarity)}.`;
    else {
      const verdict = sentence(drawVerdict(random, thing, polarity));
      parts.push(chance(random, 0.25) ? contract(verdict) : verdict);
    }
  }
  return parts.join(' ');
}

const reviewKinds = [
  { weight: 45, draw: drawReview },
  {
    weight: 30,
    draw: (random: RandomStream) =>
      drawNotes(random, drawThing(random, random.pick(domains)), drawPolarity(random)),
  },
  { weight: 6, draw: drawWordRelation },
  { weight: 10, draw: drawStory },
  { weight: 5, draw: drawComparison },
  { weight: 6, draw: drawDialogue },
] as const;

/** One line in twelve as people type in a hurry: small initial, no full stop. */
function hurry(random: RandomStream, line: string): string {
  if (random.uniform() >= 1 / 12) return line;
  const small = /^I\b/.test(line) ? line : line.charAt(0).toLowerCase() + line.slice(1);
  return small.replace(/\.$/, '');
}

const drawReviewsLine = (random: RandomStream) => hurry(random, weighted(random, reviewKinds).draw(random));

const worldKinds = [
  { weight: 35, draw: drawReviewsLine },
  { weight: 40, draw: drawRelationLine },
  { weight: 15, draw: drawDescriptionLine },
  { weight: 10, draw: drawLaboratoryLine },
] as const;

const corpora = {
  reviews: drawReviewsLine,
  world: (random: RandomStream) => weighted(random, worldKinds).draw(random),
};

export type CorpusName = keyof typeof corpora;
export const corpusNames = Object.keys(corpora) as CorpusName[];

const maximumWords = 44;
/** Reviews are shorter; roberta-quick has read no longer ones. */
const maximumReviewWords = 40;
/**
 * `sentences` lines of one to three sentences each, mostly under 28 words, the same for the same seed. A tab in a line
 * parts two segments. No line holds a text of a dev set: those of the sentiment task are looked for in every line, and
 * what the other tasks hold out (`splitOf`) is never drawn.
 */
export function generateCorpus(sentences: number, seed: number, corpus: CorpusName = 'reviews'): string[] {
  const random = RandomStream.of(seed, 'corpus');
  const heldOut = new HeldOutTexts(sentimentSplits().dev.map((example) => example.text));
  const longest = corpus === 'reviews' ? maximumReviewWords : maximumWords;
  const lines: string[] = [];
  while (lines.length < sentences) {
    const line = corpora[corpus](random);
    if (line.split(/\s/).length > longest || heldOut.occursIn(line)) continue;
    lines.push(line);
  }
  return lines;
}

/** Words and constructions that turn, weaken or overrule another word. */
const turningWords =
  /n't|\b(not|never|neither|nor|none|no|nothing|nobody|anything|hardly|scarcely|far|too|without|unless|although|though|despite|spite|but|instead|expected|promised|doubt|true|less|more|than|called|said|told|wanted|fail\w*|wrong|agree|disagree)\b/i;

/** True for a line whose words mean what they say: what a model should read before it reads negation and contrast. */
export function isPlainLine(line: string): boolean {
  return !turningWords.test(line);
}
