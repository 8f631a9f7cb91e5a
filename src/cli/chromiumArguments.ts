/** Switches of every Chromium that this project starts: WebGPU on, all that asks the network for something off. */
export const chromiumArguments: readonly string[] = [
  '--no-sandbox',
  '--enable-unsafe-webgpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
