/** The XML of the WebNLG challenge: <benchmark><entries><entry> with a modified triple set and several <lex>. */
import type { XMLParser } from 'fast-xml-parser';
import { splitTriple, type WebnlgEntry } from './webnlgTriples';

/** As the parser gives it: attributes with an @, lists where the challenge allows several. */
interface XmlEntry {
  '@eid'?: string;
  '@category'?: string;
  modifiedtripleset?: { mtriple?: string[] } | string;
  /** A text of its own in the challenge's first layout, in <text> since version 1.4. */
  lex?: (string | { text?: string; '#text'?: string })[];
}

/** @throws Error naming file and line of broken XML, or file and entry of a triple that is none. */
export async function readWebnlgXml(content: string, fileName: string): Promise<WebnlgEntry[]> {
  const { XMLParser, XMLValidator } = await import('fast-xml-parser');
  const text = content.replace(/^\uFEFF/, '');
  const verdict = XMLValidator.validate(text);
  if (verdict !== true) {
    const { line, msg } = verdict.err;
    throw new Error(
      `${fileName}, line ${line}: the XML is broken: ${msg.replace(/\.$/, '')}; fetch or save the file again.`,
    );
  }
  return entriesOf(new XMLParser(options), text).map((entry) => {
    const place = `entry ${entry['@eid'] ?? '?'}${entry['@category'] ? ` of ${entry['@category']}` : ''}`;
    const set = entry.modifiedtripleset;
    const triples = (typeof set === 'object' ? (set.mtriple ?? []) : []).map((triple) => {
      const parts = splitTriple(triple);
      if (parts) return parts;
      throw new Error(
        `${fileName}, ${place}: the triple ${JSON.stringify(triple)} is not of the form subject | predicate | object; mend or remove the entry.`,
      );
    });
    if (triples.length === 0) {
      throw new Error(
        `${fileName}, ${place}: there is no triple in <modifiedtripleset>; mend or remove the entry.`,
      );
    }
    const texts = (entry.lex ?? []).map((lex) =>
      typeof lex === 'string' ? lex : (lex.text ?? lex['#text'] ?? ''),
    );
    return { triples, texts, place };
  });
}

const options = {
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  // "2702.0" is an object's name, not a number.
  parseTagValue: false,
  isArray: (name: string) => name === 'entry' || name === 'lex' || name === 'mtriple',
};

function entriesOf(parser: XMLParser, text: string): XmlEntry[] {
  type Root = { entries?: { entry?: XmlEntry[] } | ''; entry?: XmlEntry[] };
  const root = parser.parse(text) as Root & { benchmark?: Root };
  const entries = root.benchmark?.entries ?? root.entries;
  return (typeof entries === 'object' ? entries.entry : root.entry) ?? [];
}
