/**
 * Several gateways keep the promises of one: no request is lost or runs twice, whatever happens to workers, and a
 * failure costs the request it hits. Each request has a number; the application writes down which ones it has run.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { EngineProcess, waitFor } from './testing/engine-process.ts';

const APP = `
import os, time
ran = os.open("ran.log", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
def application(environ, start_response):
    os.write(ran, (environ["QUERY_STRING"] + "\\n").encode())
    if environ["PATH_INFO"] == "/slow":
        time.sleep(30)
    if environ["PATH_INFO"] == "/nap":
        time.sleep(0.1)
    if environ["PATH_INFO"] == "/hold":
        open("held", "w").close()
        while not os.path.exists("go-on"):
            time.sleep(0.01)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"%d" % os.getpid()]
`;
/** Lets the second gateway die by an error when this file appears. */
const SABOTAGE = `
import { existsSync } from 'node:fs';
import { isMainThread, workerData } from 'node:worker_threads';
if (!isMainThread && workerData?.gatewayId === 1) {
  setInterval(() => {
    if (existsSync('crash') ) throw new Error('sabotage');
  }, 20).unref();
}
`;

const GATEWAYS = 3;
const CONNECTIONS = 24;

let engine: EngineProcess;

interface Outcome {
  number: number;
  connection: number;
  status: number | string;
  body: string;
  tookMs: number;
}

/** Clients that ask one thing after the other on kept connections, until they are stopped. */
class Load {
  readonly outcomes: Outcome[] = [];
  readonly #port: number;
  readonly #done: Promise<unknown>;
  #isStopped = false;

  constructor(port: number, connections: number, path = '/') {
    this.#port = port;
    this.#done = Promise.all(Array.from({ length: connections }, async (_, id) => this.#ask(id, path)));
  }

  get failed(): Outcome[] {
    return this.outcomes.filter(({ status }) => status !== 200);
  }

  /** Waits until so many more requests have been answered. */
  async answered(count: number): Promise<void> {
    const goal = this.outcomes.length + count;
    await waitFor(`${count} more answers`, () => this.outcomes.length >= goal);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#done;
  }

  async #ask(connection: number, path: string): Promise<void> {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    while (!this.#isStopped) this.outcomes.push({ connection, ...(await ask(this.#port, path, agent)) });
    agent.destroy();
  }
}

let lastNumber = 0;

async function ask(port: number, path: string, agent: Agent | false = false): Promise<Omit<Outcome, 'connection'>> {
  const number = ++lastNumber;
  const beganMs = performance.now();
  return new Promise((resolve) => {
    const end = (status: number | string, body: string): void =>
      resolve({ number, status, body, tookMs: performance.now() - beganMs });
    const outgoing = request({ host: '127.0.0.1', port, path: `${path}?${number}`, agent }, (answer) => {
      let body = '';
      answer.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      answer.on('end', () => end(answer.statusCode ?? 0, body));
      answer.on('error', (error) => end(error.message, ''));
    });
    outgoing.on('error', (error) => end(error.message, ''));
    outgoing.end();
  });
}

/** How often each request was run. */
function runs(): Map<number, number> {
  const counts = new Map<number, number>();
  for (const line of readFileSync(engine.path('ran.log'), 'utf8').trim().split('\n')) {
    counts.set(Number(line), (counts.get(Number(line)) ?? 0) + 1);
  }
  return counts;
}

/** Every answered request ran once, every failed one at most once. */
function expectExact(outcomes: readonly Outcome[]): void {
  const counts = runs();
  expect(outcomes.filter(({ number, status }) => status === 200 && counts.get(number) !== 1)).toEqual([]);
  expect(outcomes.filter(({ number }) => (counts.get(number) ?? 0) > 1)).toEqual([]);
}

async function workerPids(): Promise<number[]> {
  return (await engine.stats()).workers.map(({ pid }) => pid).filter((pid) => pid > 0);
}

async function start(ini: string, env: Record<string, string> = {}): Promise<void> {
  engine = await EngineProcess.start({
    ini: `http-processes = ${GATEWAYS}\nwsgi-file = app.py\ndisable-logging = true\n${ini}`,
    files: { 'app.py': APP, 'sabotage.mjs': SABOTAGE },
    env,
  });
}

describe('three gateways with two workers of two threads', () => {
  let load: Load;

  beforeAll(async () => {
    await start('processes = 2\nthreads = 2\nharakiri = 2\nsocket = {FOLDER}/a.sock\nsocket = {FOLDER}/b.sock\n');
  });

  afterAll(async () => engine.dispose());

  afterEach(async () => load.stop());

  test('listen on one port together, and nobody else does', async () => {
    load = new Load(engine.port, 1);
    const port = engine.port.toString(16).toUpperCase().padStart(4, '0');
    const listening = readFileSync('/proc/net/tcp', 'latin1').match(
      new RegExp(`0100007F:${port} 00000000:0000 0A`, 'g'),
    );
    expect(listening).toHaveLength(GATEWAYS);
    const second = await EngineProcess.launch({
      ini: `http = 127.0.0.1:${engine.port}\nhttp-processes = 2\nwsgi-file = app.py`,
    });
    try {
      expect(await second.exited).not.toBe(0);
      expect(second.log).toContain(`The address 127.0.0.1:${engine.port} is in use`);
    } finally {
      await second.dispose();
    }
  });

  test('each answer on unix sockets, which one of them has', async () => {
    load = new Load(engine.port, 1);
    for (const name of ['a.sock', 'b.sock']) {
      const socket = connect(engine.path(name));
      const pairs = ['REQUEST_METHOD', 'GET', 'PATH_INFO', '/', 'QUERY_STRING', '0'];
      const block = pairs.map((text) => `${String.fromCharCode(text.length, 0)}${text}`).join('');
      socket.write(Buffer.from(`\0${String.fromCharCode(block.length & 255, block.length >> 8)}\0${block}`, 'latin1'));
      let text = '';
      for await (const chunk of socket) text += String(chunk);
      expect(text).toMatch(/200 OK[^]*\r\n\r\n\d+$/);
    }
  });

  test('run each request once, and no client waits for ever', async () => {
    load = new Load(engine.port, CONNECTIONS);
    await load.answered(3000);
    await load.stop();
    expect(load.failed).toEqual([]);
    expectExact(load.outcomes);
    const shares = Array.from(
      { length: CONNECTIONS },
      (_, id) => load.outcomes.filter((one) => one.connection === id).length,
    );
    expect(Math.min(...shares)).toBeGreaterThan(3000 / CONNECTIONS / 10);
    const { workers, listen_queue: waiting } = await engine.stats();
    expect(waiting).toBe(0);
    expect(workers.every(({ status, requests }) => status === 'idle' && requests > 0)).toBe(true);
  });

  test('count each request once', async () => {
    load = new Load(engine.port, 1);
    await load.stop();
    const { workers } = await engine.stats();
    const counted = workers.reduce((sum, { requests }) => sum + requests, 0);
    expect(counted).toBe([...runs().values()].reduce((sum, count) => sum + count, 0));
  });

  test('lose no request to reloads', async () => {
    load = new Load(engine.port, CONNECTIONS);
    for (let reload = 1; reload <= 2; reload++) {
      await load.answered(300);
      engine.signal('SIGHUP');
      await engine.seen('reload done', reload);
    }
    await load.answered(300);
    await load.stop();
    expect(load.failed).toEqual([]);
    expectExact(load.outcomes);
  });

  test('lose only what runs on a worker that is killed', async () => {
    load = new Load(engine.port, CONNECTIONS);
    for (let kill = 0; kill < 4; kill++) {
      await load.answered(200);
      const victim = await waitFor('a worker', async () => (await workerPids())[0]);
      process.kill(victim, 'SIGKILL');
      await waitFor('its successor', async () => {
        const pids = await workerPids();
        return pids.length === 2 && !pids.includes(victim);
      });
    }
    await load.answered(200);
    await load.stop();
    expect(load.failed.filter(({ status }) => status !== 502)).toEqual([]);
    expect(load.failed.length).toBeLessThanOrEqual(4 * 2);
    expectExact(load.outcomes);
  });

  test('give up a request that is overdue, and no other', async () => {
    load = new Load(engine.port, CONNECTIONS);
    const slow = await Promise.all([ask(engine.port, '/slow'), ask(engine.port, '/slow')]);
    expect(slow.map(({ status }) => status)).toEqual([504, 504]);
    await load.answered(300);
    await load.stop();
    expect(load.failed).toEqual([]);
    expectExact(load.outcomes);
  });
});

describe('three gateways', () => {
  afterEach(async () => engine.dispose());

  test('let workers retire after max-requests without losing a request', async () => {
    await start('processes = 2\nthreads = 2\nmax-requests = 100\nmin-worker-lifetime = 0');
    const load = new Load(engine.port, CONNECTIONS);
    await load.answered(3000);
    await load.stop();
    expect(load.failed).toEqual([]);
    expectExact(load.outcomes);
    const { workers } = await engine.stats();
    expect(workers.every(({ respawn_count: spawns }) => spawns > 3)).toBe(true);
  });

  test('share one core: everybody has a turn, and what naps at it delays nobody for long', async () => {
    await start('processes = 1');
    const naps = new Load(engine.port, 2, '/nap');
    const load = new Load(engine.port, CONNECTIONS);
    await load.answered(300);
    await Promise.all([load.stop(), naps.stop()]);
    expect([...load.failed, ...naps.failed]).toEqual([]);
    expectExact([...load.outcomes, ...naps.outcomes]);
    expect(Math.max(...[...load.outcomes, ...naps.outcomes].map(({ tookMs }) => tookMs))).toBeLessThan(10_000);
  });

  test('survive the crash of one: the port stays open, the workers are replaced, and all goes on', async () => {
    await start('processes = 2\nthreads = 2', { NODE_OPTIONS: '--import=./sabotage.mjs' });
    const load = new Load(engine.port, CONNECTIONS);
    await load.answered(300);
    engine.write('crash', '');
    await engine.seen('a gateway crashed and is started again');
    rmSync(engine.path('crash'));
    await waitFor('new workers', async () => (await engine.stats()).workers.every(({ respawn_count: n }) => n > 1));
    const afterCrash = load.outcomes.length;
    await load.answered(500);
    await load.stop();
    expect(load.failed.filter(({ status }) => status === 'connect ECONNREFUSED')).toEqual([]);
    expect(load.outcomes.slice(afterCrash + CONNECTIONS).filter(({ status }) => status !== 200)).toEqual([]);
    const port = engine.port.toString(16).toUpperCase().padStart(4, '0');
    const listening = readFileSync('/proc/net/tcp', 'latin1').match(
      new RegExp(`0100007F:${port} 00000000:0000 0A`, 'g'),
    );
    expect(listening).toHaveLength(GATEWAYS);
    const { listen_queue: waiting, workers } = await engine.stats();
    expect([waiting, ...workers.map(({ status }) => status)]).toEqual([0, 'idle', 'idle']);
  });

  test('never let a request wait behind one that takes long while another worker is free', async () => {
    await start('processes = 2');
    const load = new Load(engine.port, 6);
    // Fast answers: so the workers hold several requests each.
    await load.answered(300);
    const held = ask(engine.port, '/hold');
    await waitFor('it to run', () => existsSync(engine.path('held')));
    await load.answered(1000);
    await load.stop();
    engine.write('go-on', '');
    expect((await held).status).toBe(200);
    expect(load.failed).toEqual([]);
    expectExact(load.outcomes);
  });
});
