/** Hands a file to the browser's downloads. */
export function download(name: string, content: Uint8Array<ArrayBuffer> | string, type: string): void {
  downloadBlob(name, new Blob([content], { type }));
}

export function downloadBlob(name: string, blob: Blob): void {
  const address = URL.createObjectURL(blob);
  const anchor = document.createElement('a');
  anchor.href = address;
  anchor.download = name;
  anchor.click();
  // The browser has taken the bytes by the time this runs.
  setTimeout(() => URL.revokeObjectURL(address), 30_000);
}
