import { expect, it } from 'vitest';
import { endpointOf } from './endpoint.ts';

it('without a host means every IPv4 address, and none of IPv6', () => {
  expect(endpointOf({ type: 'tcp', host: '', port: 1717 })).toEqual({ host: '0.0.0.0', port: 1717 });
  expect(endpointOf({ type: 'tcp', host: '::1', port: 1717 })).toEqual({ host: '::1', port: 1717 });
});

it('may be a path, a name without a file, or a socket that is open already', () => {
  expect(endpointOf({ type: 'unix', path: '/run/a.sock' })).toEqual({ path: '/run/a.sock' });
  expect(endpointOf({ type: 'abstract', name: 'a' })).toEqual({ path: '\0a' });
  expect(endpointOf({ type: 'fd', fd: 3 })).toEqual({ fd: 3 });
});
