import { expect, test } from 'vitest';
import { cgiHeadEnd, encodeCgiHead } from './cgi-head.ts';
import { decodeResponseHead } from './frames.ts';

function headOf(text: string): Record<string, unknown> | null {
  const bytes = encodeCgiHead(Buffer.from(text, 'latin1'));
  const head = bytes && decodeResponseHead(bytes, 0, bytes.length);
  return head && { ...head, block: head.block.toString('latin1') };
}

test('a head without a status is 200', () => {
  expect(headOf('Content-type: text/html\r\nX-A: 1\r\n\r\n')).toEqual({
    status: 200,
    headerCount: 2,
    parts: 0,
    contentLength: -1,
    block: 'OK\r\nContent-type: text/html\r\nX-A: 1\r\n',
  });
});

test('the status line names status and reason, and is no header', () => {
  expect(headOf('Status: 404 Gone Fishing\nA: b\n\n')).toMatchObject({
    status: 404,
    headerCount: 1,
    block: 'Gone Fishing\r\nA: b\r\n',
  });
  expect(headOf('Status: 503\n\n')).toMatchObject({ status: 503, block: 'Service Unavailable\r\n' });
});

test('a location alone redirects', () => {
  expect(headOf('Location: /x\n\n')).toMatchObject({ status: 302, block: 'Found\r\nLocation: /x\r\n' });
  expect(headOf('Location: /x\nStatus: 201 Created\n\n')).toMatchObject({ status: 201 });
});

test('what belongs to a connection is left out, a length is read', () => {
  const head = headOf('Connection: close\nTransfer-Encoding: chunked\nContent-Length: 5\n\n');
  expect(head).toMatchObject({ contentLength: 5, headerCount: 1, block: 'OK\r\nContent-Length: 5\r\n' });
});

test.each([
  'no colon',
  ': empty',
  'a b: c',
  'Status: 99',
  'Status: 100 Continue',
  'Content-Length: x',
  'A: \0',
  'A: b\rC: d',
])('a head with the line %j is refused', (line) => {
  expect(headOf(`${line}\n\n`)).toBeNull();
});

test('two lengths must agree', () => {
  expect(headOf('Content-Length: 1\nContent-Length: 1\n\n')).toMatchObject({ contentLength: 1, headerCount: 1 });
  expect(headOf('Content-Length: 1\nContent-Length: 2\n\n')).toBeNull();
});

test.each([
  ['A: b\r\n\r\nbody', 8],
  ['A: b\n\nbody', 6],
  ['A: b\r\n', -1],
  ['\r\nbody', 2],
  ['\nbody', 1],
  ['A: b\r\nC: d', -1],
])('the end of the head of %j is at %d', (text, end) => {
  expect(cgiHeadEnd(Buffer.from(text))).toBe(end);
});
