/** A golden folder in memory: its `golden.json` and files, with access that names what is missing. */
import { type FileBytes, filesIn, findFile, folderOf, readJson } from '../../tensor/fileSet';

export interface GoldenFolder {
  name: string;
  golden: GoldenObject;
  /** Files that lie beside golden.json. */
  beside: FileBytes[];
  /** Everything given: subfolders such as `adapter/`, and companions such as the published vocabularies. */
  files: readonly FileBytes[];
}

/** `{shape, dtype, data}` of a golden file. */
export interface GoldenTensor {
  shape: number[];
  data: number[];
}

/** The folder cannot be compared by this program at all; the message says why. */
export class NotComparable extends Error {}

/** @throws NotComparable where there is no golden.json. */
export function openGoldenFolder(name: string, files: readonly FileBytes[]): GoldenFolder {
  const file = findFile(files, 'golden.json');
  if (!file) throw new NotComparable(`${name}: there is no golden.json in it.`);
  return {
    name,
    golden: new GoldenObject(readJson(file), `${name}/golden.json`, ''),
    beside: filesIn(files, folderOf(file.name)),
    files,
  };
}

/** A JSON object that knows where it stands in its file. */
export class GoldenObject {
  readonly raw: Record<string, unknown>;

  constructor(
    value: unknown,
    private readonly file: string,
    private readonly path: string,
  ) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) this.fail('an object', value);
    this.raw = value as Record<string, unknown>;
  }

  get keys(): string[] {
    return Object.keys(this.raw);
  }

  has(key: string): boolean {
    return this.raw[key] !== undefined && this.raw[key] !== null;
  }

  object(key: string): GoldenObject {
    return new GoldenObject(this.raw[key], this.file, this.at(key));
  }

  objects(key: string): GoldenObject[] {
    return this.list(key).map((item, i) => new GoldenObject(item, this.file, this.at(`${key}[${i}]`)));
  }

  list(key: string): unknown[] {
    const value = this.raw[key];
    return Array.isArray(value) ? value : this.fail('a list', value, key);
  }

  numbers(key: string): number[] {
    const value = this.list(key);
    return value.every((item) => typeof item === 'number')
      ? value
      : this.fail('a list of numbers', value, key);
  }

  strings(key: string): string[] {
    const value = this.list(key);
    return value.every((item) => typeof item === 'string')
      ? value
      : this.fail('a list of strings', value, key);
  }

  number(key: string): number {
    const value = this.raw[key];
    return typeof value === 'number' ? value : this.fail('a number', value, key);
  }

  string(key: string): string {
    const value = this.raw[key];
    return typeof value === 'string' ? value : this.fail('a string', value, key);
  }

  /** The number under `key_f64` where the file has it, else under `key`. */
  precise(key: string): number {
    return this.number(this.has(`${key}_f64`) ? `${key}_f64` : key);
  }

  /** The object under `key_f64` where the file has it, else under `key`. */
  preciseObject(key: string): GoldenObject {
    return this.object(this.has(`${key}_f64`) ? `${key}_f64` : key);
  }

  hasPrecise(key: string): boolean {
    return this.has(key) || this.has(`${key}_f64`);
  }

  tensor(key: string): GoldenTensor {
    const tensor = this.object(key);
    const shape = tensor.numbers('shape');
    const data = tensor.numbers('data');
    const size = shape.reduce((n, d) => n * d, 1);
    if (size !== data.length)
      throw new NotComparable(
        `${this.file}: ${this.at(key)} has shape [${shape}], ${size} values, but ${data.length} are given.`,
      );
    return { shape, data };
  }

  private at(key: string): string {
    return this.path === '' ? key : `${this.path}.${key}`;
  }

  private fail(expected: string, value: unknown, key?: string): never {
    const where = (key === undefined ? this.path : this.at(key)) || 'the file';
    const found = value === undefined ? 'missing' : JSON.stringify(value)?.slice(0, 40);
    throw new NotComparable(`${this.file}: ${where} is ${found}; expected ${expected}.`);
  }
}
