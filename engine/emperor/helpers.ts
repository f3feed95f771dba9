/**
 * Short commands around vassals: hooks, configurations that are run, the search for a socket. Each ends within a limit.
 */
import { spawn } from 'node:child_process';
import { errorCode } from '../master/engine-log.ts';

export interface HelperPlace {
  env: NodeJS.ProcessEnv;
  cwd: string;
  uid?: number;
  gid?: number;
}

export type HelperResult = { ok: true; output: string } | { ok: false; reason: string };

const LIMIT_MS = 30_000;
const MAX_OUTPUT_BYTES = 1024 * 1024;

/** Runs a command and gives what it prints. `outputFds`: where it prints instead. */
export async function runHelper(
  [program = '', ...args]: readonly string[],
  { env, cwd, uid, gid }: HelperPlace,
  outputFds?: [out: number, error: number],
): Promise<HelperResult> {
  return new Promise((done) => {
    const fail = (error: unknown): void => done({ ok: false, reason: errorCode(error) });
    try {
      const child = spawn(program, args, {
        cwd,
        env,
        stdio: ['ignore', outputFds?.[0] ?? 'pipe', outputFds?.[1] ?? 'inherit'],
        timeout: LIMIT_MS,
        killSignal: 'SIGKILL',
        ...(uid === undefined ? {} : { uid }),
        ...(gid === undefined ? {} : { gid }),
      });
      const chunks: Buffer[] = [];
      let bytes = 0;
      child.stdout?.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes <= MAX_OUTPUT_BYTES) chunks.push(chunk);
        else child.kill('SIGKILL');
      });
      child.on('error', fail);
      child.on('close', (code, signal) => {
        if (code === 0) done({ ok: true, output: Buffer.concat(chunks).toString('utf8') });
        else if (bytes > MAX_OUTPUT_BYTES) done({ ok: false, reason: 'it prints too much' });
        else done({ ok: false, reason: signal === null ? `it ended with code ${code}` : `it was ended by ${signal}` });
      });
    } catch (error) {
      fail(error);
    }
  });
}
