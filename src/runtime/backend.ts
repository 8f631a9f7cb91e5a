/** Chooses the device: WebGPU → WASM (SIMD, threads where cross-origin isolated) → CPU, each held to a self-check. */
import * as tf from '@tensorflow/tfjs';
import { getThreadsCount, setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { type DeviceLimits, wasmLimits, webGpuLimits } from '../model/deviceLimits';
import { type BufferManager, boundBufferPool } from './bufferPool';
import { type BackendName, type BackendReport, backendNames, sentenceOf } from './protocol';
import { measureSelfCheck, SELF_CHECK_TOLERANCE, worstDisagreement } from './selfCheck';

/** Addresses of the WASM binaries by file name; Node finds them beside the package by itself. */
export type WasmPaths = Exclude<Parameters<typeof setWasmPaths>[0], string>;

export interface BackendOptions {
  wasmPaths?: WasmPaths;
  /** Measures the loss and gradients that are compared; tests replace it. */
  measure?: typeof measureSelfCheck;
  /** Makes WebGPU in Node, which has none of its own (`cli/nodeGpu.ts`). */
  openGpu?: () => Promise<GPU>;
}

interface Started {
  description: string;
  software: boolean;
  threads: number;
}

const inNode = () => tf.env().getBool('IS_NODE');

/** Those that are tried, in their order. */
function candidates(prefer: BackendName | 'auto'): BackendName[] {
  return prefer === 'auto' ? [...backendNames] : backendNames.slice(backendNames.indexOf(prefer));
}

/** Limits that tfjs asks of a device: without asking, it gets the least that WebGPU promises. */
const wantedLimits = [
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxStorageBufferBindingSize',
  'maxBufferSize',
  'maxComputeWorkgroupSizeX',
  'maxComputeInvocationsPerWorkgroup',
] as const;

/** Where `navigator.gpu` was missing when tfjs was imported, it has registered no backend of its own. */
function registerWebGpu(adapter: GPUAdapter): void {
  if (tf.findBackendFactory('webgpu')) return;
  tf.registerBackend('webgpu', async () => {
    const requiredLimits = Object.fromEntries(wantedLimits.map((name) => [name, adapter.limits[name]]));
    return new WebGPUBackend(await adapter.requestDevice({ requiredLimits }), adapter.info);
  });
}

async function startWebGpu(
  prefer: BackendName | 'auto',
  openGpu: BackendOptions['openGpu'],
): Promise<Started> {
  if (inNode() && !openGpu) throw new Error('Node has no WebGPU; headless Chromium does.');
  const gpu = openGpu ? await openGpu() : navigator.gpu;
  if (!gpu) throw new Error('This browser has no WebGPU, or the page is not served securely.');
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) throw new Error(`${openGpu ? 'Vulkan' : 'The browser'} offers no GPU adapter.`);
  registerWebGpu(adapter);
  const { vendor, architecture, description, isFallbackAdapter } = adapter.info;
  const name = description || [vendor, architecture].filter(Boolean).join(' ') || 'unnamed adapter';
  const software = isFallbackAdapter || /swiftshader|llvmpipe|lavapipe|software/i.test(name);
  // A software renderer computes right but slower than WASM, so it runs only for those who ask for it.
  if (software && prefer === 'auto') throw new Error(`Its adapter (${name}) is a software renderer.`);
  if (!(await tf.setBackend('webgpu'))) throw new Error('TensorFlow.js could not open the GPU device.');
  const { bufferManager } = tf.backend() as unknown as { bufferManager: BufferManager };
  boundBufferPool(bufferManager);
  return { description: name, software, threads: 0 };
}

/** What of tfjs's WASM backend the guard needs. */
export interface WasmModule {
  wasm: { _malloc(bytes: number): number; _free(address: number): void };
}

/**
 * Full memory makes tfjs's `_malloc` return 0, which it takes for an address: other tensors would be overwritten in
 * silence.
 */
export function refuseFullMemory({ wasm }: WasmModule): void {
  // Emscripten puts the real function in place at the first call.
  wasm._free(wasm._malloc(1));
  const malloc = wasm._malloc.bind(wasm);
  wasm._malloc = (bytes) => {
    const address = malloc(bytes);
    if (address === 0 && bytes > 0)
      throw new Error(
        `WASM has no room for ${bytes.toLocaleString('en')} more bytes (it holds 4 GiB in all): take a smaller model, batch, ` +
          'length or number of beams.',
      );
    return address;
  };
}

async function startWasm(paths: WasmPaths | undefined): Promise<Started> {
  if (paths) setWasmPaths(paths);
  if (!inNode()) setThreadsCount(Math.max(1, Math.min(8, navigator.hardwareConcurrency ?? 1)));
  if (!(await tf.setBackend('wasm'))) throw new Error('Its binary could not be loaded.');
  refuseFullMemory(tf.backend() as unknown as WasmModule);
  const simd = (await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT')) === true;
  const threaded = (await tf.env().getAsync('WASM_HAS_MULTITHREAD_SUPPORT')) === true;
  const threads = simd && threaded ? getThreadsCount() : 1;
  const description = `WASM${simd ? ' SIMD' : ''}, ${threads} thread${threads === 1 ? '' : 's'}`;
  return { description, software: false, threads };
}

async function startCpu(): Promise<Started> {
  await tf.setBackend('cpu');
  return { description: 'plain JavaScript', software: false, threads: 1 };
}

/**
 * Makes the best backend from `prefer` on current and holds it to the self-check; a backend that cannot start or
 * disagrees with the CPU is refused with a sentence and the next one is tried. The CPU is the reference itself.
 */
export async function startBackend(
  prefer: BackendName | 'auto',
  { wasmPaths, measure = measureSelfCheck, openGpu }: BackendOptions = {},
): Promise<BackendReport> {
  // Silences the advice to use tfjs-node, which this engine's kernels do not run on.
  tf.enableProdMode();
  const rejected: BackendReport['rejected'] = [];
  for (const name of candidates(prefer)) {
    try {
      if (name === 'cpu') {
        return { name, ...(await startCpu()), rejected, selfCheckError: 0 };
      }
      const started = name === 'webgpu' ? await startWebGpu(prefer, openGpu) : await startWasm(wasmPaths);
      await tf.ready();
      const measured = await measure();
      await tf.setBackend('cpu');
      const reference = await measure();
      await tf.setBackend(name);
      const { error, where } = worstDisagreement(measured, reference);
      if (error <= SELF_CHECK_TOLERANCE) return { name, ...started, rejected, selfCheckError: error };
      rejected.push({
        name,
        reason: `It computes wrong numbers here (${where} is off by ${error.toExponential(1)} of its size).`,
      });
    } catch (error) {
      rejected.push({ name, reason: sentenceOf(error) });
    }
    if (tf.findBackendFactory(name)) tf.removeBackend(name);
  }
  throw new Error('No backend could be started.');
}

/** What the current backend can hold. */
export function deviceLimits(): DeviceLimits {
  const { device } = tf.backend() as unknown as { device?: GPUDevice };
  if (device) return webGpuLimits(device.limits);
  return tf.getBackend() === 'wasm' ? wasmLimits : { device: 'this backend' };
}

/** What can go wrong with a GPU device after it was started; each with a sentence that says what happened. */
export interface DeviceListener {
  /** The device is gone; not called when it is closed on purpose. */
  lost(message: string): void;
  /** The device refused work: what it should have computed is missing, and every number after it is wrong. */
  refused(message: string): void;
}

/** Resolves once the device has done all that it was given, and has said what of it it refused. */
export async function deviceIdle(): Promise<void> {
  const { device } = tf.backend() as unknown as { device?: GPUDevice };
  await device?.queue.onSubmittedWorkDone();
}

/** Watches the GPU device of the current backend, if it has one. */
export function watchDevice(listener: DeviceListener): void {
  const { device } = tf.backend() as unknown as { device?: GPUDevice };
  device?.addEventListener('uncapturederror', ({ error }) => {
    const reason = error.message.trim().split('\n')[0];
    listener.refused(`The GPU refused a computation, so its numbers cannot be trusted: ${reason}`);
  });
  device?.lost.then(({ reason, message }) => {
    if (reason === 'destroyed') return;
    const why = message ? ` (${message.trim()})` : '';
    listener.lost(`The GPU device was lost${why}.`);
  });
}
