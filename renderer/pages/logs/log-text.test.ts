import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { highlight, parseRequestLine, stripTerminal } from './log-text.ts';

describe('log text', () => {
  it('loses colours, window titles and other terminal sequences', () => {
    expect(stripTerminal('\u001b[1;31mred\u001b[0m and \u001b]0;title\u0007plain')).toBe('red and plain');
    expect(stripTerminal('\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\')).toBe('link');
    expect(stripTerminal('a\u0000b\rc\u009bd\te')).toBe('abcd\te');
  });

  it('does not let an open sequence hide the rest of the line', () => {
    expect(stripTerminal('before \u001b]0;secret')).toBe('before 0;secret');
  });

  it('never holds a control character, whatever the program wrote', () => {
    const nasty = fc.string({
      unit: fc.constantFrom('\u001b', '[', ']', '0', ';', 'm', '\u0007', '\\', 'a', '\u009b', '\r'),
    });
    fc.assert(
      fc.property(nasty, (text) => {
        for (const sign of ['\u001b', '\u0007', '\u009b', '\r']) expect(stripTerminal(text)).not.toContain(sign);
      }),
    );
  });

  it("reads uWSGI's own request line", () => {
    const line =
      '[pid: 17032|app: 0|req: 1/1] 127.0.0.1 () {28 vars in 286 bytes} [Sun Nov 22 06:40:40 2026] GET /a?b=c d => generated 2 bytes in 3 msecs (HTTP/1.1 200) 1 headers in 45 bytes (1 switches on core 0)';
    expect(parseRequestLine(line)).toEqual({
      method: 'GET',
      uri: '/a?b=c d',
      status: 200,
      tookMs: 3,
      sizeBytes: 2,
      client: '127.0.0.1',
      pid: 17032,
    });
  });

  it('reads it with memory-report, log-micros and sendfile', () => {
    const line =
      '{address space usage: 1 bytes/0MB} {rss usage: 2 bytes/0MB} [pid: 7|app: -1|req: -1/12]  () {2 vars in 9 bytes} [Sun Nov 22 06:40:40 2026] POST / => generated 10 bytes in 1500 micros via sendfile() (HTTP/1.0 404) 2 headers in 45 bytes (0 switches on core 1)';
    expect(parseRequestLine(line)).toMatchObject({ method: 'POST', status: 404, tookMs: 1.5, client: null, pid: 7 });
  });

  it('reads it out of JSON, and the objects that formats write', () => {
    const line =
      '[pid: 7|app: 0|req: 1/1] 127.0.0.1 () {2 vars in 9 bytes} [Sun Nov 22 06:40:40 2026] GET /a => generated 2 bytes in 3 msecs (HTTP/1.1 200) 1 headers in 45 bytes (1 switches on core 0)';
    expect(parseRequestLine(JSON.stringify({ unix: 1, msg: line }))).toMatchObject({
      method: 'GET',
      uri: '/a',
      pid: 7,
    });
    expect(parseRequestLine('{"m":"GET","u":"/x?y=\\"","s":404,"t":12,"ua":"-"}')).toEqual({
      method: 'GET',
      uri: '/x?y="',
      status: 404,
      tookMs: 12,
      sizeBytes: null,
      client: null,
      pid: null,
    });
    for (const other of ['{"level":"info"}', '{"m":"GET","u":', '{"', '{"m":1}'])
      expect(parseRequestLine(other)).toBeNull();
  });

  it('reads the Apache format', () => {
    expect(parseRequestLine('10.0.0.1 - bob [22/Nov/2026:06:40:40 +0000] "GET /x HTTP/1.1" 503 12 "-" "curl"')).toEqual(
      {
        method: 'GET',
        uri: '/x',
        status: 503,
        tookMs: null,
        sizeBytes: 12,
        client: '10.0.0.1',
        pid: null,
      },
    );
  });

  it('leaves other lines alone', () => {
    expect(parseRequestLine('*** uWSGI is running in multiple interpreter mode ***')).toBeNull();
    expect(parseRequestLine('')).toBeNull();
  });

  it('cuts a line at the words that are searched for, whatever their case', () => {
    expect(highlight('Worker 1 and worker 2', ['WORKER', '(x)'])).toEqual([
      { text: 'Worker', hit: true },
      { text: ' 1 and ', hit: false },
      { text: 'worker', hit: true },
      { text: ' 2', hit: false },
    ]);
    expect(highlight('abc', [])).toEqual([{ text: 'abc', hit: false }]);
  });

  it('keeps every character of the line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ minLength: 1, maxLength: 2 }), (text, word) => {
        expect(
          highlight(text, [word])
            .map((part) => part.text)
            .join(''),
        ).toBe(text);
      }),
    );
  });
});
