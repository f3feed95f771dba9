/**
 * What process tests of the core need: a core on a temporary data folder with a client joined to it, a real uWSGI,
 * and one place that ends it all.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventName, EventPayload } from '../../contract/api.ts';
import type { Instance } from '../../contract/model.ts';
import { RpcClient } from '../../rpc/client.ts';
import { createMemoryPair } from '../../rpc/transport.ts';
import { type Core, createCore } from '../core.ts';
import { createNodeEngineSpawner, createSessionSecrets, systemClock } from '../node-ports.ts';
import type { EngineSpawn } from '../ports.ts';
import { freePort } from './free-port.ts';
import { waitUntil } from './wait-until.ts';

const repository = join(import.meta.dirname, '../../..');

export class CoreBench {
  readonly folder: string;
  /** Told every message of the core to its page, as it is on the wire. */
  onSent: ((text: string) => void) | null = null;
  readonly #children = new Set<ChildProcess>();
  #core: Core | null = null;
  #client: RpcClient | null = null;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async make(): Promise<CoreBench> {
    return new CoreBench(await mkdtemp(join(tmpdir(), 'reeve-core-')));
  }

  /** Starts a core on the bench's data folder, ending the one before. */
  async startCore(
    options: { autoStart: boolean; env?: Record<string, string>; beforeSpawn?: (spawn: EngineSpawn) => void } = {
      autoStart: false,
    },
  ): Promise<RpcClient> {
    await this.stopCore();
    const spawnEngine = createNodeEngineSpawner([process.execPath, join(repository, 'engine/main.ts')]);
    const core = await createCore(
      {
        dataFolder: join(this.folder, 'data'),
        resourcesFolder: join(repository, 'resources'),
        homeFolder: this.folder,
        version: '0.0.0',
        hostname: 'test',
        platform: process.platform,
        env: { ...process.env, ...options.env },
        clock: systemClock,
        secrets: createSessionSecrets(),
        windowControls: false,
        notifications: false,
        spawnEngine: (spawn) => {
          options.beforeSpawn?.(spawn);
          return spawnEngine(spawn);
        },
        pickFile: null,
        openExternal: async () => {},
      },
      options,
    );
    const { left, right } = createMemoryPair();
    const send = right.send.bind(right);
    right.send = (text) => {
      this.onSent?.(text);
      send(text);
    };
    core.connect(right);
    const client = new RpcClient({ setTimer: (callback, ms) => systemClock.setTimer(callback, ms) });
    client.attach(left);
    this.#core = core;
    this.#client = client;
    return client;
  }

  get client(): RpcClient {
    if (this.#client === null) throw new Error('no core was started');
    return this.#client;
  }

  async stopCore(): Promise<void> {
    await this.#core?.dispose();
    this.#core = null;
    this.#client = null;
  }

  /** Everything of one event since now. */
  collect<E extends EventName>(event: E): EventPayload<E>[] {
    const payloads: EventPayload<E>[] = [];
    this.client.on(event, (payload) => payloads.push(payload));
    return payloads;
  }

  async instance(id: string): Promise<Instance> {
    const { instances } = await this.client.call('instances.list', {});
    const found = instances.find((instance) => instance.id === id);
    if (found === undefined) throw new Error(`no instance ${id}`);
    return found;
  }

  async write(name: string, text: string): Promise<string> {
    const path = join(this.folder, name);
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, text);
    return path;
  }

  async freePort(): Promise<number> {
    return freePort();
  }

  /** Starts a real uWSGI, or another program, in the bench's folder. */
  async startUwsgi(args: string[], cwd: string = this.folder, program = 'uwsgi'): Promise<ChildProcess> {
    const child = spawn(program, args, { cwd, stdio: 'ignore', detached: true });
    this.#children.add(child);
    child.on('exit', () => this.#children.delete(child));
    return child;
  }

  async dispose(): Promise<void> {
    await this.stopCore();
    const children = [...this.#children];
    for (const child of children) killGroup(child);
    await waitUntil('the servers of the test to end', () =>
      children.every((child) => child.exitCode !== null || child.signalCode !== null),
    );
    await rm(this.folder, { recursive: true, force: true });
  }
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // All of it has ended already.
    child.kill('SIGKILL');
  }
}

/** A WSGI application for either server: `/slow` sleeps, `/error` raises. */
export const APP = `import time, os
def application(environ, start_response):
    path = environ['PATH_INFO']
    if path == '/slow':
        time.sleep(float(environ.get('QUERY_STRING') or 1))
    if path == '/error':
        raise ValueError('on purpose')
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [str(os.getpid()).encode()]
`;

/** Whether this machine has what a test with a real uWSGI needs. */
export function hasUwsgi(): boolean {
  try {
    execFileSync('uwsgi', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
