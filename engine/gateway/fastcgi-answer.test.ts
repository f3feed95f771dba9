import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeNameValue } from './environ-fastcgi.ts';
import { FastcgiAnswer } from './fastcgi-answer.ts';
import { encodeEnd, encodeRequest, encodeStdout, encodeValues, RecordType } from './fastcgi-records.ts';
import { encodeFastCgiRequest, encodeRecord } from './testing/fastcgi-client.ts';

interface Heard {
  stdout: string;
  events: string[];
  isFastcgi: boolean;
}

function read(pieces: readonly Buffer[]): Heard {
  const heard: Heard = { stdout: '', events: [], isFastcgi: true };
  const reader = new FastcgiAnswer({
    stdout: (bytes, start, end) => {
      heard.stdout += bytes.toString('latin1', start, end);
    },
    stderr: (bytes, start, end) => heard.events.push(bytes.toString('latin1', start, end)),
    ended: () => heard.events.push('end'),
    values: () => heard.events.push('values'),
  });
  for (const piece of pieces) heard.isFastcgi &&= reader.feed(piece);
  return heard;
}

test('an answer is read whole, however it is cut', () => {
  const text = 'x'.repeat(100_000);
  const bytes = Buffer.concat([
    encodeValues([['A', 'b']]),
    encodeRecord(RecordType.STDOUT, 1, Buffer.from('padded'), 5),
    encodeStdout(1, Buffer.from(text)),
    encodeEnd(1),
  ]);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: bytes.length }), { maxLength: 8 }), (cuts) => {
      const ends = [...cuts.sort((a, b) => a - b), bytes.length];
      const heard = read(ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end)));
      expect(heard).toEqual({ stdout: `padded${text}`, events: ['values', 'end'], isFastcgi: true });
    }),
    { numRuns: 30 },
  );
});

test('what is said beside the answer is kept apart', () => {
  expect(read([encodeRecord(RecordType.STDERR, 1, Buffer.from('a warning'), 7), encodeEnd(1)])).toEqual({
    stdout: '',
    events: ['a warning', 'end'],
    isFastcgi: true,
  });
});

test('what is no FastCGI is refused', () => {
  expect(read([Buffer.from('HTTP/1.1 200 OK\r\n\r\n')]).isFastcgi).toBe(false);
});

test.each([0, 1, 65_535])('a request with %d bytes of body is what a front server would send', (bodyBytes) => {
  const vars: [string, string][] = [
    ['A', 'b'],
    ['LONG', 'x'.repeat(70_000)],
  ];
  const body = 'y'.repeat(bodyBytes);
  const params = vars.map(([name, value]) => encodeNameValue(name, value));
  const ours = encodeRequest(true, params, Buffer.from(body));
  const plain = encodeFastCgiRequest([['A', 'b']], body.slice(0, 1), { keepConnection: true });
  if (bodyBytes === 1) expect(encodeRequest(true, params.slice(0, 1), Buffer.from(body))).toEqual(plain);
  // BEGIN_REQUEST, two records of variables and their end, the body and its end.
  const records = 1 + 3 + (bodyBytes > 0 ? 2 : 1);
  const contents = 8 + params.reduce((sum, { length }) => sum + length, 0) + bodyBytes;
  expect(ours.length).toBe(records * 8 + contents);
});
