import { describe, expect, test } from 'vitest';
import { parseDaemon, parseSmartDaemon } from './daemon-values.ts';

describe('attach-daemon2', () => {
  test('reads every key', () => {
    const value =
      'cmd=celery -A shop worker,pidfile=run/c.pid,freq=3,control=true,daemonize=1,touch=a;/b,stop_signal=3,' +
      'reload_signal=1,stdin=1,uid=www-data,gid=33,chdir=work,max_throttle=30';
    expect(parseDaemon(value, '/srv')).toEqual({
      command: 'celery -A shop worker',
      pidfile: '/srv/run/c.pid',
      isForeground: true,
      checkSeconds: 3,
      isControl: true,
      touch: ['/srv/a', '/b'],
      stopSignal: 3,
      reloadSignal: 1,
      hasStdin: true,
      user: 'www-data',
      group: '33',
      chdir: '/srv/work',
      maxThrottleSeconds: 30,
    });
  });

  test('commas in quotes and behind a backslash belong to the command', () => {
    expect(parseDaemon(`cmd=sh -c "echo a,b",freq=2`, '/')).toMatchObject({
      command: 'sh -c "echo a,b"',
      checkSeconds: 2,
    });
    expect(parseDaemon(String.raw`cmd=echo a\,b,freq=2`, '/')).toMatchObject({ command: 'echo a,b', checkSeconds: 2 });
  });

  test.each([
    ['freq=2', /needs a 'cmd'/],
    ['cmd=x,freq=often', /has 'freq=often'/],
    ['cmd=x,freq=0', /from 1 up/],
    ['cmd=x,colour=red', /key 'colour', which is unknown/],
    ['cmd=x,ns_pid=1', /does not support/],
  ])('%s is refused', (value, message) => {
    expect(parseDaemon(value, '/')).toMatch(message);
  });
});

test('smart-attach-daemon takes a pidfile and the rest as command', () => {
  expect(parseSmartDaemon('run/m.pid  memcached -d -P run/m.pid', '/srv', false)).toMatchObject({
    pidfile: '/srv/run/m.pid',
    command: 'memcached -d -P run/m.pid',
    isForeground: false,
  });
  expect(parseSmartDaemon('only.pid', '/srv', true)).toBeNull();
});
