/** `autolora verify` on carried golden folders and on a copy with one number changed. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type CapturedOutput, captureOutput } from '../testing/capturedOutput';
import { temporaryFolder } from '../testing/temporaryFolder';
import { parseArguments } from './arguments';
import { runVerify, verifySpec } from './verify';

const golden = fileURLToPath(new URL('../testing/golden', import.meta.url));
const folder = temporaryFolder('verify');
let written: CapturedOutput;

const verify = (...args: string[]) => runVerify(parseArguments(verifySpec, args));

beforeEach(() => {
  written = captureOutput();
});
afterEach(() => vi.restoreAllMocks());

describe('autolora verify', () => {
  it('passes a golden folder, each tensor beside its tolerance', async () => {
    expect(await verify(join(golden, 'roberta-classification'), '--backend', 'cpu')).toBe(0);
    expect(written.out).toMatch(
      /^PASS {2}.*roberta-classification {2}\(roberta-sequence-classification, cpu\)$/m,
    );
    expect(written.out).toMatch(/^ {2}ok {4}logits +\d\.\de-\d+ {2}≤ \d\.\de-\d+$/m);
    expect(written.out).toContain('1 of 1 folders hold.');
  });

  it('fails a folder with one wrong number, and names the tensor', async () => {
    const wrong = join(folder, 'wrong');
    cpSync(join(golden, 'roberta-classification'), wrong, { recursive: true });
    const path = join(wrong, 'golden.json');
    const content = JSON.parse(readFileSync(path, 'utf8'));
    const logits = (content.expected ?? content).logits;
    logits.data[0] += 0.01;
    writeFileSync(path, JSON.stringify(content));
    expect(await verify(wrong, '--json')).toBe(1);
    const [report] = JSON.parse(written.out);
    expect(report.passed).toBe(false);
    expect(
      report.checks
        .filter(({ passed }: { passed: boolean }) => !passed)
        .map(({ name }: { name: string }) => name),
    ).toEqual(['logits']);
  });

  it('does not pass what it cannot compare, and says why', async () => {
    const strange = join(folder, 'strange');
    mkdirSync(strange);
    writeFileSync(join(strange, 'golden.json'), '{"kind": "diffusion"}');
    expect(await verify(strange)).toBe(1);
    expect(written.out).toContain('not compared: The kind "diffusion" is not known here');
  });

  it('stands for the golden folders in a folder, and refuses one with none', async () => {
    const many = join(folder, 'many');
    for (const name of ['a', 'b']) cpSync(join(golden, 'threshold'), join(many, name), { recursive: true });
    expect(await verify(many)).toBe(0);
    expect(written.out).toContain('2 of 2 folders hold.');
    await expect(verify(join(many, 'a', 'nothing'))).rejects.toThrow('does not exist');
    mkdirSync(join(folder, 'empty'));
    await expect(verify(join(folder, 'empty'))).rejects.toThrow('There is no golden.json in');
    await expect(verify()).rejects.toThrow('Which golden folders?');
  });
});
