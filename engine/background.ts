/**
 * `daemonize`: Node can not fork, so the engine starts itself anew in the background, with the log as its output, and
 * waits until that one is ready. So a start that fails is seen in the terminal, with its messages and its exit code.
 */
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import { EngineError } from './errors.ts';
import { errorCode } from './master/engine-log.ts';
import { ownProgram } from './own-program.ts';

const VARIABLE = 'REEVE_IN_BACKGROUND';
const LOG_MODE = 0o640;

export interface Background {
  /** This is the engine in the background. */
  isHere: boolean;
  /** The environment for everything else. */
  env: NodeJS.ProcessEnv;
  /** Tells the one that waits in the foreground. */
  ready: () => void;
}

export function backgroundOf(env: NodeJS.ProcessEnv): Background {
  const { [VARIABLE]: wish, ...rest } = env;
  const isHere = wish === '1' && process.send !== undefined;
  return { isHere, env: rest, ready: () => (isHere ? tellForeground() : undefined) };
}

/** Starts the engine in the background; gives the exit code once it is ready or has failed. Throws EngineError. */
export async function goIntoBackground(
  argv: readonly string[],
  logPath: string,
  io: { env: NodeJS.ProcessEnv; cwd: string; stderr: { fd?: number } },
): Promise<number> {
  const [program, ...words] = ownProgram(argv) ?? [];
  if (program === undefined) {
    throw new EngineError('not-in-background', 'Here the engine can not go into the background.');
  }
  const log = openLog(logPath);
  const from = statSync(logPath).size;
  try {
    const child = spawn(program, [...words, ...argv], {
      cwd: io.cwd,
      env: { ...io.env, [VARIABLE]: '1' },
      detached: true,
      stdio: ['ignore', log, log, 'ipc'],
    });
    const exitCode = await new Promise<number>((done) => {
      child.on('message', () => done(0));
      child.on('error', () => done(1));
      child.on('exit', (code) => done(code ?? 1));
    });
    if (exitCode !== 0) writeSync(io.stderr.fd ?? 2, readFileSync(logPath).subarray(from));
    if (child.connected) child.disconnect();
    child.unref();
    return exitCode;
  } finally {
    closeSync(log);
  }
}

function tellForeground(): void {
  process.send?.('ready', () => {
    // The one in the foreground may have been ended meanwhile: there is nobody to tell then.
    if (process.connected) process.disconnect();
  });
}

function openLog(path: string): number {
  try {
    return openSync(path, 'a', LOG_MODE);
  } catch (error) {
    throw new EngineError('log-not-opened', `The log file ${path} can not be opened (${errorCode(error)}).`, null, {
      cause: error,
    });
  }
}
