/** Hands a file to the browser's downloads. @param content whole, or its parts in order */
export function download(
  name: string,
  content: Uint8Array<ArrayBuffer> | string | readonly Uint8Array<ArrayBuffer>[],
  type: string,
): void {
  const parts = typeof content === 'string' || content instanceof Uint8Array ? [content] : content;
  const address = URL.createObjectURL(new Blob([...parts], { type }));
  const anchor = document.createElement('a');
  anchor.href = address;
  anchor.download = name;
  anchor.click();
  // The browser has taken the bytes by the time this runs.
  setTimeout(() => URL.revokeObjectURL(address), 30_000);
}
