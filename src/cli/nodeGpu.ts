/**
 * WebGPU in Node by Dawn, Chromium's own implementation, from the npm package `webgpu`: a GPU without a browser. It is not
 * among the dependencies, since most people never need its 90 MB.
 */

/** The address of the package, which type checks and bundles must not look for. */
const dawnPackage = 'webgpu';

interface Dawn {
  create(options: string[]): GPU;
  globals: Record<string, unknown>;
}

let isOpen = false;
/** Whether the process must be ended by hand: Dawn keeps it alive. */
export const nodeGpuIsOpen = (): boolean => isOpen;

/** Opens the GPU of this machine; the process then ends only by `process.exit`. @throws Error where the package is missing. */
export async function openNodeGpu(): Promise<GPU> {
  let dawn: Dawn;
  try {
    dawn = await import(dawnPackage);
  } catch (error) {
    throw new Error(
      'Dawn could not be loaded: install it with `npm install --no-save --ignore-scripts webgpu@0.4.0` ' +
        `(${error instanceof Error ? error.message.split('\n')[0] : error}).`,
    );
  }
  isOpen = true;
  Object.assign(globalThis, dawn.globals);
  const gpu = dawn.create([]);
  // tfjs asks for it there; Node 20 has no `navigator`, later ones one without a `gpu`.
  const known = (globalThis as { navigator?: object }).navigator;
  if (known) Object.defineProperty(known, 'gpu', { value: gpu, configurable: true });
  else Object.defineProperty(globalThis, 'navigator', { value: { gpu }, configurable: true });
  return gpu;
}
