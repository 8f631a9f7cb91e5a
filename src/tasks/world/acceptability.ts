/** Sentences of the small world with and without a fault that makes them unacceptable. */
import { RandomStream } from '../../random/stream';
import { actOf } from './acts';
import {
  askableRoles,
  objectPronoun,
  plainStatement,
  pronoun,
  roleQuestion,
  statement,
  whetherQuestion,
} from './eventSentences';
import { faults, listed, singularBehind } from './faults';
import { drawFrame, type Frame, nouns } from './frames';
import { chance, sentence, weighted, withArticle } from './realisation';

/** A sentence without and with its fault. */
export interface Judged {
  readonly acceptable: string;
  readonly unacceptable: string;
}

/** "The" for "a" and "a" for "the" in half of the sentences: articles do not tell statements from questions. */
function otherArticle(random: RandomStream, clause: string): string {
  if (chance(random, 0.5)) return clause;
  const words = clause.split(' ');
  return words
    .map((word, at) => {
      if (!/^(?:an?|the)$/.test(word) || !singularBehind(words, at)) return word;
      if (word !== 'the') return 'the';
      return withArticle(words[at + 1] ?? '').split(' ')[0];
    })
    .join(' ');
}

/** A statement or a question, and the same with one fault in its words. */
function drawWorded(random: RandomStream): Judged | undefined {
  const frame = drawFrame(random);
  const asked = chance(random, 0.5);
  const roles = askableRoles(frame);
  const plain = !asked
    ? statement(random, frame)
    : chance(random, 0.35) && frame.act !== 'live'
      ? whetherQuestion(random, frame)
      : roleQuestion(random, frame, random.pick(roles));
  const clause = otherArticle(random, plain);
  const faulty = weighted(random, faults).fault(random, clause.split(' '));
  if (faulty === undefined) return undefined;
  const mark = (text: string) => (asked ? `${sentence(text).replace(/\.$/, '')}?` : sentence(text));
  return { acceptable: mark(clause), unacceptable: mark(faulty.join(' ')) };
}

const told = (random: RandomStream, frame: Frame, words: Readonly<Record<string, string>>) =>
  sentence(plainStatement(random, frame, words).replace(/ +/g, ' '));

/** "Her found a lamp", "Anna helped he". Comparisons allow both cases; "He is a baker" is said too often to hold out. */
function drawPronoun(random: RandomStream): Judged | undefined {
  const frame = drawFrame(random);
  const { core, details } = actOf(frame.act);
  if (details.length === 0 || frame.act === 'live') return undefined;
  const { agent = '', other = '' } = frame.values;
  const objective = core.includes('other') && chance(random, 0.5);
  const name = objective ? other : agent;
  const cases = [pronoun(name), objectPronoun(name)] as const;
  const [right, wrong] = objective ? [cases[1], cases[0]] : cases;
  const slot = objective ? 'B' : 'A';
  const { key, counter } = random.state;
  const acceptable = told(random, frame, { [slot]: right });
  // The same draws again: the same order and synonyms.
  return { acceptable, unacceptable: told(new RandomStream(key, counter), frame, { [slot]: wrong }) };
}

/** Acts that take no thing besides the person; one can call somebody a thing. */
const satisfied = listed('help visit invite meet');

/** "Anna visited Paul a lamp". */
function drawArgument(random: RandomStream): Judged | undefined {
  const frame = drawFrame(random);
  const { other } = frame.values;
  if (!satisfied.has(frame.act) || other === undefined) return undefined;
  const acceptable = told(random, frame, {});
  const thing = withArticle(random.pick(nouns));
  return { acceptable, unacceptable: acceptable.replace(` ${other}`, ` ${other} ${thing}`) };
}

const kinds = [
  { weight: 88, draw: drawWorded },
  { weight: 5, draw: drawPronoun },
  { weight: 7, draw: drawArgument },
] as const;

/** A sentence with and without a fault; undefined where the draw came to nothing. */
export function drawJudged(random: RandomStream): Judged | undefined {
  const { draw } = weighted(random, kinds);
  for (let tries = 0; tries < 50; tries++) {
    const judged = draw(random);
    if (judged !== undefined) return judged;
  }
  return undefined;
}
