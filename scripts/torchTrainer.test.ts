/** What is handed to PyTorch and taken back; the training itself needs a CUDA GPU. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../src/testing/temporaryFolder';
import { type TorchJob, trainWithTorch } from './torchTrainer';

const job: TorchJob = {
  family: 'gpt2',
  config: { n_embd: 8 },
  options: {
    cycles: [1],
    batchSize: 1,
    learningRate: 0.001,
    warmupFraction: 0,
    weightDecay: 0,
    clipNorm: 1,
    maskFraction: 0.15,
    plainSteps: 0,
    seed: 1,
  },
  rows: 'rows.bin',
  padId: 1,
  maskId: undefined,
  specialIds: [1],
  salientIds: [],
};
const hasPython = spawnSync('python3', ['--version']).status === 0;
if (!hasPython) console.log('Skipped: there is no python3 here to check scripts/pretrain_torch.py with.');
const hasTorch = spawnSync('python3', ['-c', 'import torch']).status === 0;
if (hasTorch) console.log('Skipped: PyTorch is here, so what is said where it is missing cannot be seen.');

describe('trainWithTorch', () => {
  it.skipIf(hasTorch)('says what to do where PyTorch is missing, and leaves the job to take along', () => {
    const folder = temporaryFolder('torch');
    expect(() => trainWithTorch(folder, job, Uint8Array.of(1, 2), undefined)).toThrow(
      /PyTorch did not train .*bring .*trained\.safetensors and .*log\.jsonl back/s,
    );
    expect(JSON.parse(readFileSync(join(folder, 'job.json'), 'utf8')).config).toEqual({ n_embd: 8 });
    expect(existsSync(join(folder, 'init.safetensors'))).toBe(true);
  });

  it('takes back what another machine trained, if it is the same job', () => {
    const folder = temporaryFolder('torch');
    writeFileSync(join(folder, 'job.json'), `${JSON.stringify(job)}\n`);
    writeFileSync(join(folder, 'trained.safetensors'), '');
    writeFileSync(join(folder, 'log.jsonl'), '{"step":1}\n{"step":2}\n');
    const { log, weights } = trainWithTorch(folder, job, Uint8Array.of(1), undefined);
    expect(log).toEqual([{ step: 1 }, { step: 2 }]);
    expect(weights).toBe(join(folder, 'trained.safetensors'));
  });
});

it.skipIf(!hasPython)('pretrain_torch.py compiles', () => {
  const { status, stderr } = spawnSync('python3', [
    '-c',
    'import ast; ast.parse(open("scripts/pretrain_torch.py").read())',
  ]);
  expect(String(stderr)).toBe('');
  expect(status).toBe(0);
});
