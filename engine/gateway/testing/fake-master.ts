/**
 * A master for the gateway's process tests: starts the real gateway thread and real workers, records every message,
 * and leaves nothing behind. It decides nothing by itself; the tests send the messages they want to see handled.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { withCompileCache } from '../../compile-cache.ts';
import { defaultRecycling } from '../../config/options/recycling.ts';
import { pythonOptions } from '../../config/python-app.ts';
import type { ListenerKind, SocketAddress } from '../../config/settings.ts';
import { defaultSpooler } from '../../config/spooler-settings.ts';
import type { RuntimeBoot } from '../../master/control.ts';
import { createScoreboard, type Scoreboard } from '../../scoreboard.ts';
import type { GatewayBoot, GatewayOptions, GatewayToMaster, MasterToGateway, RequestLogOptions } from '../messages.ts';
import { PLAIN_REQUEST_LOG, plainGatewayOptions } from './gateway-options.ts';

const RUNTIMES = fileURLToPath(new URL('../../../resources/runtimes/', import.meta.url));

/** Plays the part of reeve_runtime.py: reads the boot line, loads `app.py`, serves. */
const PYTHON_ENTRY = `
import json, os, sys
boot = json.loads(sys.stdin.readline())
sys.path[:0] = [${JSON.stringify(join(RUNTIMES, 'python'))}, os.getcwd()]
import reeve_uwsgi
from reeve_apps import Apps
from reeve_control import Control
from reeve_serve import Worker
reeve_uwsgi.install(boot)
import uwsgi
uwsgi.version = b"2.0.21"
uwsgi.hostname = b"test-host"
import app
apps = Apps()
apps.add("", app.application, 0.0)
Worker(boot, apps, Control(boot["controlEndpoint"])).run()
`;

export interface TestWorker {
  spawnId: number;
  wid: number;
  process: ChildProcess;
  pid: number;
  slots: number[];
  /** Standard error so far. */
  stderr(): string;
  /** Sends `exit` over the control connection. */
  sendExit(): void;
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

export interface WorkerOptions {
  threads?: number;
  maxRequests?: number;
  generation?: number;
  wid?: number;
  /** Python is the default: `app.py` in `folder`. A JavaScript worker loads `app.mjs` there. */
  language?: 'python' | 'javascript';
}

/** Waits until `read` gives something else than undefined, looking often. @throws after `limitMs` */
export async function eventually<T>(
  what: string,
  read: () => T | undefined | Promise<T | undefined>,
  limitMs = 40_000,
): Promise<T> {
  const end = performance.now() + limitMs;
  for (;;) {
    const value = await read();
    if (value !== undefined) return value;
    if (performance.now() > end) throw new Error(`Waited ${limitMs} ms in vain for ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export async function unusedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

export class FakeMaster {
  readonly folder = mkdtempSync(join(tmpdir(), 'reeve-gateway-'));
  readonly board: Scoreboard = createScoreboard();
  readonly messages: GatewayToMaster[] = [];
  readonly options: GatewayOptions;
  readonly #token = randomBytes(32).toString('hex');
  readonly #thread: Worker;
  readonly #control: Server;
  readonly #controlSockets: Socket[] = [];
  readonly workers: TestWorker[] = [];
  #logFd = -1;
  #nextSpawnId = 1;
  #nextSlot = 0;
  #nextListenerId = 1;

  /**
   * @param options what differs from plain defaults
   * @param requestLog how request lines look: they go to `requestLog()`; null: they are not written
   */
  constructor(options: Partial<GatewayOptions> = {}, requestLog: Partial<RequestLogOptions> | null = null) {
    if (requestLog !== null) this.#logFd = openSync(join(this.folder, 'requests.log'), 'a');
    this.options = plainGatewayOptions({
      requestLog: {
        ...PLAIN_REQUEST_LOG,
        target: this.#logFd < 0 ? { type: 'master' } : { type: 'descriptor', fd: this.#logFd },
        ...requestLog,
      },
      ...options,
    });
    const boot: GatewayBoot = {
      gatewayId: 0,
      gatewayCount: 1,
      scoreboard: this.board.buffer,
      workerEndpoint: join(this.folder, 'workers.sock'),
      bodyFolder: join(this.folder, 'bodies'),
      commonsEndpoint: '',
      token: this.#token,
      options: this.options,
    };
    mkdirSync(boot.bodyFolder);
    this.#thread = new Worker(new URL('../gateway-thread.ts', import.meta.url), {
      workerData: boot,
      // As in the engine. Otherwise each thread compiles a WebAssembly module to take the types off its own, for 0.2 s of
      // CPU; V8 is known to crash in processes that load and drop many of those (nodejs/node#64500).
      env: withCompileCache(process.env),
    });
    this.#thread.on('message', (message: GatewayToMaster) => this.messages.push(message));
    this.#control = createServer((socket) => {
      this.#controlSockets.push(socket);
      socket.on('error', () => {
        // The worker was killed; its exit is what the tests wait for.
      });
    });
    this.#control.listen(join(this.folder, 'control.sock'));
  }

  post(message: MasterToGateway): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    this.#thread.postMessage(message);
  }

  /** Waits for a message of this type that satisfies `where`. */
  async message<T extends GatewayToMaster['type']>(
    type: T,
    where: (message: Extract<GatewayToMaster, { type: T }>) => boolean = () => true,
  ): Promise<Extract<GatewayToMaster, { type: T }>> {
    const isWanted = (message: GatewayToMaster): message is Extract<GatewayToMaster, { type: T }> =>
      message.type === type;
    return eventually(`the message ${type}`, () => this.messages.filter(isWanted).find(where));
  }

  /** Listens on a free port of 127.0.0.1 (or on a unix socket); resolves to where. */
  async listen(kind: ListenerKind, path?: string, mode: number | null = null): Promise<SocketAddress> {
    const listenerId = this.#nextListenerId++;
    await this.message('ready');
    const address: SocketAddress =
      path === undefined ? { type: 'tcp', host: '127.0.0.1', port: 0 } : { type: 'unix', path };
    const binding = { backlog: 100, mode, owner: null, reusePort: false, isAlone: true };
    this.post({ type: 'listen', listenerId, kind, address, binding, tls: null, redirect: null });
    return (await this.message('listening', (message) => message.listenerId === listenerId)).address;
  }

  /** The same, when only the port matters. */
  async listenPort(kind: ListenerKind): Promise<number> {
    const address = await this.listen(kind);
    if (address.type !== 'tcp') throw new Error('not a TCP listener');
    return address.port;
  }

  /** Starts a worker and waits until the gateway has all its connections. */
  async startWorker(options: WorkerOptions = {}): Promise<TestWorker> {
    const { threads = 1, maxRequests = 0, generation = 1, language = 'python' } = options;
    const { workerEndpoint } = await this.message('ready');
    const spawnId = this.#nextSpawnId++;
    const wid = options.wid ?? spawnId;
    const slots = Array.from({ length: threads }, () => this.#nextSlot++);
    const child =
      language === 'python'
        ? spawn('python3', ['-c', PYTHON_ENTRY], { cwd: this.folder, stdio: ['pipe', 'pipe', 'pipe'] })
        : spawn(process.execPath, [join(RUNTIMES, 'node/worker.mjs')], {
            cwd: this.folder,
            stdio: ['pipe', 'pipe', 'pipe'],
          });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    const boot: RuntimeBoot = {
      role: 'worker',
      controlEndpoint: join(this.folder, 'control.sock'),
      gatewayEndpoints: [workerEndpoint],
      token: this.#token,
      generation,
      app:
        language === 'python'
          ? {
              ...pythonOptions(),
              language,
              main: { type: 'file', path: 'app.py', written: 'app.py' },
              interface: 'wsgi',
            }
          : { language, file: 'app.mjs' },
      chdir: null,
      threads,
      loop: { type: 'threads' },
      enableThreads: true,
      needApps: 1,
      recycling: { ...defaultRecycling(), minLifetimeSeconds: 0, maxRequests },
      retirement: 'at-once',
      spawnId,
      wid,
      number: 0,
      companions: [],
      spooler: defaultSpooler(),
      processes: 1,
      masterPid: process.pid,
      startedOn: 0,
      isReload: false,
      isFirst: true,
      system: {
        hooks: [],
        shell: '/bin/sh',
        titles: { zygote: null, worker: null, mule: null, spooler: null },
        chdir2: null,
        cpuAffinity: 0,
      },
      direct: null,
      commons: '',
      queueSlots: 0,
      options: [],
    };
    const connectionsBefore = this.#controlSockets.length;
    child.stdin.write(`${JSON.stringify(boot)}\n`);
    const exited = once(child, 'exit').then(([code, signal]) => ({ code, signal }));
    const pid = child.pid ?? 0;
    const worker: TestWorker = {
      spawnId,
      wid,
      process: child,
      pid,
      slots,
      stderr: () => stderr,
      sendExit: () => this.#controlSockets[connectionsBefore]?.write(encodeControl({ type: 'exit' })),
      exited,
    };
    this.workers.push(worker);
    this.post({ type: 'expect-worker', spawnId, wid, pid, generation, slots, php: null });
    await eventually(`worker ${spawnId} to connect (it says: ${stderr})`, () =>
      this.messages.find((message) => message.type === 'worker-connected' && message.spawnId === spawnId),
    );
    return worker;
  }

  /** Writes the application and starts `count` workers of generation 1, in use. */
  async serve(app: string, count: number, options: WorkerOptions = {}): Promise<TestWorker[]> {
    writeFileSync(join(this.folder, options.language === 'javascript' ? 'app.mjs' : 'app.py'), app);
    this.post({ type: 'use-generation', generation: 1 });
    const workers: TestWorker[] = [];
    for (let i = 0; i < count; i++) workers.push(await this.startWorker(options));
    return workers;
  }

  requestLog(): string {
    return readFileSync(join(this.folder, 'requests.log'), 'latin1');
  }

  /** The end of the master, as the workers see it. */
  dropControl(): void {
    for (const socket of this.#controlSockets) socket.destroy();
  }

  /** Ends everything that was started and removes the folder. */
  async dispose(): Promise<void> {
    this.post({ type: 'stop' });
    for (const socket of this.#controlSockets) socket.destroy();
    this.#control.close();
    for (const worker of this.workers) {
      if (worker.process.exitCode === null && worker.process.signalCode === null) worker.process.kill('SIGKILL');
      await worker.exited;
    }
    await this.#thread.terminate();
    if (this.#logFd >= 0) closeSync(this.#logFd);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function encodeControl(message: { type: string }): Buffer {
  const body = Buffer.from(JSON.stringify(message));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(body.length);
  return Buffer.concat([length, body]);
}
