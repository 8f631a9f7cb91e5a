/** `autolora run`: one experiment from its file to a folder of results, resumable at any moment. */
import { realpathSync } from 'node:fs';
import { join, sep } from 'node:path';
import { type ExperimentConfig, parseExperimentConfig } from '../config/experiment';
import type { TelemetryEvent } from '../telemetry/events';
import {
  backendOf,
  backendOption,
  type CommandBackend,
  type CommandSpec,
  integerOf,
  type OptionSpec,
  onlyArgument,
  type ParsedArguments,
  UsageError,
} from './arguments';
import type { Engine, ExperimentPaths } from './engine';
import { readExperiment, withDownloads } from './experimentFile';
import { finishedResult } from './finishedRun';
import { checkOutFolder } from './folders';
import { hubOptions } from './hubOptions';
import { openEngine } from './openEngine';
import { describeProgress, ProgressLine, phaseOf } from './progressLine';
import { describeResult, type RunResult, resultOf } from './result';
import { adapterName, predictionsName, RunFolder, resultName } from './runFolder';
import { lockedExit, lockPath, takeRunLock } from './runLock';
import { onStopSignal } from './stopSignals';

export const runSpec: CommandSpec = {
  name: 'run',
  usage: 'EXPERIMENT.json --out DIR [--backend wasm|cpu|webgpu|dawn] [--seed N] [--resume]',
  summary:
    'Runs an experiment by any method; AutoLoRA: search, threshold, retrain, evaluate, and LoRA beside it.',
  details:
    'EXPERIMENT.json has the fields of the page’s share link; what it leaves out takes its default, {} is the default\n' +
    'experiment. Paths in it are looked up from its own folder first, then from the working directory. Ctrl-C saves the\n' +
    'run; --resume goes on from the last save, to the same numbers.',
  options: {
    out: { type: 'string', value: 'DIR', help: 'Folder for telemetry, result, predictions and adapter.' },
    backend: backendOption,
    seed: { type: 'string', value: 'N', help: 'Instead of the seed in the file.' },
    resume: { type: 'boolean', help: 'Go on with the run in DIR; starts it where there is none.' },
    endpoint: hubOptions.endpoint as OptionSpec,
    cache: hubOptions.cache as OptionSpec,
    force: { type: 'boolean', help: 'Replace a run that is already in DIR.' },
    json: { type: 'boolean', help: 'Print result.json instead of a summary.' },
  },
};

/** Milliseconds between two snapshots, at least. */
const saveEveryMs = 20_000;

/** Of the time, so much at most goes into saves between two phases: those of full finetuning take many seconds. */
const saveShare = 1 / 20;

/** Whether a path is a folder or lies below it, through links too; both exist. */
function liesIn(path: string, folder: string): boolean {
  const [inner, outer] = [realpathSync(path), realpathSync(folder)];
  return inner === outer || inner.startsWith(`${outer}${sep}`);
}

/**
 * Plays to the end, saving now and then.
 * @returns false where Ctrl-C stopped it; it is saved then.
 * @throws Error where the run stopped by itself; what was saved before stands, since nothing after it can be trusted
 */
export async function play(
  engine: Pick<Engine, 'advance' | 'snapshot'>,
  folder: RunFolder,
  config: ExperimentConfig,
  backend: CommandBackend,
): Promise<boolean> {
  const line = new ProgressLine(describeProgress, phaseOf);
  let stopAsked = false;
  const unlisten = onStopSignal(() => {
    // A second Ctrl-C does not wait.
    if (stopAsked) process.exit(130);
    stopAsked = true;
    line.say('Saving the run; go on with --resume.');
  });
  /** Keeps the events and says their notes and notices. @returns whether the run is done */
  const take = (events: readonly TelemetryEvent[]) => {
    folder.append(events);
    for (const event of events) {
      if (event.type === 'start') for (const note of event.notes) line.say(note);
      if (event.type !== 'notice') continue;
      if (event.level === 'error') throw new Error(event.message);
      line.say(event.message);
    }
    return events.some(({ type }) => type === 'done');
  };
  const save = async () => {
    const { snapshot, events } = await engine.snapshot();
    const done = take(events);
    folder.saveSnapshot(snapshot, config, backend);
    return done;
  };
  let savedAt = Date.now();
  let saveDueMs = saveEveryMs;
  try {
    for (;;) {
      const { events, progress } = await engine.advance();
      const done = take(events);
      if (progress.failure) throw new Error(`The run stopped. ${progress.failure}`);
      line.show(progress);
      if (done) return true;
      const phaseEnded = events.some((event) => event.type === 'phase' && event.status !== 'begin');
      if (stopAsked || phaseEnded || Date.now() - savedAt >= saveDueMs) {
        const began = Date.now();
        if (await save()) return true;
        savedAt = Date.now();
        saveDueMs = Math.max(saveEveryMs, (savedAt - began) / saveShare);
      }
      if (stopAsked) return false;
    }
  } finally {
    line.clear();
    unlisten();
  }
}

/** @returns exit code */
export async function runExperiment(args: ParsedArguments): Promise<number> {
  const file = onlyArgument(args, 'experiment', 'file: run EXPERIMENT.json --out DIR');
  const out = args.text('out');
  if (!out) throw new UsageError('Where shall the results go? Give a folder: --out DIR.');
  checkOutFolder(out);
  const backend = backendOf(args);
  const { config, paths: local } = readExperiment(file, integerOf(args, 'seed', undefined, 0));
  const paths = await withDownloads(config, local, args);

  const lock = await takeRunLock(out);
  if ('heldBy' in lock) {
    process.stderr.write(
      `${out} is being trained by process ${lock.heldBy}; it is left to that one. If that process does not train it, delete ${lockPath(out)}.\n`,
    );
    return lockedExit;
  }
  try {
    return await runInto(out, { file, config, paths, backend }, args);
  } finally {
    lock.release();
  }
}

function printResult(result: RunResult, args: ParsedArguments): void {
  process.stdout.write(`${args.flag('json') ? JSON.stringify(result, null, 2) : describeResult(result)}\n`);
}

/** What is run, and where its files lie. */
interface GivenRun {
  file: string;
  config: ExperimentConfig;
  paths: ExperimentPaths;
  backend: CommandBackend;
}

/** Runs into a folder that no other process writes. @returns exit code */
async function runInto(
  out: string,
  { file, config, paths, backend }: GivenRun,
  args: ParsedArguments,
): Promise<number> {
  const folder = new RunFolder(out);
  folder.mend();
  const resume = args.flag('resume');
  const finished = resume && finishedResult(out, config);
  if (finished) {
    process.stderr.write(`The run in ${out} is finished already; its ${resultName} stands there.\n`);
    printResult(finished, args);
    return 0;
  }
  if (folder.holdsRun && !resume && !args.flag('force')) {
    throw new UsageError(
      `${out} already holds a run: go on with --resume, replace it with --force, or take another folder.`,
    );
  }
  const removed = folder.removedByBegin;
  if (!folder.holdsRun && removed.length > 0 && !args.flag('force')) {
    throw new UsageError(
      `${out} holds ${removed.join(', ')}, but no telemetry.jsonl of a run: take another folder, or replace them with --force.`,
    );
  }
  if (paths.adapter && removed.some((name) => liesIn(paths.adapter as string, join(out, name)))) {
    throw new UsageError(
      `The adapter to go on from, ${paths.adapter}, would be replaced by the run’s own: take another folder for --out.`,
    );
  }
  const saved = resume && folder.hasSnapshot ? folder.resume() : undefined;
  // Settings that came since it was saved take their defaults.
  if (saved && JSON.stringify(parseExperimentConfig(saved.config)) !== JSON.stringify(config)) {
    throw new UsageError(
      `${file} (with its seed) is not the experiment that ${out} holds: resume it with the same file and seed.`,
    );
  }
  if (saved && saved.backend !== backend) {
    throw new UsageError(
      `The run in ${out} is on ${saved.backend}, whose numbers differ: resume it with --backend ${saved.backend}.`,
    );
  }
  const engine = await openEngine(backend);
  try {
    await engine.load(config, paths, saved?.snapshot);
    if (!saved) folder.begin();
    if (!(await play(engine, folder, config, backend))) return 130;
    const { result, predictions } = resultOf(folder.readTelemetry(), engine);
    for (const [role, rows] of predictions) {
      folder.writePredictions(predictionsName(role, config.method), rows);
      folder.writeFiles(adapterName(role, config.method), await engine.exportAdapter(role));
    }
    folder.writeResult(result);
    folder.removeSnapshot();
    printResult(result, args);
    return 0;
  } finally {
    await engine.close();
  }
}
