/**
 * Figures in sentences, one way for all of the console.
 */

/** `0.4 s`, `22 s`. */
export function seconds(ms: number): string {
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`;
}

/** `1 worker is`, `3 workers are`. */
export function count(n: number, one: string, many: string): string {
  return `${n} ${n === 1 ? one : many}`;
}

/** `34 ms`, `3.4 s`. */
export function shortTime(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : seconds(ms);
}

/** `40 s`, `14 min`, `3 h`: about so long. */
export function span(ms: number): string {
  if (ms < 90_000) return `${Math.max(1, Math.round(ms / 1000))} s`;
  return ms < 90 * 60_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`;
}

/** `512 MiB`, `2.3 GiB`. */
export function bytes(amount: number): string {
  const mib = amount / 1024 / 1024;
  return mib < 1024 ? `${Math.round(mib)} MiB` : `${(mib / 1024).toFixed(1)} GiB`;
}

/** `02:41`, in the time of this machine. */
export function clock(atMs: number): string {
  return new Date(atMs).toTimeString().slice(0, 5);
}
