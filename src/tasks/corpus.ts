/** Unlabelled text of the small world for masked-language-model pretraining: reviews, stories, comparisons, dialogues. */
import { RandomStream } from '../random/stream';
import { HeldOutTexts } from './heldOut';
import { sentimentSplits } from './sentiment';
import { drawComparison, drawDialogue } from './world/exchanges';
import { drawOpinion, type OpinionMix } from './world/opinions';
import { contract, sentence, weighted } from './world/realisation';
import { drawStory, drawWordRelation } from './world/stories';
import { drawConsequence, drawHeadline, drawPolarity, drawVerdict } from './world/verdicts';

/** Simpler than the sentiment task: more clauses stand alone, so that each operator's effect shows in what follows it. */
const reviewMix: OpinionMix = {
  constructions: { single: 50, agreement: 10, contrast: 22, reported: 10, expectation: 4, weighed: 4 },
  single: { plain: 4, negation: 4, 'affirming-negation': 1.5, comparison: 1.5, 'double-negation': 0.8 },
  inner: { plain: 5, negation: 3, 'affirming-negation': 0.5, comparison: 1 },
  opening: 0.25,
};

/** A review with what its writer concludes, before or after; opinion and conclusion agree in polarity. */
function drawReview(random: RandomStream): string {
  const polarity = drawPolarity(random);
  const { text, thing } = drawOpinion(random, polarity, reviewMix);
  const form = random.uniform();
  if (form < 0.4) {
    const head = sentence(drawHeadline(random, thing, polarity));
    return `${random.uniform() < 0.5 ? head : `${head.slice(0, -1)}:`} ${text}`;
  }
  if (form < 0.6) return `${text.slice(0, -1)}, so ${drawConsequence(random, thing, polarity)}.`;
  const verdict = sentence(drawVerdict(random, thing, polarity));
  return `${text} ${random.uniform() < 0.25 ? contract(verdict) : verdict}`;
}

const kinds = [
  { weight: 64, draw: drawReview },
  { weight: 8, draw: drawWordRelation },
  { weight: 14, draw: drawStory },
  { weight: 6, draw: drawComparison },
  { weight: 8, draw: drawDialogue },
] as const;

/** One line in twelve as people type in a hurry: small initial, no full stop. */
function hurry(random: RandomStream, line: string): string {
  if (random.uniform() >= 1 / 12) return line;
  const small = /^I\b/.test(line) ? line : line.charAt(0).toLowerCase() + line.slice(1);
  return small.replace(/\.$/, '');
}

const maximumWords = 40;
/**
 * `sentences` lines of one to three sentences each, mostly under 28 words, the same for the same seed. No line holds a
 * text of the sentiment task's dev set, so what is said about those texts elsewhere cannot be learnt here.
 */
export function generateCorpus(sentences: number, seed: number): string[] {
  const random = RandomStream.of(seed, 'corpus');
  const heldOut = new HeldOutTexts(sentimentSplits().dev.map((example) => example.text));
  const lines: string[] = [];
  while (lines.length < sentences) {
    const line = hurry(random, weighted(random, kinds).draw(random));
    if (line.split(' ').length > maximumWords || heldOut.occursIn(line)) continue;
    lines.push(line);
  }
  return lines;
}
