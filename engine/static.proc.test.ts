/** Files that the gateway serves, beside nginx and uWSGI on the same tree; what must never be served; slow clients. */
import { renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RawAnswer, RawClient } from './gateway/testing/raw-client.ts';
import { EngineProcess, freePort } from './testing/engine-process.ts';
import { type FrontServer, startNginxFiles, whyMissing } from './testing/front-servers.ts';
import { large, MODIFIED, STATIC_APP, StaticTree } from './testing/static-tree.ts';
import { block, packet } from './testing/uwsgi-packets.ts';
import { UwsgiProcess, whyNoUwsgi } from './testing/uwsgi-process.ts';

let tree: StaticTree;
let engine: EngineProcess;

beforeAll(async () => {
  tree = new StaticTree();
  engine = await EngineProcess.start({
    ini: `
master = true
wsgi-file = {FOLDER}/app.py
processes = 1
uwsgi-socket = {FOLDER}/uwsgi.sock
env = TREE=${tree.at('www')}
${tree.options().join('\n')}
`,
    files: { 'app.py': STATIC_APP },
  });
});

afterAll(async () => {
  await engine.dispose();
  tree.dispose();
});

async function ask(port: number, method: string, path: string, headers: readonly string[] = []): Promise<RawAnswer> {
  const client = new RawClient(port);
  try {
    const lines = [`${method} ${path} HTTP/1.1`, 'Host: test', 'Connection: close', ...headers, '', ''];
    return await client.send(lines.join('\r\n')).answer(method === 'HEAD');
  } finally {
    await client.close();
  }
}

const header = ({ headers }: RawAnswer, name: string): string | undefined =>
  headers.find(([found]) => found === name)?.[1];

const file = (path: string, headers: readonly string[] = []): Promise<RawAnswer> =>
  ask(engine.port, 'GET', path, headers);

/** What of an answer must be as nginx's; the words of errors are each server's own. */
function fileFacts(answer: RawAnswer): Record<string, unknown> {
  const { status } = answer;
  const type = header(answer, 'content-type')?.replace(/boundary=.*/, '');
  const boundary = header(answer, 'content-type')?.split('boundary=')[1] ?? '\0';
  if (status === 416) return { status, range: header(answer, 'content-range') };
  if (status !== 200 && status !== 206 && status !== 304) return { status };
  return {
    status,
    type: status === 304 ? undefined : type,
    range: header(answer, 'content-range'),
    modified: header(answer, 'last-modified'),
    length: header(answer, 'content-length'),
    takesRanges: status === 304 ? undefined : header(answer, 'accept-ranges') !== undefined,
    body: answer.body.toString('latin1').replaceAll(boundary, 'BOUNDARY').slice(0, 100_000),
  };
}

/** What uWSGI says too; its 304 and 416 have less than RFC 9110 wants. */
const servedFacts = (answer: RawAnswer) => ({
  status: answer.status,
  type: header(answer, 'content-type'),
  encoding: header(answer, 'content-encoding'),
  added: header(answer, 'x-added'),
  range: header(answer, 'content-range'),
  body: answer.body.toString('latin1'),
});

describe('beside nginx on the same tree', () => {
  const missing = whyMissing('nginx');
  let nginx: FrontServer;
  beforeAll(async () => {
    if (missing === null) nginx = await startNginxFiles(tree.folder, tree.at('www'));
  });
  afterAll(async () => {
    if (missing === null) await nginx.dispose();
  });

  const paths = ['/a.txt', '/none.txt', '/plain.css', '/sub/deep/c.txt', '/sub/', '/inside.txt', '/%C3%A4%20b.txt'];
  const more = [
    '/missing.txt',
    '/a.txt/',
    '/a.txt?x=1',
    '/sub/../a.txt',
    '/./a.txt',
    '//a.txt',
    '/%61.txt',
    '/large.bin',
  ];
  const conditions = [
    [],
    [`If-Modified-Since: ${MODIFIED}`],
    ['If-Modified-Since: Sun, 09 Sep 2001 01:46:39 GMT'],
    ['If-Modified-Since: Fri, 31 Dec 2010 00:00:00 GMT'],
    ['If-Modified-Since: nonsense'],
    ['If-None-Match: "x"'],
    ['If-None-Match: *'],
    ['If-Match: "x"'],
    ['If-Match: *'],
    [`If-Unmodified-Since: ${MODIFIED}`],
    ['If-Unmodified-Since: Sun, 09 Sep 2001 01:46:39 GMT'],
    ['If-None-Match: "x"', `If-Modified-Since: ${MODIFIED}`],
  ];
  const ranges = [
    '0-0',
    '2-',
    '-3',
    '-99',
    '5-99',
    '99-',
    '-0',
    '0-0,2-3',
    '3-4,0-1',
    'x',
    '0-10,0-10',
    '0-,0-',
    '1-0',
    ' 1-2',
  ];

  async function expectSame(method: string, path: string, headers: readonly string[]): Promise<void> {
    const ports = [engine.port, nginx.port];
    const answers = await Promise.all(ports.map((port) => ask(port, method, path, headers)));
    const [ours, theirs] = answers.map((answer) => ({ method, path, headers, ...fileFacts(answer) }));
    expect(ours).toEqual(theirs);
  }

  test('plain requests, conditions and ranges have the same answers', async ({ skip }) => {
    skip(missing !== null, missing ?? '');
    for (const path of [...paths, ...more]) {
      for (const method of ['GET', 'HEAD']) await expectSame(method, path, []);
    }
    for (const headers of conditions) {
      for (const path of ['/a.txt', '/none.txt']) await expectSame('GET', path, headers);
      await expectSame('HEAD', '/a.txt', headers);
    }
    for (const range of ranges) {
      for (const path of ['/a.txt', '/none.txt', '/large.bin'])
        await expectSame('GET', path, [`Range: bytes=${range}`]);
      for (const condition of [`If-Range: ${MODIFIED}`, 'If-Range: "x"', 'If-None-Match: *']) {
        await expectSame('GET', '/a.txt', [`Range: bytes=${range}`, condition]);
      }
    }
    await expectSame('GET', '/a.txt', ['Range: lines=1-2']);
  });
});

describe('beside uWSGI with the same options', () => {
  const missing = whyNoUwsgi();
  let uwsgi: UwsgiProcess;
  let port = 0;
  beforeAll(async () => {
    if (missing !== null) return;
    port = await freePort();
    const args = ['--plugins', 'python3', '--http-socket', `127.0.0.1:${port}`, '--wsgi-file', 'app.py'];
    args.push(...tree.options().map((option) => `--${option}`));
    uwsgi = await UwsgiProcess.start(args, { 'app.py': STATIC_APP }, { TREE: tree.at('www') });
  });
  afterAll(async () => {
    if (missing === null) await uwsgi.dispose();
  });

  const cases: [method: string, path: string, ...headers: string[]][] = [
    ['GET', '/a.txt'],
    ['HEAD', '/a.txt'],
    ['POST', '/a.txt', 'Content-Length: 0'],
    ['GET', '/map/b.txt'],
    ['GET', '/map/deep/c.txt'],
    ['GET', '/mapped'],
    ['GET', '/one'],
    ['GET', '/sub/b.txt'],
    ['GET', '/sub'],
    ['GET', '/sub/'],
    ['GET', '/empty/'],
    ['GET', '/page.php'],
    ['GET', '/noext'],
    ['GET', '/style.css'],
    ['GET', '/style.css', 'Accept-Encoding: deflate, gzip'],
    ['GET', '/plain.css', 'Accept-Encoding: gzip'],
    ['GET', '/inside.txt'],
    ['GET', '/safe.txt'],
    ['GET', '/out.txt'],
    ['GET', '/fifo.txt'],
    ['GET', '/missing'],
    ['GET', '/a.txt', `If-Modified-Since: ${MODIFIED}`],
    ['GET', '/a.txt', 'Range: bytes=2-4'],
    ['GET', '/a.txt', 'Range: bytes=99-'],
  ];
  test('the same files are served, by the same types, encodings and lengths', async ({ skip }) => {
    skip(missing !== null, missing ?? '');
    for (const [method, path, ...headers] of cases) {
      const [ours, theirs] = await Promise.all([
        ask(engine.port, method, path, headers),
        ask(port, method, path, headers),
      ]);
      expect({ path, ...servedFacts(ours) }).toEqual({ path, ...servedFacts(theirs) });
    }
  });

  test('files expire at the same time', async ({ skip }) => {
    skip(missing !== null, missing ?? '');
    for (const path of ['/kept/k.txt', '/sub/b.txt', '/a.txt']) {
      const [ours, theirs] = (await Promise.all([file(path), ask(port, 'GET', path)])).map((answer) =>
        Date.parse(header(answer, 'expires') ?? ''),
      );
      if (Number.isNaN(theirs)) expect(ours).toBeNaN();
      else expect(Math.abs((ours ?? 0) - (theirs ?? 0))).toBeLessThanOrEqual(2000);
    }
  });
});

describe('what must never be served', () => {
  const ways = [
    '..',
    '%2e%2e',
    '.%2e',
    '%2e.',
    '%252e%252e',
    '..%00',
    '..\\..',
    '..%5c..',
    '%c0%ae%c0%ae',
    '..;',
    '.../..',
  ];
  const slashes = ['/', '%2f', '%2F', '//', '\\', '%5c'];
  const targets = ['secret.txt', 'outside/secret.txt', 'www-old/secret.txt'];

  test('no path leads out of its folder, however it is written', async () => {
    const paths = [
      '/out.txt',
      '/out/secret.txt',
      '/a.txt%00.css',
      '/%00',
      '/zero.txt',
      '/fifo.txt',
      '/loop.txt',
      '/-old/secret.txt',
    ];
    for (const way of ways) {
      for (const slash of slashes) {
        for (const target of targets) {
          paths.push(
            `/${way}${slash}${target}`,
            `/sub/${way}${slash}${way}${slash}${target}`,
            `/map${slash}${way}${slash}${target}`,
          );
        }
      }
    }
    const client = new RawClient(engine.port);
    for (const path of paths) {
      const { status, body } = await client.send(`GET ${path} HTTP/1.1\r\nHost: test\r\n\r\n`).answer();
      expect({ path, status, text: body.toString('latin1').slice(0, 3) }).toEqual({ path, status: 404, text: 'app' });
    }
    await client.close();
    await engine.seen('www/out.txt leads to a file that is not under');
  });

  test('a path with a file outside in place of one that was served is not served any more', async () => {
    writeFileSync(tree.at('www/exchanged.txt'), 'mine');
    expect((await file('/exchanged.txt')).body.toString()).toBe('mine');
    symlinkSync(tree.at('secret.txt'), tree.at('www/exchanged.new'));
    renameSync(tree.at('www/exchanged.new'), tree.at('www/exchanged.txt'));
    expect((await file('/exchanged.txt')).status).toBe(404);
  });
});

describe('files that change', () => {
  test('a new content is seen at once, and its tag differs', async () => {
    writeFileSync(tree.at('www/new.txt'), 'one');
    const first = await file('/new.txt');
    writeFileSync(tree.at('www/new.txt'), 'two');
    const second = await file('/new.txt');
    expect([first.body.toString(), second.body.toString()]).toEqual(['one', 'two']);
    const tag = header(second, 'etag') ?? '';
    expect((await file('/new.txt', [`If-None-Match: ${tag}`])).status).toBe(304);
    rmSync(tree.at('www/new.txt'));
    expect((await file('/new.txt')).status).toBe(404);
  });

  test('a file that becomes shorter while it is sent is cut and ends the connection', async () => {
    writeFileSync(tree.at('www/shrinks.bin'), '');
    truncateSync(tree.at('www/shrinks.bin'), 200_000_000);
    const client = new RawClient(engine.port);
    client.socket.pause();
    client.send('GET /shrinks.bin HTTP/1.1\r\nHost: test\r\n\r\n');
    // Another answer on the way back shows that the first has begun.
    await file('/a.txt');
    truncateSync(tree.at('www/shrinks.bin'), 1000);
    client.socket.resume();
    const received = await client.end();
    expect(received.length).toBeLessThan(200_000_000);
    await client.close();
  });

  test('ranges beyond four gigabytes are read where they are', async () => {
    writeFileSync(tree.at('www/sparse.bin'), '');
    truncateSync(tree.at('www/sparse.bin'), 6_000_000_000);
    const { status, body, headers } = await file('/sparse.bin', ['Range: bytes=5999999990-']);
    expect([status, body.length]).toEqual([206, 10]);
    expect(headers).toContainEqual(['content-range', 'bytes 5999999990-5999999999/6000000000']);
  });
});

describe('clients', () => {
  test('requests that are sent together are answered in order, files and others', async () => {
    const paths = ['/a.txt', '/x', '/large.bin', '/sub/b.txt', '/y', '/none.txt', '/a.txt'];
    const client = new RawClient(engine.port);
    client.send(paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: test\r\n\r\n`).join(''));
    const bodies: string[] = [];
    for (const _ of paths) bodies.push((await client.answer()).body.toString('latin1'));
    await client.close();
    expect(bodies).toEqual(['the file a\n', 'app /x', large.toString(), 'the file b\n', 'app /y', '', 'the file a\n']);
  });

  test('files count as static, and are logged as uWSGI logs them', async () => {
    const before = await engine.worker(1);
    await file('/a.txt');
    await file('/x');
    const after = await engine.worker(1);
    expect((after.cores[0]?.static_requests ?? 0) - (before.cores[0]?.static_requests ?? 0)).toBe(1);
    expect(after.requests - before.requests).toBe(2);
    await engine.seen('|app: -1|req: -1/');
  });
});

describe('files that the application returns', () => {
  test('the gateway sends them, from where they stand, and the worker is free', async () => {
    const before = await engine.worker(1);
    const slow = new RawClient(engine.port);
    slow.socket.pause();
    writeFileSync(tree.at('www/huge.bin'), '');
    truncateSync(tree.at('www/huge.bin'), 300_000_000);
    slow.send('GET /file/huge.bin HTTP/1.1\r\nHost: test\r\n\r\n');
    const { status, body, headers } = await file(`/file/large.bin?4000000`);
    expect([status, body.equals(large.subarray(4_000_000))]).toEqual([200, true]);
    expect(headers).toContainEqual(['content-length', '1000000']);
    // The only worker answers although a client takes nothing of its file.
    expect((await file('/x')).body.toString()).toBe('app /x');
    await slow.close();
    const after = await engine.worker(1);
    expect((after.cores[0]?.offloaded_requests ?? 0) - (before.cores[0]?.offloaded_requests ?? 0)).toBe(2);
  });

  test('a file without a name is sent by the worker', async () => {
    writeFileSync(tree.at('www/gone.bin'), large);
    const { body } = await file('/file/gone.bin');
    expect(body.equals(large)).toBe(true);
    expect((await ask(engine.port, 'HEAD', '/file/large.bin')).body.length).toBe(0);
  });
});

test('a front server gets no body for HEAD, also of a file that is in memory', async () => {
  for (const method of ['GET', 'HEAD', 'HEAD']) {
    const client = new RawClient(engine.path('uwsgi.sock'));
    const variables = block('REQUEST_METHOD', method, 'PATH_INFO', '/a.txt', 'SERVER_PROTOCOL', 'HTTP/1.1');
    client.send(packet(0, 0, variables));
    const [, body] = (await client.end()).toString('latin1').split('\r\n\r\n');
    expect([method, body]).toEqual([method, method === 'HEAD' ? '' : 'the file a\n']);
    await client.close();
  }
});
