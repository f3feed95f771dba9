import { describe, expect, it } from 'vitest';
import { expressionError, parseEncoder, parseLogger, parseRoute, parseSocketTarget, parseSyslog } from './loggers.ts';

describe('a logger', () => {
  it.each([
    ['file:a.log', null, { type: 'file', path: '/srv/a.log', maxSizeBytes: 0, backupName: null }],
    ['mine file:/a.log', 'mine', { type: 'file', path: '/a.log', maxSizeBytes: 0, backupName: null }],
    [
      'file:logfile=a,maxsize=9,backupname=b',
      null,
      { type: 'file', path: '/srv/a', maxSizeBytes: 9, backupName: '/srv/b' },
    ],
    ['stdio', null, { type: 'descriptor', fd: 1 }],
    ['stdio:', null, { type: 'descriptor', fd: 1 }],
    ['fd:7', null, { type: 'descriptor', fd: 7 }],
    ['pipe:cat > x', null, { type: 'pipe', command: 'cat > x' }],
    ['systemd', null, { type: 'systemd', ident: 'uwsgi' }],
    ['syslog', null, { type: 'syslog', ident: 'uwsgi', facility: 3 }],
    ['syslog:app,local6', null, { type: 'syslog', ident: 'app', facility: 22 }],
    [
      'rsyslog:log.example',
      null,
      { type: 'rsyslog', address: { type: 'tcp', host: 'log.example', port: 514 }, ident: 'uwsgi', priority: 29 },
    ],
    [
      'a rsyslog:10.0.0.9:99,app,22',
      'a',
      { type: 'rsyslog', address: { type: 'tcp', host: '10.0.0.9', port: 99 }, ident: 'app', priority: 22 },
    ],
    [
      'socket:run/log.sock,pre',
      null,
      { type: 'socket', address: { type: 'unix', path: '/srv/run/log.sock' }, prefix: 'pre' },
    ],
  ])('is read from %s', (text, name, target) => {
    expect(parseLogger(text, '/srv')).toEqual({ name, target });
  });

  it.each([
    ['redislog:127.0.0.1:6379', /the logger 'redislog', which the engine does not have/],
    ['file', /needs the path/],
    ['file:logfile=a,color=red', /'color'/],
    ['fd:two', /number of a descriptor/],
    ['syslog:app,local9', /'local9'/],
    ['rsyslog:', /HOST:PORT/],
    ['rsyslog:a:1,x,999', /priority/],
    ['', /PLUGIN:ARGUMENT/],
  ])('can not be "%s"', (text, message) => {
    expect(parseLogger(text, '/srv')).toMatch(message);
  });
});

it('a log socket and syslog are loggers under names of their own', () => {
  expect(parseSocketTarget('127.0.0.1:99', '/')).toMatchObject({ type: 'socket', prefix: null });
  expect(parseSocketTarget('fd://3', '/')).toMatch(/not a descriptor/);
  expect(parseSyslog('')).toEqual({ type: 'syslog', ident: 'uwsgi', facility: 3 });
});

it('a route has a logger and an expression that can be read', () => {
  expect(parseRoute('errors  (HTTP/1.1 5\\d\\d)')).toEqual({ logger: 'errors', pattern: '(HTTP/1.1 5\\d\\d)' });
  expect(parseRoute('errors')).toMatch(/name of a logger and a regular expression/);
  expect(parseRoute('errors (')).toMatch(/can not be read/);
  expect(expressionError('^GET')).toBeNull();
});

it('an encoder has a name, perhaps a logger, and its text', () => {
  expect(parseEncoder('prefix [web1] ')).toEqual({ type: 'prefix', argument: '[web1] ', logger: null });
  expect(parseEncoder('json:mine {"m":"${msg}"}')).toEqual({
    type: 'json',
    argument: '{"m":"${msg}"}',
    logger: 'mine',
  });
  expect(parseEncoder('nl')).toEqual({ type: 'nl', argument: '', logger: null });
  expect(parseEncoder('gzip')).toMatch(/needs one of prefix, suffix, nl, format, json/);
  expect(parseEncoder('json')).toMatch(/needs a text/);
  expect(parseEncoder('format ${strftime:%Q}')).toMatch(/'%Q', which strftime does not know/);
});
