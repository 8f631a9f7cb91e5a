/** Hands a file to the browser's downloads. @param content whole, or its parts in order */
export function download(
  name: string,
  content: Uint8Array<ArrayBuffer> | string | readonly Uint8Array<ArrayBuffer>[],
  type: string,
): void {
  const parts = typeof content === 'string' || content instanceof Uint8Array ? [content] : content;
  downloadBlob(name, new Blob([...parts], { type }));
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
