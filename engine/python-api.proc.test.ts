/**
 * The Python module `uwsgi`, function by function: one application evaluates the same calls in a worker of the engine and
 * of a real uWSGI. What differs is in a table of its own, with the reason. uWSGI's names are recorded from 2.0.21 with
 * spooler, cache, queue, metrics, a mule and a shared area.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { EngineProcess, freePort, waitFor } from './testing/engine-process.ts';
import { ask, block, packet } from './testing/uwsgi-packets.ts';
import { UwsgiProcess, whyNoUwsgi } from './testing/uwsgi-process.ts';

const APP = `
import os, time, uwsgi
from urllib.parse import unquote

def joined(*arguments):
    return b'|'.join(arguments)

def broken(*arguments):
    raise ValueError('as asked')

for name, function in (('joined', joined), ('broken', broken), ('nothing', lambda: None), ('number', lambda: 3)):
    uwsgi.register_rpc(name, function)
uwsgi.register_rpc('one', joined, 1)

def said(function):
    try:
        return function()
    except Exception as error:
        return str(error)

def connected(port):
    descriptor = uwsgi.connect('127.0.0.1:%s' % port)
    request = b'\\x64\\0\\0\\0'
    seen = uwsgi.is_connected(descriptor), uwsgi.send(descriptor, request), uwsgi.recv(descriptor, 100)
    return seen, uwsgi.close(descriptor), uwsgi.is_connected(descriptor)

def forked(function):
    begun, pid = time.time(), os.fork()
    if pid == 0:
        try:
            function()
        finally:
            os._exit(0 if time.time() - begun < 5 else 1)
    return os.waitpid(pid, 0)[1]

def application(environ, start_response):
    port = environ['QUERY_STRING'].partition('&')[0]
    try:
        result = repr(eval(unquote(environ['QUERY_STRING'].partition('&')[2])))
    except Exception as error:
        result = type(error).__name__
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [result.encode()]
`;
const FILES = {
  'app.py': APP,
  'packet.bin': '\x11\x06\0\0\x01\0a\x01\0b',
  'plain.txt': 'plain text',
};

/** Calls with the same result, or the same kind of exception, on both. */
const SAME: readonly string[] = [
  'uwsgi.worker_id()',
  'uwsgi.masterpid() == os.getppid() or uwsgi.masterpid() > 0',
  'uwsgi.log("a line")',
  'uwsgi.log()',
  'uwsgi.listen_queue()',
  'uwsgi.listen_queue(0)',
  'uwsgi.listen_queue(9)',
  'uwsgi.listen_queue("x")',
  '[type(value) for value in uwsgi.mem()]',
  'type(uwsgi.logsize())',
  'uwsgi.micros() > 1e15',
  'uwsgi.setprocname("a-name")',
  'uwsgi.setprocname(1)',
  'uwsgi.ready()',
  'uwsgi.ready_fd()',
  'uwsgi.accepting()',
  'uwsgi.set_logvar("a", "b"), uwsgi.set_logvar(b"b", b"c")',
  'uwsgi.set_logvar("a", "b"), uwsgi.get_logvar("a"), uwsgi.get_logvar(b"a"), uwsgi.get_logvar("none")',
  'uwsgi.get_logvar(3)',
  'uwsgi.set_logvar("a", 1)',
  'uwsgi.add_var("x", "y")',
  'uwsgi.log_this_request()',
  'uwsgi.set_user_harakiri(100), uwsgi.set_user_harakiri(0)',
  'uwsgi.set_user_harakiri("a")',
  'uwsgi.set_user_harakiri(2 ** 40)',
  'forked(lambda: (uwsgi.total_requests(), uwsgi.workers(), uwsgi.cache_num(), uwsgi.cache_get("none")))',
  'uwsgi.cl()',
  'uwsgi.close(999)',
  'uwsgi.close("x")',
  'uwsgi.is_connected(999)',
  'uwsgi.is_connected(0)',
  'uwsgi.connect("127.0.0.1:1")',
  'uwsgi.connect(3)',
  'connected(port)',
  'uwsgi.send(999, b"x")',
  'uwsgi.recv(999, 1)',
  'uwsgi.async_sleep(0)',
  'uwsgi.suspend()',
  'uwsgi.green_schedule()',
  'uwsgi.embedded_data("x")',
  'uwsgi.extract("plain.txt")',
  'uwsgi.parsefile("packet.bin")',
  'uwsgi.parsefile("plain.txt")',
  'uwsgi.parsefile("none")',
  'uwsgi.i_am_the_lord("x"), uwsgi.lord_scroll("x"), uwsgi.scrolls("x")',
  'uwsgi.rpc_list()',
  'uwsgi.register_rpc("bad")',
  'uwsgi.call(b"joined", b"a", b"b")',
  'uwsgi.call(b"joined")',
  'uwsgi.call(b"joined", 1)',
  'uwsgi.call(b"broken")',
  'uwsgi.call(b"nothing")',
  'uwsgi.call(b"number")',
  'uwsgi.call(b"none")',
  'uwsgi.call(b"one", b"a")',
  'uwsgi.rpc(None, b"joined", b"a")',
  'uwsgi.rpc(b"", b"joined", b"a")',
  'uwsgi.rpc(b"127.0.0.1:1", b"joined")',
  'uwsgi.rpc(None, b"joined", None)',
  'uwsgi.hostname, uwsgi.numproc, uwsgi.cores, uwsgi.has_threads',
  'uwsgi.loop, uwsgi.unbit, uwsgi.applications, uwsgi.is_a_reload',
  'uwsgi.opt["threads"], uwsgi.opt["pyargv"], "enable-threads" in uwsgi.opt, type(uwsgi.opt)',
  'type(uwsgi.version), [type(part) for part in uwsgi.version_info], len(uwsgi.version_info)',
  'type(uwsgi.started_on), type(uwsgi.total_requests()), type(uwsgi.request_id()), type(uwsgi.buffer_size)',
  'type(uwsgi.workers()), len(uwsgi.workers()), uwsgi.workers()[0]["id"], type(uwsgi.workers()[0]["status"])',
  'sorted(uwsgi.workers()[0]["apps"][0].keys() - {"interpreter", "callable"})',
  'callable(uwsgi.start_response)',
  'hasattr(uwsgi, "no_such_name")',
];

/** What differs, and why. */
const DIFFERENT: readonly (readonly [call: string, uwsgi: string, engine: string, why: string])[] = [
  ['uwsgi.log(b"bytes")', 'TypeError', 'True', 'bytes are taken as well'],
  ['uwsgi.setprocname(b"bytes")', 'TypeError', 'None', 'bytes are taken as well'],
  ['uwsgi.call("joined", "a")', 'ValueError', "b'a'", 'text is taken as well'],
  ['uwsgi.rpc(None, "joined", "a")', 'ValueError', "b'a'", 'text is taken as well'],
  ['uwsgi.chunked_read_nb()', 'None', "b''", 'the body is complete before the application runs'],
  ['type(uwsgi.connection_fd())', "<class 'int'>", 'OSError', "the client's connection is the gateway's"],
  ['uwsgi.set_warning_message("x")', 'True', 'NotImplementedError', 'the gateway answers pings'],
  ['uwsgi.offload("127.0.0.1:1")', "b''", 'NotImplementedError', 'the gateway sends answers'],
  ['uwsgi.route("none", "x")', '-1', 'NotImplementedError', 'routes have been run'],
  [
    'uwsgi.SymbolsImporter().__class__.__name__',
    "'SymbolsImporter'",
    'NotImplementedError',
    'no modules in the program',
  ],
  ['len(uwsgi.sockets)', '1', '0', 'workers have no listening socket'],
];

/** Callables and attributes of the real module. */
const NAMES = `SPOOL_IGNORE SPOOL_OK SPOOL_RETRY SymbolsImporter SymbolsZipImporter ZipImporter accepting add_cron
add_file_monitor add_rb_timer add_timer add_var alarm applications async_connect async_sleep buffer_size cache_clear cache_dec
cache_del cache_div cache_exists cache_get cache_inc cache_keys cache_mul cache_num cache_set cache_update call chunked_read
chunked_read_nb cl close connect connection_fd cores disconnect embedded_data env extract farm_get_msg farm_msg get_logvar
green_schedule has_threads hostname i_am_the_lord i_am_the_spooler in_farm is_a_reload is_connected is_locked listen_queue lock
log log_this_request logsize loop lord_scroll magic_table masterpid mem metric_dec metric_div metric_get metric_inc metric_mul
metric_set metric_set_max metric_set_min micros mule_get_msg mule_id mule_msg numproc offload opt parsefile queue_get queue_last
queue_pop queue_pull queue_pull_slot queue_push queue_set queue_size queue_slot ready ready_fd recv register_rpc register_signal
reload request_id route rpc rpc_list scrolls send send_to_spooler sendfile set_logvar set_spooler_frequency set_user_harakiri
set_warning_message setprocname sharedarea_dec32 sharedarea_dec64 sharedarea_inc32 sharedarea_inc64 sharedarea_inclong
sharedarea_memoryview sharedarea_object sharedarea_read sharedarea_read16 sharedarea_read32 sharedarea_read64 sharedarea_read8
sharedarea_readbyte sharedarea_readlong sharedarea_rlock sharedarea_unlock sharedarea_wlock sharedarea_write sharedarea_write16
sharedarea_write32 sharedarea_write64 sharedarea_write8 sharedarea_writebyte sharedarea_writelong signal signal_received
signal_registered signal_wait sockets spool spooler_get_task spooler_jobs spooler_pid spooler_pids spoolers start_response
started_on stop suspend total_requests unbit unlock version version_info wait_fd_read wait_fd_write websocket_handshake websocket_recv
websocket_recv_nb websocket_send websocket_send_binary worker_id workers`.split(/\s+/);

const INI = `wsgi-file = app.py
master = true
threads = 2
enable-threads = true
pyargv = word
`;

let engine: EngineProcess;
let enginePort: number;

async function evaluate(port: number, call: string): Promise<string> {
  const query = `${port}&${encodeURIComponent(call)}`;
  const vars = block('REQUEST_METHOD', 'GET', 'PATH_INFO', '/path', 'QUERY_STRING', query);
  const answer = await ask(port, packet(0, 0, vars));
  return answer.slice(answer.indexOf('\r\n\r\n') + 4);
}

beforeAll(async () => {
  enginePort = await freePort();
  const more = `socket = 127.0.0.1:${enginePort}
cache2 = name=default,items=10
queue = 10
spooler = {FOLDER}/tasks
mules = 1
enable-metrics = true
`;
  engine = await EngineProcess.start({ ini: INI + more, files: FILES });
});

afterAll(async () => {
  await engine.dispose();
});

describe('the module uwsgi', () => {
  test("has all of uWSGI's names, and says of others that they are missing", async () => {
    const found = await evaluate(enginePort, `[name for name in ${JSON.stringify(NAMES)} if not hasattr(uwsgi, name)]`);
    expect(found).toBe('[]');
    expect(await evaluate(enginePort, 'said(lambda: uwsgi.no_such_name)')).toContain(
      'uwsgi.no_such_name is not available',
    );
  });

  describe('and a real uWSGI', () => {
    const missing = whyNoUwsgi();
    let uwsgi: UwsgiProcess | null = null;
    let port: number;

    beforeAll(async () => {
      if (missing !== null) return;
      port = await freePort();
      const args = ['--plugins', 'python3,ping', '--wsgi-file', 'app.py', '--threads', '2', '--enable-threads'];
      uwsgi = await UwsgiProcess.start([...args, '--pyargv', 'word', '--socket', `127.0.0.1:${port}`], FILES);
    });

    afterAll(async () => {
      await uwsgi?.dispose();
    });

    beforeEach(({ skip }) => {
      skip(missing !== null, missing ?? '');
    });

    test.each(SAME)('give the same for %s', async (call) => {
      expect(await evaluate(enginePort, call)).toBe(await evaluate(port, call));
    });

    test.each(DIFFERENT)('differ in %s: %s, but here %s (%s)', async (call, theirs, ours) => {
      expect([await evaluate(port, call), await evaluate(enginePort, call)]).toEqual([theirs, ours]);
    });
  });

  test('refuses what it can not do with an error that says why and what to do', async () => {
    const calls = ['route("a", "b")', 'sharedarea_read(0, 1)'];
    const said = await evaluate(enginePort, `[${calls.map((call) => `said(lambda: uwsgi.${call})`).join(', ')}]`);
    for (const part of ['routes have been run before', 'no shared areas: use']) {
      expect(said).toContain(part);
    }
  });
});

test('rpc-max bounds the functions that a process registers', async () => {
  const port = await freePort();
  const limited = await EngineProcess.start({ ini: `${INI}rpc-max = 6\nsocket = 127.0.0.1:${port}`, files: FILES });
  try {
    expect(await evaluate(port, 'uwsgi.register_rpc("sixth", joined)')).toBe('True');
    expect(await evaluate(port, 'uwsgi.register_rpc("sixth", broken)')).toBe('True');
    expect(await evaluate(port, 'uwsgi.register_rpc("seventh", joined)')).toBe('ValueError');
  } finally {
    await limited.dispose();
  }
});

const DECORATED = `
import os, threading, time, uwsgi
from uwsgidecorators import (cron, filemon, get_free_signal, harakiri, lock, mulefunc, mulemsg, postfork, rbtimer, rpc, signal,
                             spool, spoolraw, thread, timer)

def say(*words):
    uwsgi.log('SAID ' + ' '.join(str(word) for word in words))

@postfork
def everywhere():
    say('fork', uwsgi.worker_id(), uwsgi.mule_id())

@postfork(2)
def second():
    say('second', uwsgi.worker_id())

@timer(1)
def tick(number):
    say('timer', number)

@rbtimer(1, target='mule1')
def tock(number):
    say('rbtimer', uwsgi.mule_id())

@signal(17, target='workers')
def signalled(number):
    say('signal', number)

@rpc('greet')
def greet(name):
    return b'hello ' + name

@lock
def locked(value):
    return value, uwsgi.is_locked()

@thread
def aside(*words):
    say('thread', *words)

@harakiri(30)
def limited(value):
    return value * 2

@mulefunc(1)
def in_mule(*words, **more):
    say('mulefunc', uwsgi.mule_id(), words, more)

@mulemsg(2)
def message(data):
    say('mulemsg', uwsgi.mule_id(), data)

@spool
def task(arguments):
    say('task', arguments['name'], arguments['spooler_task_name'].startswith('uwsgi_spoolfile_on_'))

@spool(pass_arguments=True)
def call(*words, **more):
    say('call', words, more)

def application(environ, start_response):
    results = [
        locked(3), uwsgi.is_locked(), limited(4), greet(b'ann'), uwsgi.call(b'greet', b'bob'),
        aside('a', 1).__name__, in_mule(1, b=2), uwsgi.mule_msg(b'data', 2), uwsgi.signal(17),
        bool(task.spool(name='x', priority=3)), bool(call(1, two=[2], at=5)), task.__name__,
    ]
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [repr(results).encode()]
`;

test('uwsgidecorators does what its names say', async () => {
  const decorated = await EngineProcess.start({
    ini: 'wsgi-file = app.py\nmaster = true\nprocesses = 2\nmules = 2\nspooler = {FOLDER}/tasks\nspooler-ordered = true\n',
    files: { 'app.py': DECORATED },
  });
  try {
    const { body } = await decorated.get('/');
    expect(body).toBe(
      "[(3, True), False, 8, b'hello ann', b'hello bob', 'aside', None, True, None, True, True, 'task']",
    );
    const expected = [
      'fork 1 0',
      'fork 2 0',
      'fork 0 1',
      'fork 0 2',
      'fork 0 0',
      'second 2',
      'thread a 1',
      'task x True',
    ];
    expected.push("mulefunc 1 (1,) {'b': 2}", "mulemsg 2 b'data'", "call (1,) {'two': [2]}", 'timer 0', 'rbtimer 1');
    for (const line of expected) await waitFor(line, () => decorated.log.includes(`SAID ${line}\n`));
    await waitFor('the signal in both workers', () => decorated.count('SAID signal 17\n') >= 2);
    expect(decorated.count('SAID second')).toBe(1);
  } finally {
    await decorated.dispose();
  }
});
