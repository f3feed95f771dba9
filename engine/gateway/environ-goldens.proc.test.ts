/**
 * The environ that an application sees, and the answer its client gets, compared with what was recorded from
 * uWSGI 2.0.21 (engine/goldens/environ). Cases that differ on purpose stand in OURS with the reason and what we do.
 * Not here: cases of other listeners (http11, FastCGI, SCGI) and of `mount`, which the engine does not have yet.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ListenerKind } from '../config/settings.ts';
import { FakeMaster } from './testing/fake-master.ts';
import { parseAnswer, RawClient } from './testing/raw-client.ts';

const GOLDENS = fileURLToPath(new URL('../goldens/environ/', import.meta.url));

interface Recorded {
  outcome: string;
  environs: { environ: Record<string, unknown>; body?: string; bodyLength: number }[];
}

interface Ours {
  why: string;
  /** Status we answer; 0: the connection is closed without an answer. */
  status: number;
  /** Changes to the recorded environ; null: the key is not there. Without it, the application is not called. */
  environ?: Record<string, string | null>;
  body?: string;
}

const CHUNKED = { HTTP_TRANSFER_ENCODING: null };
const OURS: Record<string, Ours> = {
  'app-raise--http': { why: 'an exception is answered', status: 500, environ: {} },
  'app-raise--http-socket': { why: 'an exception is answered', status: 500, environ: {} },
  'app-raise--uwsgi': { why: 'an exception is answered', status: 500, environ: {} },
  'http-absolute-uri': {
    why: 'an absolute target gives its path and its host',
    status: 200,
    environ: { PATH_INFO: '/abs', HTTP_HOST: 'other.test:81' },
  },
  'http-auth': { why: 'Proxy must not become HTTP_PROXY', status: 200, environ: { HTTP_PROXY: null } },
  'http-body-short': { why: 'a body that does not come is a timeout', status: 408 },
  'http-body-short-close': { why: 'a body that is cut is an error', status: 400 },
  'http-chunked-body': {
    why: 'chunks are decoded',
    status: 200,
    environ: { ...CHUNKED, CONTENT_LENGTH: '5' },
    body: 'hello',
  },
  'http-chunked-read': {
    why: 'chunks are decoded',
    status: 200,
    environ: { ...CHUNKED, CONTENT_LENGTH: '11' },
    body: '',
  },
  'http-chunked-read-plain': {
    why: 'chunks are decoded',
    status: 200,
    environ: { ...CHUNKED, CONTENT_LENGTH: '11' },
    body: '',
  },
  'router-chunked': { why: 'chunks are decoded', status: 200, environ: { ...CHUNKED, CONTENT_LENGTH: '5' }, body: '' },
  'router-chunked-input': {
    why: 'chunks are decoded',
    status: 200,
    environ: { ...CHUNKED, CONTENT_LENGTH: '5' },
    body: '',
  },
  'http-fragment': { why: 'a fragment is not part of a target', status: 400 },
  'http-header-no-colon': { why: 'a malformed head is answered', status: 400 },
  'router-header-no-colon': { why: 'a malformed head is answered', status: 400 },
  'http-headers-near-buffer': { why: 'buffer-size counts the head, not the variables made of it', status: 200 },
  'http-headers-over-buffer': { why: 'a head over buffer-size is answered', status: 431 },
  'router-headers-over-buffer': { why: 'a head over buffer-size is answered', status: 431 },
  'http-lf-only': { why: 'lines end with CRLF', status: 400 },
  'http-no-host': { why: 'HTTP/1.1 needs a Host header', status: 400 },
  'odd-header-names--http': {
    why: 'blanks around a value are not part of it',
    status: 200,
    environ: { HTTP_X_TRAILING_BLANK: 'v' },
  },
  'odd-header-names--http-socket': {
    why: 'blanks around a value are not part of it',
    status: 200,
    environ: { HTTP_X_TRAILING_BLANK: 'v' },
  },
  'router-expect-too-big': { why: 'the size limit is limit-post, for any request', status: 413 },
  'uwsgi-content-length-garbage': { why: 'a length is a number or an error', status: 400 },
  'uwsgi-echo': { why: 'only requests and pings are served', status: 0 },
  'uwsgi-empty': { why: 'an empty block is answered', status: 400 },
  'uwsgi-file': { why: 'no code from a request', status: 200, environ: { UWSGI_FILE: null, 'golden.alt': null } },
  'uwsgi-setenv': {
    why: 'no settings from a request',
    status: 200,
    environ: { UWSGI_SETENV: null, UWSGI_SCHEME: null, 'wsgi.url_scheme': 'http' },
  },
  'uwsgi-header-only-part': { why: 'a request that is cut is answered', status: 400 },
  'uwsgi-key-overflow': { why: 'a malformed block is answered', status: 400 },
  'uwsgi-key-zero': { why: 'a malformed block is answered', status: 400 },
  'uwsgi-too-big': { why: 'a block over buffer-size is answered', status: 431 },
  'uwsgi-truncated': { why: 'a request that does not come is a timeout', status: 408 },
  'uwsgi-truncated-close': { why: 'a request that is cut is answered', status: 400 },
  'uwsgi-value-overflow': { why: 'a malformed block is answered', status: 400 },
};

/** Answers that are framed otherwise than uWSGI does: keep-alive is on, a length is given when it is known. */
const FRAMING = new Set(['content-length', 'transfer-encoding', 'connection']);
const names = readdirSync(GOLDENS, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

function readCase(name: string) {
  const meta: {
    listener: ListenerKind;
    options?: [string, string][];
    deliver?: { splitAt?: number[]; halfClose?: boolean };
  } = JSON.parse(readFileSync(join(GOLDENS, name, 'meta.json'), 'utf8'));
  const expected: Recorded = JSON.parse(readFileSync(join(GOLDENS, name, 'expected.json'), 'utf8'));
  const bytes = readFileSync(join(GOLDENS, name, 'request.bin'));
  const response = expected.outcome === 'response' ? readFileSync(join(GOLDENS, name, 'response.bin')) : null;
  return { ...meta, expected, request: bytes, response, options: new Map(meta.options ?? []) };
}

describe('compared with recordings of uWSGI 2.0.21', () => {
  /** Servers by their options: buffer-size, limit-post, application. */
  const servers = new Map<string, { master: FakeMaster; ports: Record<ListenerKind, number>; log: string }>();

  async function serverFor(options: ReadonlyMap<string, string>) {
    const bufferSizeBytes = Number(options.get('buffer-size') ?? 4096);
    const limitPostBytes = Number(options.get('http-manage-expect') ?? 1) > 1 ? 10 : 0;
    const hasApp = !options.has('no-wsgi-file');
    const key = JSON.stringify([bufferSizeBytes, limitPostBytes, hasApp]);
    const known = servers.get(key);
    if (known !== undefined) return known;
    const master = new FakeMaster({ bufferSizeBytes, limitPostBytes, socketTimeoutSeconds: 1, httpTimeoutSeconds: 2 });
    const log = join(master.folder, 'environ.jsonl');
    const source = readFileSync(join(GOLDENS, 'app.py'), 'utf8');
    const setLog = `import os\nos.environ["GOLDEN_ENVIRON_LOG"] = ${JSON.stringify(log)}\n`;
    await master.serve(hasApp ? setLog + source : 'application = None', 1);
    const ports = {
      http: await master.listenPort('http'),
      'http-socket': await master.listenPort('http-socket'),
      uwsgi: await master.listenPort('uwsgi'),
    };
    const server = { master, ports, log };
    servers.set(key, server);
    return server;
  }

  beforeAll(async () => {
    await serverFor(new Map());
  });

  afterAll(async () => {
    for (const { master } of servers.values()) await master.dispose();
  });

  test.for(names)('%s', async (name) => {
    const { listener, expected, request, response, deliver, options } = readCase(name);
    const { ports, log } = await serverFor(options);
    const before = readLog(log).length;
    const client = new RawClient(ports[listener]);
    let at = 0;
    for (const cut of deliver?.splitAt ?? []) {
      client.send(request.subarray(at, cut));
      at = cut;
      await new Promise((resolve) => setImmediate(resolve));
    }
    client.send(request.subarray(at));
    if (deliver?.halfClose === true) client.socket.end();
    const ours = OURS[name];
    const isHead = request.toString('latin1', 0, 4) === 'HEAD';
    if (ours?.status === 0 || (ours === undefined && response === null)) {
      expect((await client.end()).toString('latin1')).toBe('');
      return;
    }
    if (listener === 'uwsgi' && ours === undefined) {
      expect((await client.end()).toString('latin1')).toBe(response?.toString('latin1'));
    } else {
      const answer = await client.answer(isHead);
      if (ours !== undefined) expect(answer.status).toBe(ours.status);
      else expect(comparable(answer, isHead)).toEqual(comparableBytes(response, isHead));
    }
    if (name === 'uwsgi-ping') return;
    if (expected.environs.length > 0 && (ours === undefined || ours.environ !== undefined)) {
      const seen = readLog(log).at(before);
      const [wanted] = expected.environs;
      expect(normalise(seen?.environ, ports[listener], client)).toEqual(
        apply(wanted?.environ ?? {}, { 'uwsgi.version': '2.0.21', ...ours?.environ }),
      );
      expect(seen?.body ?? '').toBe(ours?.body ?? wanted?.body ?? '');
    } else if (ours?.status !== 200) {
      expect(readLog(log).length).toBe(before);
    }
    await client.close();
  });

  test('two requests on one connection are both answered, in order', async () => {
    const { request, options } = readCase('http-pipelined');
    const { ports } = await serverFor(options);
    const client = new RawClient(ports['http-socket']).send(request);
    expect((await client.answer()).body.toString()).toContain('[/cl/one]');
    expect((await client.answer()).body.toString()).toContain('[/cl/two]');
    await client.close();
  });

  test('every difference names a recorded case', () => {
    expect(Object.keys(OURS).filter((name) => !names.includes(name))).toEqual([]);
  });
});

function readLog(path: string): Recorded['environs'] {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line): Recorded['environs'][number] => JSON.parse(line));
  } catch {
    return [];
  }
}

function comparable(answer: { statusLine: string; headers: [string, string][]; body: Buffer }, isHead: boolean) {
  const headers = answer.headers.filter(([name]) => !FRAMING.has(name));
  return { statusLine: answer.statusLine, headers, body: isHead ? '' : answer.body.toString('latin1') };
}

function comparableBytes(bytes: Buffer | null, isHead: boolean) {
  // An interim answer is sent only to a client that waits for it.
  const text = bytes?.toString('latin1').replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, '') ?? '';
  const parsed = parseAnswer(Buffer.from(text, 'latin1'), true, isHead);
  if (parsed === null) throw new Error('The recorded answer is not complete.');
  return comparable(parsed.answer, isHead);
}

function normalise(environ: Record<string, unknown> | undefined, serverPort: number, client: RawClient) {
  const tokens: Record<string, [value: unknown, token: string]> = {
    REMOTE_PORT: [String(client.socket.localPort), '{PORT_SWAPPED}'],
    SERVER_PORT: [String(serverPort), '{SERVER_PORT}'],
    SERVER_NAME: ['test-host', '{HOST}'],
    'uwsgi.node': ['test-host', '{HOST}'],
  };
  const out: Record<string, unknown> = { ...environ };
  for (const [key, [value, token]] of Object.entries(tokens)) if (out[key] === value) out[key] = token;
  return out;
}

function apply(environ: Record<string, unknown>, changes: Record<string, string | null>) {
  const out: Record<string, unknown> = { ...environ };
  for (const [key, value] of Object.entries(changes)) {
    if (value === null) delete out[key];
    else out[key] = value;
  }
  return out;
}
