/** The golden folders that this repository carries, computed by the shipped worker on WebGPU. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { filesBelow, HarnessPage, type SentFile } from './fixtures/harnessPage';

const golden = fileURLToPath(new URL('../src/testing/golden', import.meta.url));
/** For a machine with a GPU. */
const everything = process.env.AUTOLORA_GOLDEN === 'all';
/**
 * Whole searches, 56 training steps of AdaLoRA and 68 generations take a software renderer longer than all the others together;
 * two adapters ask nothing of the device that the others do not. They hold on WASM and the CPU in the unit tests;
 * AUTOLORA_GOLDEN=all runs them here too.
 */
const leftOut = everything
  ? []
  : ['adalora', 'autolora-gpt2', 'gpt2-generate', 'peft-adapter-adalora-gpt2', 'peft-adapter-rslora-roberta'];
/**
 * Trajectories take the steps that are compared one by one before, for three minutes on a software renderer: the finite difference
 * that searches take is enough there, after one step of the exact hypergradient that its description speaks of.
 */
const trajectorySteps: Record<string, number> = { 'exact_eta0.1': 1, 'darts_original_eta0.1': 3 };

function filesOf(name: string): SentFile[] {
  const files = filesBelow(join(golden, name));
  return everything ? files : files.map((file) => (file.name === 'golden.json' ? lighter(file) : file));
}

function lighter({ name, base64 }: SentFile): SentFile {
  const content = JSON.parse(Buffer.from(base64, 'base64').toString());
  if (content.trajectories)
    content.trajectories = Object.fromEntries(
      Object.entries(trajectorySteps).map(([key, count]) => {
        const trajectory = content.trajectories[key];
        return [key, { ...trajectory, steps: trajectory.steps.slice(0, count) }];
      }),
    );
  return { name, base64: Buffer.from(JSON.stringify(content)).toString('base64') };
}

const folders = readdirSync(golden).filter((name) => existsSync(join(golden, name, 'golden.json')));

test.describe('on WebGPU', () => {
  // A software renderer compiles some hundred shaders on two cores.
  test.setTimeout(900_000);

  test('every golden folder holds', async ({ page }) => {
    expect(folders.length).toBeGreaterThan(4);
    const harness = new HarnessPage(page);
    await harness.open('webgpu');
    for (const name of folders) {
      if (leftOut.includes(name)) {
        console.log(`${name}: left out on a software renderer (AUTOLORA_GOLDEN=all runs it).`);
        continue;
      }
      await test.step(name, async () => {
        const { checks, skipped, backend } = await harness.verify(name, filesOf(name));
        expect(skipped).toBeUndefined();
        expect(backend).toBe('webgpu');
        expect(checks.length).toBeGreaterThan(0);
        expect(checks.filter(({ passed }) => !passed)).toEqual([]);
      });
    }
  });
});
