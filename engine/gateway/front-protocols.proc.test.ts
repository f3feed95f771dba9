/** FastCGI, SCGI and uwsgi connections of the real gateway: kept ones, refused and taken back requests, forged variables. */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HeaderField } from '../scoreboard.ts';
import { RecordType } from './fastcgi-records.ts';
import { eventually, FakeMaster } from './testing/fake-master.ts';
import {
  decodeFastCgiAnswer,
  decodeRecord,
  encodeBegin,
  encodeFastCgiRequest,
  encodeParams,
  encodeRecord,
  type FastCgiAnswer,
} from './testing/fastcgi-client.ts';
import { RawClient } from './testing/raw-client.ts';
import { TEST_APP } from './testing/test-app.ts';

type Vars = readonly (readonly [string, string])[];

const master = new FakeMaster({ limitPostBytes: 2_000_000, bufferSizeBytes: 4096, socketTimeoutSeconds: 1 });
const ports = { fastcgi: 0, 'fastcgi-nph': 0, scgi: 0, 'scgi-nph': 0, uwsgi: 0 };

beforeAll(async () => {
  for (const kind of ['fastcgi', 'fastcgi-nph', 'scgi', 'scgi-nph', 'uwsgi'] as const) {
    ports[kind] = await master.listenPort(kind);
  }
  await master.serve(TEST_APP, 1);
});

afterAll(async () => {
  await master.dispose();
});

function varsOf(path: string, more: Vars = []): Vars {
  const [info = '', query = ''] = path.split('?');
  return [
    ['REQUEST_METHOD', 'GET'],
    ['REQUEST_URI', path],
    ['PATH_INFO', info],
    ['QUERY_STRING', query],
    ['SERVER_PROTOCOL', 'HTTP/1.1'],
    ...more,
  ];
}

function encodeUwsgi(vars: Vars, modifier1 = 0, modifier2 = 0): Buffer {
  const block = Buffer.concat(
    vars.flatMap((pair) =>
      pair.flatMap((text) => [Buffer.from([text.length & 255, text.length >> 8]), Buffer.from(text, 'latin1')]),
    ),
  );
  return Buffer.concat([Buffer.from([modifier1, block.length & 255, block.length >> 8, modifier2]), block]);
}

function encodeScgi(vars: Vars): Buffer {
  const block = vars.map(([key, value]) => `${key}\0${value}\0`).join('');
  return Buffer.from(`${block.length}:${block},`, 'latin1');
}

/** Takes the next answer from a FastCGI connection. */
async function nextAnswer(client: RawClient, from = 0): Promise<FastCgiAnswer> {
  return eventually('a FastCGI answer', () => decodeFastCgiAnswer(client.received.subarray(from)) ?? undefined);
}

async function exchange(port: number, bytes: Buffer, halfClose = false): Promise<string> {
  const client = new RawClient(port).send(bytes);
  if (halfClose) client.socket.end();
  const received = (await client.end()).toString('latin1');
  await client.close();
  return received;
}

describe('a FastCGI connection', () => {
  test('that is to be kept serves one request after the other, whatever their ids', async () => {
    const client = new RawClient(ports.fastcgi);
    let at = 0;
    for (let i = 1; i <= 20; i++) {
      client.send(encodeFastCgiRequest(varsOf(`/id?${i}`), '', { requestId: i * 7, keepConnection: true }));
      const answer = await nextAnswer(client, at);
      at += answer.end;
      expect([answer.requestId, answer.status]).toEqual([i * 7, 0]);
      expect(answer.stdout.toString()).toBe(`Status: 200 OK\r\nContent-Type: text/plain\r\n\r\n${i}`);
    }
    client.send(encodeFastCgiRequest(varsOf('/id?last')));
    expect((await nextAnswer(client, at)).stdout.toString()).toMatch(/last$/);
    expect((await client.end()).length).toBeGreaterThan(at);
    await client.close();
  });

  test('that is to be kept stays open when http-keepalive is off', async () => {
    master.post({ type: 'options', options: { ...master.options, httpKeepaliveSeconds: 0 } });
    const client = new RawClient(ports.fastcgi);
    client.send(encodeFastCgiRequest(varsOf('/id?1'), '', { keepConnection: true }));
    const first = await nextAnswer(client);
    // Deadlines are looked at once a second: those of a connection that was idle before this one is are over.
    const idle = new RawClient(ports.scgi);
    await idle.end();
    client.send(encodeFastCgiRequest(varsOf('/id?2'), '', { keepConnection: true }));
    expect((await nextAnswer(client, first.end)).stdout.toString()).toMatch(/2$/);
    await client.close();
    await idle.close();
    master.post({ type: 'options', options: master.options });
  });

  test('that is to be kept is kept after an error of the application too', async () => {
    const client = new RawClient(ports.fastcgi);
    client.send(encodeFastCgiRequest(varsOf('/raise'), '', { keepConnection: true }));
    const failed = await nextAnswer(client);
    expect(failed.stdout.toString()).toMatch(/^Status: 500 /);
    client.send(encodeFastCgiRequest(varsOf('/id?after'), '', { keepConnection: true }));
    expect((await nextAnswer(client, failed.end)).stdout.toString()).toMatch(/after$/);
    await client.close();
  });

  test('on an nph socket answers with a status line', async () => {
    const received = await exchange(ports['fastcgi-nph'], encodeFastCgiRequest(varsOf('/id?nph')));
    const answer = decodeFastCgiAnswer(Buffer.from(received, 'latin1'));
    expect(answer?.stdout.toString()).toBe('HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nnph');
  });

  test('carries large bodies both ways, with padding, and one without a length', async () => {
    const body = randomBytes(1_500_000).toString('latin1');
    const digest = createHash('sha1').update(body, 'latin1').digest('hex');
    for (const length of [String(body.length), '']) {
      const vars = varsOf('/body', [['CONTENT_LENGTH', length]]);
      const received = await exchange(ports.fastcgi, encodeFastCgiRequest(vars, body));
      const answer = decodeFastCgiAnswer(Buffer.from(received, 'latin1'));
      expect(answer?.stdout.toString()).toMatch(new RegExp(`\r\n\r\n${body.length} ${digest}$`));
    }
    const big = await exchange(ports.fastcgi, encodeFastCgiRequest(varsOf('/big?1000000')));
    const answer = decodeFastCgiAnswer(Buffer.from(big, 'latin1'));
    expect(answer?.stdout.length).toBe(1_000_000 + 'Status: 200 OK\r\nContent-Type: text/plain\r\n\r\n'.length);
  });

  test('starts a request whose body is complete without its last record', async () => {
    const vars = encodeParams(varsOf('/body', [['CONTENT_LENGTH', '3']]));
    const request = [
      encodeBegin(1, false),
      encodeRecord(RecordType.PARAMS, 1, vars),
      encodeRecord(RecordType.PARAMS, 1, Buffer.alloc(0)),
      encodeRecord(RecordType.STDIN, 1, Buffer.from('abc'), 5),
    ];
    const received = await exchange(ports.fastcgi, Buffer.concat(request));
    expect(decodeFastCgiAnswer(Buffer.from(received, 'latin1'))?.stdout.toString()).toMatch(/3 a9993e36\w+$/);
  });

  test('refuses a second request beside the first, which is answered', async () => {
    const client = new RawClient(ports.fastcgi);
    client.send(encodeFastCgiRequest(varsOf('/wait?beside'), '', { requestId: 1, keepConnection: true }));
    await eventually('it to begin', () => ran().includes('beside') || undefined);
    client.send(encodeFastCgiRequest(varsOf('/id?never'), '', { requestId: 2, keepConnection: true }));
    const refusal = await nextAnswer(client);
    expect([refusal.requestId, refusal.status, refusal.stdout.length]).toEqual([2, 1, 0]);
    writeFileSync(join(master.folder, 'beside'), '');
    const answer = await nextAnswer(client, refusal.end);
    expect([answer.requestId, answer.stdout.toString().slice(-6)]).toEqual([1, 'beside']);
    expect(ran()).not.toContain('never');
    await client.close();
  });

  test('ends a request that is taken back at once, and serves the next', async () => {
    const blocker = new RawClient(ports.fastcgi).send(encodeFastCgiRequest(varsOf('/wait?blocker')));
    await eventually('the worker to be busy', () => ran().includes('blocker') || undefined);
    const client = new RawClient(ports.fastcgi);
    client.send(encodeFastCgiRequest(varsOf('/id?unwanted'), '', { requestId: 3, keepConnection: true }));
    await eventually('it to wait', () => master.board.header[HeaderField.listenQueue] === 1 || undefined);
    client.send(encodeRecord(RecordType.ABORT_REQUEST, 3, Buffer.alloc(0)));
    const aborted = await nextAnswer(client);
    expect([aborted.requestId, aborted.status, aborted.stdout.length]).toEqual([3, 0, 0]);
    client.send(encodeFastCgiRequest(varsOf('/id?wanted'), '', { requestId: 3 }));
    writeFileSync(join(master.folder, 'blocker'), '');
    expect((await nextAnswer(client, aborted.end)).stdout.toString()).toMatch(/wanted$/);
    expect(ran()).not.toContain('unwanted');
    await blocker.end();
    await blocker.close();
    await client.close();
  });

  test('serves responders only, and answers management records', async () => {
    const client = new RawClient(ports.fastcgi);
    client.send(encodeBegin(9, true, 2));
    const refusal = await nextAnswer(client);
    expect([refusal.requestId, refusal.status]).toEqual([9, 3]);
    client.send(
      encodeRecord(
        RecordType.GET_VALUES,
        0,
        encodeParams([
          ['FCGI_MPXS_CONNS', ''],
          ['OTHER', ''],
        ]),
      ),
    );
    const values = await eventually('values', () => decodeRecord(client.received, refusal.end) ?? undefined);
    expect([values.type, values.content.toString('latin1')]).toEqual([10, '\x0f\x01FCGI_MPXS_CONNS0']);
    client.send(encodeRecord(77, 0, Buffer.alloc(0)));
    const unknown = await eventually('an answer', () => decodeRecord(client.received, values.end) ?? undefined);
    expect([unknown.type, unknown.content[0]]).toEqual([11, 77]);
    client.send(encodeFastCgiRequest(varsOf('/id?after')));
    expect((await nextAnswer(client, unknown.end)).stdout.toString()).toMatch(/after$/);
    await client.close();
  });

  test('whose records make no sense is closed without an answer', async () => {
    expect(await exchange(ports.fastcgi, Buffer.from('GET / HTTP/1.1\r\n\r\n'))).toBe('');
    expect(await exchange(ports.fastcgi, encodeRecord(RecordType.STDOUT, 1, Buffer.alloc(3)))).toBe('');
  });
});

describe('errors come in the form of the protocol', () => {
  const tooMuch: Vars = [['CONTENT_LENGTH', '2000001']];
  const tooLong: Vars = [['HTTP_X', 'x'.repeat(5000)]];
  const cases: [string, number, Vars, number][] = [
    ['a body over limit-post', 413, tooMuch, 0],
    ['variables over buffer-size', 431, tooLong, 0],
    ['a length that is no number', 400, [['CONTENT_LENGTH', '3x']], 0],
    ['a request that does not arrive', 408, [['CONTENT_LENGTH', '3']], 1],
    ['a request that is cut', 400, [['CONTENT_LENGTH', '3']], 2],
  ];

  test.for(cases)('%s is answered with %i', async ([, status, more, how]) => {
    const vars = varsOf('/body', more);
    // Without its last record FastCGI's body is not there yet.
    const fastcgi = encodeFastCgiRequest(vars);
    const request = how === 0 ? fastcgi : fastcgi.subarray(0, -8);
    const [inRecords, scgi, nph, uwsgi] = await Promise.all([
      exchange(ports.fastcgi, request, how === 2),
      exchange(ports.scgi, encodeScgi(vars), how === 2),
      exchange(ports['scgi-nph'], encodeScgi(vars), how === 2),
      exchange(ports.uwsgi, encodeUwsgi(vars), how === 2),
    ]);
    const answer = decodeFastCgiAnswer(Buffer.from(inRecords, 'latin1'));
    expect(answer?.stdout.toString()).toMatch(new RegExp(`^Status: ${status} .+\r\n\r\n${status} `, 's'));
    expect(scgi).toMatch(new RegExp(`^Status: ${status} `));
    expect(nph).toMatch(new RegExp(`^HTTP/1.\\d ${status} `));
    expect(uwsgi).toMatch(new RegExp(`^HTTP/1.\\d ${status} `));
  });

  test('an application that raises is a 500', async () => {
    const received = await exchange(ports.fastcgi, encodeFastCgiRequest(varsOf('/raise')));
    expect(decodeFastCgiAnswer(Buffer.from(received, 'latin1'))?.stdout.toString()).toMatch(/^Status: 500 /);
    expect(await exchange(ports.scgi, encodeScgi(varsOf('/raise')))).toMatch(/^Status: 500 /);
  });

  test('an answer that is cut has no end', async () => {
    const received = Buffer.from(await exchange(ports.fastcgi, encodeFastCgiRequest(varsOf('/raise-late'))), 'latin1');
    expect(decodeRecord(received)?.content.toString()).toMatch(/^Status: 200 OK/);
    expect(decodeFastCgiAnswer(received)).toBeNull();
  });
});

describe('nothing that a request says is run', () => {
  const FORGED: Vars = [
    ['UWSGI_FILE', 'evil.py'],
    ['UWSGI_SCRIPT', 'evil.py'],
    ['UWSGI_MODULE', 'evil'],
    ['UWSGI_CALLABLE', 'system'],
    ['UWSGI_CHDIR', '/'],
    ['UWSGI_HOME', '/'],
    ['UWSGI_PYHOME', '/'],
    ['UWSGI_SCHEME', 'evil'],
    ['UWSGI_SETENV', 'EVIL=1'],
    ['UWSGI_POSTFILE', '/etc/passwd'],
    ['UWSGI_TOUCH_RELOAD', 'app.py'],
    ['UWSGI_CACHE_GET', 'key'],
  ];

  test.for(FORGED)('%s reaches no application', async ([name, value]) => {
    writeFileSync(join(master.folder, 'evil.py'), 'open("evil-ran", "w").close()\n');
    const vars = varsOf('/vars', [[name, value]]);
    const plain = await exchange(ports.uwsgi, encodeUwsgi(varsOf('/vars')));
    expect(plain).toContain('wsgi.url_scheme=http');
    expect(await exchange(ports.uwsgi, encodeUwsgi(vars))).toBe(plain);
    expect(await exchange(ports.scgi, encodeScgi(vars))).toBe(await exchange(ports.scgi, encodeScgi(varsOf('/vars'))));
    const fastcgi = decodeFastCgiAnswer(
      Buffer.from(await exchange(ports.fastcgi, encodeFastCgiRequest(vars)), 'latin1'),
    );
    expect(fastcgi?.stdout.toString()).not.toContain(name);
    expect(existsSync(join(master.folder, 'evil-ran'))).toBe(false);
  });

  test('UWSGI_APPID chooses among the applications of the configuration and loads none', async () => {
    const seen = await exchange(ports.uwsgi, encodeUwsgi(varsOf('/id?by-appid', [['UWSGI_APPID', 'evil.py']])));
    expect(seen).toMatch(/by-appid$/);
    expect(existsSync(join(master.folder, 'evil-ran'))).toBe(false);
  });

  // 10 administration, 17 spooler, 22 and 26 code, 30 another plugin, 48 SNMP, 98 and 99 code, 101 echo, 109 legion,
  // 110 signal, 111 cache, 173 remote call, 224 subscription, 255 answer.
  test('modifiers other than requests and pings get no answer and do nothing', async () => {
    mkdirSync(join(master.folder, 'spool'), { recursive: true });
    const before = readdirSync(master.folder).sort();
    const block = varsOf('/id?by-modifier', [['ud_spool_func', 'evil']]);
    for (const modifier of [
      5, 10, 14, 17, 18, 22, 26, 30, 31, 48, 98, 99, 101, 109, 110, 111, 115, 173, 200, 224, 255,
    ]) {
      for (const second of [0, 1, 17]) {
        expect([modifier, await exchange(ports.uwsgi, encodeUwsgi(block, modifier, second))]).toEqual([modifier, '']);
      }
    }
    expect(await exchange(ports.uwsgi, encodeUwsgi([], 100))).toBe('d\0\0\x01');
    expect(ran()).not.toContain('by-modifier');
    expect(readdirSync(master.folder).sort()).toEqual(before);
    expect(await exchange(ports.uwsgi, encodeUwsgi(varsOf('/id?after')))).toMatch(/after$/);
  });
});

/** What the application noted that it ran. */
function ran(): string[] {
  const path = join(master.folder, 'ran');
  return existsSync(path) ? readFileSync(path, 'latin1').split('\n') : [];
}
