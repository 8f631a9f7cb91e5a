/** Options as people mistype them. */
import { describe, expect, it } from 'vitest';
import { cancelled, HubError } from '../hub/failure';
import {
  backendOf,
  backendOption,
  type CommandSpec,
  exitCodeOf,
  helpOf,
  integerOf,
  onlyArgument,
  parseArguments,
  UsageError,
} from './arguments';

const spec: CommandSpec = {
  name: 'run',
  usage: 'EXPERIMENT.json --out DIR',
  summary: 'Runs an experiment.',
  details: '',
  options: {
    out: { type: 'string', value: 'DIR', help: 'Where to write.' },
    seed: { type: 'string', value: 'N', help: 'Seed.' },
    resume: { type: 'boolean', help: 'Go on.' },
    backend: backendOption,
  },
};

describe('parseArguments', () => {
  it('reads positionals, values and switches in any order', () => {
    const args = parseArguments(spec, ['--out', 'runs/a', 'x.json', '--resume', '--seed=3']);
    expect(args.positionals).toEqual(['x.json']);
    expect(args.text('out')).toBe('runs/a');
    expect(args.flag('resume')).toBe(true);
    expect(integerOf(args, 'seed', undefined, 0)).toBe(3);
    expect(backendOf(args)).toBe('wasm');
  });

  it.each([
    [['--outt', 'x'], '"run" has no option --outt; it has --out, --seed, --resume, --backend.'],
    [['-o', 'x'], '"run" has no option -o;'],
    [['--out'], 'The option --out needs a value: DIR.'],
    [['--out', '--resume'], 'The option --out needs a value: DIR.'],
    [['--resume=yes'], 'The option --resume takes no value.'],
  ])('says what is wrong with %j', (args, sentence) => {
    expect(() => parseArguments(spec, args)).toThrow(UsageError);
    expect(() => parseArguments(spec, args)).toThrow(sentence);
  });

  it('checks numbers and names', () => {
    expect(() => integerOf(parseArguments(spec, ['--seed', '1.5']), 'seed', 1, 0)).toThrow(
      'The option --seed is "1.5"; it takes a whole number from 0 up.',
    );
    expect(() => backendOf(parseArguments(spec, ['--backend', 'gpu']))).toThrow(
      'There is no backend "gpu"; --backend takes wasm, cpu, webgpu, dawn.',
    );
    expect(integerOf(parseArguments(spec, []), 'seed', 7, 0)).toBe(7);
  });
});

describe('onlyArgument', () => {
  const only = (...given: string[]) =>
    onlyArgument(parseArguments(spec, given), 'run', 'folder: script RUN --out FILE');

  it('takes one, and says what is missing or too many', () => {
    expect(only('a')).toBe('a');
    expect(() => only()).toThrow(new UsageError('Which run? Give its folder: script RUN --out FILE.'));
    expect(() => only('a', 'b')).toThrow(new UsageError('One run at a time; "b" is one too many.'));
  });
});

describe('exitCodeOf', () => {
  it('tells a mistake in the call and a download that was stopped from a failure', () => {
    const errors = [new UsageError(''), cancelled('x'), new HubError('network', ''), new Error('')];
    expect(errors.map(exitCodeOf)).toEqual([2, 130, 1, 1]);
  });
});

describe('helpOf', () => {
  it('shows every option', () => {
    const help = helpOf(spec);
    for (const option of ['--out DIR', '--seed N', '--resume', '--backend wasm|cpu|webgpu', '--help']) {
      expect(help).toContain(option);
    }
  });
});
