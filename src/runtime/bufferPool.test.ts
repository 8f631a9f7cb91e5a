/** The bound of the pool of GPU buffers, on tfjs's own manager with buffers that only count. */
import '@tensorflow/tfjs';
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { describe, expect, it } from 'vitest';
import { type BufferManager, boundBufferPool } from './bufferPool';

/** tfjs's BufferManager, which it does not export, as its backend makes it. */
function managerOf(destroyed: number[]): BufferManager {
  const device = {
    features: new Set(),
    createBuffer: ({ size, usage }: { size: number; usage: number }) => ({
      size,
      usage,
      destroy: () => destroyed.push(size),
    }),
  };
  const known = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
  Object.defineProperty(globalThis, 'navigator', { value: { gpu: {} }, configurable: true });
  try {
    return new WebGPUBackend(device as never, undefined as never).bufferManager as never;
  } finally {
    if (known) Object.defineProperty(globalThis, 'navigator', known);
    else Reflect.deleteProperty(globalThis, 'navigator');
  }
}

describe('boundBufferPool', () => {
  it('lets go of the sizes that were not asked for longest, and counts right', () => {
    const destroyed: number[] = [];
    const manager = managerOf(destroyed);
    boundBufferPool(manager, 1000);
    const use = (...sizes: number[]) => {
      const buffers = sizes.map((size) => manager.acquireBuffer(size, 1) as { size: number; usage: number });
      for (const buffer of buffers) manager.releaseBuffer(buffer);
    };
    use(400);
    use(300, 300);
    use(400);
    expect(destroyed).toEqual([]);
    expect(manager.numBytesAllocated).toBe(1000);
    // 1,100 bytes idle: both of 300 go, then 400 is the oldest left, and 500 would still be kept.
    use(100);
    expect(destroyed).toEqual([300, 300]);
    expect(manager.numBytesAllocated).toBe(500);
    expect(manager.numFreeBuffers).toBe(2);
    use(400, 100);
    expect(manager.numBytesAllocated).toBe(500);
    expect(manager.numBytesUsed).toBe(0);
  });

  it('keeps what is in use', () => {
    const destroyed: number[] = [];
    const manager = managerOf(destroyed);
    boundBufferPool(manager, 100);
    const held = manager.acquireBuffer(5000, 1) as { size: number; usage: number };
    expect(destroyed).toEqual([]);
    manager.releaseBuffer(held);
    expect(destroyed).toEqual([5000]);
    expect(manager.numBytesAllocated).toBe(0);
  });
});
