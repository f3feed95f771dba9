import { describe, expect, test } from 'vitest';
import { buildSettings } from './build-settings.ts';
import { formatConfigError } from './errors.ts';
import { listenerLabel, protocolName } from './listener-names.ts';
import { resolveConfig } from './resolve.ts';
import type { EngineSettings } from './settings.ts';
import { memoryHost } from './test-host.ts';

function build(lines: string, inheritedSockets = 0) {
  const host = { ...memoryHost({ 'uwsgi.ini': `[uwsgi]\n${lines}` }), inheritedSockets };
  const resolved = resolveConfig(['--ini', 'uwsgi.ini'], host);
  if (!resolved.ok) throw new Error(resolved.errors.map(formatConfigError).join('\n'));
  return buildSettings(resolved);
}

function settingsOf(lines: string, inheritedSockets = 0): EngineSettings {
  const built = build(lines, inheritedSockets);
  if (!built.ok) throw new Error(built.errors.map(formatConfigError).join('\n'));
  return built.settings;
}

function errorOf(lines: string): string {
  const built = build(lines);
  return built.ok ? '' : built.errors.map(formatConfigError).join('\n');
}

const PLAIN = { ciphers: null, clientCaFile: null, requiresClient: false };

describe('a listener with TLS', () => {
  test.for([
    ['https = :443,site.crt,keys/site.key', 'http', PLAIN],
    ['https-socket = :443,site.crt,keys/site.key,HIGH', 'http-socket', { ...PLAIN, ciphers: 'HIGH' }],
    ['suwsgi-socket = :443,site.crt,keys/site.key,,ca.crt', 'uwsgi', { ...PLAIN, clientCaFile: '/srv/app/ca.crt' }],
    ['ssl-socket = :443,site.crt,keys/site.key,,ca.crt', 'uwsgi', { ...PLAIN, clientCaFile: '/srv/app/ca.crt' }],
    [
      'https = :443,site.crt,keys/site.key,HIGH,!ca.crt',
      'http',
      { ciphers: 'HIGH', clientCaFile: '/srv/app/ca.crt', requiresClient: true },
    ],
    [
      'https2 = addr=:443,cert=site.crt,key=keys/site.key,client_ca=!ca.crt',
      'http',
      { ...PLAIN, clientCaFile: '/srv/app/ca.crt', requiresClient: true },
    ],
  ] as const)('%s', ([line, kind, rest]) => {
    const [listener] = settingsOf(line).listeners;
    expect(listener).toMatchObject({ kind, text: ':443', address: { type: 'tcp', host: '', port: 443 } });
    expect(listener?.tls).toEqual({
      certificateFile: '/srv/app/site.crt',
      keyFile: '/srv/app/keys/site.key',
      ...rest,
    });
  });

  test.for([
    ['https = :443', /needs an address, a certificate and a key/],
    ['https = :443,a', /needs an address, a certificate and a key/],
    ['https = 443,a,b', /port without a colon/],
    ['https2 = cert=a,key=b', /needs addr=, cert= and key=/],
    ['https2 = addr=:443,cert=a,key=b,port=1', /has 'port=1' in it/],
    ['http = :80\nsni = a.example', /needs a name, a blank, a certificate and a key/],
    ['http = :80\nsni-regexp = ( a,b', /which is no regular expression/],
    ['https-socket = :443,a,b\nhttps-socket-modifier1 = 5', /Modifier 5 asks for another language/],
    ['http = :80\nssl-option = many', /SSL_OP bits/],
    ['http = :80\nssl-verify-depth = 2', /does not support the option 'ssl-verify-depth'/],
  ] as const)('%s is refused', ([line, message]) => {
    expect(errorOf(line)).toMatch(message);
  });

  test('has certificates for other names, in order', () => {
    const { tls } = settingsOf(
      'https = :443,a,b\nsni = Shop.example c,d\nsni-regexp = ^Wild c,d\nsni-dir = names\nsni-dir-ciphers = HIGH\nssl-option = 4\nssl-option = 8\nssl-sessions-timeout = 60',
    );
    expect(tls.names.map(({ match }) => match)).toEqual([
      { type: 'name', text: 'shop.example' },
      { type: 'pattern', text: '^Wild' },
    ]);
    expect(tls).toMatchObject({
      folder: '/srv/app/names',
      folderCiphers: 'HIGH',
      opensslOptions: 12,
      sessionSeconds: 60,
    });
  });
});

describe('shared sockets', () => {
  test('are where the options that name them listen', () => {
    const { listeners } = settingsOf(
      'http = =1\nshared-socket = 127.0.0.1:80\nshared-socket = :443\nsocket = =0\nprotocol = uwsgi',
    );
    expect(listeners.map(({ kind, text }) => `${kind} ${text}`)).toEqual(['http :443', 'uwsgi 127.0.0.1:80']);
  });

  test('that are not there are an error, and those that nobody names are said to be unused', () => {
    expect(errorOf('http = =0')).toMatch(/names a shared socket that is not there: no 'shared-socket' is given/);
    expect(errorOf('shared-socket = :80\nhttp = =1')).toMatch(/there is one, counted from 0/);
    const built = build('http = :81\nshared-socket = :80');
    expect(built.warnings.map(({ message }) => message)).toEqual([
      "'shared-socket = :80' is not opened: no other option names it as '=0'.",
    ]);
  });
});

describe('inherited sockets', () => {
  test('speak what socket speaks, and are enough to answer on', () => {
    expect(settingsOf('protocol = http', 2).listeners.map(({ kind, text }) => `${kind} ${text}`)).toEqual([
      'http-socket fd://3',
      'http-socket fd://4',
    ]);
  });

  test('that an option names are left to it', () => {
    const { listeners } = settingsOf('http = fd://3', 2);
    expect(listeners.map(({ kind, text }) => `${kind} ${text}`)).toEqual(['http fd://3', 'uwsgi fd://4']);
  });
});

test('one address is listened on once', () => {
  expect(errorOf('http = :80\nsocket = :80')).toMatch(/uwsgi\.ini:3: ':80' is listened on twice\./);
  expect(errorOf('shared-socket = :80\nhttp = =0\nsocket = =0')).toMatch(/':80' is listened on twice/);
  expect(errorOf('http = 127.0.0.1:0\nsocket = 127.0.0.1:0')).toBe('');
});

test('paths become names in the abstract namespace with abstract-socket', () => {
  const { listeners } = settingsOf('socket = run/a.sock\nabstract-socket = true\nhttp = :80');
  expect(listeners.map(({ address }) => address)).toEqual([
    { type: 'abstract', name: 'run/a.sock' },
    { type: 'tcp', host: '', port: 80 },
  ]);
});

test('what holds for all sockets', () => {
  const { sockets, chmodSocket } = settingsOf(
    'http = :80\nhttp-processes = 4\nchown-socket = www-data:web\nso-keepalive = true\nreuse-port = true\nmax-fd = 5000\nchmod-socket',
  );
  expect(sockets).toMatchObject({ gateways: 4, keepAlive: true, reusePort: true, maxFiles: 5000 });
  expect(sockets.owner).toMatchObject({ text: 'www-data:web', origin: { line: 4 } });
  expect(chmodSocket).toBe(0o666);
  expect(errorOf('http = :80\nhttp-processes = 0')).toMatch(/whole number from 1 up/);
  expect(errorOf('http = :80\nhttp-processes = 17')).toMatch(/is more than the 16 that are possible/);
  expect(errorOf('http = :80\nchown-socket = a:b:c')).toMatch(/needs a user, or a user and a group/);
  expect(errorOf('http = :80\nmap-socket = 0:1')).toMatch(/does not support the option 'map-socket'/);
});

test("listeners have uWSGI's names", () => {
  const { listeners } = settingsOf(
    'http = :1\nhttps = :2,a,b\nhttp-socket = :3\nhttps-socket = :4,a,b\nsocket = :5\nsuwsgi-socket = :6,a,b\nhttp-to-https = :7\nhttp11-socket = :8\nfastcgi-nph-socket = :9',
  );
  expect(listeners.map(listenerLabel)).toEqual([
    'http',
    'https',
    'http-socket',
    'https-socket',
    'uwsgi',
    'suwsgi',
    'http-to-https',
    'http11-socket',
    'fastcgi-nph',
  ]);
  const names = ['http', 'https', 'http', 'https', 'uwsgi', 'suwsgi', 'http', 'http11', 'fastcgi-nph'];
  expect(listeners.map(protocolName)).toEqual(names);
});

test('without listen more requests may wait than uWSGI lets, with it exactly so many', () => {
  expect(settingsOf('http = :1')).toMatchObject({ listen: 100, queueLength: 1024 });
  expect(settingsOf('http = :1\nlisten = 7')).toMatchObject({ listen: 7, queueLength: 7 });
});
