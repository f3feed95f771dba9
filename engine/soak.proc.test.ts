/**
 * Everything at once for a while: killed workers and zygotes, reloads of every kind, slow clients, and traffic all the
 * time. Only requests in flight on a killed worker fail, with 502, and nothing leaks. About 5 s of it; with
 * REEVE_SOAK_SECONDS=60 as long as that says.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { descendants, EngineProcess, isRunning, waitFor } from './testing/engine-process.ts';

const SOAK_MS = Number(process.env['REEVE_SOAK_SECONDS'] ?? '5') * 1000;
const SLOW_CLIENTS = 20;
const WORKERS = 3;
const INI =
  `wsgi-file = app.py\nmaster = true\nprocesses = ${WORKERS}\nthreads = 2\nmaster-fifo = {FOLDER}/app.fifo\n` +
  'max-requests = 200\nmin-worker-lifetime = 0\nmax-worker-lifetime = 3\ndisable-logging = true\n';

const APP = `
import os
import time


def application(environ, start_response):
    if environ["PATH_INFO"] == "/slow":
        time.sleep(0.2)
    start_response("200 OK", [("Content-Type", "text/plain")])
    if environ["PATH_INFO"] == "/big":
        return [b"x" * 65536] * 64
    return [b"%d" % os.getpid()]
`;

const engines: EngineProcess[] = [];
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const engine of engines.splice(0)) await engine.dispose();
});

interface Tally {
  ok: number;
  lost: number;
  others: string[];
}

/** Requests without a pause until `stopping`. */
async function client(
  engine: EngineProcess,
  path: string,
  fresh: boolean,
  stopping: AbortSignal,
  tally: Tally,
): Promise<void> {
  while (!stopping.aborted) {
    const answer = await engine.get(path, { fresh }).catch(String);
    if (typeof answer === 'string') tally.others.push(answer);
    else if (answer.status === 200) tally.ok += 1;
    else if (answer.status === 502) tally.lost += 1;
    else tally.others.push(`${answer.status} ${answer.body}`);
  }
}

/** Sends a request a byte at a time and never gets to its end. */
function slowClient(engine: EngineProcess, stopping: AbortSignal): void {
  const socket = connect(engine.port, '127.0.0.1');
  sockets.push(socket);
  const text = 'GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ';
  let at = 0;
  const timer = setInterval(() => {
    socket.write(at < text.length ? (text[at] ?? '') : 'x');
    at += 1;
    if (stopping.aborted) socket.destroy();
  }, 100);
  socket.on('error', () => socket.destroy());
  socket.on('close', () => clearInterval(timer));
}

/** Asks for four megabytes, again and again, and reads none of them. */
function deafClient(engine: EngineProcess): void {
  const socket = connect(engine.port, '127.0.0.1', () =>
    socket.write('GET /big HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(5)),
  );
  sockets.push(socket);
  socket.pause();
  socket.on('error', () => socket.destroy());
}

function openFiles(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

function rssBytes(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1]) * 4096;
}

/** All worker numbers have a worker that serves, and nothing else of the engine runs but the zygote. */
async function settled(engine: EngineProcess): Promise<number[]> {
  return waitFor('the engine at rest', async () => {
    const { workers } = await engine.stats();
    const family = descendants(engine.pid).filter(isRunning);
    const isWhole =
      workers.length === WORKERS && workers.every(({ accepting, status }) => accepting === 1 && status === 'idle');
    return isWhole && family.length === WORKERS + 1 ? family : null;
  });
}

it(
  'survives all of it: only requests on killed workers fail, and nothing leaks',
  async ({ skip }) => {
    skip(process.platform !== 'linux', 'processes are counted in /proc');
    const engine = await EngineProcess.start({ ini: INI, files: { 'app.py': APP } });
    engines.push(engine);
    const tally: Tally = { ok: 0, lost: 0, others: [] };
    await settled(engine);
    const stopping = new AbortController();
    const { signal } = stopping;
    for (let i = 0; i < SLOW_CLIENTS; i++) {
      slowClient(engine, signal);
      deafClient(engine);
    }
    const clients = [
      client(engine, '/', false, signal, tally),
      client(engine, '/', true, signal, tally),
      client(engine, '/slow', false, signal, tally),
      client(engine, '/slow', true, signal, tally),
    ];
    await waitFor('some answers', () => tally.ok > 100);
    const filesBefore = openFiles(engine.pid);
    const rssBefore = rssBytes(engine.pid);
    let killed = 0;
    let turns = 0;
    const endMs = Date.now() + SOAK_MS;
    const letters = 'rwcrWcwR';
    while (Date.now() < endMs) {
      turns += 1;
      const { workers } = await engine.stats();
      const victim = workers[turns % workers.length];
      if (victim !== undefined && victim.accepting === 1) {
        process.kill(victim.pid, 'SIGKILL');
        killed += 1;
      }
      if (turns % 5 === 0) {
        // The engine's own child is the zygote; workers are its children.
        const zygote = descendants(engine.pid).find((pid) => !workers.some((worker) => worker.pid === pid));
        if (zygote !== undefined && isRunning(zygote)) process.kill(zygote, 'SIGKILL');
      }
      if (turns % 3 === 0) engine.write('app.fifo', letters[(turns / 3) % letters.length] ?? 'r');
      const before = tally.ok;
      await waitFor('traffic between two blows', () => tally.ok > before + 20);
    }
    stopping.abort();
    await Promise.all(clients);
    for (const socket of sockets) socket.destroy();
    await settled(engine);
    const summary = `${turns} turns, ${killed} killed, ${tally.ok} answered, ${tally.lost} lost`;
    if (SOAK_MS > 10_000) console.info(summary);
    expect(/.*BUG.*(\n.*){0,3}/.exec(engine.log)?.[0]).toBeUndefined();
    expect(tally.others, summary).toEqual([]);
    // A killed worker loses what runs on its cores: two requests at most; brutal reloads cut as much.
    const cuts = killed + WORKERS * engine.count('brutal reload');
    expect(tally.lost, summary).toBeLessThanOrEqual(2 * cuts);
    expect(tally.ok, summary).toBeGreaterThan(20 * turns);
    await waitFor('the descriptors to be given back', () => openFiles(engine.pid) <= filesBefore + 8);
    expect(rssBytes(engine.pid) - rssBefore, summary).toBeLessThan(96 * 1024 * 1024);
    expect((await engine.get('/', { fresh: true })).status).toBe(200);
    const stoppedMs = Date.now();
    engine.signal('SIGINT');
    expect(await engine.exited).toBe(0);
    expect(Date.now() - stoppedMs).toBeLessThan(20_000);
  },
  SOAK_MS + 60_000,
);
