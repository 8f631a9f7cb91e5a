/**
 * Penn Treebank tokens as Stanford's PTBTokenizer 3.4.1 gives them in lower case, and coco-caption's, which leave the
 * punctuation out. A lexer: at each place the rule that reaches furthest wins, the earlier one of two.
 */

/** What the rest of the text at a place matches, what of it becomes the token, and as what it is written. */
interface Rule {
  /** Sticky; a group named `token` is the token where the match looks further. */
  pattern: RegExp;
  write?: (token: string) => string;
}

const letter = '[\\p{L}\\p{M}\\u00AD]';
const alnum = '[\\p{L}\\p{M}\\p{N}_\\u00AD]';
const apostrophe = "['\\u2019]";
const notLetter = '(?![\\p{L}\\p{N}])';
const number = '\\d+(?:[-_.:,]\\d+)*|[-_.:,]?\\d+(?:[-_.:,]\\d+)+|\\.\\d+';
const titles =
  'Mr|Mrs|Ms|Miss|Drs?|Profs?|Sens?|Reps?|Attys?|Lt|Col|Gen|Messrs|Govs?|Adm|Rev|Maj|Sgt|Cpl|Pvt|Mt|Capt|Ste?|Ave|' +
  'Pres|Lieut|Hon|Brig|Co?mdr|Pfc|Spc|Supts?|Det|vs|Alex|Wm|Jos|Cie|cf|Invt|Elec|Natl|Mf?g|Mtg';
/** They end a sentence where a capital follows. */
const endings =
  'Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|Mon|Tues?|Wed|Thurs?|Fri|Ala|Ariz|Ark|Calif|Colo|Conn|Dak|Del|Fla|Ill|' +
  'Ind|Kans?|Ky|Mass|Mich|Minn|Miss|Mont|Neb|Nev|Okla|Penn|Pa|Tenn|Tex|Wash|Wis|Wyo|Inc|Cos?|Corp|Ltd|Plc|Dept|Assn|' +
  'Univ|Intl|Jr|Sr|Bros|Ed\\.D|Ph\\.D|Blvd|Rd|Esq|etc|al|seq';
/** Words by which a sentence begins: an acronym before them takes a full stop of its own. */
const openers =
  'About|According|Additionally|After|An?|As|At|But|Earlier|He|Her|Here|However|If|In|It|Last|Many|More|Mr\\.|Ms\\.|Now|' +
  'Once|One|Other|Our|She|Since|So|Some|Such|That|The|Their|Then|There|These|They|This|We|When|While|What|Yet|You';

const rule = (pattern: string, write?: (token: string) => string, flags = 'uy'): Rule => ({
  pattern: new RegExp(pattern, flags),
  ...(write ? { write } : {}),
});
const acronym = '[A-Za-z](?:\\.[A-Za-z])+';
const quotes = (token: string) =>
  token
    .replace(/["“]|''/g, token === '"' ? '"' : '``')
    .replace(/[«„]/g, '``')
    .replace(/[”»]/g, "''")
    .replace(/[‘‚‛]/g, '`')
    .replace(/[’]/g, "'");

const RULES: readonly Rule[] = [
  rule('(?<token>can)not(?!\\p{L})', undefined, 'iuy'),
  rule('(?<token>gon|wan)na(?!\\p{L})', undefined, 'iuy'),
  rule('(?<token>got)ta(?!\\p{L})', undefined, 'iuy'),
  rule('(?<token>lem|gim)me(?!\\p{L})', undefined, 'iuy'),
  rule('</?[A-Za-z!?][^>\\r\\n]*>'),
  rule('[\\u0096\\u0097\\u2013-\\u2015]', () => '--'),
  rule('&amp;', () => '&'),
  // A word before a clipped one (Anna's, they'll), and one before n't.
  rule(`(?<token>${alnum}+)(?:${apostrophe}(?:[msd]|re|ve|ll))${notLetter}`, undefined, 'iuy'),
  rule(`(?<token>[A-Za-z]*[A-MO-Za-mo-z])n${apostrophe}t${notLetter}`, undefined, 'iuy'),
  rule(`${apostrophe}(?:[msd]|re|ve|ll)${notLetter}`, (token) => token.replace('’', "'"), 'iuy'),
  rule(`n${apostrophe}t${notLetter}`, (token) => token.replace('’', "'"), 'iuy'),
  // Words with a sign inside: Yahoo!Mail, O'Hara, and/or, AT&T, well-kept, 4.5-star.
  rule(`${alnum}+(?:[.!?]${letter}${alnum}*)*`),
  rule(`[dol]${apostrophe}${letter}+`, (token) => token.replace('’', "'"), 'iuy'),
  rule('[A-Za-z0-9]+(?:-[A-Za-z]+){0,2}(?:/[A-Za-z0-9]+(?:-[A-Za-z]+){0,2}){1,2}'),
  rule('[A-Z]+(?:&[A-Z]+)+'),
  rule(`${alnum}[\\p{L}\\p{M}\\p{N}_%.,\\u00AD]*(?:[-\\u2010\\u2011]${alnum}+)+`),
  rule(
    `${apostrophe}n${apostrophe}|${apostrophe}n${notLetter}|${apostrophe}em${notLetter}|${apostrophe}[02-9]0s${notLetter}`,
  ),
  rule(`${apostrophe}(?:t|T)(?=is${notLetter}|was${notLetter})`),
  // Addresses and names of the net.
  rule('https?://[^\\s"<>|()]+[^\\s"<>|.!?(){},-]'),
  rule(
    '(?:www\\.(?:[^\\s"<>|.!?(){},]+\\.)+[a-zA-Z]{2,4}|(?:[^\\s"`\'<>|.!?(){},\\-_$/]+\\.)+(?:com|net|org|edu))(?:/[^\\s"<>|()]+[^\\s"<>|.!?(){},-])?',
  ),
  rule('[a-zA-Z0-9][^\\s"<>|()]*@(?:[^\\s"<>|().]+\\.)*[^\\s"<>|().]+'),
  rule('[@#][\\p{L}_][\\p{L}\\p{N}_]*'),
  // Numbers, dates, fractions and money.
  rule(`[-+]?(?:${number})`),
  rule('(?:\\d{1,4}[- \\u00A0])?\\d{1,4}[/\\u2044]\\d{1,4}'),
  rule('\\d{1,2}[-/]\\d{1,2}[-/]\\d{2,4}'),
  rule('[¼½¾]', (token) => ({ '¼': '1/4', '½': '1/2' })[token] ?? '3/4'),
  rule('[$¢]'),
  rule('[£¤¥\\u0080\\u20A0\\u20A4]', () => '#'),
  rule('€', () => '$'),
  // Abbreviations; one that ends a sentence has its full stop read again.
  rule(`(?:${acronym}|${titles}|[A-Za-z])\\.`),
  rule(`(?:${endings})\\.`),
  // Quotes open before a letter, digit or dollar, and close elsewhere.
  rule('"(?=[A-Za-z0-9$])|&quot;(?=[A-Za-z0-9$])', () => '``'),
  rule('"|&quot;', () => "''"),
  rule(`'(?=[\\p{L}\\p{N}])`, () => '`'),
  rule("''|[`'‘’‚‛“”„«»]{1,2}", quotes),
  rule('\\(', () => '-lrb-'),
  rule('\\)', () => '-rrb-'),
  rule('\\[', () => '-lsb-'),
  rule('\\]', () => '-rsb-'),
  rule('\\{', () => '-lcb-'),
  rule('\\}', () => '-rcb-'),
  rule('-+', (token) => (token.length === 3 || token.length === 4 ? '--' : token)),
  rule('\\.{3,5}|(?:\\.[ \\u00A0]){2,4}\\.|[\\u0085\\u2026]', () => '...'),
  rule('@+|#+|_+|\\*+'),
  rule('[,;:\\u3001]|[?!]+|[.¡¿\\u037E\\u3002]|=|/|[<>]+'),
  rule('[+%&~^|\\\\]|[\\p{So}\\p{Sm}§¶†‡·•]'),
];

/** Where an abbreviation's full stop is to be read twice. */
const SENTENCE_END = new RegExp(
  `^(?:(?:${endings})\\.(?=\\s+\\p{Lu}|\\s*$)|${acronym}\\.(?=\\s+(?:${openers})${notLetter}|\\s*$))`,
  'u',
);

/** Tokens of one line in lower case; what no rule knows is passed over. */
export function tokenisePtb(text: string): string[] {
  const tokens: string[] = [];
  let at = 0;
  while (at < text.length) {
    let reach = 0;
    let token = '';
    let chosen: Rule | undefined;
    for (const candidate of RULES) {
      candidate.pattern.lastIndex = at;
      const match = candidate.pattern.exec(text);
      if (match && match[0].length > reach) {
        reach = match[0].length;
        token = match.groups?.token ?? match[0];
        chosen = candidate;
      }
    }
    if (!chosen) {
      at += 1;
      continue;
    }
    tokens.push((chosen.write ? chosen.write(token) : token).replaceAll('\u00AD', '').toLowerCase());
    at += token.length;
    if (token.endsWith('.') && token.length > 1 && SENTENCE_END.test(text.slice(at - token.length))) at -= 1;
  }
  return tokens;
}

/** As coco-caption lists them; its brackets are in capitals, so that those of a text in lower case stay. */
const PUNCTUATION = new Set([
  "''",
  "'",
  '``',
  '`',
  '-LRB-',
  '-RRB-',
  '-LCB-',
  '-RCB-',
  '.',
  '?',
  '!',
  ',',
  ':',
  '-',
  '--',
  '...',
  ';',
]);

/** The tokens that ROUGE-L, CIDEr and METEOR of the E2E challenge see. */
export function tokeniseCaption(text: string): string[] {
  return tokenisePtb(text).filter((token) => !PUNCTUATION.has(token));
}
