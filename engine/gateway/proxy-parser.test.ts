import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ProtocolError } from './protocol-error.ts';
import { parseProxyHeader } from './proxy-parser.ts';

const SIGNATURE = '\r\n\r\n\0\r\nQUIT\n';
const V4 = `${SIGNATURE}\x21\x11\x00\x0c\xc0\x00\x02\x09\xc0\x00\x02\x0a\x12\x67\x1f\x90`;

function parse(text: string): string {
  try {
    const result = parseProxyHeader(Buffer.from(text, 'latin1'));
    if (result.status !== 'header') return result.status;
    const { client, bytes } = result;
    return `${client === null ? 'own' : Object.values(client).join(' ')} in ${bytes}`;
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return `${error.code} at ${error.offset}`;
  }
}

describe('a PROXY header', () => {
  test.for([
    ['PROXY TCP4 192.0.2.9 192.0.2.10 4711 8080\r\nGET', '192.0.2.9 4711 192.0.2.10 8080 in 43'],
    ['PROXY TCP6 2001:db8::1 ::1 65535 0\r\n', '2001:db8::1 65535 ::1 0 in 36'],
    ['PROXY UNKNOWN\r\n', 'own in 15'],
    ['PROXY UNKNOWN ffff::1 ::1 1 2\r\n', 'own in 31'],
    ['PROXY TCP4 192.0.2.9', 'more'],
    ['PRO', 'more'],
    ['PROPFIND / HTTP/1.1\r\n', 'none'],
    ['GET / HTTP/1.1\r\n', 'none'],
    ['PROXY TCP4 192.0.2.9 192.0.2.10 4711\r\n', 'proxy-header-invalid at 0'],
    ['PROXY TCP4 192.0.2.9 192.0.2.10 4711 80 81\r\n', 'proxy-header-invalid at 0'],
    ['PROXY TCP4 ::1 192.0.2.10 4711 80\r\n', 'proxy-header-invalid at 0'],
    ['PROXY TCP4 192.0.2.999 192.0.2.10 4711 80\r\n', 'proxy-header-invalid at 0'],
    ['PROXY TCP4 192.0.2.9 192.0.2.10 65536 80\r\n', 'proxy-header-invalid at 0'],
    ['PROXY TCP4 192.0.2.9 192.0.2.10 04711 80\r\n', 'proxy-header-invalid at 0'],
    ['PROXY UDP4 192.0.2.9 192.0.2.10 4711 80\r\n', 'proxy-header-invalid at 0'],
    [`PROXY UNKNOWN ${'x'.repeat(93)}`, 'proxy-header-too-large at 107'],
    [`PROXY UNKNOWN ${'x'.repeat(200)}\r\n`, 'proxy-header-too-large at 107'],
    [V4, '192.0.2.9 4711 192.0.2.10 8080 in 28'],
    [`${V4}GET /`, '192.0.2.9 4711 192.0.2.10 8080 in 28'],
    [V4.slice(0, 27), 'more'],
    [V4.slice(0, 5), 'more'],
    [`${SIGNATURE}\x20\x00\x00\x00`, 'own in 16'],
    [`${SIGNATURE}\x21\x31\x00\x02ab`, 'own in 18'],
    [`${SIGNATURE}\x21\x11\x00\x0b${'a'.repeat(11)}`, 'proxy-header-invalid at 14'],
    [`${SIGNATURE}\x22\x11\x00\x00`, 'proxy-header-invalid at 12'],
    [`${SIGNATURE}\x11\x11\x00\x00`, 'proxy-header-invalid at 12'],
    [`${SIGNATURE}\x21\x11\x10\x01`, 'proxy-header-too-large at 14'],
    [
      `${SIGNATURE}\x21\x21\x00\x24\x20\x01\x0d\xb8${'\0'.repeat(11)}\x01${'\0'.repeat(10)}\xff\xff\x7f\0\0\x01\x12\x67\x01\xbb`,
      '2001:db8::1 4711 127.0.0.1 443 in 52',
    ],
  ])('%j is read as %s', ([text = '', expected]) => {
    expect(parse(text)).toBe(expected);
  });

  test('gives the same whatever part of it has come: more, and then its result', () => {
    const seeds = ['PROXY TCP4 192.0.2.9 192.0.2.10 4711 8080\r\n', V4, `${SIGNATURE}\x20\x00\x00\x03abc`];
    const mutated = fc.tuple(
      fc.constantFrom(...seeds),
      fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 2 }),
    );
    fc.assert(
      fc.property(mutated, ([seed, changes]) => {
        const bytes = Buffer.from(seed, 'latin1');
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
        const text = bytes.toString('latin1');
        const steps = Array.from(text, (_, i) => parse(text.slice(0, i + 1)));
        const decided = steps.findIndex((step) => step !== 'more');
        if (decided >= 0) expect(new Set(steps.slice(decided))).toEqual(new Set([steps[decided]]));
      }),
      { numRuns: 2000 },
    );
  });
});
