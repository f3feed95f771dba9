/**
 * The examples of pages of resources/docs, run as they stand there: only folders, ports and the waits between two tries
 * become those of the test.
 */
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, utimesSync } from 'node:fs';
import { createServer, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import type { EmperorStats } from './api/emperor-stats.ts';
import { parseStats } from './api/parse-stats.ts';
import { findOnPath } from './master/interpreter.ts';
import { EngineProcess, waitFor } from './testing/engine-process.ts';
import { TestSocket } from './testing/websocket-client.ts';

const DOCS = join(import.meta.dirname, '../resources/docs');

let engine: EngineProcess | null = null;

afterEach(async () => {
  await engine?.dispose();
  engine = null;
});

/** The files that a page shows, by the path in their first line, which is a comment. */
function filesOf(page: string): Map<string, string> {
  const whole = readFileSync(join(DOCS, page), 'utf8');
  const blocks = whole.matchAll(/^```\w+\n((?:[;#]|\/[/*]|<\?php \/\/|<!--) (\/[^\s:]+)[^]*?)^```$/gm);
  return new Map([...blocks].map(([, content = '', path = '']) => [path, content]));
}

/** Starts the engine with the file of this name; each of `folders` becomes the test's, `other` the server at port 9000. */
async function startExample(page: string, name: string, folders: RegExp, other = 9000): Promise<EngineProcess> {
  const started = await EngineProcess.launch({ ini: '', args: [name] });
  engine = started;
  mkdirSync(started.path('vassals'));
  for (const [path, content] of filesOf(page)) {
    const local = content
      .replaceAll(folders, started.folder)
      .replaceAll('127.0.0.1:8000', `127.0.0.1:${started.port}`)
      .replaceAll('127.0.0.1:9000', `127.0.0.1:${other}`)
      .replace('emperor-freq = 3', 'emperor-freq = 1')
      .replace('spooler-retry-delay = 30', 'spooler-retry-delay = 1\nspooler-frequency = 1');
    const file = path.replace(folders, '.');
    mkdirSync(dirname(started.path(file)), { recursive: true });
    started.write(file, local);
  }
  await started.seen('Reeve is ready');
  return started;
}

describe('the page about work beside the requests', () => {
  it('has an application whose tasks, mules, timers, crons, daemons, caches, metrics and alarms work', async () => {
    const server = await startExample('background.md', 'uwsgi.ini', /\/(?:srv|run)\/shop\b/g);
    server.write('tidy.py', 'print("tidy runs")\n');
    server.write('feed.py', 'import time\nprint("feed runs", flush=True)\ntime.sleep(600)\n');
    await waitFor('the prices of the timer', async () => (await server.get('/')).body === 'fresh');
    expect((await server.get('/buy?ann@example.org')).body).toBe('99');
    expect((await server.get('/buy?bob')).body).toBe('98');
    await server.seen('receipt for ann@example.org');
    await server.seen('words: 4 in mule', 2);
    await server.seen('feed runs');
    await server.seen('tidy runs');
    await waitFor('the alarm', () => server.read('alarms') === 'order more\n');

    await server.seen('failed 3 times and is moved to');
    const stats = await waitFor('the failed task in the stats', async () => {
      const document = await server.stats();
      return document.reeve?.spools?.[0]?.failed === 1 ? document : null;
    });
    expect(stats.reeve?.spools).toMatchObject([{ waiting: 0, attempts: 4, failures: 3 }]);
    expect(stats.metrics?.['orders']?.value).toBe(2);
    expect(stats.caches).toMatchObject([{ name: 'shop', items: 2 }]);

    const [failed = ''] = readdirSync(server.path('spool/failed'));
    renameSync(server.path(`spool/failed/${failed}`), server.path(`spool/${failed}`));
    await server.seen('failed, attempt 1 of 3', 2);
  });
});

describe('the page about the emperor', () => {
  it('has files with which vassals are started, reloaded, throttled and stopped', async () => {
    const server = await startExample('emperor.md', 'emperor.ini', /\/(?:(?:etc|run)\/shop|srv\/blog)\b/g);
    server.write('app.py', 'def application(environ, start_response):\n    return []\n');
    const statsOf = async (): Promise<EmperorStats | null> => {
      const reading = parseStats(await readAll(server.path('emperor.sock')));
      return reading.status === 'emperor' ? reading.document : null;
    };
    const vassalThat = async (what: string, holds: (vassal: EmperorStats['vassals'][number]) => boolean) =>
      waitFor(what, async () => (await statsOf())?.vassals.find((one) => one.id === 'blog.ini' && holds(one)));

    const first = await vassalThat('the vassal', ({ accepting }) => accepting === 1);
    const own = parseStats(await readAll(server.path('blog.stats')));
    expect(own).toMatchObject({ status: 'stats', document: { pid: first.pid, workers: [{ id: 1 }, { id: 2 }] } });

    const soon = new Date(Date.now() + 5000);
    utimesSync(server.path('vassals/blog.ini'), soon, soon);
    await vassalThat('its reload', ({ respawns, ready }) => respawns === 1 && ready === 1);

    server.write('vassals/bad.ini', '[uwsgi]\nno-such-option-of-any = 1\nstrict = true\n');
    await waitFor('the wait of the broken one', async () => {
      const bad = (await statsOf())?.reeve?.vassals.find(({ id }) => id === 'bad.ini');
      return bad?.state === 'throttled' && bad.cause === 'exited with code 78' && bad.next > 0;
    });
    rmSync(server.path('vassals/blog.ini'));
    await waitFor('the end of the vassal', async () => {
      const stats = await statsOf();
      return stats !== null && !stats.vassals.some(({ id }) => id === 'blog.ini');
    });
  });
});

const PROGRAMS: Record<string, string> = { ruby: 'ruby', perl: 'perl', php: 'php-cgi' };

describe('the page about languages', () => {
  it.for([
    ['ruby', '/a/b', 'Ruby: /a/b'],
    ['perl', '/a/b', 'Perl: /a/b'],
    ['php', '/a/b', 'PHP: /a/b'],
    ['cgi', '/cgi-bin/hello.py/a/b', 'CGI: /a/b'],
    ['asgi', '/a/b', 'ASGI: /a/b'],
    ['js', '/a/b', 'JavaScript: /a/b'],
  ])('has a file for %s that serves', async ([language = '', path = '', body = ''], context) => {
    const program = PROGRAMS[language];
    context.skip(program !== undefined && findOnPath([program], process.env) === null, `${program} is not installed`);
    const server = await startExample('languages.md', `${language}.ini`, /\/srv\/shop\b/g);
    expect(await server.get(path)).toMatchObject({ status: 200, body: `${body}\n` });
    expect(server.log).not.toMatch(/warning:|\*\*\* no application/);
  });
});

describe('the page about files, websockets and events', () => {
  it('has an application whose files are served beside it, and that speaks websocket and sends events', async () => {
    const server = await startExample('serving.md', 'uwsgi.ini', /\/srv\/live\b/g);
    const at = async (path: string, headers: Record<string, string> = {}): Promise<Response> =>
      fetch(`http://127.0.0.1:${server.port}${path}`, { headers });
    const style = await at('/static/app.0badf00d.css');
    expect(style.headers.get('cache-control')).toContain('max-age=31536000');
    expect((await at('/static/app.0badf00d.css', { range: 'bytes=-2' })).status).toBe(206);
    const etag = style.headers.get('etag') ?? '';
    expect((await at('/static/app.0badf00d.css', { 'if-none-match': etag })).status).toBe(304);
    expect(await (await at('/')).text()).toContain('<title>Live</title>');
    expect((await at('/static/none')).status).toBe(404);
    expect(await (await at('/export')).text()).toContain('tea,4');

    const chat = await TestSocket.open(`ws://127.0.0.1:${server.port}/chat`);
    expect(await chat.ask('hello')).toBe('you said: hello');
    await chat.close();
    const events = (await at('/events')).body?.getReader();
    const first = await events?.read();
    expect(new TextDecoder().decode(first?.value)).toBe('data: 0\n\n');
    await events?.cancel();
  });
});

interface Reply {
  status: number | undefined;
  body: string;
  headers: IncomingMessage['headers'];
}

describe('the page about routes', () => {
  it('has lines of which each does what stands above it', async () => {
    const reports = createServer((asked, answer) => void answer.end(`reports ${asked.url}`)).listen(0, '127.0.0.1');
    onTestFinished(() => {
      reports.close();
      reports.closeAllConnections();
    });
    await once(reports, 'listening');
    const address = reports.address();
    const other = typeof address === 'object' && address !== null ? address.port : 0;
    const server = await startExample('routing.md', 'uwsgi.ini', /\/srv\/site\b/g, other);
    const ask = async (path: string, headers: Record<string, string> = {}): Promise<Reply> => {
      const outgoing = request({ host: '127.0.0.1', port: server.port, path, headers }).end();
      const [incoming]: IncomingMessage[] = await once(outgoing, 'response');
      if (incoming === undefined) throw new Error('no answer');
      return { status: incoming.statusCode, body: await text(incoming), headers: incoming.headers };
    };
    const ann = { authorization: `Basic ${Buffer.from('ann:secret').toString('base64')}` };
    const www = await ask('/a?b', { host: 'www.example.org' });
    expect([www.status, www.headers.location]).toEqual([301, 'http://example.org/a?b']);
    expect((await ask('/.git/config')).status).toBe(404);
    expect((await ask('/shop/12')).headers.location).toBe('/articles/12');
    expect((await ask('/latest')).body).toMatch(/^\/articles\/7 /);
    expect((await ask('/admin')).status).toBe(401);
    const admin = await ask('/admin', ann);
    expect([admin.status, admin.headers['x-user'], admin.headers['x-frame-options']]).toEqual([200, undefined, 'DENY']);
    expect((await ask('/reports/may')).body).toBe('reports /reports/may');
    expect((await ask('/news')).body).toBe((await ask('/news')).body);
    expect((await ask('/none')).headers['cache-control']).toBe('no-store');
    expect((await ask('/health')).headers['cache-control']).toBeUndefined();
    expect((await ask('/fail')).status).toBe(500);
    await server.seen('failed: GET /fail');
    server.write('down', '');
    expect((await ask('/')).status).toBe(503);
    expect(server.log).not.toContain('GET /health');
  });
});

/** What a socket says up to the end of the connection; nothing while nobody listens. */
async function readAll(path: string): Promise<string> {
  return new Promise((resolve) => {
    let heard = '';
    const socket = connect(path);
    socket.setEncoding('utf8').on('data', (piece: string) => {
      heard += piece;
    });
    socket.on('error', () => resolve(''));
    socket.on('end', () => resolve(heard));
  });
}
