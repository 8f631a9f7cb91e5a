/** `autolora run` in this process, on a tiny checkpoint from disk: what it writes, repeats, resumes and refuses. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseExperimentConfig } from '../config/experiment';
import type { Progress } from '../runtime/protocol';
import type { StartEvent, TelemetryEvent } from '../telemetry/events';
import { totalRank } from '../telemetry/ranks';
import { type CapturedOutput, captureOutput } from '../testing/capturedOutput';
import { temporaryFolder } from '../testing/temporaryFolder';
import { tinyCheckpoint } from '../testing/tinyCheckpoint';
import { timeless } from '../testing/tinySession';
import { parseArguments } from './arguments';
import { readExperiment } from './experimentFile';
import { describeResult, resultOf } from './result';
import { play, runExperiment, runSpec } from './run';
import { RunFolder } from './runFolder';

const folder = temporaryFolder('cli');
const experiment = join(folder, 'experiment.json');
let written: CapturedOutput;

const run = (...args: string[]) => runExperiment(parseArguments(runSpec, args));
const read = (out: string, name: string) => readFileSync(join(folder, out, name), 'utf8');
const lines = (out: string, name: string) =>
  read(out, name)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
/** Telemetry without what the clock says. */
const telemetry = (out: string) => timeless(lines(out, 'telemetry.jsonl'));

beforeAll(() => {
  mkdirSync(join(folder, 'model'));
  for (const { name, bytes } of tinyCheckpoint())
    writeFileSync(join(folder, 'model', name), new Uint8Array(bytes));
  const config = {
    model: { source: 'files', name: 'model', maxLength: 16 },
    data: { trainSize: 60, devSize: 20 },
    search: { steps: 12, batchSize: 4, dropout: 0.1 },
    retrain: { steps: 8, batchSize: 4 },
    reportEvery: 3,
  };
  writeFileSync(experiment, JSON.stringify(config));
});
beforeEach(() => {
  written = captureOutput();
});
afterEach(() => vi.restoreAllMocks());

describe('autolora run', () => {
  it('writes telemetry, result, predictions and adapters, and only the summary to stdout', async () => {
    expect(await run(experiment, '--out', join(folder, 'a'))).toBe(0);
    expect(readdirSync(join(folder, 'a')).sort()).toEqual([
      'adapter',
      'adapter-lora',
      'predictions-lora.jsonl',
      'predictions.jsonl',
      'result.json',
      'telemetry.jsonl',
    ]);
    const result = JSON.parse(read('a', 'result.json'));
    expect(result.config.hypergradient.estimator).toBe('finite-difference');
    expect(result.backend.name).toBe('wasm');
    expect(result.versions.tfjs).toBe('4.22.0');
    expect(result.ranks.map(({ layer }: { layer: string }) => layer)).toEqual([
      '0.query',
      '0.value',
      '1.query',
      '1.value',
    ]);
    expect(result.totalRank).toBe(totalRank(result.ranks));
    expect(result.parameters.total).toBe(result.parameters.adapter + result.parameters.head);
    expect(result.parameters.adapter).toBe(result.totalRank * 32);
    for (const phase of [
      'autolora/search',
      'autolora/retrain',
      'autolora/evaluate',
      'lora/retrain',
      'total',
    ]) {
      expect(result.wallMs[phase]).toBeGreaterThan(0);
    }
    const predictions = lines('a', 'predictions.jsonl');
    expect(predictions).toHaveLength(20);
    const right = predictions.filter(({ label, prediction }) => label === prediction).length;
    expect(right / 20).toBeCloseTo(result.metrics.accuracy, 6);
    for (const { text, logits, prediction } of predictions) {
      expect(text.length).toBeGreaterThan(0);
      expect(logits[prediction]).toBe(Math.max(...logits));
    }
    expect(readdirSync(join(folder, 'a', 'adapter')).sort()).toEqual([
      'adapter_config.json',
      'adapter_model.safetensors',
    ]);
    expect(written.out).toMatch(
      /^sst2 on .*, seed \d+, scored on 20 of 500 dev examples, \d+ s\nAutoLoRA +accuracy 0\.\d{4} {2}total rank \d+/,
    );
    expect(written.err).toContain('autolora search');
  });

  it('gives the same telemetry for the same seed and another for another', async () => {
    expect(await run(experiment, '--out', join(folder, 'b'))).toBe(0);
    expect(await run(experiment, '--out', join(folder, 'c'), '--seed', '2')).toBe(0);
    expect(telemetry('b')).toEqual(telemetry('a'));
    expect(telemetry('c')).not.toEqual(telemetry('a'));
    expect(JSON.parse(read('c', 'result.json')).seed).toBe(2);
  });

  it('saves on Ctrl-C and resumes to the same telemetry and predictions', async () => {
    const out = join(folder, 'd');
    const stop = setInterval(() => {
      if (existsSync(join(out, 'telemetry.jsonl')) && read('d', 'telemetry.jsonl').includes('"search"')) {
        clearInterval(stop);
        process.emit('SIGINT');
      }
    }, 1);
    expect(await run(experiment, '--out', out)).toBe(130);
    const stood = telemetry('d').length;
    expect(stood).toBeLessThan(telemetry('a').length);
    await expect(run(experiment, '--out', out)).rejects.toThrow('already holds a run');
    await expect(run(experiment, '--out', out, '--resume', '--seed', '9')).rejects.toThrow(
      'is not the experiment',
    );
    await expect(run(experiment, '--out', out, '--resume', '--backend', 'cpu')).rejects.toThrow(
      'resume it with --backend wasm',
    );
    expect(await run(experiment, '--out', out, '--resume')).toBe(0);
    expect(telemetry('d')).toEqual(telemetry('a'));
    expect(read('d', 'predictions.jsonl')).toBe(read('a', 'predictions.jsonl'));
    expect(await run(experiment, '--out', out, '--resume')).toBe(0);
    expect(written.err).toContain('finished already');
    written.out = '';
    expect(await run(experiment, '--out', out, '--resume', '--json')).toBe(0);
    expect(JSON.parse(written.out)).toEqual(JSON.parse(read('d', 'result.json')));
    await expect(run(experiment, '--out', out, '--resume', '--seed', '9')).rejects.toThrow(
      'holds a run of another experiment (seed is 1 there and 9 here)',
    );
  });

  it('keeps what was said on the way beside what was said at the start', () => {
    const message = 'The LoRA beside AutoLoRA has no score.';
    const events: TelemetryEvent[] = lines('a', 'telemetry.jsonl');
    const [start, ...others] = events as [StartEvent, ...TelemetryEvent[]];
    const said = [{ ...start, notes: ['Of 9 …'] }, ...others, { type: 'notice', level: 'warning', message }];
    const { backend, versions } = JSON.parse(read('a', 'result.json'));
    const { result } = resultOf(said as TelemetryEvent[], { backend, versions });
    expect(result.notes).toEqual(['Of 9 …', message]);
    expect(describeResult(result)).toMatch(/\nOf 9 …\nThe LoRA beside AutoLoRA has no score\.$/);
  });

  it('keeps its hands off a folder that another process writes', async () => {
    const out = join(folder, 'a');
    writeFileSync(join(out, 'lock'), `${process.ppid}\n`);
    const before = readdirSync(out);
    for (const more of [['--resume'], ['--force']])
      expect(await run(experiment, '--out', out, ...more)).toBe(75);
    expect(written.err).toBe(
      `${out} is being trained by process ${process.ppid}; it is left to that one. If that process does not train it, delete ${join(out, 'lock')}.\n`.repeat(
        2,
      ),
    );
    expect(readdirSync(out)).toEqual(before);
    rmSync(join(out, 'lock'));
  });

  it('removes nothing that no run of its has written', async () => {
    const out = join(folder, 'own');
    mkdirSync(join(out, 'adapter'), { recursive: true });
    for (const name of ['adapter_config.json', 'adapter_model.safetensors'])
      copyFileSync(join(folder, 'a', 'adapter', name), join(out, 'adapter', name));
    for (const more of [[], ['--resume']])
      await expect(run(experiment, '--out', out, ...more)).rejects.toThrow(
        'own holds adapter, but no telemetry',
      );
    const on = join(folder, 'on.json');
    const given = JSON.parse(readFileSync(experiment, 'utf8'));
    writeFileSync(on, JSON.stringify({ ...given, method: 'lora', adapter: { from: 'own/adapter' } }));
    await expect(run(on, '--out', out, '--force')).rejects.toThrow('would be replaced by the run’s own');
    // Also where it lies deeper, or is named through a link.
    symlinkSync(out, join(folder, 'link'));
    writeFileSync(on, JSON.stringify({ ...given, method: 'lora', adapter: { from: 'link/adapter' } }));
    await expect(run(on, '--out', out, '--force')).rejects.toThrow('would be replaced by the run’s own');
    expect(readdirSync(join(out, 'adapter'))).toHaveLength(2);
  });
});

describe('play', () => {
  const config = parseExperimentConfig({});
  const notice: TelemetryEvent = {
    type: 'notice',
    level: 'error',
    message: 'The GPU refused a computation.',
  };
  const running = { role: 'autolora', phase: 'search', step: 1, steps: 2 } as Progress;
  const phaseEnd = { type: 'phase', status: 'end' } as TelemetryEvent;
  /** A run folder with a snapshot that was saved before. */
  const begun = (name: string) => {
    const runFolder = new RunFolder(join(folder, name));
    runFolder.begin();
    runFolder.saveSnapshot({ state: 'earlier', tensors: new Uint8Array(0) }, config, 'webgpu');
    return runFolder;
  };
  /** An engine that answers each call of `advance` with the next of these, the last one for ever. */
  const engineOf = (...units: { events: TelemetryEvent[]; progress: Progress }[]) => ({
    advance: vi.fn(async () => (units.length > 1 ? units.shift() : units[0]) as (typeof units)[number]),
    snapshot: vi.fn(async () => ({
      snapshot: { state: 'later', tensors: new Uint8Array(0) },
      events: [notice],
    })),
  });

  it('stops at an error that comes while it saves, and keeps the save before', async () => {
    const runFolder = begun('refused');
    const engine = engineOf(
      { events: [phaseEnd], progress: running },
      { events: [], progress: { ...running, failure: 'never reached' } },
    );
    await expect(play(engine, runFolder, config, 'webgpu')).rejects.toThrow('The GPU refused a computation.');
    expect(engine.snapshot).toHaveBeenCalledOnce();
    expect(lines('refused', 'telemetry.jsonl').at(-1)).toEqual(notice);
    expect(runFolder.resume().snapshot.state).toBe('earlier');
  });

  it('says the notes of the start, and saves at most a twentieth of the time', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      const pass = (seconds: number) => vi.setSystemTime(Date.now() + 1000 * seconds);
      const start = { type: 'start', notes: ['Of 9 …'] } as unknown as TelemetryEvent;
      let units = 0;
      const engine = {
        advance: vi.fn(async () => {
          pass(15);
          units += 1;
          const events = units === 1 ? [start] : units === 100 ? [{ type: 'done', wallMs: 1 } as const] : [];
          return { events, progress: running };
        }),
        snapshot: vi.fn(async () => {
          pass(30);
          return { snapshot: { state: units, tensors: new Uint8Array(0) }, events: [] };
        }),
      };
      const runFolder = begun('slow');
      expect(await play(engine, runFolder, config, 'dawn')).toBe(true);
      // After 20 s at first, then after 20 times 30 s.
      expect(engine.snapshot).toHaveBeenCalledTimes(3);
      expect(runFolder.resume().snapshot.state).toBe(82);
      expect(written.err).toContain('Of 9 …\n');
    } finally {
      vi.useRealTimers();
    }
  });

  it('stops where the run stands still and its progress alone says why', async () => {
    const engine = engineOf({ events: [], progress: { ...running, failure: 'The loss is no number.' } });
    await expect(play(engine, begun('still'), config, 'webgpu')).rejects.toThrow('The loss is no number.');
    expect(engine.snapshot).not.toHaveBeenCalled();
  });
});

describe('readExperiment', () => {
  const reading = (content: string) => {
    const file = join(folder, 'wrong.json');
    writeFileSync(file, content);
    return () => readExperiment(file, undefined);
  };

  it.each([
    ['{', 'wrong.json is not valid JSON'],
    ['[]', 'an experiment is a JSON object'],
    ['{"adapter": {"rank": 0}}', 'adapter.rank'],
    ['{"search": {"stepz": 5}, "sead": 1}', 'an experiment has no field search.stepz, sead.'],
    ['{"model": {"source": "files", "name": "nowhere"}}', 'the checkpoint folder "nowhere" is neither'],
    ['{"data": {"task": "own"}}', 'wrong.json: A classification of your own has no embedded data'],
    ['{"data": {"task": "squad"}}', 'wrong.json: There is no task "squad"; choose one of sst2'],
    ['{"data": {"task": "sst2", "trainFile": "no.tsv"}}', 'the train file "no.tsv" is neither'],
  ])('says what is wrong with %s', (content, sentence) => {
    expect(reading(content)).toThrow(sentence);
  });

  it('refuses a folder, and run refuses a file for its results, before anything is loaded', async () => {
    expect(() => readExperiment(folder, undefined)).toThrow(`${folder} is a folder; give the experiment`);
    for (const out of [experiment, join(experiment, 'deeper', 'still')])
      await expect(run(experiment, '--out', out)).rejects.toThrow(`${experiment} is a file; give a folder`);
    expect(written.err).not.toContain('Backend');
  });

  it('finds paths beside the experiment file and takes the seed of the command line', () => {
    const { config, paths } = readExperiment(experiment, 5);
    expect(paths.model).toBe(join(folder, 'model'));
    expect(config.seed).toBe(5);
  });
});
