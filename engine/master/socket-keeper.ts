/**
 * The process that holds the listening sockets when workers accept connections themselves
 * (resources/runtimes/python/reeve_keeper.py): to the listeners it is what a gateway is, as far as it is told to listen.
 * It ends with the master: its standard input ends.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import type { EngineSettings, SocketAddress } from '../config/settings.ts';
import type { GatewayToMaster, MasterToGateway } from '../gateway/messages.ts';
import { LineReader } from '../log/line-reader.ts';
import { keeperPath } from './direct-boot.ts';
import { programFor } from './interpreter.ts';
import { childEnv, type RuntimePlace } from './runtimes.ts';

export interface KeeperHandlers {
  said: (message: Extract<GatewayToMaster, { type: 'listening' | 'listen-failed' }>) => void;
  /** It ended by itself: no worker that starts from now on has sockets. */
  lost: () => void;
}

export class SocketKeeper {
  readonly #child: ChildProcess;
  readonly #handlers: KeeperHandlers;
  readonly #keepAlive: boolean;
  readonly #addresses = new Map<number, SocketAddress>();
  #became: (() => void) | null = null;
  #isDisposed = false;

  constructor(settings: EngineSettings, place: RuntimePlace, errorFd: number, handlers: KeeperHandlers) {
    this.#handlers = handlers;
    this.#keepAlive = settings.sockets.keepAlive;
    const { file, args } = programFor({ language: 'none' }, place.resourcesFolder, place.env, place.cwd);
    const script = (args.at(-1) ?? '').replace(/reeve_runtime\.py$/, 'reeve_keeper.py');
    this.#child = spawn(file, ['-S', '-E', '-B', script], {
      cwd: place.cwd,
      env: childEnv(settings, place),
      stdio: ['pipe', 'pipe', errorFd],
      // Signals of the terminal are the master's business.
      detached: true,
    });
    this.#child.on('error', () => this.#ended());
    this.#child.on('exit', () => this.#ended());
    this.#child.stdin?.on('error', () => this.#child.stdin?.destroy());
    this.#send({ path: keeperPath(place.runFolder), token: place.token });
    if (this.#child.stdout !== null) {
      const lines = new LineReader((line) => this.#said(line));
      this.#child.stdout.on('data', (bytes: Buffer) => lines.feed(bytes));
    }
  }

  /** What listeners.ts says; anything but `listen` and `unlisten` is not for a keeper. */
  tell(message: MasterToGateway): void {
    if (message.type === 'listen') {
      const { listenerId, address, binding } = message;
      this.#addresses.set(listenerId, address);
      this.#send({ type: 'listen', listenerId, address, binding, keepAlive: this.#keepAlive });
    } else if (message.type === 'unlisten') {
      this.#addresses.delete(message.listenerId);
      this.#send({ type: 'unlisten', listenerId: message.listenerId });
    }
  }

  /** It takes the user that the master has become. */
  async become(): Promise<void> {
    const { getuid, getgid, getgroups } = process;
    if (getuid === undefined || getgid === undefined || getgroups === undefined || getuid() === 0) return;
    await new Promise<void>((resolve) => {
      this.#became = resolve;
      this.#send({ type: 'become', uid: getuid(), gid: getgid(), groups: getgroups() });
    });
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#child.stdin?.end();
  }

  #send(message: object): void {
    this.#child.stdin?.write(`${JSON.stringify(message)}\n`);
  }

  #said(line: string): void {
    const message: unknown = JSON.parse(line);
    if (typeof message !== 'object' || message === null) return;
    const said: Record<string, unknown> = { ...message };
    const listenerId = Number(said['listenerId']);
    if (said['type'] === 'became') {
      this.#became?.();
      this.#became = null;
    } else if (said['type'] === 'listening') {
      const address = this.#addresses.get(listenerId);
      if (address === undefined) return;
      const real = address.type === 'tcp' ? { ...address, port: Number(said['port']) } : address;
      this.#handlers.said({ type: 'listening', listenerId, address: real });
    } else if (said['type'] === 'listen-failed') {
      const code = String(said['code']);
      this.#handlers.said({ type: 'listen-failed', listenerId, code, message: String(said['message']) });
    }
  }

  #ended(): void {
    this.#became?.();
    this.#became = null;
    if (!this.#isDisposed) this.#handlers.lost();
    this.#isDisposed = true;
  }
}
