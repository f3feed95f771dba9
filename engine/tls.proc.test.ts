/** HTTPS as clients meet it: certificates by name, client certificates, redirects, reloads, peers that speak no TLS. */
import { createHash, X509Certificate } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { connect as connectPlain, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeAuthority, makeCertificate } from './testing/certificates.ts';
import { EngineProcess, freePort } from './testing/engine-process.ts';

const APP = `
import hashlib
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    names = ("HTTPS", "wsgi.url_scheme", "HTTPS_DN", "HTTPS_CC", "REMOTE_ADDR", "SERVER_PORT")
    der = environ.get("HTTPS_CLIENT_CERTIFICATE", "").encode("latin-1")
    lines = ["%s=%r\\n" % (name, environ.get(name)) for name in names]
    return ["".join([*lines, "DER=", hashlib.sha256(der).hexdigest()]).encode()]
`;

let certificates: string;
let engine: EngineProcess;
const ports = { https: 0, strict: 0, redirect: 0, suwsgi: 0 };

beforeAll(async () => {
  certificates = mkdtempSync(join(tmpdir(), 'reeve-tls-'));
  mkdirSync(at('names'));
  makeAuthority(certificates, 'ca');
  makeAuthority(certificates, 'stranger');
  for (const name of ['localhost', 'renewed', 'shop.example', 'wild.example']) {
    makeCertificate(certificates, 'ca', name, name);
  }
  makeCertificate(certificates, 'ca', 'names/folder.example', 'folder.example');
  makeCertificate(certificates, 'ca', 'alice', '/C=DE/O=Acme, Inc./CN=alice');
  writeFileSync(at('site.crt'), readFileSync(at('localhost.crt')));
  writeFileSync(at('site.key'), readFileSync(at('localhost.key')));
  for (const name of ['https', 'strict', 'redirect', 'suwsgi'] as const) ports[name] = await freePort();
  engine = await EngineProcess.start({ ini: configuration(), files: { 'app.py': APP } });
});

afterAll(async () => {
  await engine.dispose();
  rmSync(certificates, { recursive: true });
});

function at(name: string): string {
  return join(certificates, name);
}

function configuration(): string {
  const pair = (name: string): string => `${at(`${name}.crt`)},${at(`${name}.key`)}`;
  return `
https = 127.0.0.1:${ports.https},${pair('site')},,${at('ca.crt')}
https-socket = 127.0.0.1:${ports.strict},${pair('site')},HIGH,!${at('ca.crt')}
suwsgi-socket = 127.0.0.1:${ports.suwsgi},${pair('site')}
http-to-https = 127.0.0.1:${ports.redirect}
sni = shop.example ${pair('shop.example')}
sni-regexp = ^wild\\. ${pair('wild.example')}
sni-dir = ${at('names')}
ssl-verbose = true
wsgi-file = app.py
processes = 1
threads = 2
`;
}

interface Heard {
  text: string;
  subject: string;
  protocol: string | null;
  alpn: string | false | null;
}

/** Says a request inside TLS and reads to the end. */
async function ask(port: number, options: ConnectionOptions = {}, request = 'GET / HTTP/1.0\r\n\r\n'): Promise<Heard> {
  const ca = readFileSync(at('ca.crt'));
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, ca, checkServerIdentity: () => undefined, ...options });
    let text = '';
    let subject = '';
    socket.once('secureConnect', () => {
      subject = socket.getPeerX509Certificate()?.subject ?? '';
      socket.write(request, 'latin1');
    });
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
    });
    socket.on('end', () => {
      resolve({ text, subject, protocol: socket.getProtocol(), alpn: socket.alpnProtocol });
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

function client(name: string): ConnectionOptions {
  return { cert: readFileSync(at(`${name}.crt`)), key: readFileSync(at(`${name}.key`)) };
}

/** What a peer hears that says this without TLS. */
async function askPlain(port: number, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connectPlain(port, '127.0.0.1', () => socket.write(request));
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
    });
    socket.on('close', () => resolve(text));
    socket.on('error', reject);
  });
}

async function redirectOf(path: string, headers: Record<string, string>): Promise<[status: number, place: string]> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port: ports.redirect, path, headers, agent: false }, (answer) => {
      answer.resume();
      resolve([answer.statusCode ?? 0, answer.headers.location ?? '']);
    }).on('error', reject);
  });
}

describe('a request by HTTPS', () => {
  test("tells the application so, with uWSGI's variables", async () => {
    const { text } = await ask(ports.https);
    expect(text).toContain("HTTPS='on'\nwsgi.url_scheme='https'\nHTTPS_DN=None\n");
    expect(text).toContain(`REMOTE_ADDR='127.0.0.1'\nSERVER_PORT='${ports.https}'`);
  });

  test("brings the client's certificate: its name, as PEM and as DER", async () => {
    const { text } = await ask(ports.https, client('alice'));
    expect(text).toContain("HTTPS_DN='/C=DE/O=Acme, Inc./CN=alice'\n");
    const pem = readFileSync(at('alice.crt'), 'latin1');
    expect(text).toContain(`HTTPS_CC=${JSON.stringify(pem).replaceAll('"', "'")}`);
    const der = new X509Certificate(pem).raw;
    expect(text).toContain(`DER=${createHash('sha256').update(der).digest('hex')}`);
  });

  test('with a certificate that nobody vouches for is refused', async () => {
    const refused = await ask(ports.https, client('stranger')).catch((error: unknown) => ({ text: String(error) }));
    expect(refused.text).not.toContain('200 OK');
    await engine.seen('refused: its certificate is not believed');
  });

  test('without a certificate where one is needed is refused', async () => {
    const refused = await ask(ports.strict).catch((error: unknown) => ({ text: String(error) }));
    expect(refused.text).not.toContain('200 OK');
    await engine.seen('refused: it shows no certificate');
    expect((await ask(ports.strict, client('alice'))).text).toContain("HTTPS_DN='/C=DE/O=Acme, Inc./CN=alice'");
  });

  test('speaks HTTP/1.1 by ALPN, and TLS 1.2 at least', async () => {
    const heard = await ask(ports.https, { ALPNProtocols: ['h2', 'http/1.1'] });
    expect([heard.protocol, heard.alpn]).toEqual(['TLSv1.3', 'http/1.1']);
    await expect(ask(ports.https, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1' })).rejects.toThrow(
      /protocol|version|alert/i,
    );
  });

  test('can follow another one on the same connection, and take up its session on a new one', async () => {
    const twice = 'GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
    expect((await ask(ports.https, {}, twice)).text.match(/200 OK/g)).toHaveLength(2);
    const session = await new Promise<Buffer>((resolve, reject) => {
      const socket: TLSSocket = connect({ host: '127.0.0.1', port: ports.https, rejectUnauthorized: false });
      socket.once('session', (found: Buffer) => {
        resolve(found);
        socket.destroy();
      });
      socket.on('error', reject);
    });
    const again = connect({ host: '127.0.0.1', port: ports.https, rejectUnauthorized: false, session });
    await new Promise((resolve, reject) => {
      again.once('secureConnect', resolve);
      again.once('error', reject);
    });
    expect(again.isSessionReused()).toBe(true);
    again.destroy();
  });
});

describe('the certificate', () => {
  test.for([
    ['shop.example', 'sni'],
    ['wild.example', 'sni-regexp'],
    ['folder.example', 'sni-dir'],
  ] as const)('for %s comes from %s', async ([servername]) => {
    expect((await ask(ports.https, { servername })).subject).toBe(`CN=${servername}`);
  });

  test("for every other name is the listener's own", async () => {
    for (const servername of ['other.example', 'SHOP.example.evil', '..%2fshop.example']) {
      expect((await ask(ports.https, { servername })).subject).toBe('CN=localhost');
    }
  });
});

test('plain HTTP at the TLS port is answered, other noise is closed', async () => {
  expect(await askPlain(ports.https, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n')).toMatch(
    /^HTTP\/1\.1 400 Bad Request\r\n[^]*Content-Length: 56\r\n[^]*This port speaks HTTPS; the request came in plain HTTP\.\n$/,
  );
  expect(await askPlain(ports.https, '\x16\x03\x01nonsense nonsense nonsense nonsense')).not.toContain('HTTP');
});

test('the uwsgi protocol inside TLS', async () => {
  const pairs = { REQUEST_METHOD: 'GET', PATH_INFO: '/', HTTPS: 'on', REMOTE_ADDR: '10.0.0.7' };
  let block = '';
  for (const text of Object.entries(pairs).flat()) block += `${String.fromCharCode(text.length, 0)}${text}`;
  const packet = `\0${String.fromCharCode(block.length & 255, block.length >> 8)}\0${block}`;
  const { text } = await ask(ports.suwsgi, {}, packet);
  expect(text).toContain("wsgi.url_scheme='https'");
  expect(text).toContain("REMOTE_ADDR='10.0.0.7'");
});

describe('http-to-https', () => {
  test('redirects to the same place, on the default port as uWSGI does', async () => {
    expect(await redirectOf('/x?y=1', { host: 'foo.example' })).toEqual([301, 'https://foo.example/x?y=1']);
    expect(await redirectOf('/x', { host: 'foo.example:8080' })).toEqual([301, 'https://foo.example/x']);
  });

  test('names the port of the HTTPS listener to a client that came by the port itself', async () => {
    const host = `foo.example:${ports.redirect}`;
    expect(await redirectOf('/x', { host })).toEqual([301, `https://foo.example:${ports.https}/x`]);
  });

  test('lets nobody write its headers', async () => {
    expect((await redirectOf('/x', { host: 'a b' }))[0]).toBe(400);
    expect(await askPlain(ports.redirect, 'nonsense\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    const absolute = 'GET http://other.example/p?q HTTP/1.1\r\nHost: a\r\n\r\n';
    expect(await askPlain(ports.redirect, absolute)).toContain('\r\nLocation: https://other.example/p?q\r\n');
  });
});

test('the stats document calls the sockets what uWSGI calls them', async () => {
  const { sockets } = await engine.stats();
  expect(sockets.map(({ proto }) => proto)).toEqual(['http', 'https', 'https', 'suwsgi', 'http']);
});

describe('a reload', () => {
  test('with a key that does not go with its certificate changes nothing and says what is wrong', async () => {
    writeFileSync(at('site.crt'), readFileSync(at('renewed.crt')));
    engine.signal('SIGHUP');
    await engine.seen('does not go with the certificate');
    expect(engine.log).toMatch(/app\.ini:\d+: The key .*site\.key does not go with the certificate .*site\.crt/);
    expect((await ask(ports.https)).subject).toBe('CN=localhost');
  });

  test('takes new certificates into use, and no connection is refused meanwhile', async () => {
    writeFileSync(at('site.key'), readFileSync(at('renewed.key')));
    engine.signal('SIGHUP');
    let subject = '';
    for (let i = 0; i < 2000 && subject !== 'CN=renewed'; i++) ({ subject } = await ask(ports.https));
    expect(subject).toBe('CN=renewed');
    expect((await ask(ports.strict, client('alice'))).subject).toBe('CN=renewed');
  });
});

describe('a start', () => {
  test.for([
    [
      'a certificate that is not there',
      (at: string) => `https = :0,${at}/none.crt,${at}/site.key`,
      /The certificate .*none\.crt is not there/,
    ],
    [
      'a file that is no certificate',
      (at: string) => `https = :0,${at}/site.key,${at}/site.key`,
      /The certificate .*site\.key can not be used/,
    ],
    [
      'ciphers that do not exist',
      (at: string) => `https = :0,${at}/alice.crt,${at}/alice.key,NONE`,
      /The ciphers 'NONE' can not be used/,
    ],
    [
      'a name without a key',
      (at: string) => `sni = shop.example ${at}/alice.crt`,
      /needs a name, a blank, a certificate and a key/,
    ],
    ['no key', (at: string) => `https = :0,${at}/alice.crt`, /needs an address, a certificate and a key/],
  ] as const)('with %s ends with an error that names the line', async ([, line, message]) => {
    const failed = await EngineProcess.launch({ ini: line(certificates), files: { 'app.py': APP } });
    try {
      expect(await failed.exited).not.toBe(0);
      expect(failed.log).toMatch(message);
      expect(failed.log).toMatch(/app\.ini:4/);
    } finally {
      await failed.dispose();
    }
  });
});
