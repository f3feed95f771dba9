/**
 * Websockets of WSGI applications (`uwsgi.websocket_*`), with real clients: messages and ends of every kind, what happens
 * when a worker or a client dies, blocks or is slow, and answers that leave piece by piece. What uWSGI 2.0.21 does with
 * the same application was recorded by hand; where the engine differs a test's name says so.
 */
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeAuthority, makeCertificate } from './testing/certificates.ts';
import { EngineProcess, freePort, isRunning, waitFor } from './testing/engine-process.ts';
import { startNginx, whyMissing } from './testing/front-servers.ts';
import { TestSocket } from './testing/websocket-client.ts';

const APP = `
import os
import select
import sys
import time

import uwsgi


def say(text):
    sys.stderr.write(text + "\\n")
    sys.stderr.flush()


def application(env, start_response):
    path = env["PATH_INFO"]
    if path == "/refuse":
        start_response("403 Forbidden", [("Content-Type", "text/plain")])
        return [b"not you"]
    if path == "/pid":
        start_response("200 OK", [])
        return [str(os.getpid()).encode()]
    if path == "/events":
        return events(start_response)
    if path == "/late":
        say("late begins")
        while not os.path.exists("late"):
            time.sleep(0.01)
    if path == "/watch":
        # python-engineio asks for it first.
        uwsgi.connection_fd()
    try:
        uwsgi.websocket_handshake(env.get("HTTP_SEC_WEBSOCKET_KEY"), env.get("HTTP_ORIGIN", ""), env["QUERY_STRING"])
        HANDLERS[path]()
    except OSError as error:
        say("%s ends: %s" % (path, error))
        if path == "/none":
            start_response("200 OK", [])
            return [str(error).encode()]
    return []


def events(start_response):
    write = start_response("200 OK", [("Content-Type", "text/event-stream")])
    try:
        for number in range(200):
            write(b"data: %d\\n\\n" % number)
            while number == 0 and not os.path.exists("go-on"):
                time.sleep(0.01)
            time.sleep(0.01)
    except OSError as error:
        say("events end: %s" % error)
    return []


def echo():
    while True:
        message = uwsgi.websocket_recv()
        if message == b"pid":
            message = str(os.getpid()).encode()
        if message == b"bytes":
            uwsgi.websocket_send_binary(b"\\x00\\xff")
        elif message == b"raise":
            raise ValueError("as it was asked to")
        elif message == b"block":
            time.sleep(30)
        elif message == b"end":
            return
        else:
            uwsgi.websocket_send(message)


def watch():
    """As libraries do it that have their own loop: wait for the descriptor, then take what is there."""
    descriptor = uwsgi.connection_fd()
    uwsgi.websocket_send("%s %s" % (uwsgi.websocket_recv_nb(), uwsgi.is_connected(descriptor)))
    while True:
        select.select([descriptor], [], [])
        uwsgi.websocket_send(b"got " + uwsgi.websocket_recv_nb())


def slow():
    """Takes nothing until a file is there."""
    uwsgi.websocket_send("waiting")
    while not os.path.exists("take"):
        time.sleep(0.01)
    total = 0
    while True:
        message = uwsgi.websocket_recv()
        if message == b"how much":
            uwsgi.websocket_send(str(total))
        total += len(message)


def flood():
    for _ in range(400):
        uwsgi.websocket_send_binary(b"x" * 50000)
    say("flood is sent")
    uwsgi.websocket_send("done")
    uwsgi.websocket_recv()


HANDLERS = {"/": echo, "/late": echo, "/watch": watch, "/slow": slow, "/flood": flood}
`;

const at = (port: number, path = '/'): string => `ws://127.0.0.1:${port}${path}`;

/** Sends bytes on a connection and collects what comes until the server ends it. */
async function exchangeBytes(port: number, ...parts: readonly (string | Buffer)[]): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const socket = connect(port, '127.0.0.1');
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise((resolve) => socket.on('close', resolve));
  socket.on('error', () => undefined);
  for (const part of parts) socket.write(part);
  await ended;
  return Buffer.concat(chunks);
}

const handshake = (path: string, version = 13): string =>
  `GET ${path} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: ${version}\r\n` +
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

describe('a worker with threads', () => {
  let engine: EngineProcess;

  beforeAll(async () => {
    engine = await EngineProcess.start({
      ini: 'wsgi-file = app.py\nthreads = 6\nmaster = true\nwebsockets-max-size = 64\nstats = {STATS}',
      files: { 'app.py': APP },
    });
  });

  afterAll(async () => {
    await engine.dispose();
  });

  it('echoes texts and takes bytes; the request is logged when it is over, with what was sent', async () => {
    const client = await TestSocket.open(at(engine.port));
    expect(await client.ask('hällo')).toBe('hällo');
    expect(await client.ask(Buffer.from('from bytes'))).toBe('from bytes');
    expect(await client.ask('bytes')).toBe('0x00ff');
    const large = 'x'.repeat(64 * 1024);
    expect(await client.ask(large)).toBe(large);
    expect(await client.close(4001, 'because')).toEqual({ code: 4001, reason: '' });
    await engine.seen('/ ends: unable to receive websocket message');
    await waitFor('the line of the log', () =>
      /GET \/ => generated 65554 bytes in \d+ msecs \(HTTP\/1\.1 101\) 3 headers in 139 bytes/.test(engine.log),
    );
  });

  it('answers what was sent before the client closed', async () => {
    const client = await TestSocket.open(at(engine.port));
    client.socket.send('last words');
    await client.close();
    expect(client.messages).toEqual(['last words']);
  });

  it('names the subprotocol of the application, else the first that the client offers', async () => {
    const named = await TestSocket.open(at(engine.port, '/?chat'), ['other', 'chat']);
    expect(named.socket.protocol).toBe('chat');
    const first = await TestSocket.open(at(engine.port), ['one', 'two']);
    expect(first.socket.protocol).toBe('one');
    await Promise.all([named.close(), first.close()]);
  });

  it('ends with 1000 when the application returns, with 1011 when it raises', async () => {
    const returning = await TestSocket.open(at(engine.port));
    returning.socket.send('end');
    expect((await returning.closed).code).toBe(1000);
    const raising = await TestSocket.open(at(engine.port));
    raising.socket.send('raise');
    expect((await raising.closed).code).toBe(1011);
    await engine.seen('ValueError: as it was asked to');
  });

  it('refuses as it likes, and what asks for no websocket has none', async () => {
    await expect(TestSocket.open(at(engine.port, '/refuse'))).rejects.toThrow('403');
    expect((await engine.get('/none')).body).toBe('unable to complete websocket handshake');
  });

  it('is closed with 1009 for a message over websockets-max-size, and 1002 for a frame without a mask', async () => {
    const client = await TestSocket.open(at(engine.port));
    client.socket.send('x'.repeat(64 * 1024 + 1));
    expect(await client.closed).toEqual({ code: 1009, reason: 'a message is larger than 65536 bytes' });
    const bytes = await exchangeBytes(engine.port, handshake('/'), Buffer.from([0x81, 1, 65]));
    const text = bytes.toString('latin1');
    expect(text).toMatch(/^HTTP\/1\.1 101 /);
    expect(text.slice(text.indexOf('\r\n\r\n') + 4)).toBe('\x88\x17\x03\xeaa frame is not masked');
  });

  it('is not asked about a version that is not spoken', async () => {
    const answer = (await exchangeBytes(engine.port, handshake('/', 8))).toString();
    expect(answer).toMatch(/^HTTP\/1\.1 426 Upgrade Required\r\n/);
    expect(answer).toContain('Sec-WebSocket-Version: 13\r\n');
  });

  it('may wait for the connection, and take what has come', async () => {
    const client = await TestSocket.open(at(engine.port, '/watch'));
    expect(await client.next()).toBe("b'' True");
    for (const text of ['a', 'b', 'c']) client.socket.send(text);
    expect([await client.next(), await client.next(), await client.next()]).toEqual(['got a', 'got b', 'got c']);
    await client.close();
    await engine.seen('/watch ends: unable to receive');
  });

  it('stops a client that sends more than it takes, and loses nothing', async () => {
    const client = await TestSocket.open(at(engine.port, '/slow'));
    expect(await client.next()).toBe('waiting');
    const piece = Buffer.alloc(60_000);
    for (let sent = 0; sent < 400; sent++) client.socket.send(piece);
    // What the kernel and the gateway hold is a small part of the 24 MB.
    let lastBytes = -1;
    await waitFor('the client to be stopped', () => {
      const isStill = client.socket.bufferedAmount === lastBytes;
      lastBytes = client.socket.bufferedAmount;
      return isStill && lastBytes > 0;
    });
    expect(lastBytes).toBeGreaterThan(10_000_000);
    engine.write('take', '');
    expect(await client.ask('how much')).toBe(String(400 * 60_000));
    await client.close();
  });

  it('is free of a client that takes nothing for now', async () => {
    const client = await TestSocket.open(at(engine.port, '/flood'));
    client.socket.pause();
    await engine.seen('flood is sent');
    client.socket.resume();
    await waitFor('all of it', () => client.messages.length === 401);
    expect(client.messages.at(-1)).toBe('done');
    await client.close();
  });

  it('notices a client that vanishes, and its core serves again', async () => {
    const before = engine.count('/ ends: unable');
    const clients = await Promise.all(Array.from({ length: 5 }, () => TestSocket.open(at(engine.port))));
    expect(await clients[0]?.ask('x')).toBe('x');
    const [worker] = (await engine.stats()).workers;
    const running = worker?.cores.filter(({ in_request }) => in_request === 1) ?? [];
    expect(running).toHaveLength(5);
    expect(running[0]?.vars).toContain('HTTP_UPGRADE=websocket');
    for (const { socket } of clients) socket.terminate();
    await engine.seen('/ ends: unable', before + 5);
    expect((await engine.get('/pid')).status).toBe(200);
  });

  it('hears of a client that was gone before the handshake', async () => {
    const socket = connect(engine.port, '127.0.0.1');
    socket.write(handshake('/late'));
    await engine.seen('late begins');
    socket.resetAndDestroy();
    // What comes after the reset is answered after it was seen.
    await engine.get('/pid', { fresh: true });
    engine.write('late', '');
    await engine.seen('/late ends: unable to receive');
  });

  it('has a sixth socket wait for a core, and nothing waits behind an open one', async () => {
    const clients = await Promise.all(Array.from({ length: 6 }, () => TestSocket.open(at(engine.port))));
    const late = TestSocket.open(at(engine.port));
    const ordinary = engine.get('/pid', { fresh: true });
    await waitFor('both to wait', async () => (await engine.stats()).listen_queue === 2);
    await clients[0]?.close();
    const client = await late;
    expect(await client.ask('here')).toBe('here');
    await client.close();
    expect((await ordinary).status).toBe(200);
    await Promise.all(clients.slice(1).map((open) => open.close()));
  });

  it('sends events one by one, and notices at the next one that nobody listens', async () => {
    const socket = connect(engine.port, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    socket.write('GET /events HTTP/1.1\r\nHost: x\r\n\r\n');
    await waitFor('the first event', () => text.includes('\r\n\r\n9\r\ndata: 0\n\n\r\n'));
    engine.write('go-on', '');
    await waitFor('the next events', () => text.includes('data: 3'));
    socket.destroy();
    await engine.seen('events end: write error: the client has gone');
  });

  const noNginx = whyMissing('nginx');
  it('is reached through nginx', async ({ skip }) => {
    skip(noNginx !== null, noNginx ?? '');
    const nginx = await startNginx(engine.folder, { http: engine.port, uwsgi: 1, fastcgi: 1, scgi: 1 });
    try {
      const client = await TestSocket.open(at(nginx.port, '/upgrade/'));
      expect(await client.ask('through nginx')).toBe('through nginx');
      expect((await client.close(1000)).code).toBe(1000);
    } finally {
      await nginx.dispose();
    }
  });
});

describe('lives of workers', () => {
  let engine: EngineProcess;

  beforeAll(async () => {
    const tls = await freePort();
    engine = await EngineProcess.launch({
      ini: `wsgi-file = app.py\nprocesses = 2\nmaster = true\nharakiri = 1\nworker-reload-mercy = 1
master-fifo = fifo
websockets-ping-freq = 1\nwebsockets-pong-tolerance = 1\nhttps = 127.0.0.1:${tls},server.crt,server.key\n; tls ${tls}`,
      files: { 'app.py': APP },
    });
    makeAuthority(engine.folder, 'authority');
    makeCertificate(engine.folder, 'authority', 'server', 'localhost');
    await engine.seen('is ready');
  });

  afterAll(async () => {
    await engine.dispose();
  });

  it('are not ended by harakiri while a socket is open, but when the application blocks', async () => {
    const client = await TestSocket.open(at(engine.port));
    expect(await client.ask('x')).toBe('x');
    // A second for a ping, one more for the next: longer than harakiri.
    await waitFor('two pings', () => client.pings >= 2);
    const pid = Number(await client.ask('pid'));
    client.socket.send('block');
    expect((await client.closed).code).toBe(1011);
    await engine.seen('HARAKIRI');
    await waitFor('its end', () => !isRunning(pid));
  });

  it('are felt by their sockets: 1011 when one is killed', async () => {
    const client = await TestSocket.open(at(engine.port));
    process.kill(Number(await client.ask('pid')), 'SIGKILL');
    expect((await client.closed).code).toBe(1011);
    expect((await engine.get('/pid')).status).toBe(200);
  });

  it('are outlived by no socket: a reload leaves them until its mercy ends, then 1012', async () => {
    const client = await TestSocket.open(at(engine.port));
    const pid = await client.ask('pid');
    engine.signal('SIGHUP');
    await engine.seen('*** reload done');
    expect(await client.ask('pid')).toBe(pid);
    expect((await client.closed).code).toBe(1012);
    const next = await TestSocket.open(at(engine.port));
    expect(await next.ask('pid')).not.toBe(pid);
    await next.close();
  });

  it('go on without a client that answers no ping', async () => {
    const before = engine.count('/ ends: unable');
    const bytes = await exchangeBytes(engine.port, handshake('/'));
    expect(bytes.subarray(-2)).toEqual(Buffer.from([0x89, 0]));
    await engine.seen('/ ends: unable', before + 1);
  });

  it('serve encrypted sockets, too', async () => {
    const port = /; tls (\d+)/.exec(engine.read('app.ini'))?.[1] ?? '';
    const client = await TestSocket.open(`wss://127.0.0.1:${port}/`, [], { rejectUnauthorized: false });
    expect(await client.ask('secret')).toBe('secret');
    await client.close();
  });

  it('end with 1001 when the engine stops gracefully', async () => {
    const client = await TestSocket.open(at(engine.port));
    expect(await client.ask('x')).toBe('x');
    engine.write('fifo', 'q');
    expect((await client.closed).code).toBe(1001);
  });
});
