import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { guessLevel } from './line-level.ts';
import { LineSplitter, LONGEST_LINE_BYTES } from './line-splitter.ts';
import { timeOfLine } from './line-time.ts';
import { compileLogFormat } from './log-format.ts';
import { LogRing } from './log-ring.ts';
import { parseSourceId } from './log-source-id.ts';
import { logContainer, logUnit } from './log-supervisor.ts';
import { decodeLine, stripControls } from './log-text.ts';
import { parseRequestLine } from './request-line.ts';

const DEFAULT =
  '[pid: 17032|app: 0|req: 1/1] 127.0.0.1 () {28 vars in 286 bytes} [Sun Nov 22 06:40:40 2026] GET /a?b=c d => generated 2 bytes in 3 msecs (HTTP/1.1 200) 1 headers in 45 bytes (1 switches on core 0)';

describe('the text of a log', () => {
  it('loses colours, window titles, links, the clipboard and turned text', () => {
    expect(stripControls('\u001b[1;31mred\u001b[0m and \u001b]0;title\u0007plain')).toBe('red and plain');
    expect(stripControls('\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\')).toBe('link');
    expect(stripControls('\u001b]52;c;ZXZpbA==\u0007safe')).toBe('safe');
    expect(stripControls('a\u202egnp.exe\u2066b\u200f')).toBe('agnp.exeb');
    expect(stripControls('a\u0000b\rc\u009bd\te')).toBe('abcd\te');
  });

  it('does not let an open sequence hide the rest of the line', () => {
    expect(stripControls('before \u001b]0;secret')).toBe('before 0;secret');
  });

  it('never holds a control character, whatever the program wrote', () => {
    const nasty = fc.string({
      unit: fc.constantFrom('\u001b', '[', ']', '0', ';', 'm', '\u0007', '\\', 'a', '\u009b', '\r', '\u202e'),
    });
    fc.assert(
      fc.property(nasty, (text) => {
        for (const sign of ['\u001b', '\u0007', '\u009b', '\r', '\u202e'])
          expect(stripControls(text)).not.toContain(sign);
      }),
    );
  });

  it('shows bytes that are no UTF-8 and keeps the ones beside them', () => {
    expect(decodeLine(Buffer.from([0x61, 0xff, 0xc3, 0xbc, 0xe2, 0x82, 0x62]))).toBe('a\\xffü\\xe2\\x82b');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(decodeLine(Buffer.from(text))).toBe(Buffer.from(text).toString());
      }),
    );
  });

  it('is the same lines however its bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll(/[\r\n]/g, ''))),
        fc.nat(),
        (lines, seed) => {
          const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
          const cut = bytes.length === 0 ? 0 : seed % bytes.length;
          const splitter = new LineSplitter();
          const found = [
            ...splitter.push(bytes.subarray(0, cut)),
            ...splitter.push(bytes.subarray(cut)),
            ...splitter.end(),
          ];
          expect(found).toEqual(lines.map((line) => Buffer.from(line).toString()));
        },
      ),
    );
  });

  it('keeps no more of an endless line than its beginning, and says so', () => {
    const splitter = new LineSplitter();
    for (let i = 0; i < 10; i += 1) expect(splitter.push(Buffer.alloc(LONGEST_LINE_BYTES, 'x'))).toEqual([]);
    const [line = ''] = splitter.push(Buffer.from('\nnext\n'));
    expect(line.length).toBeLessThan(LONGEST_LINE_BYTES + 100);
    expect(line).toContain(`${9 * LONGEST_LINE_BYTES} bytes of this line are left out`);
  });
});

describe('a request line', () => {
  it("is uWSGI's own", () => {
    expect(parseRequestLine(DEFAULT)).toMatchObject({
      method: 'GET',
      uri: '/a?b=c d',
      status: 200,
      tookMs: 3,
      sizeBytes: 2,
      client: '127.0.0.1',
      pid: 17032,
    });
  });

  it('is known with memory-report, log-micros and sendfile', () => {
    const line =
      '{address space usage: 1 bytes/0MB} {rss usage: 2 bytes/0MB} [pid: 7|app: -1|req: -1/12]  () {2 vars in 9 bytes} [Sun Nov 22 06:40:40 2026] POST / => generated 10 bytes in 1500 micros via sendfile() (HTTP/1.0 404) 2 headers in 45 bytes (0 switches on core 1)';
    expect(parseRequestLine(line)).toMatchObject({ method: 'POST', status: 404, tookMs: 1.5, client: null, pid: 7 });
  });

  it('is known inside JSON, and as an object that a format writes', () => {
    expect(parseRequestLine(JSON.stringify({ unix: 1, msg: DEFAULT }))).toMatchObject({ uri: '/a?b=c d', pid: 17032 });
    expect(parseRequestLine('{"m":"GET","u":"/x?y=\\"","s":404,"t":12,"ua":"-","wid":3}')).toMatchObject({
      uri: '/x?y="',
      status: 404,
      tookMs: 12,
      wid: 3,
    });
    for (const other of ['{"level":"info"}', '{"m":"GET","u":', '{"', '{"m":1}', '{}', '{}x'])
      expect(parseRequestLine(other)).toBeNull();
  });

  it("is Apache's", () => {
    const line = '10.0.0.1 - bob [22/Nov/2026:06:40:40 +0000] "GET /x HTTP/1.1" 503 12 "-" "curl"';
    expect(parseRequestLine(line)).toMatchObject({
      uri: '/x',
      status: 503,
      tookMs: null,
      sizeBytes: 12,
      client: '10.0.0.1',
    });
    expect(parseRequestLine('*** uWSGI is running in multiple interpreter mode ***')).toBeNull();
  });
});

describe("a log-format of the instance's own", () => {
  const format =
    '%(addr) - %(user) [%(ltime)] "%(method) %(uri) %(proto)" %(status) %(size) "%(referer)" "%(uagent)" %(msecs)ms w%(wid)';

  it('is read into its parts, also when a value holds what comes after it', () => {
    const parse = compileLogFormat(format);
    const line =
      '10.0.0.7 - - [22/Nov/2026:06:40:40 +0100] "GET /a "b" c HTTP/1.1" 502 1204 "-" "Mozilla "5" w9" 1203ms w3';
    expect(parse?.(line)).toEqual({
      method: 'GET',
      secrets: [],
      uri: '/a "b" c',
      status: 502,
      tookMs: 1203,
      sizeBytes: 1204,
      client: '10.0.0.7',
      pid: null,
      wid: 3,
      atMs: Date.UTC(2026, 10, 22, 5, 40, 40),
    });
    expect(parse?.('spawned worker 1')).toBeNull();
  });

  it.each([
    ['%(method) %(uri) %(micros)', 'GET /x 1500', { tookMs: 1.5 }],
    ['%(epoch) %(method) %(uri) %(secs)', '1700000000 PUT /x 2', { tookMs: 2000, atMs: 1_700_000_000_000 }],
    ['%(tmsecs) %(uri) %(rsize) %(pid)', '1700000000123 /x 9 77', { sizeBytes: 9, pid: 77, atMs: 1_700_000_000_123 }],
    ['%(method)%(status)', 'GET200', { method: 'GET', status: 200 }],
    ['%(status)%(method)%(uri)', '200GET/a?b=c', { method: 'GET', uri: '/a?b=c', status: 200 }],
    ['%(method) %(uri) %(status)', 'GET /a 0', { status: 0 }],
    [
      '%(addr) %(var.HTTP_X_FORWARDED_FOR) %(method) %(uri) => %(status)',
      '127.0.0.1 1.2.3.4, 5.6.7.8 GET /a => 200',
      { method: 'GET', uri: '/a', status: 200, client: '127.0.0.1' },
    ],
    [
      '{"u":"%(uri)","x":"%(var.HTTP_HOST)","s":%(status)}',
      '{"u":"/a","x":"shop","s":201}',
      { uri: '/a', status: 201 },
    ],
  ])('%s', (text, line, expected) => {
    expect(compileLogFormat(text)?.(line)).toMatchObject(expected);
  });

  it('that says nothing of a request is none', () => {
    expect(compileLogFormat('%(uagent) only')).toBeNull();
  });

  it('never takes long, whatever the line', () => {
    const parse = compileLogFormat('%(uri) %(user) %(uagent) %(referer) %(host) %(proto) %(status)');
    const before = process.cpuUsage();
    expect(parse?.(`${' a'.repeat(5_000)} end`)).toBeNull();
    expect(process.cpuUsage(before).user).toBeLessThan(500_000);
  });

  it('reads back every line that it writes', () => {
    const word = fc.stringMatching(/^[a-z/?=&."]{1,12}$/);
    fc.assert(
      fc.property(word, word, fc.integer({ min: 100, max: 599 }), fc.nat(), (rest, agent, status, msecs) => {
        const uri = `/${rest}`;
        const parse = compileLogFormat('[%(pid)] %(uri)|%(uagent)|%(status) %(msecs)');
        expect(parse?.(`[12] ${uri}|${agent}|${status} ${msecs}`)).toMatchObject({
          uri,
          status,
          tookMs: msecs,
          pid: 12,
        });
      }),
    );
  });
});

describe('the time of a line', () => {
  it('is what it says, in the zone of its machine where it names none', () => {
    expect(timeOfLine(DEFAULT, 60)).toBe(Date.UTC(2026, 10, 22, 5, 40, 40));
    expect(timeOfLine('Sun Nov  1 06:40:40 2026 - *** Starting', 0)).toBe(Date.UTC(2026, 10, 1, 6, 40, 40));
    expect(timeOfLine('2026-11-22T06:40:40.125Z hello', 60)).toBe(Date.UTC(2026, 10, 22, 6, 40, 40, 125));
    expect(timeOfLine('2026-11-22 06:40:40,5 WARNING', -60)).toBe(Date.UTC(2026, 10, 22, 7, 40, 40, 500));
    expect(timeOfLine('spawned worker 1', 0)).toBeNull();
  });
});

describe('lines in a ring', () => {
  it('know their worker', () => {
    const ring = new LogRing();
    expect(ring.add('spawned uWSGI worker 3 (pid: 77, cores: 1)', 0)).toMatchObject({ wid: 3, pid: 77, level: 'info' });
    expect(ring.add(DEFAULT, 0)).toMatchObject({ pid: 17032, level: 'request' });
    expect(ring.note('rotated', 0)).toMatchObject({ level: 'note', seq: 3 });
  });

  it('of a listen queue that fills are warnings', () => {
    expect(guessLevel('*** uWSGI listen queue of socket "/run/a.sock" (fd: 3) full !!! (101/100) ***')).toBe('warning');
  });
});

describe('where a log is', () => {
  it.each([
    'file:relative',
    'file:/a\nb',
    'journal:-rf',
    'journal:a b',
    'docker:--help',
    'docker:',
    'nothing',
    'file:',
  ])('is not %j', (id) => expect(parseSourceId(id)).toBeNull());

  it('is told by the control group of the process', () => {
    const id = 'a1'.repeat(32);
    expect(logContainer(`0::/system.slice/docker-${id}.scope\n`)).toBe(id);
    expect(logContainer(`12:pids:/docker/${id}\n`)).toBe(id);
    expect(logContainer('0::/system.slice/uwsgi.service\n')).toBeNull();
    expect(logUnit('0::/system.slice/system-uwsgi.slice/uwsgi@shop.service\n')).toBe('uwsgi@shop.service');
    expect(logUnit('0::/user.slice/user-1000.slice/user@1000.service/app.slice/x.scope\n')).toBeNull();
  });
});
