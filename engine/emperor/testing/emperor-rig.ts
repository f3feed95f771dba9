/**
 * An emperor for process tests, the engine's or a real uWSGI, with a folder of vassals: writes and touches their files,
 * asks `emperor-stats`, sends them requests. `dispose` ends it and checks that no vassal is left.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { EmperorStats, EmperorVassal, ReeveVassal } from '../../api/emperor-stats.ts';
import { parseStats } from '../../api/parse-stats.ts';
import { descendants, isRunning, waitFor } from '../../testing/engine-process.ts';

const MAIN = fileURLToPath(new URL('../../main.ts', import.meta.url));

/** Says which process answers, and what it finds in its environment and in uwsgi.opt. */
const APP = `
import os, uwsgi
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    name = environ["PATH_INFO"][1:]
    return [{"pid": str(os.getpid()), "user": str(os.getuid())}.get(name, os.environ.get(name, "none")).encode()]
`;

export interface RigOptions {
  /** Options of the emperor beside \`emperor\`, \`emperor-stats\` and \`emperor-freq\`; {FOLDER} is replaced. */
  ini?: string;
  /** By name, written before the start. */
  vassals?: Record<string, string>;
  /** The emperor is a real uWSGI, and the engine runs its vassals. */
  isUwsgi?: boolean;
  env?: Record<string, string>;
  freqSeconds?: number;
}

export class EmperorRig {
  readonly folder: string;
  readonly child: ChildProcess;
  log = '';
  /** Every process of it that was seen. */
  readonly #family = new Set<number>();
  readonly #looksAtOnce: boolean;

  private constructor(folder: string, { ini = '', isUwsgi = false, env = {}, freqSeconds = 1 }: RigOptions) {
    this.folder = folder;
    this.#looksAtOnce = !isUwsgi && freqSeconds === 1;
    const wrapper = isUwsgi ? `emperor-wrapper = ${this.path('engine')}\nplugins = python3\n` : '';
    const lines = `[uwsgi]
emperor = ${this.path('vassals')}
emperor-stats = ${this.path('emperor.sock')}
emperor-freq = ${freqSeconds}
${wrapper}${ini}
`;
    writeFileSync(this.path('emperor.ini'), lines.replaceAll('{FOLDER}', folder));
    const [program, ...words] = isUwsgi ? ['uwsgi'] : [process.execPath, MAIN];
    this.child = spawn(program, [...words, '--ini', this.path('emperor.ini')], {
      cwd: folder,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.log += chunk.toString();
      });
    }
  }

  static async start(options: RigOptions): Promise<EmperorRig> {
    const folder = mkdtempSync(join(tmpdir(), 'reeve-emperor-'));
    chmodSync(folder, 0o755);
    mkdirSync(join(folder, 'vassals'));
    writeFileSync(join(folder, 'app.py'), APP);
    writeFileSync(join(folder, 'engine'), `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`, { mode: 0o755 });
    for (const [name, text] of Object.entries(options.vassals ?? {})) {
      writeFileSync(join(folder, 'vassals', name), text.replaceAll('{FOLDER}', folder));
    }
    const rig = new EmperorRig(folder, options);
    try {
      await waitFor('the stats of the emperor', async () => rig.stats().catch(() => null));
    } catch (error) {
      await rig.dispose();
      throw new Error(`${String(error)}\n${rig.log}`, { cause: error });
    }
    return rig;
  }

  get pid(): number {
    const { pid } = this.child;
    if (pid === undefined) throw new Error('the emperor was not started');
    return pid;
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Options of a vassal that answers HTTP at NAME.sock. */
  vassal(more = ''): string {
    return `[uwsgi]\nplugins = python3\nmaster = true\nhttp-socket = ${this.folder}/%n.sock\nwsgi-file = ${this.folder}/app.py\n${more}\n`;
  }

  write(name: string, text: string): void {
    writeFileSync(this.path(`vassals/${name}`), text);
    this.#look();
  }

  /** Another time of change, however little time has passed. */
  touch(name: string): void {
    const soon = new Date(Date.now() + 2000 + Math.random() * 1000);
    utimesSync(this.path(`vassals/${name}`), soon, soon);
    this.#look();
  }

  remove(name: string): void {
    rmSync(this.path(`vassals/${name}`));
    this.#look();
  }

  /** An emperor of the engine looks at once: tests need not wait for `emperor-freq`, unless it is what they are about. */
  #look(): void {
    if (this.#looksAtOnce) this.signal('SIGWINCH');
  }

  async statsText(): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect(this.path('emperor.sock'));
      let text = '';
      socket.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      socket.on('end', () => resolve(text));
      socket.on('error', reject);
    });
  }

  async stats(): Promise<EmperorStats> {
    const reading = parseStats(await this.statsText());
    if (reading.status !== 'emperor') throw new Error(`stats: ${reading.status}`);
    for (const pid of descendants(this.pid)) this.#family.add(pid);
    return reading.document;
  }

  /** The vassal in the stats, when it is as it should be. */
  async vassalThat(id: string, what: string, holds: (vassal: EmperorVassal) => boolean): Promise<EmperorVassal> {
    return waitFor(`${id} to be ${what}`, async () =>
      (await this.stats()).vassals.find((vassal) => vassal.id === id && holds(vassal)),
    ).catch(async (error: unknown) => {
      const { vassals, reeve } = await this.stats();
      throw new Error(`${String(error)}\n${JSON.stringify({ vassals, reeve })}\n${this.log}`, { cause: error });
    });
  }

  async accepting(id: string): Promise<EmperorVassal> {
    return this.vassalThat(id, 'accepting', ({ accepting, pid }) => accepting === 1 && pid > 0);
  }

  async gone(id: string): Promise<void> {
    await waitFor(`the end of ${id}`, async () => !(await this.stats()).vassals.some((vassal) => vassal.id === id));
  }

  /** What the engine says of a vassal beyond uWSGI's keys. */
  async state(id: string, state: string): Promise<ReeveVassal> {
    return waitFor(`${id} to be ${state}`, async () =>
      (await this.stats()).reeve?.vassals.find((vassal) => vassal.id === id && vassal.state === state),
    );
  }

  async seen(text: string): Promise<void> {
    await waitFor(`"${text}" in the log`, () => this.log.includes(text)).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${this.log}`, { cause: error });
    });
  }

  /** The answer of a vassal at its socket. */
  async ask(socket: string, path = '/pid'): Promise<string> {
    return new Promise((resolve, reject) => {
      const outgoing = request({ socketPath: this.path(socket), path }, (incoming) => {
        let body = '';
        incoming.on('data', (chunk: Buffer) => {
          body += chunk.toString();
        });
        incoming.on('end', () => resolve(body));
        incoming.on('error', reject);
      });
      outgoing.on('error', reject);
      outgoing.end();
    });
  }

  signal(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal);
  }

  read(name: string): string {
    return readFileSync(this.path(name), 'utf8');
  }

  /** No process of it is left. */
  async buried(): Promise<void> {
    await waitFor('the end of all its processes', () => [...this.#family].every((pid) => !isRunning(pid))).catch(
      (error: unknown) => {
        throw new Error(`${String(error)}\n${this.log}`, { cause: error });
      },
    );
  }

  async dispose(): Promise<void> {
    for (const pid of descendants(this.pid)) this.#family.add(pid);
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.signal('SIGINT');
      const timer = setTimeout(() => this.child.kill('SIGKILL'), 20_000);
      await once(this.child, 'close');
      clearTimeout(timer);
    }
    try {
      await this.buried();
    } finally {
      rmSync(this.folder, { recursive: true, force: true });
    }
    if (this.child.signalCode === 'SIGKILL' && !this.isKilled) {
      throw new Error(`the emperor did not end at SIGINT and was killed:\n${this.log}`);
    }
  }

  /** The test has killed it. */
  isKilled = false;

  kill(): void {
    for (const pid of descendants(this.pid)) this.#family.add(pid);
    this.isKilled = true;
    this.signal('SIGKILL');
  }
}
