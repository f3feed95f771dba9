/** The gateway against clients: keep-alive, pipelining, large and slow bodies, slow readers, limits, front ends. */
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HeaderField, SlotField, slotIndex } from '../scoreboard.ts';
import type { GatewayOptions } from './messages.ts';
import { eventually, FakeMaster } from './testing/fake-master.ts';
import { PLAIN_BINDING } from './testing/gateway-options.ts';
import { get, RawClient, request } from './testing/raw-client.ts';
import { TEST_APP } from './testing/test-app.ts';

let master: FakeMaster;

beforeEach(() => {
  master = new FakeMaster();
});

afterEach(async () => {
  await master.dispose();
});

async function start(workers = 1): Promise<number> {
  const port = await master.listenPort('http-socket');
  await master.serve(TEST_APP, workers);
  return port;
}

function setOptions(options: Partial<GatewayOptions>): void {
  master.post({ type: 'options', options: { ...master.options, ...options } });
}

/** Temporary files of bodies and answers. */
function spooled(): string[] {
  return readdirSync(join(master.folder, 'bodies'));
}

const GET = (path: string, more = ''): string => `GET ${path} HTTP/1.1\r\nHost: test\r\n${more}\r\n`;

describe('connections', () => {
  test('serve one request after the other', async () => {
    const client = new RawClient(await start());
    for (const name of ['a', 'b', 'c']) {
      client.send(GET(`/id?${name}`));
      const answer = await client.answer();
      expect([answer.status, answer.body.toString()]).toEqual([200, name]);
      expect(answer.headers).toContainEqual(['content-length', '1']);
    }
    await client.close();
  });

  test('answer pipelined requests in order, the slow first one first', async () => {
    const client = new RawClient(await start(2));
    client.send(GET('/wait?go') + GET('/id?2') + GET('/id?3', 'Connection: close\r\n'));
    await eventually('the first to begin', () => readdirSync(master.folder).includes('ran') || undefined);
    writeFileSync(join(master.folder, 'go'), '');
    const bodies = [await client.answer(), await client.answer(), await client.answer()].map((a) => a.body.toString());
    expect(bodies).toEqual(['go', '2', '3']);
    expect((await client.end()).length).toBe(0);
    await client.close();
  });

  test('end when they were idle for http-keepalive', async () => {
    const port = await start();
    setOptions({ httpKeepaliveSeconds: 1 });
    const client = new RawClient(port).send(GET('/hello'));
    await client.answer();
    expect((await client.end()).length).toBe(0);
    await client.close();
  });

  test('end after each answer when http-keepalive is 0', async () => {
    const port = await start();
    setOptions({ httpKeepaliveSeconds: 0 });
    const client = new RawClient(port).send(GET('/hello'));
    expect((await client.end()).toString()).toContain('Connection: close');
    await client.close();
  });

  test('of HTTP/1.0 stay open only if the client asks and the length is known', async () => {
    const port = await start();
    const asking = new RawClient(port).send('GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n');
    expect((await asking.answer()).headers).toContainEqual(['connection', 'keep-alive']);
    asking.send('GET /stream?10 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n');
    expect((await asking.end()).toString()).toMatch(/^HTTP\/1\.0 200 OK\r\nConnection: close\r\n\r\na{40}$/);
    await asking.close();
  });

  test('of clients that went away cost the application nothing: a request still waiting does not run', async () => {
    const port = await start();
    const first = new RawClient(port).send(GET('/wait?go'));
    await eventually('the first to begin', () => readdirSync(master.folder).includes('ran') || undefined);
    const second = new RawClient(port).send(GET('/id?gone'));
    await eventually('the second to wait', () => master.board.header[HeaderField.listenQueue] === 1 || undefined);
    second.reset();
    await eventually('the queue to be empty', () => master.board.header[HeaderField.listenQueue] === 0 || undefined);
    first.reset();
    await eventually(
      'the connections to be gone',
      () => master.board.header[HeaderField.openConnections] === 0 || undefined,
    );
    writeFileSync(join(master.folder, 'go'), '');
    await eventually('the first to be counted as unheard', () =>
      master.board.slots[slotIndex(0, SlotField.writeErrors)] === 1 ? true : undefined,
    );
    expect((await get(port, '/hello')).status).toBe(200);
  });
});

describe('request bodies', () => {
  test('of 50 MB go through a file that is removed', async () => {
    const port = await start();
    const body = randomBytes(50 * 1024 * 1024);
    const client = new RawClient(port).send(
      `POST /body HTTP/1.1\r\nHost: test\r\nContent-Length: ${body.length}\r\n\r\n`,
    );
    client.send(body);
    const answer = await client.answer();
    expect(answer.body.toString()).toBe(`${body.length} ${createHash('sha1').update(body).digest('hex')}`);
    await eventually('the file to be removed', () => (spooled().length === 0 ? true : undefined));
    await client.close();
  });

  test('in chunks arrive whole, with their length', async () => {
    const port = await start();
    const chunks = Array.from({ length: 300 }, (_, i) => randomBytes(i * 37));
    const client = new RawClient(port).send('POST /body HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n');
    for (const chunk of chunks.slice(1)) {
      client
        .send(`${chunk.length.toString(16)}\r\n`)
        .send(chunk)
        .send('\r\n');
    }
    client.send('0\r\n\r\n');
    const whole = Buffer.concat(chunks);
    expect((await client.answer()).body.toString()).toBe(
      `${whole.length} ${createHash('sha1').update(whole).digest('hex')}`,
    );
    await client.close();
  });

  test('can be read by lines', async () => {
    const answer = await request(
      await start(),
      'POST /lines HTTP/1.1\r\nHost: t\r\nContent-Length: 6\r\n\r\na\nb\nc\n',
    );
    expect(answer.body.toString()).toBe("[b'a\\n', b'b\\n', b'c\\n']");
  });

  test('do not occupy a worker while they come', async () => {
    const port = await start();
    const slow = new RawClient(port).send('POST /body HTTP/1.1\r\nHost: test\r\nContent-Length: 3\r\n\r\na');
    expect((await get(port, '/hello')).status).toBe(200);
    slow.send('bc');
    expect((await slow.answer()).body.toString()).toMatch(/^3 /);
    await slow.close();
  });

  test('are asked for when the client waits to be', async () => {
    const client = new RawClient(await start());
    client.send('POST /body HTTP/1.1\r\nHost: test\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n');
    expect((await client.answer()).statusLine).toBe('HTTP/1.1 100 Continue');
    client.send('abc');
    expect((await client.answer()).body.toString()).toMatch(/^3 /);
    await client.close();
  });

  test('over limit-post are refused before they are read', async () => {
    const port = await start();
    setOptions({ limitPostBytes: 10 });
    const answer = await request(port, 'POST /body HTTP/1.1\r\nHost: t\r\nContent-Length: 11\r\n\r\n');
    expect(answer.status).toBe(413);
    expect(answer.headers).toContainEqual(['connection', 'close']);
    const chunked = 'POST /body HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n12345678\r\n8\r\n';
    expect((await request(port, chunked)).status).toBe(413);
  });

  test('that stop coming are a timeout', async () => {
    const port = await start();
    setOptions({ socketTimeoutSeconds: 1 });
    const answer = await request(port, 'POST /body HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\n\r\na');
    expect(answer.status).toBe(408);
    expect((await request(port, 'GET / HTTP/1.1\r\nHo')).status).toBe(408);
  });
});

describe('answers', () => {
  test('of a slow reader wait in a file, and the worker is free', async () => {
    const port = await start();
    const bytes = 40 * 1024 * 1024;
    const client = new RawClient(port);
    client.socket.pause();
    client.send(GET(`/big?${bytes}`));
    await eventually('the answer to be spooled', () =>
      spooled().some((name) => statSync(join(master.folder, 'bodies', name)).size > 20 * 1024 * 1024)
        ? true
        : undefined,
    );
    expect((await get(port, '/hello')).status).toBe(200);
    client.socket.resume();
    const answer = await client.answer();
    expect(answer.body.length).toBe(bytes);
    expect(answer.body.every((byte) => byte === 120)).toBe(true);
    await eventually('the file to be removed', () => (spooled().length === 0 ? true : undefined));
    client.send(GET('/id?after'));
    expect((await client.answer()).body.toString()).toBe('after');
    await client.close();
  });

  test('of a client that leaves in the middle leave no file behind', async () => {
    const port = await start();
    const client = new RawClient(port);
    client.socket.pause();
    client.send(GET('/big?30000000'));
    await eventually('the answer to be spooled', () => (spooled().length === 1 ? true : undefined));
    await client.close();
    await eventually('the file to be removed', () => (spooled().length === 0 ? true : undefined));
    expect((await get(port, '/hello')).status).toBe(200);
  });

  test('without a length are chunked for HTTP/1.1', async () => {
    const client = new RawClient(await start()).send(GET('/stream?100000'));
    const answer = await client.answer();
    expect(answer.headers).toContainEqual(['transfer-encoding', 'chunked']);
    expect(answer.body.toString()).toBe('a'.repeat(400_000));
    client.send(GET('/hello'));
    expect((await client.answer()).status).toBe(200);
    await client.close();
  });

  test('to HEAD, and with 204 and 304, have no body', async () => {
    const client = new RawClient(await start());
    client.send('HEAD /big?100 HTTP/1.1\r\nHost: t\r\n\r\n');
    expect((await client.answer(true)).status).toBe(200);
    client.send(GET('/status?304_Not_Modified'));
    expect((await client.answer()).headers.map(([name]) => name)).toEqual(['content-type']);
    client.send(GET('/hello'));
    expect((await client.answer()).body.toString()).toBe('hello');
    await client.close();
  });

  test('shorter than their Content-Length end with a cut, longer ones are cut to it', async () => {
    const port = await start();
    const short = new RawClient(port).send(GET('/short'));
    expect((await short.end()).toString()).toMatch(/Content-Length: 10\r\n\r\nabc$/);
    await short.close();
    const long = new RawClient(port).send(GET('/long') + GET('/hello'));
    expect((await long.answer()).body.toString()).toBe('more ');
    expect((await long.answer()).body.toString()).toBe('hello');
    await long.close();
  });

  test('of an application that raises are 500, or are cut when they had begun', async () => {
    const port = await start();
    const raised = new RawClient(port).send(GET('/raise'));
    expect((await raised.end()).toString()).toBe(
      'HTTP/1.1 500 Internal Server Error\r\nConnection: close\r\nContent-Type: text/plain\r\n\r\nInternal Server Error',
    );
    await raised.close();
    const late = new RawClient(port).send(GET('/raise-late'));
    const received = (await late.end()).toString();
    expect(received).toContain('first part');
    expect(received).not.toMatch(/0\r\n\r\n$/);
    await late.close();
    expect(master.workers[0]?.stderr()).toContain('ValueError: asked for');
    await eventually(
      'both to be counted',
      () => master.board.slots[slotIndex(0, SlotField.exceptions)] === 2 || undefined,
    );
  });

  test('cannot smuggle headers or speak about the connection', async () => {
    const port = await start();
    expect((await get(port, '/inject')).status).toBe(500);
    expect((await get(port, '/two-lengths?5')).status).toBe(500);
    expect((await get(port, '/two-lengths?3')).headers.filter(([name]) => name === 'content-length')).toEqual([
      ['content-length', '3'],
    ]);
    const client = new RawClient(port).send(GET('/hop'));
    const answer = await client.answer();
    expect(answer.headers).toEqual([
      ['content-type', 'text/plain'],
      ['x-a', 'b'],
      ['content-length', '3'],
    ]);
    await client.close();
  });

  test('of a file come through wsgi.file_wrapper', async () => {
    expect((await get(await start(), '/file')).body.toString()).toBe(TEST_APP);
  });
});

describe('too much', () => {
  test('waiting requests are refused with 503 and Retry-After, and counted', async () => {
    setOptions({ listen: 2 });
    const port = await start();
    const running = get(port, '/wait?go');
    await eventually('the first to begin', () => readdirSync(master.folder).includes('ran') || undefined);
    const waiting = [get(port, '/hello'), get(port, '/hello')];
    await eventually('two to wait', () => master.board.header[HeaderField.listenQueue] === 2 || undefined);
    const refused = await get(port, '/hello');
    expect(refused.status).toBe(503);
    expect(refused.headers).toContainEqual(['retry-after', '1']);
    await eventually('it to be counted', () => master.board.header[HeaderField.listenQueueErrors] === 1 || undefined);
    writeFileSync(join(master.folder, 'go'), '');
    expect((await Promise.all([running, ...waiting])).map((answer) => answer.status)).toEqual([200, 200, 200]);
  });

  test('waiting for the application beyond http-timeout is answered with 504 on an http listener', async () => {
    const port = await master.listenPort('http');
    await master.serve(TEST_APP, 1);
    setOptions({ httpTimeoutSeconds: 1 });
    expect((await get(port, '/wait?never')).status).toBe(504);
    setOptions({});
    writeFileSync(join(master.folder, 'never'), '');
    expect((await get(port, '/hello')).status).toBe(200);
  });

  test('of a head, or of garbage, is answered by what is wrong with it', async () => {
    const port = await start();
    const statuses = new Map([
      ['GET / HTTP/1.1\r\nHost: t\r\nX: '.padEnd(70_000, 'y'), 431],
      ['GET /'.padEnd(70_000, 'y'), 414],
      ['GET / HTTP/3.0\r\n\r\n', 505],
      ['CONNECT t:1 HTTP/1.1\r\nHost: t\r\n\r\n', 501],
      ['GET / HTTP/1.1\r\nHost: t\r\nExpect: tea\r\n\r\n', 417],
      ['POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 400],
      ['\x16\x03\x01', 400],
    ]);
    for (const [bytes, status] of statuses) {
      const answer = await request(port, bytes);
      expect([answer.status, bytes.slice(0, 40)]).toEqual([status, bytes.slice(0, 40)]);
      expect(answer.body.toString()).toMatch(/\w/);
    }
  });
});

describe('the master', () => {
  test('pauses and resumes: requests wait', async () => {
    const port = await start();
    master.post({ type: 'pause', paused: true });
    const waiting = get(port, '/hello');
    await eventually('it to wait', () => master.board.header[HeaderField.listenQueue] === 1 || undefined);
    master.post({ type: 'pause', paused: false });
    expect((await waiting).status).toBe(200);
  });

  test('drains: what runs is answered, nothing new is taken', async () => {
    const port = await start();
    const idle = new RawClient(port).send(GET('/hello'));
    await idle.answer();
    const running = new RawClient(port).send(GET('/wait?go'));
    await eventually('it to begin', () => readdirSync(master.folder).includes('ran') || undefined);
    master.post({ type: 'drain' });
    expect((await idle.end()).length).toBe(0);
    await expect(get(port, '/hello')).rejects.toThrow('ended');
    expect(master.messages.some((message) => message.type === 'drained')).toBe(false);
    writeFileSync(join(master.folder, 'go'), '');
    expect((await running.answer()).headers).toContainEqual(['connection', 'close']);
    await running.close();
    await master.message('drained');
    await idle.close();
  });

  test('hears why an address cannot be had', async () => {
    const port = await start();
    const address = { type: 'tcp', host: '127.0.0.1', port } as const;
    master.post({ type: 'listen', listenerId: 99, kind: 'http', address, ...PLAIN_BINDING });
    expect(await master.message('listen-failed')).toMatchObject({ listenerId: 99, code: 'EADDRINUSE' });
  });

  test('gets a unix socket of the mode it asks for, over a stale one but never over a living one', async () => {
    const path = join(master.folder, 'app.sock');
    const stale = spawn('python3', [
      '-c',
      `import socket\nsocket.socket(socket.AF_UNIX).bind(${JSON.stringify(path)})`,
    ]);
    await once(stale, 'exit');
    await master.listen('http-socket', path, 0o666);
    expect(statSync(path).mode & 0o777).toBe(0o666);
    await master.serve(TEST_APP, 1);
    const client = new RawClient(path).send(GET('/vars'));
    expect((await client.answer()).body.toString()).toContain('REQUEST_METHOD=GET');
    await client.close();
    const living = join(master.folder, 'living.sock');
    const server = createServer().listen(living);
    await once(server, 'listening');
    const address = { type: 'unix', path: living } as const;
    master.post({ type: 'listen', listenerId: 99, kind: 'http', address, ...PLAIN_BINDING });
    expect(await master.message('listen-failed')).toMatchObject({ code: 'EADDRINUSE' });
    server.close();
  });
});

describe('nginx in front', () => {
  test('reaches the application by uwsgi_pass and by proxy_pass', async () => {
    const uwsgi = join(master.folder, 'uwsgi.sock');
    await master.listen('uwsgi', uwsgi);
    const http = await start(2);
    const front = join(master.folder, 'nginx.sock');
    const configuration = `
      daemon off; master_process off; pid ${master.folder}/nginx.pid; error_log stderr; worker_processes 1;
      events { worker_connections 64; }
      http {
        access_log off; client_max_body_size 100m;
        client_body_temp_path ${master.folder}/nginx1; proxy_temp_path ${master.folder}/nginx2;
        uwsgi_temp_path ${master.folder}/nginx3; fastcgi_temp_path ${master.folder}/nginx4; scgi_temp_path ${master.folder}/nginx5;
        upstream kept { server 127.0.0.1:${http}; keepalive 4; }
        server {
          listen unix:${front};
          location /u/ { rewrite ^/u(.*) $1 break; include /etc/nginx/uwsgi_params; uwsgi_pass unix:${uwsgi}; }
          location /p/ { proxy_http_version 1.1; proxy_set_header Connection ""; proxy_pass http://kept/; }
        }
      }`;
    writeFileSync(join(master.folder, 'nginx.conf'), configuration);
    const nginx = spawn('nginx', ['-c', join(master.folder, 'nginx.conf'), '-e', 'stderr'], { stdio: 'inherit' });
    try {
      await eventually('nginx to listen', () => readdirSync(master.folder).includes('nginx.sock') || undefined);
      const body = randomBytes(3 * 1024 * 1024);
      const digest = createHash('sha1').update(body).digest('hex');
      for (const prefix of ['/u', '/p']) {
        const client = new RawClient(front);
        for (let i = 0; i < 5; i++) {
          client.send(GET(`${prefix}/id?${i}`));
          expect((await client.answer()).body.toString()).toBe(String(i));
        }
        client.send(GET(`${prefix}/raise`));
        expect((await client.answer()).status).toBe(500);
        client.send(GET(`${prefix}/stream?50000`));
        expect((await client.answer()).body.length).toBe(200_000);
        client.send(`POST ${prefix}/body HTTP/1.1\r\nHost: t\r\nContent-Length: ${body.length}\r\n\r\n`).send(body);
        expect((await client.answer()).body.toString()).toBe(`${body.length} ${digest}`);
        await client.close();
      }
    } finally {
      nginx.kill('SIGKILL');
      await once(nginx, 'exit');
    }
  });
});
