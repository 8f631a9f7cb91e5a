/**
 * The worker without the page, for the command line's `--backend webgpu` and for browser tests: `window.autolora`
 * is a client whose files are given as addresses, so that large checkpoints need not pass through the debugger.
 */
import { originStorage } from '../hub/originStorage';
import type { HubStorage } from '../hub/storage';
import type { TelemetryEvent } from '../telemetry/events';
import { createRunClient, type RunClient } from './client';
import { createHubClient, type HubClient } from './hubClient';
import type { FileBlob, NamedFile, Progress } from './protocol';

/** What the driver of this page finds on `window.autolora`. */
export interface Harness {
  client: RunClient;
  hub: HubClient;
  /** The page's own view of where downloads are kept. */
  hubStorage: HubStorage;
  /** Fetches files that the server shares, under the names they shall have. */
  fetchFiles(files: { name: string; address: string }[]): Promise<NamedFile[]>;
  /** The same as blobs, which the worker reads where it needs them. */
  fetchBlobs(files: { name: string; address: string }[]): Promise<FileBlob[]>;
  /** Gives bytes to the server, which keeps them under that name. */
  send(name: string, bytes: Uint8Array): Promise<void>;
  /** Takes the telemetry that came since the last call. */
  takeTelemetry(): TelemetryEvent[];
  /** Last progress that the worker sent. */
  progress: Progress | undefined;
  /** Set once the device is lost. */
  lost: string | undefined;
}

declare global {
  interface Window {
    autolora: Harness;
  }
}

const client = createRunClient();
let pending: TelemetryEvent[] = [];
const harness: Harness = {
  client,
  hub: createHubClient(),
  hubStorage: originStorage(),
  progress: undefined,
  lost: undefined,
  fetchFiles: async (files) => {
    const blobs = await harness.fetchBlobs(files);
    return Promise.all(blobs.map(async ({ name, blob }) => ({ name, bytes: await blob.arrayBuffer() })));
  },
  fetchBlobs: (files) =>
    Promise.all(
      files.map(async ({ name, address }) => {
        const response = await fetch(address);
        if (!response.ok) throw new Error(`The server did not give ${name} (${response.status}).`);
        return { name, blob: await response.blob() };
      }),
    ),
  send: async (name, bytes) => {
    await fetch(`/sent/${encodeURIComponent(name)}`, { method: 'POST', body: bytes as BodyInit });
  },
  takeTelemetry: () => {
    const taken = pending;
    pending = [];
    return taken;
  },
};
client.onTelemetry((events) => pending.push(...events));
client.onProgress((progress) => {
  harness.progress = progress;
});
client.onDeviceLost((message) => {
  harness.lost = message;
});
window.autolora = harness;
