/**
 * CGI scripts in shell, Perl and Python: what they see and say, beside uWSGI's CGI plugin where that does the same; bodies,
 * streams, time limits, the end of scripts, and what no path may reach.
 */
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { descendants, EngineProcess, freePort, isRunning, waitFor } from './testing/engine-process.ts';
import { type Asked, askOnce } from './testing/http-client.ts';
import { startTraffic, type Traffic } from './testing/traffic.ts';
import { ask as askPacket, block, packet } from './testing/uwsgi-packets.ts';
import { UwsgiProcess, whyNoUwsgi } from './testing/uwsgi-process.ts';

const SH = '#!/bin/sh\n';
const SHOW = `${SH}echo 'Content-Type: text/plain'; echo
for name in AUTH_TYPE CONTENT_LENGTH CONTENT_TYPE DOCUMENT_ROOT GATEWAY_INTERFACE HTTP_COOKIE HTTP_PROXY HTTP_X_A HTTPS \\
  PATH_INFO PATH_TRANSLATED QUERY_STRING REMOTE_ADDR REQUEST_METHOD REQUEST_URI SCRIPT_FILENAME SCRIPT_NAME SERVER_PROTOCOL \\
  SHOP; do eval "echo $name=\\$$name"; done
pwd
`;
const SCRIPTS: Record<string, string> = {
  'show.cgi': SHOW,
  'sub/index.cgi': SHOW,
  'status.pl': `#!/usr/bin/perl\nprint "Status: 404 Nope\\r\\nX-A: 1\\r\\nX-A: 2\\r\\nSet-Cookie: a=b\\r\\nContent-type: text/plain\\r\\n\\r\\nnot here\\n"; print STDERR "said by perl\\n";`,
  'count.py': `#!/usr/bin/python3
import hashlib, os, sys
length = int(os.environ.get("CONTENT_LENGTH") or 0)
body = sys.stdin.buffer.read()
print("Content-Type: text/plain\\n")
print(length, len(body), hashlib.md5(body).hexdigest())
`,
  'echo.cgi': `${SH}echo 'Content-Type: application/octet-stream'; echo; exec cat`,
  'location.cgi': `${SH}echo 'Location: http://example.org/x'; echo 'X-B: 1'; echo; echo moved`,
  'local.cgi': `${SH}echo 'Location: /show.cgi/after?x=1'; echo`,
  'circle.cgi': `${SH}echo 'Location: /circle.cgi'; echo`,
  'nph-own.cgi': `${SH}printf 'HTTP/1.1 202 Accepted\\r\\nX-Nph: 1\\r\\n\\r\\nnph'`,
  'stream.cgi': `${SH}printf 'Content-Type: text/event-stream\\r\\n\\r\\n'; for i in 1 2 3; do printf 'data: %d\\n\\n' $i
    while [ ! -e ../go-$i ]; do sleep 0.02; done; done`,
  'headless.cgi': `${SH}echo 'nothing that ends'`,
  'failing.cgi': `${SH}exit 3`,
  'splits.cgi': `${SH}printf 'X-A: b\\r\\nStatus: 600000\\r\\n\\r\\n'`,
  'silent.cgi': `${SH}sleep 60 & echo $$ $! >> ../silent.pid; wait`,
  'talking.cgi': `${SH}echo 'Content-Type: text/plain'; echo; sleep 60 > /dev/null & echo $! > ../talking.pid
    while true; do echo again; sleep 0.02; done`,
  'killed.cgi': `${SH}echo 'Content-Type: text/plain'; echo; echo half; kill -9 $$`,
  'nowhere.cgi': '#!/no/such/program\n',
  'helped.txt': 'print("Content-Type: text/plain\\n\\nby a helper")',
  'plain.cgi': `${SH}echo no`,
};

let tree = '';
let engine: EngineProcess;
let uwsgi: UwsgiProcess | null = null;
let uwsgiPort = 0;

/** The body as latin-1. */
async function ask(port: number, path: string, asked?: Asked) {
  const heard = await askOnce(port, path, asked);
  return { ...heard, body: heard.body.toString('latin1') };
}

function isZombie(pid: number): boolean {
  try {
    return /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false; // it has just been buried
  }
}

describe('CGI scripts', () => {
  beforeAll(async () => {
    tree = mkdtempSync(join(tmpdir(), 'reeve-cgi-'));
    for (const name of ['bin/sub', 'outside', 'safe']) mkdirSync(join(tree, name), { recursive: true });
    for (const [name, text] of Object.entries(SCRIPTS)) {
      writeFileSync(join(tree, 'bin', name), text);
      if (!/^(helped|plain)/.test(name)) chmodSync(join(tree, 'bin', name), 0o755);
    }
    writeFileSync(join(tree, 'outside/secret.cgi'), SHOW, { mode: 0o755 });
    writeFileSync(join(tree, 'safe/linked.cgi'), SHOW, { mode: 0o755 });
    symlinkSync('../outside/secret.cgi', join(tree, 'bin/secret.cgi'));
    symlinkSync('../outside', join(tree, 'bin/folder'));
    symlinkSync('../safe/linked.cgi', join(tree, 'bin/linked.cgi'));
    const lines = [
      `cgi = ${tree}/bin`,
      `cgi = /mounted=${tree}/bin`,
      `cgi = /one/script=${tree}/bin/show.cgi`,
      'cgi-index = index.cgi',
      'cgi-map-helper = .txt=/usr/bin/python3',
      `cgi-safe = ${tree}/safe`,
      'cgi-timeout = 2',
      'env = SHOP=tea',
    ];
    engine = await EngineProcess.start({ ini: `${lines.join('\n')}\nmaster = true\nprocesses = 2\nthreads = 2\n` });
    if (whyNoUwsgi('cgi,http') !== null) return;
    uwsgiPort = await freePort();
    const args = ['--plugins', 'cgi,http', '--http-socket', `127.0.0.1:${uwsgiPort}`, '--http-socket-modifier1', '9'];
    args.push('--cgi-close-stdin-on-eof');
    for (const line of lines) {
      const equals = line.indexOf(' = ');
      args.push(`--${line.slice(0, equals)}`, line.slice(equals + 3));
    }
    uwsgi = await UwsgiProcess.start(args, {});
  });

  afterAll(async () => {
    await uwsgi?.dispose();
    await engine.dispose();
    rmSync(tree, { recursive: true, force: true });
  });

  it.each<[string, Asked?]>([
    ['/show.cgi'],
    ['/show.cgi/more/info?a=b', { headers: { 'X-A': 'one, two', Cookie: 'k=v' } }],
    ['/show.cgi', { method: 'POST', headers: { 'Content-Type': 'text/plain' }, body: 'four' }],
    ['/mounted/show.cgi/x'],
    ['/sub/'],
    ['/sub'],
    ['/status.pl'],
    ['/helped.txt'],
    ['/nothing.cgi'],
    ['/plain.cgi'],
    ['/count.py', { method: 'PUT', headers: { 'Content-Type': 'x/y' }, body: 'ä'.repeat(1000) }],
  ])('answer %s %o as on uWSGI', async (path, asked) => {
    const ours = await ask(engine.port, path, asked);
    if (uwsgi !== null) expect(ours).toEqual(await ask(uwsgiPort, path, asked));
    else expect(ours.status).toBeLessThan(500);
  });

  it('get nothing of the environment but PATH, the locale and what the configuration sets', async () => {
    writeFileSync(join(tree, 'bin/env.cgi'), `${SH}echo; env`, { mode: 0o755 });
    const { body } = await ask(engine.port, '/env.cgi', { headers: { Proxy: 'http://evil' } });
    const names = body.split('\n').map((line) => line.split('=')[0]);
    expect(names).toEqual(expect.arrayContaining(['PATH', 'SHOP', 'SERVER_SOFTWARE', 'REDIRECT_STATUS']));
    expect(names.filter((name) => /^(HOME|USER|UWSGI_|HTTP_PROXY|wsgi)/.test(name ?? ''))).toEqual([]);
  });

  it.each([
    '/secret.cgi',
    '/folder/secret.cgi',
    '/..%2foutside/secret.cgi',
    '/show.cgi%00',
    '/mountedx/show.cgi',
    '/nph-..',
  ])('are not reached by %s', async (path) => {
    const { status, body } = await ask(engine.port, path);
    expect([403, 404]).toContain(status);
    expect(body).not.toContain('GATEWAY');
  });

  it('are one script for all below a path', async () => {
    const { body } = await ask(engine.port, '/one/script/x/y');
    expect(body).toContain('PATH_INFO=/x/y\n');
    expect(body).toContain(`SCRIPT_FILENAME=${tree}/bin/show.cgi\nSCRIPT_NAME=/one/script\n`);
  });

  it('may be behind a link to a safe folder', async () => {
    const { status, body } = await ask(engine.port, '/linked.cgi');
    expect(status).toBe(200);
    expect(body).toContain(`SCRIPT_FILENAME=${tree}/safe/linked.cgi\nSCRIPT_NAME=/linked.cgi\n`);
  });

  it('redirect to other servers, and within this one without the client', async () => {
    expect(await ask(engine.port, '/location.cgi')).toMatchObject({ status: 302, body: 'moved\n' });
    const local = await ask(engine.port, '/local.cgi', { method: 'POST', body: 'gone' });
    expect(local.status).toBe(200);
    expect(local.body).toContain('PATH_INFO=/after\n');
    expect(local.body).toContain('QUERY_STRING=x=1\n');
    expect(local.body).toContain('REQUEST_METHOD=GET\n');
    expect((await ask(engine.port, '/circle.cgi')).status).toBe(500);
  });

  it('write their own status line when they are called nph-', async () => {
    expect(await ask(engine.port, '/nph-own.cgi')).toMatchObject({ status: 202, reason: 'Accepted', body: 'nph' });
  });

  it('have large bodies both ways at the same time', async () => {
    const body = Buffer.alloc(5_000_000, 'abcdefg');
    const answer = await ask(engine.port, '/echo.cgi', { method: 'POST', body });
    expect(answer.body.length).toBe(body.length);
    expect(answer.body).toBe(body.toString());
    // A script that leaves its body alone.
    expect((await ask(engine.port, '/show.cgi', { method: 'POST', body })).status).toBe(200);
  });

  it('stream: what they have written is passed on at once', async () => {
    const answer = await fetch(`http://127.0.0.1:${engine.port}/stream.cgi`);
    const reader = answer.body?.getReader();
    for (const part of [1, 2, 3]) {
      const { value } = (await reader?.read()) ?? {};
      expect(Buffer.from(value ?? []).toString()).toBe(`data: ${part}\n\n`);
      writeFileSync(join(tree, `go-${part}`), '');
    }
    expect((await reader?.read())?.done).toBe(true);
  });

  it.each([
    ['/headless.cgi', 'headless.cgi has ended (code 0) without a whole head'],
    ['/failing.cgi', 'failing.cgi has ended (code 3) without a whole head'],
    ['/splits.cgi', "splits.cgi has sent the status '600000'"],
    ['/nowhere.cgi', 'nowhere.cgi can not be started: the program that its first line names is not there'],
  ])('that do not answer, as %s, are told of in the log', async (path, line) => {
    expect((await ask(engine.port, path)).status).toBe(500);
    await engine.seen(line);
  });

  it('that a signal ends in the middle of an answer without a length have it cut', async () => {
    const answer = await fetch(`http://127.0.0.1:${engine.port}/killed.cgi`);
    expect(answer.status).toBe(200);
    await expect(answer.text()).rejects.toThrow('terminated');
    await engine.seen('killed.cgi has ended (signal 9) in the middle of its answer');
  });

  it('leave nothing behind them when nobody asks any more', async () => {
    for (let count = 0; count < 4; count += 1) await ask(engine.port, '/show.cgi');
    await waitFor('no ended process that nobody has buried', () => !descendants(engine.pid).some(isZombie));
  });

  it('end with all that they have started when their client has gone', async () => {
    const gone = new AbortController();
    const answer = await fetch(`http://127.0.0.1:${engine.port}/talking.cgi`, { signal: gone.signal });
    expect(answer.status).toBe(200);
    const script = Number(await waitFor('its pid', () => readText(join(tree, 'talking.pid'))));
    expect(isRunning(script)).toBe(true);
    gone.abort();
    await waitFor('the end of the script', () => !isRunning(script));
  });

  it('run beside each other in threads, and end with all that they have started when they say nothing for too long', async () => {
    const started = performance.now();
    const answers = await Promise.all([1, 2, 3, 4].map(() => ask(engine.port, '/silent.cgi')));
    expect(answers.map(({ status }) => status)).toEqual([504, 504, 504, 504]);
    expect(performance.now() - started).toBeLessThan(7900);
    await engine.seen('silent.cgi has said nothing for 2 seconds and is ended', 4);
    const scripts = readFileSync(join(tree, 'silent.pid'), 'utf8').trim().split(/\s+/).map(Number);
    expect(scripts).toHaveLength(8);
    await waitFor('the end of all of them', () => scripts.every((pid) => !isRunning(pid)));
  });
});

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8') || null;
  } catch {
    return null;
  }
}

it('workers of CGI are ended by harakiri with their scripts, and a folder that is not there keeps the old version', async () => {
  const cgi = await EngineProcess.start({
    ini: 'cgi = {FOLDER}\nmaster = true\nharakiri = 1\n',
    files: { 'stuck.cgi': `${SH}echo $$ > stuck.pid; sleep 60 & wait`, 'fine.cgi': `${SH}echo; echo fine` },
  });
  try {
    chmodSync(cgi.path('stuck.cgi'), 0o755);
    chmodSync(cgi.path('fine.cgi'), 0o755);
    expect((await cgi.get('/stuck.cgi')).status).toBe(504);
    await cgi.seen('stuck.cgi is ended with its worker');
    const script = Number(cgi.read('stuck.pid'));
    await waitFor('the end of the script', () => !isRunning(script));
    expect((await cgi.get('/fine.cgi')).body).toBe('fine\n');
    cgi.writeIni('cgi = {FOLDER}/nowhere\nmaster = true\n');
    cgi.signal('SIGHUP');
    await cgi.seen("nowhere', which 'cgi' names, is not there");
    await cgi.seen('reload failed');
    expect((await cgi.get('/fine.cgi')).body).toBe('fine\n');
  } finally {
    await cgi.dispose();
  }
});

it('workers of CGI are killed, worn and reloaded without more loss than what the killed one served', async () => {
  const cgi = await EngineProcess.start({
    ini: 'cgi = {FOLDER}/who.cgi\nmaster = true\nprocesses = 2\nthreads = 2\nmax-requests = 40\nmin-worker-lifetime = 0\n',
    files: { 'who.cgi': '' },
  });
  let traffic: Traffic | null = null;
  try {
    const say = (text: string): void => {
      writeFileSync(cgi.path('who.new'), `${SH}echo; echo ${text}`, { mode: 0o755 });
      renameSync(cgi.path('who.new'), cgi.path('who.cgi'));
    };
    const pids = async (): Promise<number[]> => (await cgi.stats()).workers.map(({ pid }) => pid);
    say('one');
    const before = await pids();
    traffic = startTraffic(cgi, { kept: 2, fresh: 1 });
    const { answers, errors } = traffic;
    await waitFor('workers that are worn', async () => (await pids()).every((pid) => pid > 0 && !before.includes(pid)));
    cgi.signal('SIGHUP');
    await cgi.seen('reload done');
    say('two');
    await waitFor('the new script', () => answers.at(-1)?.body === 'two\n');
    expect(errors).toEqual([]);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));

    const [victim = 0] = await pids();
    process.kill(victim, 'SIGKILL');
    const atKill = answers.length;
    await waitFor('its successor', async () => (await pids()).every((pid) => pid > 0 && pid !== victim));
    await waitFor('more answers', () => answers.length > atKill + 20);
    await traffic.stop();
    // It had two requests at most, one in each thread; an answer that has begun is cut.
    const unserved = answers.filter(({ status }) => status !== 200);
    expect(unserved.length + errors.length).toBeLessThanOrEqual(2);
  } finally {
    await traffic?.stop();
    await cgi.dispose();
  }
});

it('scripts end with a worker that is killed; what a script has left behind on purpose does not', async () => {
  const cgi = await EngineProcess.start({
    ini: 'cgi = {FOLDER}\nmaster = true\n',
    files: {
      'left.cgi': `${SH}sleep 60 > /dev/null 2>&1 & echo; echo $!`,
      'stuck.cgi': `${SH}sleep 60 & echo $$ $! > stuck.pid; wait`,
    },
  });
  try {
    for (const name of ['left.cgi', 'stuck.cgi']) chmodSync(cgi.path(name), 0o755);
    const left = Number((await cgi.get('/left.cgi')).body);
    const stuck = cgi.get('/stuck.cgi');
    const ended = await waitFor('the script', () => /^\d+ \d+$/m.exec(cgi.read('stuck.pid'))?.[0]);
    process.kill((await cgi.stats()).workers[0]?.pid ?? 0, 'SIGKILL');
    expect((await stuck).status).toBe(502);
    await waitFor('the end of the script', () => ended.split(' ').every((pid) => !isRunning(Number(pid))));
    expect(isRunning(left)).toBe(true);
    process.kill(left, 'SIGKILL');
  } finally {
    await cgi.dispose();
  }
});

it('scripts are held back by their ends, taken from DOCUMENT_ROOT, lose variables, and may be left running', async () => {
  const cgi = await EngineProcess.start({
    ini: 'cgi-from-docroot = true\ncgi-allowed-ext = .cgi\ncgi-unset = SHOP\nenv = SHOP=tea\nenv = OTHER=1\ncgi-timeout = 1\ncgi-do-not-kill-on-error = true\nmaster = true\n',
    listener: 'uwsgi-socket = 127.0.0.1:{HTTP}',
    files: {
      'a.cgi': `${SH}echo; echo "$SHOP $OTHER"`,
      'a.sh': `${SH}echo; echo no`,
      'left.cgi': `${SH}echo $$ > left.pid; sleep 2; echo > left.done`,
    },
  });
  try {
    for (const name of ['a.cgi', 'a.sh', 'left.cgi']) chmodSync(cgi.path(name), 0o755);
    const get = async (path: string): Promise<string> => {
      const vars = { REQUEST_METHOD: 'GET', PATH_INFO: path, DOCUMENT_ROOT: cgi.folder, SERVER_PROTOCOL: 'HTTP/1.1' };
      return askPacket(cgi.port, packet(9, 0, block(...Object.entries(vars).flat())));
    };
    expect(await get('/a.cgi')).toMatch(/ 200 OK\r\n\r\n 1\n$/);
    expect(await get('/a.sh')).toMatch(/ 403 /);
    expect(await get('/left.cgi')).toMatch(/ 504 /);
    const left = Number(cgi.read('left.pid'));
    expect(isRunning(left)).toBe(true);
    await waitFor('its end', () => !isRunning(left));
    expect(cgi.read('left.done')).toBe('\n');
  } finally {
    await cgi.dispose();
  }
});
