/**
 * What the option table says about when a changed value takes effect, held against a real uWSGI and the engine: one
 * server per kind of reload, its file edited meanwhile, and looked at from outside.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseStats } from './api/parse-stats.ts';
import type { StatsDocument } from './api/stats.ts';
import { findOption, type OptionEffect } from './config/option-table.ts';
import { freePort, waitFor } from './testing/engine-process.ts';

const APP = `import os, resource
def application(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain')])
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    said = [os.getpid(), os.environ['PLACE'], os.getuid(), os.getcwd(), limit]
    return ['\\n'.join(str(one) for one in said).encode()]
`;

let folder: string;
let server: ChildProcess | null = null;

beforeEach((context) => {
  context.skip(!hasUwsgi(), 'uWSGI with its python3 and http plugins is not installed');
  folder = mkdtempSync(join(tmpdir(), 'reeve-effect-'));
  // Its user may change.
  chmodSync(folder, 0o777);
  writeFileSync(join(folder, 'app.py'), APP);
  for (const name of ['one', 'two']) execFileSync('mkdir', [join(folder, name)]);
});

afterEach(async () => {
  if (server?.pid !== undefined && server.exitCode === null) {
    const ended = new Promise((resolve) => server?.once('exit', resolve));
    process.kill(-server.pid, 'SIGKILL');
    await ended;
  }
  server = null;
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

interface Ports {
  tcp: number;
  http: [number, number];
}

/** Everything that can be seen of the options in question. */
async function observe({ tcp, http }: Ports): Promise<Record<string, string>> {
  const first = await readStats('a.stats');
  const stats = first ?? (await readStats('b.stats'));
  const [, env = '', , cwd = '', maxFd = ''] = await askApp();
  const bound = stats?.sockets.find(({ name }) => name.endsWith(`:${tcp}`));
  const listening = await Promise.all(http.map((port) => isListening({ host: '127.0.0.1', port })));
  return {
    listen: String(bound?.max_queue),
    'chmod-socket': (statSync(join(folder, 'app.sock')).mode & 0o777).toString(8),
    processes: String(stats?.workers.length),
    threads: String(stats?.workers[0]?.cores?.length),
    'max-fd': maxFd,
    env,
    chdir: cwd,
    stats: first === null ? 'b' : 'a',
    http: listening.join(' '),
    'lazy-apps': String(readFileSync(join(folder, 'a.log'), 'utf8').split('WSGI app 0').length > 3),
    logto: String(existsSync(join(folder, 'b.log'))),
    pidfile: String(existsSync(join(folder, 'b.pid'))),
  };
}

function write(isFirst: boolean, ports: Ports): void {
  const of = (first: string, second: string): string => (isFirst ? first : second);
  const lines = [
    'plugins = python3,http',
    'master = true',
    'master-fifo = fifo',
    'http-socket = app.sock',
    `http-socket = 127.0.0.1:${ports.tcp}`,
    'wsgi-file = app.py',
    `listen = ${of('50', '60')}`,
    `chmod-socket = ${of('666', '600')}`,
    `processes = ${of('1', '2')}`,
    `threads = ${of('1', '3')}`,
    `max-fd = ${of('200', '300')}`,
    `env = PLACE=${of('a', 'b')}`,
    `chdir = ${join(folder, of('one', 'two'))}`,
    `stats = ${join(folder, of('a.stats', 'b.stats'))}`,
    `http = 127.0.0.1:${ports.http[isFirst ? 0 : 1]}`,
    `lazy-apps = ${of('false', 'true')}`,
    `logto = ${join(folder, of('a.log', 'b.log'))}`,
    `pidfile = ${join(folder, of('a.pid', 'b.pid'))}`,
  ].map((line) => line.replace(/= (app\.\w+|fifo)$/, `= ${join(folder, '$1')}`));
  writeFileSync(join(folder, 'u.ini'), `[uwsgi]\n${lines.join('\n')}\n`);
}

/** Values seen before and after a reload of this kind, with the file edited in between. */
async function change(
  reload: () => void,
  [program = 'uwsgi', ...words]: readonly string[] = ['uwsgi'],
): Promise<[Record<string, string>, Record<string, string>]> {
  const ports: Ports = { tcp: await freePort(), http: [await freePort(), await freePort()] };
  write(true, ports);
  server = spawn(program ?? '', [...words, '--ini', 'u.ini'], { cwd: folder, stdio: 'ignore', detached: true });
  const before = await waitFor('the server', async () => settled(ports));
  const pid = await pidOfWorker();
  write(false, ports);
  reload();
  await waitFor('a new worker', async () => (await pidOfWorker()) !== pid);
  const after = await waitFor('its figures', async () => settled(ports));
  return [before, after];
}

/** null until everything answers and the kernel's figures were read once. */
async function settled(ports: Ports): Promise<Record<string, string> | null> {
  const seen = await observe(ports).catch(() => null);
  return seen === null || seen['listen'] === '0' || seen['processes'] === 'undefined' || !seen['http']?.includes('true')
    ? null
    : seen;
}

async function pidOfWorker(): Promise<string | null> {
  const [pid = null] = await askApp().catch(() => []);
  return pid;
}

describe('a value changed in the file of a server', () => {
  it('is taken over by a reload of a real uWSGI where the table says so, and not where it says restart', async () => {
    const [before, after] = await change(() => server?.kill('SIGHUP'));
    const seen = Object.keys(before);
    const effect = (name: string): OptionEffect => (before[name] === after[name] ? 'restart' : 'reload');
    expect(Object.fromEntries(seen.map((name) => [name, effect(name)]))).toEqual(
      Object.fromEntries(seen.map((name) => [name, findOption(name)?.effect])),
    );
  });

  it('is taken over by a reload of the engine where the table says so', async () => {
    const engine = [process.execPath, join(import.meta.dirname, 'main.ts')];
    const [before, after] = await change(() => server?.kill('SIGHUP'), engine);
    const seen = Object.keys(before).filter((name) => name !== 'lazy-apps');
    const effect = (name: string): OptionEffect => (before[name] === after[name] ? 'restart' : 'reload');
    expect(Object.fromEntries(seen.map((name) => [name, effect(name)]))).toEqual(
      Object.fromEntries(seen.map((name) => [name, findOption(name)?.engineEffect])),
    );
  });

  it('is never the user of the server while it runs: it keeps its user, or ends', async ({ skip }) => {
    skip(process.getuid?.() !== 0, 'only root may choose the user');
    const lines = 'plugins = python3\nmaster = true\nchmod-socket = 666\nwsgi-file = app.py\nenv = PLACE=a\n';
    const text = (uid: number): string => `[uwsgi]\n${lines}http-socket = ${join(folder, 'app.sock')}\nuid = ${uid}\n`;
    writeFileSync(join(folder, 'u.ini'), text(65533));
    server = spawn('uwsgi', ['--ini', 'u.ini'], { cwd: folder, stdio: 'ignore', detached: true });
    const pid = await waitFor('the server', pidOfWorker);
    writeFileSync(join(folder, 'u.ini'), text(65534));
    server.kill('SIGHUP');
    const uid = await waitFor('what comes of it', async () => {
      const [newPid = pid, , seen] = await askApp().catch(() => []);
      return server?.exitCode !== null ? 'ended' : newPid === pid ? null : seen;
    });
    expect(['ended', '65533']).toContain(uid);
    expect(findOption('uid')?.effect).toBe('restart');
  });

  it('is not taken over by new workers alone of a real uWSGI', async () => {
    const [before, after] = await change(() => writeFileSync(join(folder, 'fifo'), 'w'));
    expect(after).toEqual(before);
  });
});

async function readStats(name: string): Promise<StatsDocument | null> {
  const text = await read({ path: join(folder, name) }, '').catch(() => '');
  if (text === '') return null;
  const reading = parseStats(text);
  return reading.status === 'stats' ? reading.document : null;
}

/** pid, environment, user, folder and file limit of a worker. */
async function askApp(): Promise<string[]> {
  const answer = await read({ path: join(folder, 'app.sock') }, 'GET / HTTP/1.0\r\n\r\n');
  const body = answer.slice(answer.indexOf('\r\n\r\n') + 4);
  if (!/^\d+\n/.test(body)) throw new Error('no answer yet');
  return body.split('\n');
}

function read(place: { path: string }, question: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(place, () => socket.write(question));
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString('latin1')));
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
  });
}

function isListening(place: { host: string; port: number }): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(place, () => resolve(true));
    socket.on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}

function hasUwsgi(): boolean {
  try {
    execFileSync('uwsgi', ['--plugins', 'python3,http', '--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
