/**
 * The ports that are the same on every Node host: the system's clock, a secret store in memory, and an engine
 * started as a child process of its own process group.
 */
import { spawn } from 'node:child_process';
import { errnoOf } from './errors.ts';
import type { Clock, EngineChild, EngineExit, EngineSignal, EngineSpawn, SecretStore } from './ports.ts';

const LAST_OUTPUT_MS = 500;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  setTimer: (callback, ms) => {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

/** For hosts without a keychain: secrets last as long as the process. */
export function createSessionSecrets(): SecretStore {
  const secrets = new Map<string, string>();
  return {
    kind: 'none',
    get: async (key) => secrets.get(key) ?? null,
    set: async (key, secret) => {
      secrets.set(key, secret);
    },
    remove: async (key) => {
      secrets.delete(key);
    },
  };
}

/** `command`: program and leading arguments that start the engine, e.g. `[node, 'engine/main.ts']`. */
export function createNodeEngineSpawner(command: readonly [string, ...string[]]): (what: EngineSpawn) => EngineChild {
  const [file, ...leading] = command;
  return ({ args, cwd, env }) => new NodeEngineChild(file, [...leading, ...args], cwd, env);
}

class NodeEngineChild implements EngineChild {
  onOutput: ((chunk: Uint8Array) => void) | null = null;
  onExit: ((exit: EngineExit) => void) | null = null;
  readonly #process;
  #exited = false;
  #lastOutput: NodeJS.Timeout | undefined;

  constructor(file: string, args: string[], cwd: string, env: Record<string, string>) {
    // Its own process group: Ctrl-C in the host's terminal must not reach it twice, and one kill ends all of it.
    this.#process = spawn(file, args, {
      cwd,
      env: { ...env, REEVE_STOP_WITH_STDIN: '1' },
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    // Held open and never written to: it ends with this process, however that ends, and the engine stops then.
    this.#process.stdin.on('error', () => this.#process.stdin.destroy());
    this.#process.stdout.on('data', (chunk: Buffer) => this.onOutput?.(chunk));
    this.#process.stderr.on('data', (chunk: Buffer) => this.onOutput?.(chunk));
    this.#process.on('error', (error) => this.#exit({ code: null, signal: null, error: error.message }));
    this.#process.on('close', (code, signal) => this.#exit({ code, signal, error: null }));
    // A stray grandchild may hold the pipes open: its output is not worth waiting for.
    this.#process.on('exit', (code, signal) => {
      this.#lastOutput = setTimeout(() => this.#exit({ code, signal, error: null }), LAST_OUTPUT_MS);
    });
  }

  get pid(): number | null {
    return this.#process.pid ?? null;
  }

  kill(signal: EngineSignal): void {
    const { pid } = this.#process;
    if (pid === undefined) return;
    // The group may outlive its leader: it is killed also after the exit.
    if (signal === 'SIGKILL' && process.platform !== 'win32' && killGroup(pid)) return;
    this.#process.kill(signal);
  }

  #exit(exit: EngineExit): void {
    clearTimeout(this.#lastOutput);
    if (this.#exited) return;
    this.#exited = true;
    this.onExit?.(exit);
  }
}

/** False: nobody is left in it. */
function killGroup(leader: number): boolean {
  try {
    return process.kill(-leader, 'SIGKILL');
  } catch (error) {
    if (errnoOf(error) === 'ESRCH') return false;
    throw error;
  }
}
