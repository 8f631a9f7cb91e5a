/** `autolora evaluate`: a PEFT adapter on the dev set of an experiment, without training. */
import { readPeftAdapter } from '../adapters/peftRead';
import type { ExperimentConfig } from '../config/experiment';
import { methodOfAdapter, plainMethods } from '../config/methods';
import type { TelemetryEvent } from '../telemetry/events';
import {
  backendOf,
  backendOption,
  type CommandSpec,
  integerOf,
  type OptionSpec,
  onlyArgument,
  type ParsedArguments,
  UsageError,
} from './arguments';
import { readExperiment, withDownloads } from './experimentFile';
import { adapterPaths, readNamed } from './folders';
import { hubOptions } from './hubOptions';
import { openEngine } from './openEngine';
import { describeResult, resultOf } from './result';

export const evaluateSpec: CommandSpec = {
  name: 'evaluate',
  usage: 'EXPERIMENT.json --adapter DIR [--backend wasm|cpu|webgpu|dawn] [--seed N] [--json]',
  summary: 'Scores a PEFT adapter (LoRA, rsLoRA, DoRA, AdaLoRA) on the experiment’s dev set.',
  details:
    'Model, task and data are the experiment’s; DIR holds adapter_config.json and adapter_model.safetensors. To train it on,\n' +
    `run an experiment with "adapter": {"from": "DIR"} and the method ${plainMethods.join(', ')} or dora.`,
  options: {
    adapter: { type: 'string', value: 'DIR', help: 'Folder of the adapter.' },
    backend: backendOption,
    seed: { type: 'string', value: 'N', help: 'Instead of the seed in the file.' },
    endpoint: hubOptions.endpoint as OptionSpec,
    cache: hubOptions.cache as OptionSpec,
    json: { type: 'boolean', help: 'Print the result as JSON, with predictions.' },
  },
};

/** The experiment with nothing but the adapter in it to score. */
function scoringOf(config: ExperimentConfig, folder: string): ExperimentConfig {
  const { variant } = readPeftAdapter(adapterPaths(folder).map(({ path, name }) => readNamed(path, name)));
  return {
    ...config,
    method: methodOfAdapter(variant),
    adapter: { ...config.adapter, from: folder },
    retrain: { ...config.retrain, steps: 0, init: 'fresh' },
  };
}

/** @returns exit code */
export async function runEvaluate(args: ParsedArguments): Promise<number> {
  const file = onlyArgument(args, 'experiment', 'file: evaluate EXPERIMENT.json --adapter DIR');
  const folder = args.text('adapter');
  if (!folder) throw new UsageError('Which adapter? Give its folder: --adapter DIR.');
  const { config, paths: local } = readExperiment(file, integerOf(args, 'seed', undefined, 0));
  const scoring = scoringOf(config, folder);
  const paths = { ...(await withDownloads(config, local, args)), adapter: folder };
  const engine = await openEngine(backendOf(args));
  try {
    await engine.load(scoring, paths);
    const events: TelemetryEvent[] = [];
    while (!events.some(({ type }) => type === 'done')) {
      const { events: fresh } = await engine.advance();
      events.push(...fresh);
      const failure = fresh.find((event) => event.type === 'notice' && event.level === 'error');
      if (failure?.type === 'notice') throw new Error(failure.message);
    }
    const { result, predictions } = resultOf(events, engine);
    const whole = { ...result, predictions: predictions.get(scoring.method) };
    process.stdout.write(`${args.flag('json') ? JSON.stringify(whole, null, 2) : describeResult(result)}\n`);
    return 0;
  } finally {
    await engine.close();
  }
}
