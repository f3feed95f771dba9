/**
 * The sockets of vassals that start at their first connection: resources/runtimes/python/reeve_door_keeper.py binds them
 * and waits, because Node can not wait at a listening socket without accepting. It is started with the first such vassal
 * and ends with the emperor.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseAddress } from '../config/address.ts';
import { resolvePath } from '../config/host.ts';
import type { EngineLog } from '../master/engine-log.ts';
import { findOnPath } from '../master/interpreter.ts';

export interface DoorHost {
  log: EngineLog;
  env: NodeJS.ProcessEnv;
  resourcesFolder: string;
  /** A folder of the engine's own. */
  runFolder: string;
  mode: number | null;
  held: (key: string) => void;
  wanted: (key: string) => void;
  notHeld: (key: string, message: string) => void;
}

export class DoorKeeper {
  readonly #host: DoorHost;
  readonly #token = randomBytes(16).toString('hex');
  readonly #path: string;
  readonly #script: string;
  readonly #held = new Map<string, string>();
  #child: ChildProcess | null = null;
  #isDisposed = false;

  constructor(host: DoorHost) {
    this.#host = host;
    this.#path = join(host.runFolder, 'doors');
    this.#script = join(host.resourcesFolder, 'runtimes', 'python', 'reeve_door_keeper.py');
  }

  /** Binds the socket if it is not bound, and says when somebody connects, once. `folder`: where a path starts. */
  hold(key: string, text: string, folder: string): void {
    const parsed = parseAddress(text);
    if (!parsed.ok || parsed.address.type === 'fd') {
      this.#host.notHeld(key, `'${text}' is no address of a socket`);
      return;
    }
    const { address } = parsed;
    const full = address.type === 'unix' ? { ...address, path: resolvePath(folder, address.path) } : address;
    const python = this.#python();
    if (python === null) return this.#host.notHeld(key, "there is no 'python3' on the PATH, which waits there");
    this.#held.set(key, text);
    this.#tell(python, { type: 'hold', key, address: full, mode: this.#host.mode });
  }

  release(key: string): void {
    const python = this.#python();
    if (this.#held.delete(key) && python !== null) this.#tell(python, { type: 'release', key });
  }

  /** What makes the socket the standard input of a command, and what to write to its input. */
  fetching(key: string): { words: string[]; input: string } {
    const python = this.#python() ?? 'python3';
    const boot = { path: this.#path, token: this.#token, key };
    return { words: [python, '-S', '-E', '-B', this.#script, 'fetch'], input: JSON.stringify(boot) };
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#child?.stdin?.end();
  }

  #python(): string | null {
    return findOnPath(['python3', 'python'], this.#host.env);
  }

  #tell(python: string, message: object): void {
    this.#child ??= this.#start(python);
    this.#child.stdin?.write(`${JSON.stringify(message)}\n`);
  }

  #start(python: string): ChildProcess {
    const { env, log } = this.#host;
    const child = spawn(python, ['-S', '-E', '-B', this.#script, 'keep'], {
      env,
      stdio: ['pipe', 'pipe', log.errorFd],
      detached: true,
    });
    child.on('error', () => this.#lost(child));
    child.on('exit', () => this.#lost(child));
    child.stdin?.on('error', () => child.stdin?.destroy());
    child.stdin?.write(`${JSON.stringify({ path: this.#path, token: this.#token })}\n`);
    if (child.stdout !== null) createInterface({ input: child.stdout }).on('line', (line) => this.#said(line));
    return child;
  }

  #said(line: string): void {
    const said: unknown = JSON.parse(line);
    if (typeof said !== 'object' || said === null) return;
    const { type, key, message }: Record<string, unknown> = { ...said };
    if (typeof key !== 'string' || !this.#held.has(key)) return;
    if (type === 'held') this.#host.held(key);
    else if (type === 'wanted') this.#host.wanted(key);
    else if (type === 'not-held') this.#host.notHeld(key, String(message));
  }

  /** All sockets are gone with it: their vassals try again, one after the other. */
  #lost(child: ChildProcess): void {
    if (this.#isDisposed || this.#child !== child) return;
    this.#child = null;
    this.#host.log.write('*** BUG: the process that waits at the sockets of vassals has ended ***');
    const lost = [...this.#held.keys()];
    // First: they may be held again at once.
    this.#held.clear();
    for (const key of lost) this.#host.notHeld(key, 'the process that waits there has ended');
  }
}
