/**
 * The worker without the page, for the command line's `--backend webgpu` and for browser tests: `window.autolora`
 * is a client whose files are given as addresses, so that large checkpoints need not pass through the debugger.
 */
import type { TelemetryEvent } from '../telemetry/events';
import { createRunClient, type RunClient } from './client';
import type { NamedFile, Progress } from './protocol';

/** What the driver of this page finds on `window.autolora`. */
export interface Harness {
  client: RunClient;
  /** Fetches the files of a folder that the server shares under `base`; names stay relative to it. */
  fetchFiles(base: string, names: string[]): Promise<NamedFile[]>;
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
  progress: undefined,
  lost: undefined,
  fetchFiles: (base, names) =>
    Promise.all(
      names.map(async (name) => {
        const response = await fetch(`${base}/${name.split('/').map(encodeURIComponent).join('/')}`);
        if (!response.ok) throw new Error(`The server did not give ${name} (${response.status}).`);
        return { name, bytes: await response.arrayBuffer() };
      }),
    ),
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
