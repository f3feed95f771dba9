/**
 * uwsgi packets beside requests: remote calls, signals, the cache and the spooler. They do nothing unless the configuration
 * names them; then the engine's workers answer them as a real uWSGI with its plugins does, through gateways and with
 * `worker-accept`, and both servers call each other's functions.
 */
import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { EngineProcess, freePort, waitFor } from './testing/engine-process.ts';
import { ask, block, packet } from './testing/uwsgi-packets.ts';
import { UwsgiProcess, whyNoUwsgi } from './testing/uwsgi-process.ts';

const APP = `
import uwsgi
from urllib.parse import unquote

def joined(*arguments):
    return b'|'.join(arguments)

def broken():
    raise ValueError('as asked')

for name, function in (('joined', joined), ('broken', broken), ('nothing', lambda: None), ('big', lambda: b'x' * 100000)):
    uwsgi.register_rpc(name, function)
uwsgi.register_signal(7, 'worker', lambda number: open('signals', 'a').write('%d ' % number))
uwsgi.spooler = lambda task: uwsgi.SPOOL_RETRY

def application(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [repr(eval(unquote(environ['QUERY_STRING']))).encode()]
`;

const VALUE = 'v\0\xff';
const SET = block('cmd', 'set', 'key', 'magic', 'size', String(VALUE.length));
/** In this order: the cache remembers. */
const PACKETS: readonly (readonly [what: string, bytes: Buffer])[] = [
  ['a call', packet(173, 0, block('joined', 'a', 'c'))],
  ['a call without a header in the answer', packet(173, 1, block('joined', 'a', 'b'))],
  [
    'a call by a path',
    packet(173, 2, block('PATH_INFO', '/joined/a/b', 'REQUEST_METHOD', 'GET', 'SERVER_PROTOCOL', 'HTTP/1.1')),
  ],
  ['a call by the path of no function', packet(173, 2, block('PATH_INFO', '/none', 'REQUEST_METHOD', 'GET'))],
  ['a call with a long answer', packet(173, 0, block('big'))],
  ['a call of a function that is not there', packet(173, 0, block('none'))],
  ['a call of a function that fails', packet(173, 0, block('broken'))],
  ['a call of a function that gives nothing', packet(173, 0, block('nothing'))],
  ['a call without a name', packet(173, 0, block())],
  ['a call with a broken block', packet(173, 0, Buffer.from([9, 0, 97]))],
  ['a signal', packet(110, 7, block())],
  ['a task', packet(17, 0, block('task', 'remote', 'k', 'v'))],
  ['a value for the cache', packet(111, 1, block('plain', 'one'))],
  ['a question for a value that is not there', packet(111, 17, block('cmd', 'get', 'key', 'none'))],
  ['a command that sets a value', packet(111, 17, SET, VALUE)],
  ['a command that sets it again', packet(111, 17, SET, VALUE)],
  ['a command that asks whether it is there', packet(111, 17, block('cmd', 'exists', 'key', 'magic'))],
  ['a command that replaces it', packet(111, 17, block('cmd', 'update', 'key', 'magic', 'size', '3'), 'new')],
  ['a command that removes a value', packet(111, 17, block('cmd', 'del', 'key', 'plain'))],
  ['a command that removes nothing', packet(111, 17, block('cmd', 'del', 'key', 'plain'))],
  ['a command for a cache that is not there', packet(111, 17, block('cmd', 'get', 'key', 'magic', 'cache', 'none'))],
  ['a command that is none', packet(111, 17, block('cmd', 'frob', 'key', 'magic'))],
  ['a ping', packet(100, 0, block())],
  ['another modifier', packet(31, 0, block('print 1'))],
];

const OPTIONS =
  'wsgi-file = app.py\nmaster = true\ncache2 = name=default,items=20\nspooler = {FOLDER}/tasks\nsocket = 127.0.0.1:';

interface Server {
  folder: string;
  port: number;
  dispose(): Promise<void>;
}

const servers: Server[] = [];

async function startEngine(options: string): Promise<Server> {
  const port = await freePort();
  const isDirect = options.includes('worker-accept');
  const listener = isDirect ? { listener: '' } : {};
  const engine = await EngineProcess.start({
    ...listener,
    ini: `${OPTIONS}${port}\n${options}`,
    files: { 'app.py': APP },
  });
  const server = { folder: engine.folder, port, dispose: () => engine.dispose() };
  servers.push(server);
  return server;
}

async function startUwsgi(): Promise<Server> {
  const port = await freePort();
  const plugins = 'python3,rpc,signal,spooler,cache,ping';
  const args = ['--plugins', plugins, '--wsgi-file', 'app.py', '--cache2', 'name=default,items=20'];
  const uwsgi = await UwsgiProcess.start([...args, '--spooler', 'tasks', '--socket', `127.0.0.1:${port}`], {
    'app.py': APP,
  });
  const server = { folder: uwsgi.folder, port, dispose: () => uwsgi.dispose() };
  servers.push(server);
  return server;
}

async function answersOf({ port }: Server): Promise<Record<string, string>> {
  const answers: Record<string, string> = {};
  for (const [what, bytes] of PACKETS) answers[what] = await ask(port, bytes);
  return answers;
}

/** The result of an expression in a worker. */
async function evaluate({ port }: Server, expression: string): Promise<string> {
  const query = encodeURIComponent(expression);
  const answer = await ask(port, packet(0, 0, block('REQUEST_METHOD', 'GET', 'QUERY_STRING', query)));
  return answer.slice(answer.indexOf('\r\n\r\n') + 4);
}

afterAll(async () => {
  await Promise.all(servers.map((server) => server.dispose()));
});

const missing = whyNoUwsgi();

describe('packets that are allowed', () => {
  let uwsgi: Server;
  let expected: Record<string, string>;

  beforeAll(async () => {
    if (missing !== null) return;
    uwsgi = await startUwsgi();
    expected = await answersOf(uwsgi);
  });

  beforeEach(({ skip }) => {
    skip(missing !== null, missing ?? '');
  });

  test.each([
    ['through a gateway', 'uwsgi-modifiers = spooler, signal\nplugins = python3,cache,rpc'],
    ['with worker-accept', 'uwsgi-modifiers = spooler, signal, cache, rpc\nworker-accept = true'],
  ])("get uWSGI's own answers %s, and do what they say", async (_, options) => {
    const engine = await startEngine(options);
    expect(await answersOf(engine)).toEqual(expected);
    expect(expected['a call']).toBe('\xad\x03\0\0a|c');
    expect(await evaluate(engine, "uwsgi.cache_get('magic')")).toBe("b'new'");
    expect(readdirSync(`${engine.folder}/tasks`).filter((name) => name.startsWith('uwsgi_spoolfile_on_'))).toHaveLength(
      1,
    );
    await waitFor('the signal', async () => (await evaluate(engine, "open('signals').read()")) === "'7 '");
  });

  test('functions of either server are called from the other', async () => {
    const engine = await startEngine('uwsgi-modifiers = rpc\nprocesses = 2');
    for (const [caller, called] of [
      [engine, uwsgi],
      [uwsgi, engine],
      [engine, engine],
    ] as const) {
      const rpc = (rest: string): Promise<string> =>
        evaluate(caller, `uwsgi.rpc(b'127.0.0.1:${called.port}', ${rest})`);
      expect(await rpc("b'joined', b'a', b'b'")).toBe("b'a|b'");
      expect(await rpc("b'none'")).toBe('None');
      expect(await rpc("b'broken'")).toBe('None');
    }
    expect(await evaluate(engine, `len(uwsgi.rpc('127.0.0.1:${uwsgi.port}', 'big'))`)).toBe('100000');
  });
});

test('packets that the configuration does not name are answered with nothing and do nothing', async () => {
  const engine = await startEngine('uwsgi-modifiers = signal');
  for (const [what, bytes] of PACKETS) {
    const answer = await ask(engine.port, bytes);
    expect([what, answer]).toEqual([what, what === 'a ping' ? 'd\0\0\x01' : what === 'a signal' ? '\xff\0\0\x01' : '']);
  }
  expect(await evaluate(engine, "uwsgi.cache_get('magic')")).toBe('None');
  expect(readdirSync(`${engine.folder}/tasks`)).toEqual([]);
});
