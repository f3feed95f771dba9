import { readFileSync } from 'node:fs';
import { STATUS_CODES } from 'node:http';
import { expect, it } from 'vitest';
import { type AnswerContext, encodeError } from './answer.ts';

const CONTEXT: AnswerContext = {
  style: 'http',
  protocol: 'HTTP/1.1',
  isHead: false,
  keepAlive: false,
  acceptsGzip: false,
  envelope: null,
};
const source = readFileSync(new URL('protocol-error.ts', import.meta.url), 'utf8');
const ofProtocolErrors = Array.from(source.matchAll(/\[(\d{3}),/g), ([, status]) => Number(status));

it('names every status that the gateway itself answers with', () => {
  const statuses = new Set([...ofProtocolErrors, 408, 500, 502, 503, 504, 507]);
  expect(statuses.size).toBeGreaterThan(8);
  for (const status of statuses) {
    const text = encodeError(status, CONTEXT).bytes.toString('latin1');
    expect(text.split('\r\n')[0]).toBe(`HTTP/1.1 ${status} ${STATUS_CODES[status]}`);
  }
});
