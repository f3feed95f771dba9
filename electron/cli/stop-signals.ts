/**
 * Ctrl-C and its kin as one promise. The second signal ends the process at once: who presses Ctrl-C twice
 * does not want to wait for an orderly end.
 */

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const EXIT_BY_SIGNAL = 130;
/** A Ctrl-C reaches the whole process group, and npm passes it on once more: signals this close together are one. */
const SAME_PRESS_MS = 400;

/** Resolves at the first SIGINT, SIGTERM or SIGHUP. From then on a further one exits. */
export function stopSignal(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let firstAtMs: number | null = null;
  const onSignal = (): void => {
    if (firstAtMs === null) {
      firstAtMs = performance.now();
      resolve();
    } else if (performance.now() - firstAtMs > SAME_PRESS_MS) {
      process.exit(EXIT_BY_SIGNAL);
    }
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return promise;
}
