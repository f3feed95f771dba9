/** WebSockets of ASGI applications with a real client library: what is said, how they end, and a thousand of them at once. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { EngineProcess, waitFor } from './testing/engine-process.ts';

const APP = `
import asyncio


async def application(scope, receive, send):
    if scope["type"] == "lifespan":
        raise RuntimeError("not known")
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"plain"})
        return
    message = await receive()
    assert message["type"] == "websocket.connect", message
    path = scope["path"]
    if path == "/no":
        await send({"type": "websocket.close"})
    elif path == "/denied":
        await send({"type": "websocket.http.response.start", "status": 429, "headers": [(b"x-why", b"later")]})
        await send({"type": "websocket.http.response.body", "body": b"come again"})
    elif path == "/raise":
        await send({"type": "websocket.accept"})
        raise LookupError("asked for")
    elif path == "/close":
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.close", "code": 4001, "reason": "enough"})
    else:
        chosen = scope["subprotocols"][-1] if scope["subprotocols"] else None
        await send({"type": "websocket.accept", "subprotocol": chosen, "headers": [(b"x-mine", b"1")]})
        while True:
            message = await receive()
            if message["type"] == "websocket.disconnect":
                print("left with", message["code"], flush=True)
                return
            if message.get("text") is not None:
                await send({"type": "websocket.send", "text": message["text"]})
            else:
                await send({"type": "websocket.send", "bytes": message["bytes"]})
`;

let engine: EngineProcess;
const open: WebSocket[] = [];

describe('a websocket of an ASGI application', () => {
  beforeAll(async () => {
    engine = await EngineProcess.start({
      ini: 'asgi = app.py\nmaster = true\nprocesses = 1\nasync = 1100\nworker-reload-mercy = 2\nharakiri = 20\n',
      files: { 'app.py': APP },
    });
  });
  afterAll(async () => {
    for (const socket of open) socket.terminate();
    await engine.dispose();
  });

  it('is accepted with a protocol and headers, and says text and bytes', async () => {
    const socket = new WebSocket(url('/echo'), ['one', 'two']);
    const headers = await new Promise<Record<string, unknown>>((resolve, reject) => {
      socket.once('upgrade', (response) => resolve(response.headers));
      socket.once('error', reject);
    });
    expect(headers['x-mine']).toBe('1');
    await opened(socket);
    expect(socket.protocol).toBe('two');
    expect(await ask(socket, 'grüße')).toEqual(['grüße', false]);
    const bytes = Buffer.alloc(300_000, 7);
    socket.send(bytes);
    const [data] = await new Promise<[Buffer]>((resolve) =>
      socket.once('message', (message: Buffer) => resolve([message])),
    );
    expect(data.equals(bytes)).toBe(true);
    socket.close(1000);
    await engine.seen('left with 1000');
  });

  it('ends with the code of the application, of its error, or of the client', async () => {
    expect(await closed('/close')).toEqual([4001, 'enough']);
    expect((await closed('/raise'))[0]).toBe(1011);
    await engine.seen('LookupError: asked for');
    const socket = await opened(new WebSocket(url('/echo')));
    socket.close(4321, 'mine');
    await engine.seen('left with 4321');
    const cut = await opened(new WebSocket(url('/echo')));
    cut.terminate();
    await engine.seen('left with 1006');
  });

  it('that is not accepted is answered as any request', async () => {
    expect(await refused('/no')).toEqual([403, undefined]);
    expect(await refused('/denied')).toEqual([429, 'later']);
    expect((await engine.get('/')).body).toBe('plain');
  });

  it('is one of a thousand on one worker, all told to come again when a reload has waited long enough', async () => {
    const sockets = Array.from({ length: 1000 }, () => new WebSocket(url('/echo')));
    open.push(...sockets);
    await Promise.all(sockets.map((socket) => opened(socket)));
    const answers = await Promise.all(sockets.map((socket, index) => ask(socket, `number ${index}`)));
    expect(answers.every(([text], index) => text === `number ${index}`)).toBe(true);
    expect((await engine.worker(1)).cores.filter((core) => core.in_request === 1)).toHaveLength(1000);
    const ends = sockets.map(async (socket) => new Promise((resolve) => socket.once('close', resolve)));
    engine.signal('SIGHUP');
    expect((await engine.get('/')).body).toBe('plain');
    const codes = await Promise.all(ends);
    expect(codes.filter((code) => code === 1012)).toHaveLength(1000);
    await waitFor('the new worker alone', async () => (await engine.stats()).workers.length === 1);
  });
});

function url(path: string): string {
  return `ws://127.0.0.1:${engine.port}${path}`;
}

async function opened(socket: WebSocket): Promise<WebSocket> {
  if (socket.readyState === WebSocket.OPEN) return socket;
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve(socket));
    socket.once('error', reject);
  });
}

async function ask(socket: WebSocket, text: string): Promise<[string, boolean]> {
  const answer = new Promise<[string, boolean]>((resolve) =>
    socket.once('message', (data: Buffer, isBinary) => resolve([data.toString(), isBinary])),
  );
  socket.send(text);
  return answer;
}

async function closed(path: string): Promise<[code: number, reason: string]> {
  const socket = new WebSocket(url(path));
  return new Promise((resolve, reject) => {
    socket.once('close', (code, reason) => resolve([code, reason.toString()]));
    socket.once('error', reject);
  });
}

async function refused(path: string): Promise<[status: number | undefined, why: unknown]> {
  const socket = new WebSocket(url(path));
  return new Promise((resolve) => {
    socket.on('error', () => {
      // What is refused is an error to the library; the answer has come before.
    });
    socket.once('unexpected-response', (_, response) => {
      response.resume();
      resolve([response.statusCode, response.headers['x-why']]);
      socket.terminate();
    });
  });
}
