/**
 * The environ that an application sees, and the answer its client gets, compared with what was recorded from
 * uWSGI 2.0.21 (engine/goldens/environ). Cases that differ on purpose stand in OURS with the reason and what we do.
 * Not here: cases of `mount`, which the workers' runtime deals with (engine/goldens/environ/mount-*).
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defaultProtocols } from '../config/options/requests.ts';
import type { ListenerKind } from '../config/settings.ts';
import { eventually, FakeMaster } from './testing/fake-master.ts';
import { decodeFastCgiAnswer, decodeRecord } from './testing/fastcgi-client.ts';
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
  'app-raise--fastcgi-socket': { why: 'an exception is answered', status: 500, environ: {} },
  'app-raise--http': { why: 'an exception is answered', status: 500, environ: {} },
  'app-raise--http-socket': { why: 'an exception is answered', status: 500, environ: {} },
  'app-raise--uwsgi': { why: 'an exception is answered', status: 500, environ: {} },
  'fastcgi-chunked-params': { why: 'variables may be cut anywhere', status: 200, environ: {} },
  'fastcgi-get-values': { why: 'management records are answered', status: 0 },
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
    body: 'hello world',
  },
  'http-chunked-read-plain': {
    why: 'chunks are decoded',
    status: 200,
    environ: { ...CHUNKED, CONTENT_LENGTH: '11' },
    body: 'hello world',
  },
  'router-chunked': {
    why: 'chunks are decoded',
    status: 200,
    environ: { ...CHUNKED, CONTENT_LENGTH: '5' },
    body: 'hello',
  },
  'router-chunked-input': {
    why: 'chunks are decoded',
    status: 200,
    environ: { ...CHUNKED, CONTENT_LENGTH: '5' },
    body: 'hello',
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
  'router-expect-too-big': { why: 'the answer says what is wrong', status: 413 },
  'scgi-bad-length': { why: 'a malformed request is answered', status: 400 },
  'scgi-no-colon': { why: 'a malformed request is answered', status: 400 },
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
  .filter((entry) => entry.isDirectory() && !entry.name.startsWith('mount-'))
  .map((entry) => entry.name);

/** Listeners as the recordings name them. */
const KINDS: Record<string, ListenerKind> = {
  http: 'http',
  'http-socket': 'http-socket',
  'http11-socket': 'http11-socket',
  uwsgi: 'uwsgi',
  'fastcgi-socket': 'fastcgi',
  'fastcgi-nph-socket': 'fastcgi-nph',
  'scgi-socket': 'scgi',
  'scgi-nph-socket': 'scgi-nph',
};

function kindOf(listener: string): ListenerKind {
  const kind = KINDS[listener];
  if (kind === undefined) throw new Error(`Unknown listener ${listener}.`);
  return kind;
}

function readCase(name: string) {
  const meta: {
    listener: string;
    options?: [string, string][];
    deliver?: { splitAt?: number[]; halfClose?: boolean };
  } = JSON.parse(readFileSync(join(GOLDENS, name, 'meta.json'), 'utf8'));
  const expected: Recorded = JSON.parse(readFileSync(join(GOLDENS, name, 'expected.json'), 'utf8'));
  const bytes = readFileSync(join(GOLDENS, name, 'request.bin'));
  const response = expected.outcome === 'response' ? readFileSync(join(GOLDENS, name, 'response.bin')) : null;
  return {
    ...meta,
    kind: kindOf(meta.listener),
    expected,
    request: bytes,
    response,
    options: new Map(meta.options ?? []),
  };
}

describe('compared with recordings of uWSGI 2.0.21', () => {
  /** Servers by their options: buffer-size, limit-post, application. */
  const servers = new Map<string, { master: FakeMaster; ports: Map<ListenerKind, number>; log: string }>();

  async function serverFor(options: ReadonlyMap<string, string>) {
    const bufferSizeBytes = Number(options.get('buffer-size') ?? 4096);
    const expect100 = Number(options.get('http-manage-expect') ?? 1);
    const protocols = { ...defaultProtocols(), expectLimitBytes: expect100 > 1 ? expect100 : 0 };
    const hasApp = !options.has('no-wsgi-file');
    const key = JSON.stringify([bufferSizeBytes, protocols, hasApp]);
    const known = servers.get(key);
    if (known !== undefined) return known;
    const master = new FakeMaster({ bufferSizeBytes, protocols, socketTimeoutSeconds: 1, httpTimeoutSeconds: 2 });
    const log = join(master.folder, 'environ.jsonl');
    const source = readFileSync(join(GOLDENS, 'app.py'), 'utf8');
    const setLog = `import os\nos.environ["GOLDEN_ENVIRON_LOG"] = ${JSON.stringify(log)}\n`;
    await master.serve(hasApp ? setLog + source : 'application = None', 1);
    const ports = new Map<ListenerKind, number>();
    for (const kind of Object.values(KINDS)) ports.set(kind, await master.listenPort(kind));
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
    const { kind, expected, request, response, deliver, options } = readCase(name);
    const { ports, log } = await serverFor(options);
    const before = readLog(log).length;
    const port = ports.get(kind) ?? 0;
    const client = new RawClient(port);
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
    if (name === 'fastcgi-get-values') {
      const reply = await eventually('the values', () => decodeRecord(client.received) ?? undefined);
      expect([reply.type, reply.content.toString('latin1')]).toEqual([10, '\x0e\x03FCGI_MAX_CONNS100']);
      await client.close();
      return;
    }
    if (ours?.status === 0 || (ours === undefined && response === null)) {
      expect((await client.end()).toString('latin1')).toBe('');
      return;
    }
    if (kind.startsWith('fastcgi')) {
      const answer = await eventually('an answer', () => decodeFastCgiAnswer(client.received) ?? undefined);
      const wanted = response === null ? null : decodeFastCgiAnswer(response);
      if (ours === undefined) expect(answer).toEqual({ ...wanted, end: answer.end });
      else expect(answer.stdout.toString()).toMatch(new RegExp(`^Status: ${ours.status} `));
      // Kept when that was asked for; uWSGI ends it all the same.
      if (name !== 'fastcgi-keep-conn') expect((await client.end()).length).toBe(answer.end);
      else expect(client.isEnded).toBe(false);
    } else if (kind.startsWith('scgi') && ours !== undefined) {
      expect((await client.end()).toString('latin1')).toMatch(new RegExp(`^Status: ${ours.status} `));
    } else if (!kind.startsWith('http') && ours === undefined) {
      expect((await client.end()).toString('latin1')).toBe(response?.toString('latin1'));
    } else {
      const answer = await client.answer(isHead);
      if (ours !== undefined) expect(answer.status).toBe(ours.status);
      else expect(comparable(answer, isHead)).toEqual(comparableBytes(response, isHead));
    }
    if (name === 'uwsgi-ping') return;
    if (name === 'fastcgi-chunked-params') {
      expect(readLog(log).at(before)).toMatchObject({
        environ: { HTTP_X_LONG: 'v'.repeat(300), CONTENT_TYPE: '' },
        body: 'x'.repeat(50),
      });
    } else if (expected.environs.length > 0 && (ours === undefined || ours.environ !== undefined)) {
      const seen = readLog(log).at(before);
      const [wanted] = expected.environs;
      const environ = apply(wanted?.environ ?? {}, { 'uwsgi.version': '2.0.21', ...ours?.environ });
      expect(normalise(seen?.environ, environ, port, client)).toEqual(environ);
      expect(seen?.body ?? '').toBe(ours?.body ?? wanted?.body ?? '');
    } else if (ours?.status !== 200) {
      expect(readLog(log).length).toBe(before);
    }
    await client.close();
  });

  test('two requests on one connection are both answered, in order', async () => {
    const { request, options } = readCase('http-pipelined');
    const { ports } = await serverFor(options);
    const client = new RawClient(ports.get('http-socket') ?? 0).send(request);
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

/** Puts the recording's tokens in where they stand: a port of this run may be one that a request names. */
function normalise(
  environ: Record<string, unknown> | undefined,
  wanted: Record<string, unknown>,
  serverPort: number,
  client: RawClient,
) {
  const tokens: Record<string, [value: unknown, token: string]> = {
    REMOTE_PORT: [String(client.socket.localPort), '{PORT_SWAPPED}'],
    SERVER_PORT: [String(serverPort), '{SERVER_PORT}'],
    SERVER_NAME: ['test-host', '{HOST}'],
    'uwsgi.node': ['test-host', '{HOST}'],
  };
  const out: Record<string, unknown> = { ...environ };
  for (const [key, [value, token]] of Object.entries(tokens)) {
    if (out[key] === value && wanted[key] === token) out[key] = token;
  }
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
