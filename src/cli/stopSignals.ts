/** Being asked to stop: by Ctrl-C, by `kill`, by a terminal that closes. */

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Milliseconds. A signal to the whole group comes again from npm and from scripts/dependencies.mjs, which pass it on. */
const sameSignalMs = 1000;

const ignore = () => undefined;

/**
 * @param act is called for each signal, once for those that come together
 * @returns a function that stops listening
 */
export function onStopSignal(act: () => void): () => void {
  let last = Number.NEGATIVE_INFINITY;
  const listener = () => {
    if (Date.now() - last < sameSignalMs) return;
    last = Date.now();
    act();
  };
  for (const signal of signals) process.on(signal, listener);
  // What is said while the run is saved cannot be written to a terminal that has closed.
  process.stderr.on('error', ignore);
  return () => {
    for (const signal of signals) process.off(signal, listener);
    process.stderr.off('error', ignore);
  };
}
