/**
 * Runs the real engine for process tests: its own folder and ports, its log as text to wait for, its stats document,
 * requests over HTTP. `dispose` ends it and checks that nothing of it is left.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseStats } from '../api/parse-stats.ts';
import type { StatsDocument, StatsWorker } from '../api/stats.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
/** Some busy processors and a cold disk; who waits for what comes loses nothing by it. */
const WAIT_MS = 40_000;

export interface EngineOptions {
  /** Lines of `[uwsgi]` beside the listeners; `{STATS}`, `{HTTP}` and `{FOLDER}` are replaced. */
  ini: string;
  /** What it answers on; without it `http-socket = 127.0.0.1:{HTTP}`. */
  listener?: string;
  /** Other files, by name. */
  files?: Record<string, string>;
  /** Arguments instead of `app.ini`. */
  args?: string[];
  env?: Record<string, string>;
  /** A program that does something first and then becomes the command that follows its own words. */
  starter?: string[];
}

export interface Answer {
  status: number;
  body: string;
  headers: Record<string, string | string[] | undefined>;
}

/** Polls until `check` gives something other than false, null or undefined. */
export async function waitFor<T>(what: string, check: () => T | Promise<T>, waitMs = WAIT_MS): Promise<NonNullable<T>> {
  const endMs = Date.now() + waitMs;
  for (;;) {
    const found = await check();
    if (found !== null && found !== undefined && found !== false) return found;
    if (Date.now() > endMs) throw new Error(`gave up waiting for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/**
 * Below the ports that the system hands out by itself (Linux: 32768 and more), so that no connection and no listener
 * without a wish takes one between this look and the server that binds it.
 */
const FIRST_PORT = 20_000;
const PORTS = 12_000;
/** By chance, so that tests in two processes do not meet. */
let portsTried = Math.floor(Math.random() * PORTS);

/** A loopback port that nothing listens on; another one with each call. */
export async function freePort(): Promise<number> {
  for (let left = PORTS; left > 0; left -= 1) {
    const port = FIRST_PORT + (portsTried % PORTS);
    portsTried += 1;
    if (await isPortFree(port)) return port;
  }
  throw new Error(`no port from ${FIRST_PORT} to ${FIRST_PORT + PORTS} is free`);
}

async function isPortFree(port: number): Promise<boolean> {
  const server = createServer();
  const bound = once(server, 'listening').then(
    () => true,
    () => false,
  );
  server.listen({ host: '127.0.0.1', port, exclusive: true });
  const isFree = await bound;
  if (isFree) await new Promise((resolve) => server.close(resolve));
  return isFree;
}

export class EngineProcess {
  /** Those of the running test and of its file (failure-logs.ts). */
  static started: EngineProcess[] = [];

  readonly folder: string;
  readonly port: number;
  readonly child: ChildProcess;
  readonly exited: Promise<number | string>;
  log = '';
  isDisposed = false;
  readonly #listener: string;
  readonly #agent = new Agent({ keepAlive: true });

  private constructor(folder: string, port: number, options: EngineOptions) {
    EngineProcess.started.push(this);
    this.folder = folder;
    this.port = port;
    this.#listener = options.listener ?? 'http-socket = 127.0.0.1:{HTTP}';
    const [program, ...words] = [...(options.starter ?? []), process.execPath];
    this.child = spawn(program, [...words, MAIN, ...(options.args ?? ['app.ini'])], {
      cwd: folder,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.log += chunk.toString();
      });
    }
    this.exited = once(this.child, 'close').then(([code, signal]: unknown[]) =>
      typeof code === 'number' ? code : String(signal),
    );
  }

  /** Starts the engine without waiting for anything. */
  static async launch(options: EngineOptions): Promise<EngineProcess> {
    const folder = mkdtempSync(join(tmpdir(), 'reeve-test-'));
    const port = await freePort();
    for (const [name, text] of Object.entries(options.files ?? {})) writeFileSync(join(folder, name), text);
    const engine = new EngineProcess(folder, port, { ...options, args: options.args ?? ['app.ini'] });
    // The file is read by the new process long after this.
    engine.writeIni(options.ini);
    return engine;
  }

  /** Starts the engine and waits until all its workers are there. */
  static async start(options: EngineOptions): Promise<EngineProcess> {
    const engine = await EngineProcess.launch(options);
    try {
      await engine.seen('Reeve is ready');
    } catch (error) {
      await engine.dispose();
      throw error;
    }
    return engine;
  }

  get pid(): number {
    const { pid } = this.child;
    if (pid === undefined) throw new Error('the engine was not started');
    return pid;
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  write(name: string, text: string): void {
    writeFileSync(this.path(name), text);
  }

  read(name: string): string {
    return existsSync(this.path(name)) ? readFileSync(this.path(name), 'utf8') : '';
  }

  /** Replaces the configuration; listeners and stats are added. */
  writeIni(ini: string): void {
    const lines = `[uwsgi]\n${this.#listener}\nstats = {FOLDER}/stats.sock\n${ini}`;
    this.write('app.ini', lines.replaceAll('{FOLDER}', this.folder).replaceAll('{HTTP}', String(this.port)));
  }

  /** Waits until the log has this text `times` times. */
  async seen(text: string, times = 1): Promise<void> {
    await waitFor(`"${text}" in the log`, () => {
      if (this.child.exitCode !== null && this.count(text) < times) {
        throw new Error(`the engine ended (${this.child.exitCode}) without "${text}":\n${this.log}`);
      }
      return this.count(text) >= times;
    }).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${this.log}`, { cause: error });
    });
  }

  count(text: string): number {
    return this.log.split(text).length - 1;
  }

  /** What the engine wrote into its log before the answer is in `log` then: both are read in one turn of the loop. */
  async get(path: string, options: { fresh?: boolean } = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const agent = options.fresh === true ? false : this.#agent;
      const outgoing = request({ host: '127.0.0.1', port: this.port, path, agent }, (incoming) => {
        let body = '';
        incoming.on('data', (chunk: Buffer) => {
          body += chunk.toString();
        });
        const end = (): void => resolve({ status: incoming.statusCode ?? 0, body, headers: incoming.headers });
        incoming.on('end', () => setImmediate(end));
        incoming.on('error', reject);
      });
      outgoing.on('error', reject);
      outgoing.end();
    });
  }

  async statsText(): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect(this.path('stats.sock'));
      let text = '';
      socket.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      socket.on('end', () => setImmediate(resolve, text));
      socket.on('error', reject);
    });
  }

  async stats(): Promise<StatsDocument> {
    const reading = parseStats(await this.statsText());
    if (reading.status !== 'stats') throw new Error(`stats: ${reading.status}`);
    return reading.document;
  }

  async worker(wid: number): Promise<StatsWorker> {
    const found = (await this.stats()).workers.find((worker) => worker.id === wid);
    if (found === undefined) throw new Error(`no worker ${wid}`);
    return found;
  }

  signal(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal);
  }

  /** Ends it whatever state it is in, and fails when it has to be killed or when a process of it survives. */
  async dispose(): Promise<void> {
    this.isDisposed = true;
    this.#agent.destroy();
    const family = descendants(this.pid);
    const ranStill = this.child.exitCode === null && this.child.signalCode === null;
    if (ranStill) {
      this.signal('SIGINT');
      const timer = setTimeout(() => this.child.kill('SIGKILL'), WAIT_MS);
      await this.exited;
      clearTimeout(timer);
    }
    await waitFor('the end of all its processes', () => family.every((pid) => !isRunning(pid)));
    rmSync(this.folder, { recursive: true, force: true });
    if (ranStill && this.child.signalCode === 'SIGKILL') {
      throw new Error(`the engine did not end at SIGINT and was killed:\n${this.log}`);
    }
  }
}

/** Pids below a process, found through /proc. */
export function descendants(pid: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const parent = parentOf(Number(name));
    if (parent !== null) parents.set(Number(name), parent);
  }
  const found = new Set([pid]);
  for (let size = 0; size !== found.size; ) {
    size = found.size;
    for (const [child, parent] of parents) if (found.has(parent)) found.add(child);
  }
  found.delete(pid);
  return [...found];
}

function statusFields(pid: number): string[] | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    // It ended meanwhile.
    return null;
  }
}

function parentOf(pid: number): number | null {
  const fields = statusFields(pid);
  return fields === null ? null : Number(fields[1]);
}

/** A zombie that nobody has buried does not run. */
export function isRunning(pid: number): boolean {
  const state = statusFields(pid)?.[0];
  return state !== undefined && state !== 'Z';
}
