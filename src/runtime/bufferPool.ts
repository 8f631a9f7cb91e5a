/**
 * Bounds what tfjs's WebGPU backend keeps for reuse. It pools freed buffers by their exact size and never lets one go, so
 * batches of many lengths filled 80 GB of an H100 in less than a minute of pretraining.
 */

/** What of tfjs 4.22's BufferManager the bound needs. */
export interface BufferManager {
  /** Unused buffers by size and usage. */
  freeBuffers: Map<string, { size: number; destroy(): void }[]>;
  numFreeBuffers: number;
  numBytesAllocated: number;
  numBytesUsed: number;
  acquireBuffer(size: number, usage: number, ...more: boolean[]): unknown;
  releaseBuffer(buffer: { size: number; usage: number }, reuse?: boolean): void;
}

/** Bytes of unused buffers that are kept. */
const UNUSED_BYTES_KEPT = 512 * 2 ** 20;

/**
 * Destroys unused buffers, those of the size not asked for longest first, whenever more than `limit` bytes lie idle, until
 * half of it does. A buffer becomes unused only after the commands that read it were submitted, so this is safe.
 */
export function boundBufferPool(manager: BufferManager, limit = UNUSED_BYTES_KEPT): void {
  const { freeBuffers } = manager;
  const acquire = manager.acquireBuffer.bind(manager);
  const release = manager.releaseBuffer.bind(manager);
  const idle = () => manager.numBytesAllocated - manager.numBytesUsed;
  manager.acquireBuffer = (size, usage, ...more) => {
    // A Map keeps the order of insertion: what was asked for last stands last.
    const key = `${size}_${usage}`;
    const known = freeBuffers.get(key);
    if (known) {
      freeBuffers.delete(key);
      freeBuffers.set(key, known);
    }
    return acquire(size, usage, ...more);
  };
  manager.releaseBuffer = (buffer, reuse) => {
    release(buffer, reuse);
    if (idle() <= limit) return;
    for (const unused of freeBuffers.values()) {
      for (let one = unused.pop(); one; one = unused.pop()) {
        one.destroy();
        manager.numFreeBuffers -= 1;
        manager.numBytesAllocated -= one.size;
        if (idle() <= limit / 2) return;
      }
    }
  };
}
