/** Runs wrk and reads its figures, which a script of ours prints as one line of JSON. */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface WrkResult {
  requestsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
  requests: number;
  /** Connections that broke, timeouts and answers other than 2xx and 3xx. */
  errors: number;
}

const SCRIPT = `done = function(summary, latency)
  local e = summary.errors
  io.write(string.format('\\nJSON [%d,%d,%d,%d,%d]\\n', summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), e.connect + e.read + e.write + e.status + e.timeout))
end
`;

export async function runWrk(url: string, connections: number, seconds: number, folder: string): Promise<WrkResult> {
  const script = join(folder, 'figures.lua');
  await writeFile(script, SCRIPT);
  const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '-s', script, url];
  const { stdout } = await promisify(execFile)('wrk', args);
  return readWrk(stdout);
}

/** Reads the line that the script prints; times there are microseconds. Throws when it is not there. */
export function readWrk(output: string): WrkResult {
  const figures = /^JSON \[(\d+),(\d+),(\d+),(\d+),(\d+)\]$/m.exec(output)?.slice(1).map(Number);
  if (figures === undefined) throw new Error(`wrk gave no figures:\n${output}`);
  const [requests = 0, durationMicros = 0, p50Micros = 0, p99Micros = 0, errors = 0] = figures;
  return {
    requests,
    errors,
    requestsPerSecond: requests / (durationMicros / 1e6),
    p50Ms: p50Micros / 1000,
    p99Ms: p99Micros / 1000,
  };
}
