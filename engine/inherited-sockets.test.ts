import { expect, test } from 'vitest';
import { inheritedSocketsOf } from './inherited-sockets.ts';

test('sockets that were handed over to this process are counted, and children do not hear of them', () => {
  const env = { LISTEN_FDS: '2', LISTEN_PID: '77', LISTEN_FDNAMES: 'a:b', HOME: '/root' };
  expect(inheritedSocketsOf(env, 77)).toEqual({ count: 2, env: { HOME: '/root' } });
});

test.for([
  ['another process', { LISTEN_FDS: '2', LISTEN_PID: '78' }],
  ['nobody', { LISTEN_FDS: '2' }],
  ['something that is no number', { LISTEN_FDS: 'two', LISTEN_PID: '77' }],
] as const)('sockets for %s are not ours', ([, env]) => {
  expect(inheritedSocketsOf(env, 77)).toEqual({ count: 0, env: {} });
});
