/** Checked access to the fields of a parsed `config.json`: numbers in range, whole numbers, or a sentence. */

interface ConfigFields {
  readonly source: Readonly<Record<string, unknown>>;
  fail(message: string): never;
  /** A number from `low` to `high`. A missing or null field has the fallback; without one it is an error. */
  number(key: string, fallback: number | undefined, low: number, high: number): number;
  integer(key: string, fallback?: number, low?: number, high?: number): number;
  /** Fails unless the field is missing, null or the one value that is supported. */
  only(key: string, supported: unknown, why?: string): void;
}

/** @throws Error naming the file where the JSON is no object. */
export function configFields(json: unknown, fileName: string): ConfigFields {
  const fail = (message: string): never => {
    throw new Error(`${fileName}: ${message}`);
  };
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    return fail('expected a JSON object with the fields of a Hugging Face model configuration.');
  const source = json as Record<string, unknown>;
  const number = (key: string, fallback: number | undefined, low: number, high: number): number => {
    const value = source[key] ?? fallback;
    if (value === undefined) return fail(`"${key}" is missing.`);
    if (typeof value !== 'number' || !Number.isFinite(value) || value < low || value > high)
      return fail(`"${key}" is ${JSON.stringify(value)}; expected a number from ${low} to ${high}.`);
    return value;
  };
  return {
    source,
    fail,
    number,
    integer(key, fallback, low = 1, high = 1e9) {
      const value = number(key, fallback, low, high);
      return Number.isInteger(value) ? value : fail(`"${key}" is ${value}; expected a whole number.`);
    },
    only(key, supported, why = '') {
      const value = source[key] ?? supported;
      if (value !== supported)
        fail(`"${key}" is ${JSON.stringify(value)}; only ${JSON.stringify(supported)}${why} is supported.`);
    },
  };
}
