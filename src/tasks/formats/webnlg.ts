/** WebNLG's records: sets of triples with the texts that say them, from JSON or JSON lines; XML is read in webnlgXml.ts. */
import type { GenerationExample, ParsedFile } from '../task';
import { oneLine } from './references';
import { SkippedRows } from './skippedRows';
import { lineError } from './tsv';
import { type Triple, type WebnlgEntry, webnlgPrompt } from './webnlgTriples';
import { readWebnlgXml } from './webnlgXml';

type WebnlgForm = 'xml' | 'jsonl' | 'json' | 'other';

function formOf(content: string): WebnlgForm {
  const head = content
    .slice(0, 4000)
    .replace(/^\uFEFF/, '')
    .trimStart();
  if (/^(?:<\?xml[^>]*>\s*)?<(?:benchmark|entries|entry)\b/.test(head)) return 'xml';
  if (/^\{\s*"entries"\s*:/.test(head)) return 'json';
  const [line = ''] = content
    .replace(/^\uFEFF/, '')
    .trimStart()
    .split('\n', 1);
  return line.startsWith('{') && /"triples"\s*:/.test(line) && /"lex"\s*:/.test(line) ? 'jsonl' : 'other';
}

/** True if the content begins as one of WebNLG's files does. */
export function hasWebnlgLayout(content: string): boolean {
  return formOf(content) !== 'other';
}

/**
 * Reads one file: the challenge's XML; JSON lines of {triples: [[s, p, o], …], lex: [{text}, …]}; or the JSON that LoRA's
 * repository holds ({entries: [{"1": {modifiedtripleset, lexicalisations}}, …]}). Every text is kept, those whose
 * annotators commented "bad" or "toFix" too, since the challenge counts them as references; empty ones are skipped.
 * @throws Error with one sentence naming the file, the place and the remedy.
 */
export async function parseWebnlg(content: string, fileName: string): Promise<ParsedFile<GenerationExample>> {
  const form = formOf(content);
  if (form === 'other') {
    throw new Error(
      content.trim() === ''
        ? `${fileName} is empty; choose one of WebNLG's XML files.`
        : `${fileName}, line 1: a WebNLG file is XML that starts with <benchmark>, or JSON lines with "triples" and "lex"; choose another file.`,
    );
  }
  const entries =
    form === 'xml'
      ? await readWebnlgXml(content, fileName)
      : form === 'json'
        ? jsonEntries(content, fileName)
        : jsonLineEntries(content, fileName);
  const examples: GenerationExample[] = [];
  const skippedTexts = new SkippedRows();
  const skippedEntries = new SkippedRows();
  for (const { triples, texts, place } of entries) {
    const references = texts.map(oneLine).filter((text) => text !== '');
    if (references.length === 0) skippedEntries.add('without any text', place);
    else {
      for (let i = references.length; i < texts.length; i++) skippedTexts.add('with an empty text', place);
      examples.push({ source: webnlgPrompt(triples), references });
    }
  }
  if (examples.length === 0) {
    throw new Error(
      `${fileName} holds ${entries.length === 0 ? 'no entries' : 'entries without texts (it is an unlabelled test file)'}; choose the train or dev files.`,
    );
  }
  return { examples, notes: [...skippedEntries.notes(), ...skippedTexts.notes()] };
}

function jsonLineEntries(content: string, fileName: string): WebnlgEntry[] {
  return content
    .replace(/^\uFEFF/, '')
    .split('\n')
    .flatMap((text, i) => {
      if (text.trim() === '') return [];
      let value: { triples?: unknown; lex?: unknown };
      try {
        value = JSON.parse(text);
      } catch {
        throw lineError(fileName, i + 1, 'is not JSON; mend or remove the line.');
      }
      const triples = triplesOf(value?.triples, (triple) => (Array.isArray(triple) ? triple : []));
      const texts = textsOf(value?.lex, 'text');
      if (triples && texts) return [{ triples, texts, place: `line ${i + 1}` }];
      throw lineError(
        fileName,
        i + 1,
        'is no entry {"triples": [[subject, predicate, object], …], "lex": [{"text": …}, …]}; mend or remove the line.',
      );
    });
}

function jsonEntries(content: string, fileName: string): WebnlgEntry[] {
  let entries: unknown;
  try {
    entries = (JSON.parse(content.replace(/^\uFEFF/, '')) as { entries: unknown }).entries;
  } catch (error) {
    throw new Error(`${fileName} is not whole JSON (${(error as Error).message}); fetch or save it again.`);
  }
  if (!Array.isArray(entries)) throw new Error(`${fileName}: "entries" is no list; choose another file.`);
  return entries.map((holder: unknown, i) => {
    const [name, entry] = Object.entries((holder ?? {}) as Record<string, Record<string, unknown>>)[0] ?? [];
    const triples = triplesOf(entry?.modifiedtripleset, (triple) => {
      const { subject, property, object } = (triple ?? {}) as Record<string, unknown>;
      return [subject, property, object];
    });
    const texts = textsOf(entry?.lexicalisations, 'lex');
    if (triples && texts) return { triples, texts, place: `entry ${name}` };
    throw new Error(
      `${fileName}: entry ${name ?? i + 1} has no "modifiedtripleset" of subject, property and object, or no "lexicalisations"; mend or remove it.`,
    );
  });
}

function triplesOf(list: unknown, parts: (triple: unknown) => unknown[]): Triple[] | undefined {
  if (!Array.isArray(list) || list.length === 0) return undefined;
  const triples = list.map(parts);
  const whole = triples.every((triple) => triple.length === 3 && triple.every((x) => typeof x === 'string'));
  return whole ? (triples as unknown as Triple[]) : undefined;
}

function textsOf(list: unknown, key: string): string[] | undefined {
  if (!Array.isArray(list)) return undefined;
  const texts = list.map((item: unknown) => (item as Record<string, unknown> | null)?.[key]);
  return texts.every((text) => typeof text === 'string') ? (texts as string[]) : undefined;
}
