/** Routes whose other servers misbehave, whose files are none, whose clients send what they should not. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RawClient } from './gateway/testing/raw-client.ts';
import { EngineProcess, freePort, waitFor } from './testing/engine-process.ts';

const APP = `
def application(environ, start_response):
    body = ("app " + environ["PATH_INFO"]).encode("latin-1")
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]
`;

const OK = 'HTTP/1.1 200 OK\r\n';
/** What the other server says, by the last word of the path; `-` ends the connection without a word. */
const ANSWERS: Record<string, string> = {
  whole: `${OK}Content-Length: 2\r\n\r\nok`,
  silent: '-',
  garbage: '\0garbage\r\n\r\n'.repeat(100),
  protocol: 'HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\nhello',
  nothing: 'HTTP/1.1 000 None\r\nContent-Length: 2\r\n\r\nno',
  length: `${OK}Content-Length: abc\r\n\r\nabc`,
  lengths: `${OK}Content-Length: 3\r\nContent-Length: 5\r\n\r\nabcde`,
  both: `${OK}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n`,
  lines: `${OK}X-A: b\rSet-Cookie: x\r\nX-B: c\nSet-Cookie: z\r\nContent-Length: 3\r\n\r\nabc`,
  endless: `${OK}X-A: ${'b'.repeat(100_000)}`,
  more: `${OK}Content-Length: 3\r\n\r\nabc${OK}\r\nevil`,
  continue: `HTTP/1.1 100 Continue\r\n\r\n${OK}Content-Length: 3\r\n\r\nabc`,
  known: 'HTTP/1.1 304 Not Modified\r\nContent-Length: 11\r\n\r\n',
};
const REFUSED = ['silent', 'garbage', 'protocol', 'nothing', 'length', 'lengths', 'both', 'lines', 'endless'];

let engine: EngineProcess;
const servers: Server[] = [];
const sockets = new Set<Socket>();
let asked = '';

/** A server that answers as soon as a request's head is there. */
async function startServer(hasHead: (text: string) => boolean): Promise<number> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    let text = '';
    let isAnswered = false;
    sockets.add(socket);
    socket.on('error', () => sockets.delete(socket));
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (chunk: Buffer) => {
      text += isAnswered ? '' : chunk.toString('latin1');
      if (isAnswered || !hasHead(text)) return;
      isAnswered = true;
      asked = text;
      const answer = ANSWERS[/\/(?:http|uwsgi)\/(\w+)/.exec(text)?.[1] ?? ''] ?? ANSWERS['whole'] ?? '';
      if (answer === '-') socket.destroy();
      else socket.end(Buffer.from(answer, 'latin1'));
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}

beforeAll(async () => {
  const http = await startServer((text) => text.includes('\r\n\r\n'));
  const uwsgi = await startServer((text) => text.length >= 4 + text.charCodeAt(1) + 256 * text.charCodeAt(2));
  const closed = await freePort();
  engine = await EngineProcess.start({
    ini: `
wsgi-file = app.py
master = true
processes = 1
route = ^/http/ http:127.0.0.1:${http}
route = ^/uwsgi/ uwsgi:127.0.0.1:${uwsgi},0,0
route = ^/closed/http http:127.0.0.1:${closed}
route = ^/closed/uwsgi uwsgi:127.0.0.1:${closed},0,0
route = ^/round http:127.0.0.1:{HTTP}
route = ^/written seturi:/http/\${PATH_INFO}
route = ^/written http:127.0.0.1:${http}
route = ^/file/(.*) file:filename={FOLDER}/files/$1,status=203 Fine
route = ^/private$ break:403 Forbidden
route = ^/closed-area(.*)$ break:403 Forbidden
route = ^/added addheader:Transfer-Encoding: chunked
route = ^/added/chunked chunked:
route = ^/added addheader:Content-Length: 3
route = ^/headers addheader:X-Path: \${PATH_INFO}
route = ^/redirect redirect:http://other\${PATH_INFO}
route = ^/reason break:403 \${PATH_INFO}
`,
    files: { 'app.py': APP },
  });
  mkdirSync(engine.path('files'));
  writeFileSync(engine.path('files/a.txt'), 'a file');
  symlinkSync('../app.py', engine.path('files/link'));
  execFileSync('mkfifo', [engine.path('files/fifo')]);
});

afterAll(async () => {
  await engine.dispose();
  for (const socket of sockets) socket.destroy();
  for (const server of servers) server.close();
});

interface Said {
  status: number;
  head: string;
  body: string;
}

async function ask(path: string, method = 'GET', body: Buffer = Buffer.alloc(0)): Promise<Said> {
  const client = new RawClient(engine.port);
  try {
    client.send(`${method} ${path} HTTP/1.1\r\nHost: test\r\nContent-Length: ${body.length}\r\n\r\n`).send(body);
    const answer = await client.answer(method === 'HEAD');
    // A whole answer leaves the connection open.
    client.send('GET /alive HTTP/1.1\r\nHost: test\r\n\r\n');
    if (answer.headers.every(([name]) => name !== 'connection')) expect((await client.answer()).status).toBe(200);
    const head = answer.headers.map(([name, value]) => `${name}: ${value}`).join('\n');
    return { status: answer.status, head, body: answer.body.toString('latin1') };
  } finally {
    await client.close();
  }
}

function openFiles(): number {
  return readdirSync(`/proc/${engine.pid}/fd`).length;
}

it.each(['http', 'uwsgi'])('tells the client that an answer over %s is none', async (way) => {
  for (const kind of REFUSED) expect([kind, (await ask(`/${way}/${kind}`)).status]).toEqual([kind, 502]);
});

it.each(['http', 'uwsgi'])('gives the answer over %s and nothing beside it, and keeps the connection', async (way) => {
  expect(await ask(`/${way}/more`)).toMatchObject({ status: 200, body: 'abc' });
  expect(await ask(`/${way}/continue`)).toMatchObject({ status: 200, body: 'abc' });
  expect(await ask(`/${way}/known`)).toMatchObject({ status: 304, body: '' });
  expect(await ask(`/${way}/more`, 'HEAD')).toMatchObject({ status: 200, head: 'content-length: 3' });
});

it('keeps no file open for bodies that nobody takes', async () => {
  await ask('/closed/http', 'POST', Buffer.alloc(3_000_000));
  const before = openFiles();
  for (const way of ['http', 'uwsgi']) {
    for (let count = 0; count < 4; count++) {
      expect((await ask(`/closed/${way}`, 'POST', Buffer.alloc(3_000_000))).status).toBe(502);
      expect((await ask(`/${way}/silent`, 'POST', Buffer.alloc(3_000_000))).status).toBe(502);
    }
  }
  await waitFor('the files to be closed', () => openFiles() <= before + 3);
});

it('ends a request that it passes on to itself', async () => {
  const { status } = await ask('/round');
  expect(status).toBe(508);
  await engine.seen('is passed on to this server itself');
});

it('writes what no request line may have with percent signs', async () => {
  await ask('/written%20a%0d%0ab');
  expect(asked).toMatch(/^GET \/http\/\/written%20a%0D%0Ab HTTP\/1\.1\r\n/);
});

it('sends files of the folder that the rule names with a status of their own, and waits for no FIFO', async () => {
  expect(await ask('/file/a.txt')).toMatchObject({ status: 203, body: 'a file' });
  // One more than the threads that files are read by.
  for (const name of ['link', 'fifo', 'fifo', 'fifo', 'fifo', 'fifo', 'none', '']) {
    await expect(ask(`/file/${name}`)).rejects.toThrow('ended');
  }
  expect(await ask('/file/a.txt')).toMatchObject({ status: 203, body: 'a file' });
});

it('lets no line end lead around a rule', async () => {
  for (const path of ['/private', '/private%0a', '/closed-area/x', '/closed-area%0ax', '/closed-area%0dx']) {
    expect([path, (await ask(path)).status]).toEqual([path, 403]);
  }
  expect((await ask('/private%0ax')).status).toBe(200);
});

it('makes no headers of what a client puts into a value', async () => {
  for (const path of ['/headers', '/redirect', '/reason']) {
    const { head } = await ask(`${path}%0d%0aX-Evil:%201`);
    expect(head).not.toMatch(/^x-evil/m);
  }
});

it('frames answers itself, whatever headers a route adds', async () => {
  expect(await ask('/added')).toMatchObject({
    body: 'app /added',
    head: 'content-type: text/plain\ncontent-length: 10',
  });
  const { head, body } = await ask('/added/chunked');
  expect(head.match(/transfer-encoding/g)).toHaveLength(1);
  expect(head).not.toContain('content-length');
  expect(body).toBe('app /added/chunked');
});
