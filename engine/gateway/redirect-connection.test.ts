import { expect, test } from 'vitest';
import { httpsAuthority } from './redirect-connection.ts';

test.for([
  ['foo.example', 8443, 'foo.example'],
  ['foo.example:80', 8443, 'foo.example'],
  ['foo.example:8080', 8443, 'foo.example:8443'],
  ['foo.example:8080', 443, 'foo.example'],
  ['foo.example:8080', null, 'foo.example'],
  ['[::1]:8080', 8443, '[::1]:8443'],
  ['[::1]', 8443, '[::1]'],
  ['foo.example:', 8443, 'foo.example'],
] as const)('the host %s with HTTPS on port %s is at %s', ([host, httpsPort, expected]) => {
  expect(httpsAuthority(host, 8080, httpsPort)).toBe(expected);
});

test.for(['', 'a b', 'a/b', 'a@b', 'a\r\nX: y', '[::1', 'a:b', '::1'])('"%s" is no host', (host) => {
  expect(httpsAuthority(host, 8080, 8443)).toBeNull();
});
