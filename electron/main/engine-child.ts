/**
 * The bundled engine in an Electron utility process: a Node of Electron's own, so that the packaged app needs no other
 * and the RunAsNode fuse can stay off. Signals go as messages (Windows has none); engine-process.ts takes them.
 */
import { isErrorCode } from '../core/errors.ts';
import type { EngineChild, EngineExit, EngineSignal, EngineSpawn } from '../core/ports.ts';
import type { ElectronPort, UtilityLike } from './electron-port.ts';

export function createUtilityEngineSpawner(
  utilityProcess: ElectronPort['utilityProcess'],
  modulePath: string,
): (what: EngineSpawn) => EngineChild {
  return ({ args, cwd, env }) =>
    new UtilityEngineChild(
      utilityProcess.fork(modulePath, args, { cwd, env, stdio: 'pipe', serviceName: 'Reeve engine' }),
    );
}

class UtilityEngineChild implements EngineChild {
  onOutput: ((chunk: Uint8Array) => void) | null = null;
  onExit: ((exit: EngineExit) => void) | null = null;
  readonly #process: UtilityLike;
  #lastSignal: EngineSignal | null = null;
  #isRunning = true;

  constructor(utility: UtilityLike) {
    this.#process = utility;
    for (const stream of [utility.stdout, utility.stderr]) {
      stream?.on('data', (chunk: Buffer) => this.onOutput?.(chunk));
    }
    utility.on('exit', (code) => {
      this.#isRunning = false;
      const wasKilled = this.#lastSignal === 'SIGKILL';
      this.onExit?.({ code: wasKilled ? null : code, signal: wasKilled ? 'SIGKILL' : null, error: null });
    });
  }

  get pid(): number | null {
    return this.#process.pid ?? null;
  }

  kill(signal: EngineSignal): void {
    if (!this.#isRunning) return;
    this.#lastSignal = signal;
    if (signal !== 'SIGKILL') {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a process, not a window
      this.#process.postMessage(signal);
      return;
    }
    const pid = this.#process.pid;
    // kill() of a utility process is a SIGTERM, which the engine may take its time over.
    if (pid === undefined || process.platform === 'win32') this.#process.kill();
    else killNow(pid);
  }
}

function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // It has ended, and the news of it is on its way.
    if (!isErrorCode(error, 'ESRCH')) throw error;
  }
}
