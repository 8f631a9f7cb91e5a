/** Kinds `metrics-e2e-pairs` and `metrics-webnlg-pairs`: the scores of real texts, of each text and of all. */
import { bleuCounts, brevityPenalty, multiBleu, nltkBleu, pymtevalBleu } from '../../metrics/bleu';
import { cider } from '../../metrics/cider';
import { e2eMetrics, webnlgMetrics } from '../../metrics/generation';
import { mean } from '../../metrics/mean';
import { bestMeteorCounts, type MeteorCounts, meteorExactStem, meteorScore } from '../../metrics/meteor';
import { words } from '../../metrics/ngrams';
import { nist } from '../../metrics/nist';
import { rougeL } from '../../metrics/rougeL';
import { terOfBest } from '../../metrics/ter';
import { type TercomBeam, tercom, tercomOfText } from '../../metrics/tercom';
import { tokeniseMteval } from '../../metrics/tokeniseMteval';
import { tokeniseCaption } from '../../metrics/tokenisePtb';
import { tokeniseLora, tokeniseNltk } from '../../metrics/tokeniseWords';
import type { VerifyCheck } from '../../runtime/protocol';
import { CheckList } from './checks';
import { type GoldenFolder, type GoldenObject, NotComparable } from './folder';

const EXACT = 1e-6;
/** mteval-v13a.pl prints four digits, multi-bleu.perl two. */
const FOUR_DIGITS = 5e-5;
const TWO_DIGITS = 5e-3;

function stringLists(from: GoldenObject, key: string): string[][] {
  return from.list(key).map((texts) => {
    if (Array.isArray(texts) && texts.every((text) => typeof text === 'string')) return texts;
    throw new NotComparable(`golden.json: ${key} must be lists of texts.`);
  });
}

export async function verifyE2ePairs({ golden }: GoldenFolder): Promise<VerifyCheck[]> {
  const list = new CheckList();
  const pairs = golden.objects('pairs');
  const predictions = pairs.map((pair) => pair.string('hyp'));
  const references = pairs.map((pair) => pair.strings('refs'));
  const expected = golden.object('expected');
  const lower = (text: string) => tokeniseMteval(text).map((token) => token.toLowerCase());
  const texts = predictions.map(lower);
  const lists = references.map((refs) => refs.map(lower));
  const all = bleuCounts(texts, lists);
  const one = (name: string, actual: number, wanted: number, tolerance = EXACT) =>
    list.absolute(name, [actual], [wanted], tolerance);

  const corpus = expected.object('pymteval');
  one('pymteval BLEU', pymtevalBleu(all), corpus.number('BLEU'));
  one('pymteval NIST', nist(texts, lists), corpus.number('NIST'));
  expected.objects('pymteval_segments').forEach((segment, i) => {
    const text = [texts[i] as string[]];
    const refs = [lists[i] as string[][]];
    const counts = bleuCounts(text, refs);
    const wanted = [segment.number('BLEU'), segment.number('sentBLEU_smooth1')];
    list.absolute(
      `pymteval BLEU of text ${i + 1}`,
      [pymtevalBleu(counts), pymtevalBleu(counts, 1)],
      wanted,
      EXACT,
    );
    if (segment.has('NIST')) one(`pymteval NIST of text ${i + 1}`, nist(text, refs), segment.number('NIST'));
  });
  const perl = expected.object('mteval_perl');
  one('mteval BLEU', multiBleu(all), perl.number('BLEU'), FOUR_DIGITS);
  one('mteval NIST', nist(texts, lists, 'mteval'), perl.number('NIST'), FOUR_DIGITS);
  for (const item of expected.objects('mteval_tokens_first5'))
    list.exact('mteval tokens', tokeniseMteval(item.string('text')), item.strings('tokens'));

  const tokenised = expected.object('ptb_tokenized');
  const captions = tokenised.strings('hyps');
  const captionLists = stringLists(tokenised, 'refs');
  const joined = (text: string) => tokeniseCaption(text).join(' ');
  list.exact('tokens of the texts', predictions.map(joined), captions);
  list.exact('tokens of the references', references.flat().map(joined), captionLists.flat());
  const captionWords = captions.map(words);
  const captionReferences = captionLists.map((refs) => refs.map(words));
  const rouge = captionWords.map((text, i) => rougeL(text, captionReferences[i] as string[][]));
  const ciders = cider(captionWords, captionReferences);
  for (const [key, values] of [
    ['ROUGE_L', rouge],
    ['CIDEr', ciders],
  ] as const) {
    one(key, mean(values), expected.object(key).number('corpus'));
    list.absolute(`${key} of each text`, values, expected.object(key).numbers('segments'), EXACT);
  }
  const wanted = expected.object('METEOR').object('exact+stem');
  checkMeteor(list, wanted, captions, captionLists);

  const { values } = e2eMetrics(predictions, references);
  list.absolute(
    'e2eMetrics',
    ['bleu', 'nist', 'meteorExactStem', 'rougeL', 'cider'].map((key) => values[key] as number),
    [
      corpus.number('BLEU'),
      corpus.number('NIST'),
      wanted.number('final'),
      expected.object('ROUGE_L').number('corpus'),
      expected.object('CIDEr').number('corpus'),
    ],
    EXACT,
  );
  return list.checks;
}

export async function verifyWebnlgPairs({ golden }: GoldenFolder): Promise<VerifyCheck[]> {
  const list = new CheckList();
  const predictions = golden.strings('hyps');
  const references = stringLists(golden, 'refs_padded');
  const expected = golden.object('expected');
  const raw = golden.objects('raw');
  const one = (name: string, actual: number, wanted: number, tolerance = EXACT) =>
    list.absolute(name, [actual], [wanted], tolerance);
  const texts = predictions.map(words);
  const lists = references.map((refs) => refs.map(words));

  const spaced = (tokens: readonly string[]) => tokens.join(' ');
  list.exact(
    'LoRA tokens of the texts',
    raw.map((item) => spaced(tokeniseLora(item.string('hyp_raw')))),
    texts.map(spaced),
  );
  const tokenised = expected.object('word_tokenized');
  const again = (text: string) => spaced(tokeniseNltk(text));
  list.exact('NLTK tokens of the texts', predictions.map(again), tokenised.strings('hyps'));
  list.exact(
    'NLTK tokens of the references',
    references.flat().map(again),
    stringLists(tokenised, 'refs').flat(),
  );

  const counts = bleuCounts(texts, lists);
  one('multi-bleu', 100 * multiBleu(counts), expected.object('multi_bleu_detok').number('BLEU'), TWO_DIGITS);
  const nltkTexts = tokenised.strings('hyps').map(words);
  const nltkLists = stringLists(tokenised, 'refs').map((refs) => refs.map(words));
  const short = [1, 2, 3, 4].map((n) => nltkTexts.filter(({ length }) => length < n).length);
  one('NLTK BLEU', nltkBleu(bleuCounts(nltkTexts, nltkLists), short), expected.number('bleu_nltk_method3'));
  const sacrebleu = expected.object('sacrebleu');
  for (const key of sacrebleu.keys.filter((name) => name.startsWith('BLEU_'))) {
    const wanted = sacrebleu.object(key);
    const split = (text: string) => {
      const tokens = key.includes('13a') ? tokeniseMteval(text) : words(text);
      return key.endsWith('_lc') ? tokens.map((token) => token.toLowerCase()) : tokens;
    };
    const found = bleuCounts(
      predictions.map(split),
      references.map((refs) => refs.map(split)),
    );
    one(`sacrebleu ${key}`, 100 * multiBleu(found), wanted.number('score'));
    one(`sacrebleu ${key} brevity`, brevityPenalty(found), wanted.number('bp'));
    list.exact(
      `sacrebleu ${key} counts`,
      [...found.matches, ...found.totals, found.length, found.referenceLength],
      [
        ...wanted.numbers('counts'),
        ...wanted.numbers('totals'),
        wanted.number('sys_len'),
        wanted.number('ref_len'),
      ],
    );
  }

  const pyter = expected.object('pyter');
  const rates = nltkTexts.map((text, i) => terOfBest(text, nltkLists[i] as string[][]));
  list.absolute('pyter of each text', rates, pyter.numbers('segments'), EXACT);
  one('pyter', mean(rates), pyter.number('mean_of_min'));
  const ter = sacrebleu.object('TER');
  one('sacrebleu TER', 100 * tercom(texts, lists, 'sacrebleu'), ter.number('score'));
  checkEdits(list, 'sacrebleu', texts, lists, ter.objects('segments'), ['num_edits', 'ref_length']);
  const tercomWanted = expected.object('tercom_0.10.0');
  one('TERCOM', tercom(texts, lists, 'tercom'), tercomWanted.number('corpus'));
  checkEdits(list, 'tercom', texts, lists, tercomWanted.objects('segments'), ['edits', 'ref_len']);
  const meteor = expected.object('METEOR').object('exact+stem');
  checkMeteor(list, meteor, predictions, references);

  const { values } = webnlgMetrics(
    raw.map((item) => item.string('hyp_raw')),
    raw.map((item) => item.strings('refs_raw')),
  );
  list.absolute(
    'webnlgMetrics',
    ['bleu', 'meteorExactStem', 'ter'].map((key) => values[key] as number),
    [
      sacrebleu.object('BLEU_none').number('score') / 100,
      meteor.number('final'),
      pyter.number('mean_of_min'),
    ],
    EXACT,
  );
  return list.checks;
}

/** Edits and mean reference length of each text. @param keys under which the golden has the two */
function checkEdits(
  list: CheckList,
  beam: TercomBeam,
  texts: readonly string[][],
  references: readonly string[][][],
  expected: readonly GoldenObject[],
  [edits, length]: readonly [edits: string, length: string],
): void {
  const found = texts.map((text, i) => tercomOfText(text, references[i] as string[][], beam));
  list.exact(
    `${beam} edits of each text`,
    found.map((result) => result.edits),
    expected.map((segment) => segment.number(edits)),
  );
  list.absolute(
    `${beam} reference length of each text`,
    found.map((result) => result.referenceLength),
    expected.map((segment) => segment.number(length)),
    EXACT,
  );
}

/** The score of all texts, of each, and the counts behind each where the golden has them. */
function checkMeteor(
  list: CheckList,
  wanted: GoldenObject,
  predictions: readonly string[],
  references: readonly (readonly string[])[],
): void {
  const counts = predictions.map((text, i) => bestMeteorCounts(text, references[i] as string[]));
  list.absolute('METEOR', [meteorExactStem(predictions, references)], [wanted.number('final')], EXACT);
  list.absolute('METEOR of each text', counts.map(meteorScore), wanted.numbers('segments'), EXACT);
  if (!wanted.has('stats')) return;
  wanted.strings('stats').forEach((line, i) => {
    list.exact(
      `METEOR counts of text ${i + 1}`,
      meteorLine(counts[i] as MeteorCounts),
      words(line).map(Number),
    );
  });
}

/** Counts in the order in which METEOR prints them; the synonym and paraphrase stages have none. */
function meteorLine(counts: MeteorCounts): number[] {
  const { matched, referenceMatched } = counts;
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return [
    counts.length,
    counts.referenceLength,
    counts.functionWords,
    counts.referenceFunctionWords,
    ...[0, 1, 2, 3].flatMap((k) => [matched[k] as number, referenceMatched[k] as number]),
    ...new Array<number>(8).fill(0),
    counts.chunks,
    sum(matched),
    sum(referenceMatched),
  ];
}
