/** What routes do beside what uWSGI's recordings show: expressions that take forever, other servers, files, times, the log. */
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EngineProcess, freePort, waitFor } from './testing/engine-process.ts';

const APP = `
import time
import uwsgi
def greet(*names):
    return b"hello " + b" ".join(names)
uwsgi.register_rpc("greet", greet)
def application(environ, start_response):
    body = environ["wsgi.input"].read()
    if environ["PATH_INFO"].startswith("/slow"):
        time.sleep(30)
    start_response("200 OK", [("Content-Type", "text/plain"), ("X-Secret", "kept")])
    return [b"app ", environ["PATH_INFO"].encode("latin-1"), b" ", str(len(body)).encode(), b" ", environ.get("T_M", environ.get("UWSGI_APPID", "")).encode(), b"x" * int(environ.get("HTTP_X_MORE", 0))]
`;

let engine: EngineProcess;
let other: Server;

interface Answer {
  status: number;
  headers: IncomingMessage['headers'];
  body: Buffer;
}

async function ask(path: string, body?: Buffer, headers: Record<string, string> = {}): Promise<Answer> {
  const method = body === undefined ? 'GET' : 'POST';
  const outgoing = request({
    host: '127.0.0.1',
    port: engine.port,
    path,
    method,
    headers: { connection: 'close', ...headers },
  });
  outgoing.end(body);
  const [incoming]: IncomingMessage[] = await once(outgoing, 'response');
  if (incoming === undefined) throw new Error('no answer');
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part);
  return { status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(parts) };
}

/** Headers that say who it is. */
function bearer(text: string): Record<string, string> {
  return { Authorization: `Basic ${Buffer.from(text).toString('base64')}` };
}

async function answerAsOther(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  let length = 0;
  for await (const part of incoming) length += part.length;
  outgoing.writeHead(203, 'Fine', {
    'X-Host': incoming.headers.host,
    'X-For': incoming.headers['x-forwarded-for'],
    'X-Names': incoming.rawHeaders.filter((_, at) => at % 2 === 0).join(' '),
  });
  if (incoming.url === '/proxy/cut') {
    outgoing.write('begun');
    setTimeout(() => outgoing.destroy(), 20);
  } else if (incoming.url === '/proxy/large') outgoing.end(Buffer.alloc(5_000_000, 'l'));
  else outgoing.end(`${incoming.method} ${incoming.url} ${length}`);
}

beforeAll(async () => {
  other = createServer((incoming, outgoing) => void answerAsOther(incoming, outgoing));
  other.listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const closed = await freePort();
  const uwsgi = await freePort();
  engine = await EngineProcess.launch({
    ini: `
uwsgi-socket = 127.0.0.1:${uwsgi}
uwsgi-modifiers = rpc
wsgi-file = app.py
master = true
processes = 2
enable-metrics = true
metric = name=hits,type=counter
cache2 = name=pages,items=20
router-list = true
pull-header = X-Secret SECRET
add-header = X-Added: to all
del-header = Content-Type
route = ^/(a+)+$ break:404 Not Found
route-uri = ^/(x+x+)+y break:404 Not Found
route-if-not = startswith:\${PATH_INFO};/z goto:short
route-if = regexp:\${PATH_INFO};^(.*)(.*)(?!z)q$ break:404 Not Found
route-label = short
route = ^/moved break:404 Not Found
route = ^/proxy http:127.0.0.1:${String(port)}
route = ^/named http:127.0.0.1:${String(port)},other.test
route = ^/gone http:127.0.0.1:${closed}
route-if-not = empty:\${T_HOP} goto:passed
route = ^/self/(.*) rewrite:/inner/$1
route = ^/inner addvar:T_HOP=1
route = ^/inner/app uwsgi:127.0.0.1:${uwsgi},0,0,shop
route = ^/inner uwsgi:127.0.0.1:${uwsgi},0,0
route-label = passed
route = ^/zip gzip:
route = ^/parts chunked:
route = ^/slow harakiri:1
route = ^/quiet donotlog:
alarm = told log:
route = ^/alarm alarm:told rung by $0
route = ^/kept cachestore:key=page,name=pages,gzip=zipped
route = ^/held cacheset:key=\${REQUEST_URI},name=pages,value=x
route-if = incache:name=pages,key=\${REQUEST_URI} addheader:X-Held: yes
route = ^/stored cache:key=zipped,name=pages,content_encoding=gzip
route = ^/counted metricinc:hits
route = ^/counted addvar:T_M=\${metric[hits]}
route = ^/private basicauth:Mine,{FOLDER}/passwords
route = ^/files/(.*) static:{FOLDER}/files/$1
route = ^/call/(.*) rpc:greet $1
route = ^/far/(.*) rpc:greet@127.0.0.1:${uwsgi} $1
route = ^/filed/(.*) tofile:filename={FOLDER}/kept/$1
route = ^/nobody rpc:nobody
route = ^/unread basicauth:Mine,{FOLDER}/none
final-route-if = startswith:\${PATH_INFO};/last log:last \${uwsgi[status]} \${SECRET}
`,
    files: { 'app.py': APP, passwords: 'ann:{SHA}2PRZAyDhNDqRW2OUFwZQqPNdaSY=\n' },
  });
  await engine.seen('Reeve is ready');
});

afterAll(async () => {
  await engine.dispose();
  other.closeAllConnections();
  other.close();
});

it('answers at once where an expression would take others for ever', async () => {
  const startMs = performance.now();
  expect((await ask(`/${'a'.repeat(50_000)}b`)).status).toBe(200);
  expect((await ask(`/${'x'.repeat(50_000)}`)).status).toBe(200);
  expect(performance.now() - startMs).toBeLessThan(10_000);
});

it('lists the actions at the start', () => {
  expect(engine.log).toMatch(/\*\*\* uWSGI loaded routers \*\*\*\n(.*\n)*redirect\n(.*\n)*--- end of routers list ---/);
});

it('refuses paths that are too long for an expression that looks around', async () => {
  expect((await ask(`/${'z'.repeat(4000)}`)).status).toBe(200);
  expect((await ask(`/${'z'.repeat(5000)}`)).status).toBe(414);
});

it('passes requests on to another server and its answers back, whatever their size', async () => {
  const small = await ask('/proxy/a?b=c', Buffer.from('hello'), { 'X-Forwarded-For': '192.0.2.1' });
  expect({ status: small.status, body: small.body.toString() }).toEqual({ status: 203, body: 'POST /proxy/a?b=c 5' });
  expect(small.headers['x-for']).toBe('192.0.2.1, 127.0.0.1');
  expect(small.headers['x-names']).toBe('X-Forwarded-For Host Content-Length Connection Cdn-Loop');
  expect((await ask('/named')).headers['x-host']).toBe('other.test');
  const large = await ask('/proxy/large');
  expect(large.body.length).toBe(5_000_000);
  expect((await ask('/proxy/up', Buffer.alloc(3_000_000))).body.toString()).toBe('POST /proxy/up 3000000');
});

it('shows a client that the other server has cut its answer, or does not answer', async () => {
  await expect(ask('/proxy/cut')).rejects.toThrow();
  expect((await ask('/gone')).status).toBe(502);
  await engine.seen('does not answer');
});

it('passes requests on over uwsgi', async () => {
  expect((await ask('/self/a', Buffer.alloc(2_000_000))).body.toString()).toBe('app /inner/a 2000000 ');
  expect((await ask('/self/app')).body.toString()).toBe('app /inner/app 0 shop');
  // What does not fit into a packet must not run over into the body.
  expect((await ask(`/self/${'b'.repeat(40_000)}`)).status).toBe(431);
});

it('gives answers of routes the headers of the configuration, and those of other servers none', async () => {
  const own = await ask('/moved');
  expect([own.status, own.headers['x-added'], own.headers['content-type']]).toEqual([404, 'to all', undefined]);
  expect((await ask('/proxy/a')).headers['x-added']).toBeUndefined();
  expect((await ask('/self/a')).headers['x-added']).toBe('to all');
});

it('compresses and cuts answers into parts', async () => {
  const zipped = await ask('/zip');
  expect(zipped.headers['content-encoding']).toBe('gzip');
  expect(gunzipSync(zipped.body).toString()).toBe('app /zip 0 ');
  const parts = await ask('/parts');
  expect(parts.headers).toMatchObject({ 'transfer-encoding': 'chunked' });
  expect(parts.body.toString()).toBe('app /parts 0 ');
});

it('sets the time that a request may take', async () => {
  expect((await ask('/slow')).status).toBe(504);
});

it('answers with what a function gives, of its own workers and of another server', async () => {
  expect((await ask('/call/ann')).body.toString()).toBe('hello ann');
  expect((await ask('/far/bob')).body.toString()).toBe('hello bob');
  const many = await Promise.all(Array.from({ length: 50 }, (_, at) => ask(`/call/${at}`)));
  expect(many.map(({ body }) => body.toString())).toEqual(many.map((_, at) => `hello ${at}`));
});

it('keeps answers in files, below the folder that the rule names', async () => {
  mkdirSync(join(engine.folder, 'kept'));
  symlinkSync('..', join(engine.folder, 'kept/out'));
  await ask('/filed/..%2fpage');
  await ask('/filed/out/page');
  await ask('/filed/page');
  await waitFor('the file', () => engine.read('kept/page') === 'app /filed/page 0 ');
  await engine.seen('is not below');
  expect((await ask('/filed/large', undefined, { 'x-more': String(2 ** 24) })).body.length).toBeGreaterThan(2 ** 24);
  await engine.seen('the answer to /filed/large is longer than 16 MiB and is not kept');
  expect(readdirSync(join(engine.folder, 'kept')).toSorted()).toEqual(['out', 'page']);
  expect(existsSync(join(engine.folder, 'page'))).toBe(false);
});

it('says once what is wrong with every request', async () => {
  for (let at = 0; at < 3; at++) {
    await expect(ask('/nobody')).rejects.toThrow();
    expect((await ask('/unread', undefined, bearer('ann:sha'))).status).toBe(401);
  }
  await engine.seen("'nobody' gave nothing");
  await engine.seen('the passwords in');
  expect([engine.count("'nobody' gave nothing"), engine.count('/none can not be read')]).toEqual([1, 1]);
});

it('reads passwords again when their file has changed', async () => {
  expect((await ask('/private', undefined, bearer('ann:sha'))).status).toBe(200);
  expect((await ask('/private', undefined, bearer('bob:sha'))).status).toBe(401);
  writeFileSync(join(engine.folder, 'passwords'), 'bob:{SHA}2PRZAyDhNDqRW2OUFwZQqPNdaSY=\n');
  expect((await ask('/private', undefined, bearer('bob:sha'))).status).toBe(200);
  expect((await ask('/private', undefined, bearer('ann:sha'))).status).toBe(401);
});

it('sends files of the folder that the rule names, and no others', async () => {
  mkdirSync(join(engine.folder, 'files'));
  writeFileSync(join(engine.folder, 'files/a.txt'), 'a file');
  symlinkSync('../app.py', join(engine.folder, 'files/link'));
  expect((await ask('/files/a.txt')).body.toString()).toBe('a file');
  // As uWSGI: the connection ends without an answer.
  for (const path of ['/files/..%2fapp.py', '/files/link', '/files/none']) await expect(ask(path)).rejects.toThrow();
});

it('counts in metrics, in the statistics, and keeps out of the log what it shall', async () => {
  expect((await ask('/counted')).body.toString()).toBe('app /counted 0 1');
  expect((await ask('/counted')).body.toString()).toBe('app /counted 0 2');
  await ask('/quiet');
  const last = await ask('/last');
  expect(last.headers['x-secret']).toBeUndefined();
  await engine.seen('last 200 kept');
  await waitFor('the line', () => engine.log.includes('GET /last'));
  expect(engine.log).not.toContain('GET /quiet');
  const stats = await engine.stats();
  const routed = stats.workers
    .flatMap(({ cores }) => cores)
    .reduce((sum, core) => sum + (core.routed_requests ?? 0), 0);
  expect(routed).toBeGreaterThan(5);
});

it('rings alarms, and keeps answers for later', async () => {
  await ask('/alarm');
  await engine.seen('rung by /alarm');
  await ask('/kept');
  const stored = await waitFor('the stored answer', async () => {
    const answer = await ask('/stored');
    return answer.headers['content-encoding'] === 'gzip' ? answer : null;
  });
  expect(gunzipSync(stored.body).toString()).toBe('app /kept 0 ');
});

it('looks in the cache that the rule names for what the client asks for, commas and all', async () => {
  expect((await ask('/held,name=other')).headers['x-held']).toBe('yes');
  expect((await ask('/else,key=/held,name=pages')).headers['x-held']).toBeUndefined();
});
