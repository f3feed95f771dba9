import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatAddress, parseAddress } from './address.ts';

describe('a socket address', () => {
  test.for([
    ['127.0.0.1:8080', { type: 'tcp', host: '127.0.0.1', port: 8080 }],
    [':3031', { type: 'tcp', host: '', port: 3031 }],
    ['*:3031', { type: 'tcp', host: '', port: 3031 }],
    ['localhost:0', { type: 'tcp', host: 'localhost', port: 0 }],
    ['[::1]:8080', { type: 'tcp', host: '::1', port: 8080 }],
    ['[fe80::1%eth0]:80', { type: 'tcp', host: 'fe80::1%eth0', port: 80 }],
    ['/run/app.sock', { type: 'unix', path: '/run/app.sock' }],
    ['/run/odd:name.sock', { type: 'unix', path: '/run/odd:name.sock' }],
    ['app.sock', { type: 'unix', path: 'app.sock' }],
    ['@app', { type: 'abstract', name: 'app' }],
  ] as const)('%s is read', ([text, address]) => {
    expect(parseAddress(text)).toEqual({ ok: true, address });
  });

  test.for([
    '',
    ' ',
    '@',
    '127.0.0.1:http',
    ':70000',
    ':',
    '::1:8080',
    '8080',
    'a b:80',
    '[]:80',
    '[1.2.3.4]:80',
    'x:1e3',
  ])('"%s" is refused with what is expected', (text) => {
    const result = parseAddress(text);
    expect(result.ok ? '' : result.message).toMatch(/write|brackets|unix socket/);
  });

  test('reads as the same address after it was written', () => {
    const addresses = fc.oneof(
      fc.record({
        type: fc.constant('tcp' as const),
        host: fc.constantFrom('', '::', '10.0.0.1', 'db.local'),
        port: fc.nat(65535),
      }),
      fc.record({ type: fc.constant('unix' as const), path: fc.stringMatching(/^\/[\w/.:-]+$/) }),
      fc.record({ type: fc.constant('abstract' as const), name: fc.stringMatching(/^\w+$/) }),
    );
    fc.assert(
      fc.property(addresses, (address) => {
        expect(parseAddress(formatAddress(address))).toEqual({ ok: true, address });
      }),
    );
  });
});
