/** What the options of the log and of statistics mean, from the lines of a file. */
import { expect, it } from 'vitest';
import { buildSettings } from '../build-settings.ts';
import { STANDARD_DATE } from '../log-settings.ts';
import { resolveConfig } from '../resolve.ts';
import type { EngineSettings } from '../settings.ts';
import { memoryHost } from '../test-host.ts';

function build(lines: string): ReturnType<typeof buildSettings> {
  const ini = `[uwsgi]\nhttp-socket = :8080\n${lines}`;
  const resolved = resolveConfig(['--ini', 'uwsgi.ini'], memoryHost({ 'uwsgi.ini': ini }));
  if (!resolved.ok) throw new Error('not resolved');
  return buildSettings(resolved);
}

function settingsOf(lines: string): EngineSettings {
  const built = build(lines);
  if (!built.ok) throw new Error(built.errors.map(({ message }) => message).join('\n'));
  return built.settings;
}

function messagesOf(lines: string): string[] {
  const built = build(lines);
  return built.ok ? [] : built.errors.map(({ message }) => message);
}

it('dates and prefixes are off, standard, or as written', () => {
  expect(settingsOf('').log).toMatchObject({ dateFormat: null, prefix: null });
  expect(settingsOf('log-date = true').log.dateFormat).toBe(STANDARD_DATE);
  expect(settingsOf('log-date').log.dateFormat).toBe(STANDARD_DATE);
  expect(settingsOf('log-date = %%Y').log.dateFormat).toBe('%Y');
  expect(settingsOf('log-prefix = web1').log.prefix).toBe('web1');
  expect(messagesOf('log-date = %%Q')).toEqual([expect.stringContaining("'%Q'")]);
});

it('request logging that is off has its exceptions', () => {
  const { disableLogging, log } = settingsOf(
    'disable-logging = true\nlog-4xx = true\nlog-slow = 500\nlog-big = 1000\nlog-zero = true\nlog-ioerror = true',
  );
  expect(disableLogging).toBe(true);
  expect(log.requestFilter).toEqual({
    status4xx: true,
    status5xx: false,
    slowMs: 500,
    bigBytes: 1000,
    zero: true,
    ioError: true,
  });
  expect(settingsOf('log-5xx = true').log.requestFilter.status5xx).toBe(true);
});

it('the file has its size, its mode and its backup', () => {
  const { logto, log } = settingsOf(
    'logto = a.log\nlog-maxsize = 1000\nlog-backupname = old.log\nlogfile-chmod = 644\nlog-truncate = true\nlog-reopen = true\nlogto2 = b.log',
  );
  expect(logto).toMatch(/^\/.*\/a\.log$/);
  expect(log).toMatchObject({ maxSizeBytes: 1000, fileMode: 0o644, truncate: true, reopenAtReload: true });
  expect(log.backupName).toMatch(/^\/.*\/old\.log$/);
  expect(log.logto2).toMatch(/^\/.*\/b\.log$/);
  expect(messagesOf('logfile-chmod = rw')).toEqual([expect.stringContaining('octal')]);
});

it('an address makes the log UDP', () => {
  const { logto, log } = settingsOf('logto = 10.0.0.9:514\nlog-socket = 127.0.0.1:99\nlog-syslog = app');
  expect(logto).toBeNull();
  expect(log.server.loggers.map(({ target }) => target.type)).toEqual(['socket', 'socket', 'syslog']);
});

it('loggers, routes, filters and encoders keep their order', () => {
  const { log } = settingsOf(
    'log-master = true\nlogger = a file:/a\nlogger = stdio\nlog-route = a ^GET\nreq-logger = b stdio\nlog-req-route = b x\n' +
      'log-encoder = prefix A\nlog-encoder = nl\nlog-req-encoder = suffix B\nlog-filter = f\nlog-drain = d\nrsyslog-packet-size = 512',
  );
  expect(log.throughMaster).toBe(true);
  expect(log.server.loggers.map(({ name }) => name)).toEqual(['a', null]);
  expect(log.server.routes).toEqual([{ logger: 'a', pattern: '^GET' }]);
  expect(log.server.encoders.map(({ type }) => type)).toEqual(['prefix', 'nl']);
  expect(log.requests.routes).toEqual([{ logger: 'b', pattern: 'x' }]);
  expect(log.requests.encoders).toEqual([{ type: 'suffix', argument: 'B', logger: null }]);
  expect([log.filters, log.drains, log.rsyslogPacketBytes]).toEqual([['f'], ['d'], 512]);
});

it('a route to a logger that is not there is an error, wherever the logger would stand', () => {
  expect(messagesOf('log-route = a ^GET\nlogger = a stdio')).toEqual([]);
  expect(messagesOf('log-req-route = a ^GET\nlogger = a stdio')).toEqual([
    "'log-req-route = a ^GET' leads to a logger that does not exist.",
  ]);
  expect(messagesOf('log-filter = (')).toEqual([expect.stringContaining('can not be read')]);
});

it('statistics are pushed to files and over UDP, and shown to Prometheus', () => {
  const { statistics, memoryReport } = settingsOf(
    'stats-push = file:path=/s,freq=9,separator=;\nstats-push = file:/t\nstats-push = statsd:127.0.0.1:8125,app\n' +
      'stats-pusher-default-freq = 7\nprometheus = :9117\nmemory-report = 2',
  );
  expect(statistics.pushes).toMatchObject([
    { type: 'file', path: '/s', separator: ';', everySeconds: 9 },
    { type: 'file', path: '/t', separator: '\n', everySeconds: null },
    { type: 'statsd', address: { port: 8125 }, prefix: 'app', everySeconds: null },
  ]);
  expect(statistics).toMatchObject({ pushSeconds: 7, memoryShares: true, prometheus: [{ type: 'tcp', port: 9117 }] });
  expect(memoryReport).toBe(true);
  for (const [line, message] of [
    ['stats-push = carbon:127.0.0.1:2003', "the pusher 'carbon', which the engine does not have"],
    ['stats-push = file:path=a,color=red', "'color'"],
    ['stats-push = socket:nowhere', 'HOST:PORT'],
    ['memory-report = pss', 'true, false or 2'],
  ] as const) {
    expect(messagesOf(line)).toEqual([expect.stringContaining(message)]);
  }
});
