import { expect, it } from 'vitest';
import { defaultProtocols } from '../config/options/requests.ts';
import { type ConnectionTimes, findOverdue } from './deadlines.ts';

const OPTIONS = {
  httpTimeoutSeconds: 60,
  socketTimeoutSeconds: 4,
  httpKeepaliveSeconds: 10,
  protocols: defaultProtocols(),
};

const QUIET: ConnectionTimes = {
  phase: 'idle',
  kind: 'http-socket',
  isHttp: true,
  isFirst: false,
  inBody: false,
  silenceMs: 0,
  readingMs: 0,
  isPending: false,
  untakenMs: 1e9,
};

it.each<[string, Partial<ConnectionTimes>, ReturnType<typeof findOverdue>]>([
  ['a kept connection ends after http-keepalive', { silenceMs: 10_001 }, 'finish'],
  ['and not before', { silenceMs: 10_000 }, null],
  ['its time begins when the client has taken its answer', { silenceMs: 10_001, untakenMs: 5000 }, null],
  [
    'a client that has sent nothing at all gets the timeout of its socket',
    { isFirst: true, silenceMs: 4001 },
    'finish',
  ],
  ['which is http-timeout for the router', { isFirst: true, silenceMs: 4001, kind: 'http' }, null],
  ['front servers keep connections for ten minutes', { isHttp: false, silenceMs: 599_000 }, null],
  ['and no longer', { isHttp: false, silenceMs: 600_001 }, 'finish'],
  ['a request that stops half way is refused', { phase: 'reading', silenceMs: 4001 }, 'refuse'],
  ['a head may not trickle in for more than a minute', { phase: 'reading', readingMs: 60_001 }, 'refuse'],
  ['a body may', { phase: 'reading', readingMs: 60_001, inBody: true }, null],
  ['the router gives up on a slow application', { phase: 'waiting', silenceMs: 60_001, kind: 'http' }, 'give-up'],
  ['other sockets wait for it', { phase: 'waiting', silenceMs: 600_001 }, null],
  ['a client that takes nothing is cut off', { phase: 'answering', isPending: true, untakenMs: 60_001 }, 'destroy'],
  ['one that takes a little is not', { phase: 'answering', isPending: true, untakenMs: 59_000 }, null],
  ['what lingers after its answer is closed', { phase: 'closing', silenceMs: 2001 }, 'destroy'],
  ['not while the client still sends', { phase: 'closing', silenceMs: 100, readingMs: 29_000 }, null],
  ['which it may not do for ever', { phase: 'closing', silenceMs: 100, readingMs: 30_001 }, 'destroy'],
  ['but not while the answer is taken', { phase: 'closing', silenceMs: 2001, isPending: true, untakenMs: 0 }, null],
])('%s', (_, times, action) => {
  expect(findOverdue({ ...QUIET, ...times }, OPTIONS)).toBe(action);
});

it('http-headers-timeout limits the time of a head on the router only', () => {
  const options = { ...OPTIONS, protocols: { ...defaultProtocols(), headersTimeoutSeconds: 3 } };
  const times: ConnectionTimes = { ...QUIET, phase: 'reading', readingMs: 3001 };
  expect(findOverdue({ ...times, kind: 'http' }, options)).toBe('refuse');
  expect(findOverdue(times, options)).toBe(null);
});
