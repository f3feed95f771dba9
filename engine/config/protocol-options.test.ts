/** Options of protocols and of the HTTP router: what they set, and what is said about values that make no sense. */
import { describe, expect, test } from 'vitest';
import { buildSettings } from './build-settings.ts';
import { formatConfigError } from './errors.ts';
import { isIPv4, isIPv6 } from './ip-address.ts';
import { resolveConfig } from './resolve.ts';
import type { EngineSettings } from './settings.ts';
import { memoryHost } from './test-host.ts';

function build(lines: string) {
  const resolved = resolveConfig(['--ini', 'a.ini'], memoryHost({ 'a.ini': `[uwsgi]\nhttp = :80\n${lines}` }));
  if (!resolved.ok) throw new Error(resolved.errors.map(formatConfigError).join('\n'));
  return buildSettings(resolved);
}

function settingsOf(lines: string): EngineSettings {
  const built = build(lines);
  if (!built.ok) throw new Error(built.errors.map(formatConfigError).join('\n'));
  return built.settings;
}

function errorOf(lines: string): string {
  const built = build(lines);
  return built.ok ? '' : built.errors.map(formatConfigError).join('\n');
}

describe('listeners', () => {
  test.for([
    ['http11-socket', 'http11-socket'],
    ['fastcgi-socket', 'fastcgi'],
    ['fastcgi-nph-socket', 'fastcgi-nph'],
    ['scgi-socket', 'scgi'],
    ['scgi-nph-socket', 'scgi-nph'],
  ])('%s speaks %s', ([option = '', kind]) => {
    expect(settingsOf(`${option} = 127.0.0.1:81`).listeners.at(-1)?.kind).toBe(kind);
  });

  test.for([
    ['uwsgi', 'uwsgi'],
    ['http', 'http-socket'],
    ['http11', 'http11-socket'],
    ['fastcgi', 'fastcgi'],
    ['fastcgi-nph', 'fastcgi-nph'],
    ['scgi', 'scgi'],
    ['scgi-nph', 'scgi-nph'],
  ])('protocol = %s makes socket speak %s', ([protocol = '', kind]) => {
    expect(settingsOf(`socket = :81\nprotocol = ${protocol}`).listeners.at(-1)?.kind).toBe(kind);
  });

  test.for([
    ['protocol = puwsgi', /is not safe: it takes bodies for further requests/],
    ['protocol = raw', /hands bare connections/],
    ['protocol = suwsgi', /needs a certificate: write 'suwsgi-socket/],
    ['protocol = https', /needs a certificate: write 'https-socket/],
    ['protocol = gopher', /is no protocol; known are uwsgi, http, http11, fastcgi,/],
    ['puwsgi-socket = :81', /does not support the option 'puwsgi-socket': it takes bodies for further requests/],
    ['raw-socket = :81', /does not support the option 'raw-socket': an application would get the bare connection/],
    ['fastcgi-modifier1 = 14', /asks for another language than the application's/],
  ] as const)('%s is refused with the reason', ([line, pattern]) => {
    expect(errorOf(line)).toMatch(pattern);
  });

  test('modifiers of 0 are what the engine has', () => {
    const names = ['http', 'http-socket', 'fastcgi', 'scgi'].flatMap((name) => [
      `${name}-modifier1`,
      `${name}-modifier2`,
    ]);
    expect(errorOf(names.map((name) => `${name} = 0`).join('\n'))).toBe('');
  });
});

describe('options of requests and of the router', () => {
  test('set what the gateways get', () => {
    const { protocols } = settingsOf(`
http-headers-timeout = 5
http-manage-expect = 1000
http-auto-gzip = true
http-var = FOO=a=b
http-var = BAR=
http-server-name-as-http-host = 1
http-enable-proxy-protocol = true
enable-proxy-protocol = true
trusted-proxy = 10.0.0.0/8
trusted-proxy = 2001:db8::1
add-header = X-A:  b
add-header = X-C: d
del-header = Server
uwsgi-modifiers = spooler, rpc`);
    expect(protocols).toEqual({
      headersTimeoutSeconds: 5,
      expectLimitBytes: 1000,
      autoGzip: true,
      httpVars: [
        ['FOO', 'a=b'],
        ['BAR', ''],
      ],
      serverNameIsHost: true,
      routerProxyProtocol: true,
      socketProxyProtocol: true,
      trustedProxies: ['10.0.0.0/8', '2001:db8::1'],
      addHeaders: ['X-A: b', 'X-C: d'],
      closesConnections: false,
      delHeaders: ['Server'],
      modifiers: [17, 173],
    });
  });

  test('packets beside requests are taken when a plugin of uWSGI that serves them is named, and otherwise not', () => {
    expect(settingsOf('').protocols.modifiers).toEqual([]);
    expect(settingsOf('plugins = python3,http').protocols.modifiers).toEqual([]);
    expect(settingsOf('plugins = python3,cache,signal').protocols.modifiers).toEqual([111, 110]);
    expect(settingsOf('need-plugins = rpc').protocols.modifiers).toEqual([173]);
  });

  test('packets beside requests can not be answered by JavaScript', () => {
    expect(errorOf('js-app = app.mjs\nuwsgi-modifiers = rpc')).toMatch(/Python applications only/);
  });

  test('add-header = Connection: close ends HTTP connections instead of being added', () => {
    const { protocols } = settingsOf('add-header = Connection: close\nhttp-keepalive = 75');
    expect(protocols).toMatchObject({ closesConnections: true, addHeaders: [] });
  });

  test('http-manage-expect without a size is no limit', () => {
    for (const value of ['true', '1', '0', '']) {
      expect(settingsOf(`http-manage-expect = ${value}`).protocols.expectLimitBytes).toBe(0);
    }
  });

  test.for([
    ['http-manage-expect = 10k', /needs a number of bytes/],
    ['http-headers-timeout = 0', /needs a whole number from 1 up/],
    ['http-var = FOO', /needs a name and a value: NAME=VALUE/],
    ['http-var = wsgi.input=x', /names a variable that only the server sets/],
    ['http-var = UWSGI_FILE=x', /names a variable that only the server sets/],
    ['trusted-proxy = 10.0.0.0/33', /needs an IP address or a network/],
    ['trusted-proxy = proxy.example', /needs an IP address or a network/],
    ['add-header = X-A', /needs a name and a value: Name: value/],
    ['add-header = X A: b', /needs a name and a value: Name: value/],
    ['add-header = Connection: upgrade', /names a header that the engine itself sets/],
    ['add-header = Content-Length: 5', /names a header that the engine itself sets/],
    ['uwsgi-modifiers = eval', /needs one or more of spooler, signal, cache, rpc/],
    ['uwsgi-modifiers = ,', /needs one or more of spooler, signal, cache, rpc/],
    ['del-header = X A', /needs the name of a header/],
    ['enable-proxy-protocol = maybe', /is a switch/],
  ] as const)('%s is refused', ([line, pattern]) => {
    expect(errorOf(line)).toMatch(pattern);
  });
});

describe('IP addresses', () => {
  test.for(['0.0.0.0', '255.255.255.255', '192.0.2.1'])('%s is version 4', (text) => {
    expect([isIPv4(text), isIPv6(text)]).toEqual([true, false]);
  });

  test.for(['::', '::1', '2001:db8::1', '1:2:3:4:5:6:7:8', '::ffff:192.0.2.1', '1:2:3:4:5:6:192.0.2.1', 'fe80::'])(
    '%s is version 6',
    (text) => {
      expect([isIPv4(text), isIPv6(text)]).toEqual([false, true]);
    },
  );

  test.for([
    '',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.256',
    '01.2.3.4',
    ':',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '12345::',
    '::g',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7:192.0.2.1',
    '1.2.3.4::',
  ])('%j is none', (text) => {
    expect([isIPv4(text), isIPv6(text)]).toEqual([false, false]);
  });
});
