/** What a command writes, for tests of the command line. */
import { vi } from 'vitest';

export interface CapturedOutput {
  /** Written to stdout so far. */
  out: string;
  /** Written to stderr so far. */
  err: string;
}

/** Keeps what is written to both streams from the terminal, until `vi.restoreAllMocks`. */
export function captureOutput(): CapturedOutput {
  const captured: CapturedOutput = { out: '', err: '' };
  for (const [key, stream] of [
    ['out', process.stdout],
    ['err', process.stderr],
  ] as const)
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      captured[key] += text;
      return true;
    });
  return captured;
}
