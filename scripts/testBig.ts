/**
 * `npm run test:big [-- roberta|gpt2] [--keep]`: checkpoints in the shapes of roberta-base and gpt2 with random weights are
 * written, loaded as a person's own, and take one bilevel step on WASM in Node; each in a process of its own, whose peak
 * memory must stay below 8 GB. By hand, since it takes minutes and a gigabyte of disk.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { taskByName } from '../src/tasks/registry';
import type { Example } from '../src/tasks/task';
import type { SearchEvent } from '../src/telemetry/events';
import { type BigFamily, writeBigCheckpoint } from './bigCheckpoint';

const LIMIT_BYTES = 8e9;
const families = ['roberta', 'gpt2'] as const;
const taskOf = { roberta: 'rte', gpt2: 'e2e' } as const;
const root = fileURLToPath(new URL('../.cache/big', import.meta.url));

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { keep: { type: 'boolean' }, child: { type: 'string' } },
});

/** Peak resident memory of this process, in bytes. */
const peakBytes = () => process.resourceUsage().maxRSS * 1024;
const gb = (bytes: number) => `${(bytes / 1e9).toFixed(2)} GB`;
const say = (text: string) => process.stdout.write(`${text}\n`);

const textsOf = (example: Example): string[] => {
  if ('text' in example) return [example.text, example.pair ?? ''];
  if ('words' in example) return [example.words.join(' ')];
  return [example.source, ...example.references];
};

/** In the child: load, one step, what it took. */
async function loadAndStep(family: BigFamily): Promise<void> {
  // Only here, so that the writer needs no tensors.
  const { startNodeEngine } = await import('../src/cli/nodeEngine');
  const { parseExperimentConfig } = await import('../src/config/experiment');
  const config = parseExperimentConfig({
    model: { source: 'files', name: family, maxLength: family === 'gpt2' ? 96 : 64 },
    data: { task: taskOf[family], trainSize: 16, devSize: 2 },
    search: { steps: 2, batchSize: 4 },
    retrain: { steps: 1 },
    reportEvery: 1,
  });
  const engine = await startNodeEngine('wasm');
  const begun = performance.now();
  await engine.load(config, { model: join(root, family), train: [], dev: [] });
  const loaded = performance.now();
  say(`${family}: loaded in ${((loaded - begun) / 1000).toFixed(1)} s, peak ${gb(peakBytes())}`);
  let losses: SearchEvent | undefined;
  while (!losses) {
    const { events } = await engine.advance();
    losses = events.find((event) => event.type === 'search');
  }
  const { trainLoss, validationLoss } = losses;
  const seconds = ((performance.now() - loaded) / 1000).toFixed(1);
  say(
    `${family}: a bilevel step in ${seconds} s, train loss ${trainLoss}, validation loss ${validationLoss}`,
  );
  if (!Number.isFinite(trainLoss)) process.exitCode = 1;
  await engine.close();
  say(`${family}: peak memory ${gb(peakBytes())} of ${gb(LIMIT_BYTES)} allowed`);
  if (peakBytes() > LIMIT_BYTES) process.exitCode = 1;
}

async function main(): Promise<void> {
  const chosen = positionals.length > 0 ? positionals : [...families];
  let failed = 0;
  for (const name of chosen) {
    const family = families.find((known) => known === name);
    if (!family) throw new Error(`There is no "${name}"; there are ${families.join(' and ')}.`);
    const folder = join(root, family);
    mkdirSync(folder, { recursive: true });
    const lines = (await taskByName(taskOf[family]).generate('train')).slice(0, 400).flatMap(textsOf);
    const { parameters, bytes } = writeBigCheckpoint(folder, family, lines);
    say(`${family}: ${(parameters / 1e6).toFixed(1)} M parameters, ${gb(bytes)} in ${folder}`);
    const { status } = spawnSync(
      process.execPath,
      ['--import', 'tsx', fileURLToPath(import.meta.url), '--child', family],
      { stdio: 'inherit' },
    );
    if (status !== 0) failed++;
    if (!values.keep) rmSync(folder, { recursive: true });
  }
  say(`${chosen.length - failed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

const child = families.find((known) => known === values.child);
try {
  await (child ? loadAndStep(child) : main());
} catch (error) {
  // The WASM backend would otherwise print its own source with it.
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
