/**
 * `npm run pretrain -- --trainer torch`: hands the training loop to `pretrain_torch.py`, for machines with a CUDA GPU and
 * PyTorch, where a step takes milliseconds. Text, tokenizer, initial weights, perplexity and checkpoint stay this project's.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PretrainingOptions } from '../src/experiment/pretraining';

export interface TorchJob {
  family: 'roberta' | 'gpt2';
  /** `config.json` of the model. */
  config: Record<string, unknown>;
  options: PretrainingOptions;
  /** Path of the encoded rows. */
  rows: string;
  padId: number;
  maskId: number | undefined;
  /** Tokens that are never predicted. */
  specialIds: number[];
  /** Tokens that are always predicted in the last cycle. */
  salientIds: number[];
}

export interface TorchOutcome {
  /** Path of the trained weights, float32, under the names of the initial ones. */
  weights: string;
  /** Lines of the log: step, trainLoss, learningRate, stage, lines, seconds. */
  log: Record<string, number | string>[];
}

/**
 * Trains in `folder`, unless the same job was trained there already (on another machine, say).
 * @param seconds the schedule runs over this time instead of the job's steps
 * @throws Error where python3 or PyTorch is missing, with what to do
 */
export function trainWithTorch(
  folder: string,
  job: TorchJob,
  initial: Uint8Array,
  seconds: number | undefined,
): TorchOutcome {
  mkdirSync(folder, { recursive: true });
  const path = (name: string) => join(folder, name);
  const text = `${JSON.stringify(job)}\n`;
  const isSame = existsSync(path('job.json')) && readFileSync(path('job.json'), 'utf8') === text;
  if (!(isSame && existsSync(path('trained.safetensors')))) {
    writeFileSync(path('job.json'), text);
    writeFileSync(path('init.safetensors'), initial);
    const limit = seconds === undefined ? [] : ['--seconds', String(seconds)];
    const { status, error } = spawnSync('python3', ['scripts/pretrain_torch.py', folder, ...limit], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    if (error || status !== 0)
      throw new Error(
        `PyTorch did not train (${error?.message ?? `python3 ended with ${status}`}). On a machine with a CUDA GPU, torch, ` +
          `transformers and safetensors, run \`python3 scripts/pretrain_torch.py ${folder}\` in a copy of this folder, ` +
          `bring ${path('trained.safetensors')} and ${path('log.jsonl')} back and give the same command again.`,
      );
  }
  const log = readFileSync(path('log.jsonl'), 'utf8').trim().split('\n');
  return { weights: path('trained.safetensors'), log: log.map((line) => JSON.parse(line)) };
}
