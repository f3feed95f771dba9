/**
 * The JavaScript worker: loads the application (`js-app`), serves the requests that the gateways send, one at a time
 * on each core, and ends when the master says so or goes away. Started with one line of JSON on standard input
 * (RuntimeBoot in engine/master/control.ts). Runs on Node 20 or newer, with nothing installed.
 */
import { connect } from 'node:net';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { Answer } from './answer.mjs';
import {
  BEGUN,
  BODY_FILE,
  CONTROL_CORE,
  encodeHello,
  encodeReply,
  FrameReader,
  REQUEST,
  RETIRING,
  TAKE_BACK,
  TAKEN,
} from './frames.mjs';
import { chooseHandler } from './handlers.mjs';
import { acceptingPhases, runHooks } from './hooks.mjs';
import { Recycling } from './recycling.mjs';
import { signals } from './signals.mjs';
import { resolveUwsgi } from './uwsgi-resolver.mjs';
import { install } from './uwsgi-state.mjs';
import { listenToSignals } from './worker-signals.mjs';

/** Connects to `host:port` or a unix socket's path. */
function open(endpoint) {
  const tcp = /^(?<host>[^/]*):(?<port>\d+)$/.exec(endpoint)?.groups;
  const socket = tcp ? connect({ host: tcp.host, port: Number(tcp.port), noDelay: true }) : connect(endpoint);
  socket.on('error', () => {
    // What the end of a connection means is decided by its `close` handler.
  });
  return socket;
}

async function readBoot() {
  const lines = createInterface({ input: process.stdin });
  for await (const line of lines) {
    lines.close();
    process.stdin.destroy();
    return JSON.parse(line);
  }
  throw new Error('The worker was started without its boot line on standard input; the engine starts it.');
}

/** The control connection to the master: `u32le length | JSON`, both ways. */
class Master {
  #socket;
  #pending = Buffer.alloc(0);

  constructor(boot, onExit) {
    this.#socket = open(boot.controlEndpoint);
    this.#socket.on('close', () => process.exit(0));
    this.#socket.on('data', (chunk) => {
      this.#pending = Buffer.concat([this.#pending, chunk]);
      while (this.#pending.length >= 4 && this.#pending.length >= 4 + this.#pending.readUInt32LE(0)) {
        const end = 4 + this.#pending.readUInt32LE(0);
        const message = JSON.parse(this.#pending.toString('utf8', 4, end));
        this.#pending = this.#pending.subarray(end);
        if (message.type === 'exit') onExit();
        else if (message.type === 'signal') signals.receive(message.number);
      }
    });
    const { token, generation, spawnId } = boot;
    this.send({ type: 'hello', role: 'worker', token, generation, spawnId, pid: process.pid });
  }

  send(message) {
    const body = Buffer.from(JSON.stringify(message));
    const length = Buffer.alloc(4);
    length.writeUInt32LE(body.length);
    this.#socket.write(Buffer.concat([length, body]));
  }
}

class Worker {
  #boot;
  #handler;
  #cores = [];
  #running = 0;
  #isStopping = false;
  #recycling;

  constructor(boot) {
    this.#boot = boot;
    this.#recycling = new Recycling(boot);
  }

  /** A handler of a signal may run: beside a request only where requests run beside each other. */
  get isFree() {
    return this.#running === 0 || this.#boot.threads > 1;
  }

  /** Handlers have run: requests that came meanwhile begin. */
  resume() {
    for (const line of this.#cores) this.#next(line);
  }

  /** Finishes what runs, then ends the process. */
  exit() {
    this.#isStopping = true;
    this.#exitWhenIdle();
  }

  serve(handler) {
    this.#handler = handler;
    const token = Buffer.from(this.#boot.token, 'hex');
    const cores = Math.max(1, this.#boot.threads);
    for (const endpoint of this.#boot.gatewayEndpoints) {
      const lines = [];
      for (let core = 0; core < cores; core++) {
        const socket = open(endpoint);
        socket.write(encodeHello(this.#boot.spawnId, core, token));
        const line = { socket, queue: [], begun: 0, taken: new Set(), isBusy: false, isRetired: false };
        const reader = new FrameReader((type, flags, requestId, payload) => {
          if (type !== REQUEST) return;
          line.queue.push({ flags, requestId, payload });
          this.#next(line);
        });
        socket.on('data', (chunk) => reader.feed(chunk));
        lines.push(line);
      }
      this.#openControl(endpoint, token, lines);
      this.#cores.push(...lines);
    }
  }

  #openControl(endpoint, token, lines) {
    const socket = open(endpoint);
    socket.write(encodeHello(this.#boot.spawnId, CONTROL_CORE, token));
    const reader = new FrameReader((type, _flags, requestId, payload) => {
      if (type !== TAKE_BACK) return;
      const line = lines[payload.readUInt16LE(0)];
      socket.write(encodeReply(this.#takeBack(line, requestId) ? TAKEN : BEGUN, requestId));
    });
    socket.on('data', (chunk) => reader.feed(chunk));
  }

  /** Gives a request back that has not begun: here in the queue, or still on its way on the core's connection. */
  #takeBack(line, requestId) {
    if (line === undefined) return false;
    // Ids rise on a connection and may wrap at 32 bits: the distance tells which is later.
    if ((requestId - line.begun) >>> 0 === 0 || (requestId - line.begun) >>> 0 >= 0x80000000) return false;
    line.taken.add(requestId);
    return true;
  }

  #next(line) {
    if (line.isBusy || this.#isStopping || line.isRetired || (signals.isRunning && this.#boot.threads === 1)) return;
    const request = line.queue.shift();
    if (request === undefined) return;
    line.begun = request.requestId;
    if (line.taken.delete(request.requestId)) {
      this.#next(line);
      return;
    }
    line.isBusy = true;
    this.#running++;
    void this.#run(line, request);
  }

  async #run(line, { flags, requestId, payload }) {
    let failure = null;
    const answer = new Answer(line.socket, requestId, () => this.#endFlags(line, failure));
    try {
      const end = 4 + payload.readUInt32LE(0);
      const environ = JSON.parse(payload.toString('utf8', 4, end));
      let body = payload.length > end ? payload.subarray(end) : null;
      if (body !== null && (flags & BODY_FILE) !== 0) body = { path: body.toString('utf8') };
      if (this.#handler === null) {
        console.error('--- no JavaScript application found, check your startup logs for errors ---');
        answer.end();
      } else {
        await this.#handler(environ, body, answer);
      }
    } catch (error) {
      failure = error;
      answer.fail(error);
    }
    this.#running--;
    line.isBusy = false;
    this.#exitWhenIdle();
    void signals.run();
    this.#next(line);
  }

  /** Asked when an answer is about to end: does the worker retire after it, or wish to? */
  #endFlags(line, failure) {
    const flags = this.#recycling.endFlags(failure);
    if (flags === RETIRING) line.isRetired = true;
    return flags;
  }

  #exitWhenIdle() {
    if (!this.#isStopping || this.#running > 0) return;
    // What was answered last must have left: then the process may end.
    const unsent = this.#cores.filter((line) => line.socket.writableLength > 0);
    if (unsent.length === 0) process.exit(0);
    for (const line of unsent) line.socket.once('drain', () => this.#exitWhenIdle());
  }
}

async function main() {
  const boot = await readBoot();
  const worker = new Worker(boot);
  const master = new Master(boot, () => worker.exit());
  const send = (message) => master.send(message);
  signals.connect({ send, isFree: () => worker.isFree, resume: () => worker.resume(), who: `worker ${boot.wid}` });
  install(boot, master);
  resolveUwsgi();
  process.on('SIGINT', () => {
    // Ctrl-C reaches the whole group; the master decides what happens.
  });
  const title = boot.system.titles.worker;
  if (title !== null) process.title = title.replace('{number}', boot.wid);
  const startedMs = performance.now();
  let handler = null;
  try {
    if (boot.chdir !== null) process.chdir(boot.chdir);
    runHooks(boot, 'pre-app');
    if (boot.app.language !== 'javascript') throw new Error('The JavaScript worker needs js-app.');
    handler = chooseHandler(await import(pathToFileURL(resolve(boot.app.file)).href));
    if (handler === null) {
      throw new Error(`${boot.app.file} exports no application: export a fetch handler or a (req, res) function.`);
    }
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    console.error(text);
    if (boot.needApps > 0) {
      master.send({ type: 'load-failed', text });
      return;
    }
  }
  runHooks(boot, 'post-app');
  if (boot.system.chdir2 !== null) process.chdir(boot.system.chdir2);
  runHooks(boot, 'post-fork', ...acceptingPhases(boot));
  const startupSeconds = Math.round((performance.now() - startedMs) / 1000);
  const app = { id: 0, modifier1: 0, mountpoint: '', startupSeconds, chdir: boot.chdir ?? '' };
  master.send({ type: 'loaded', apps: handler === null ? [] : [app], runtime: `Node.js ${process.versions.node}` });
  listenToSignals(master);
  worker.serve(handler);
}

await main();
