import { describe, expect, test } from 'vitest';
import { buildSettings } from '../build-settings.ts';
import { resolveConfig } from '../resolve.ts';
import { memoryHost } from '../test-host.ts';

function build(lines: string) {
  const host = memoryHost({ 'uwsgi.ini': `[uwsgi]\nhttp-socket = :8080\n${lines}` });
  const resolved = resolveConfig(['--ini', 'uwsgi.ini'], host);
  if (!resolved.ok) throw new Error('not resolved');
  return buildSettings(resolved);
}

function messagesOf(line: string): string {
  const built = build(line);
  return (built.ok ? built.warnings : built.errors).map(({ message }) => message).join('\n');
}

describe('cron in the configuration', () => {
  test('is five numbers and a command, or names in front of one', () => {
    const built = build(`
cron = 59 2 -1 -1 7 /bin/backup --all "two words"
unique-cron = -5 -1 -1 -1 -1 sync
cron2 = minute=30,hour=2,unique=1,harakiri=600 /bin/long job
cron2 = week=1 any
curl-cron = 0 4 -1 -1 -1 https://example.org/ping?a=b
cron-harakiri = 30`);
    if (!built.ok) throw new Error(built.errors[0]?.message);
    const any = { minute: -1, hour: -1, day: -1, month: -1, week: -1 };
    const plain = { kind: 'command', isUnique: false, harakiriSeconds: null };
    expect(built.settings.cron).toEqual({
      harakiriSeconds: 30,
      crons: [
        { ...plain, time: { ...any, minute: 59, hour: 2, week: 7 }, command: '/bin/backup --all "two words"' },
        { ...plain, time: { ...any, minute: -5 }, command: 'sync', isUnique: true },
        {
          ...plain,
          time: { ...any, minute: 30, hour: 2 },
          command: '/bin/long job',
          isUnique: true,
          harakiriSeconds: 600,
        },
        { ...plain, time: { ...any, week: 1 }, command: 'any' },
        { ...plain, time: { ...any, minute: 0, hour: 4 }, command: 'https://example.org/ping?a=b', kind: 'url' },
      ],
    });
  });

  test('says what is wrong with it', () => {
    expect(messagesOf('cron = * * * * * x')).toContain("has '*': uWSGI writes -1 for it.");
    expect(messagesOf('cron = */5 2 -1 -1 -1 x')).toContain("has '*/5': uWSGI writes -5 for it.");
    expect(messagesOf('cron = 1-5 2 -1 -1 -1 x')).toContain("has '1-5' among its times.");
    expect(messagesOf('cron = 1 2 3')).toContain('needs five numbers and a command');
    expect(messagesOf('cron2 = minute=5')).toContain('needs its options, a blank and a command');
    expect(messagesOf('cron2 = minute=x y')).toContain("has 'minute=x', which is no number");
    expect(messagesOf('cron2 = legion=a y')).toContain('it knows no legions');
    expect(messagesOf('cron2 = weekday=1 y')).toContain("has 'weekday', which is none of");
    expect(messagesOf('curl-cron = 1 2 -1 -1 -1 mail@x')).toContain('which is no URL');
    expect(messagesOf('legion-cron = a 1 2 -1 -1 -1 x')).toContain("does not support the option 'legion-cron'");
    expect(messagesOf('cron = 60 2 -1 -1 -1 x')).toContain('never comes');
  });
});
