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

function messagesOf(lines: string): string {
  const built = build(lines);
  return built.ok ? '' : built.errors.map(({ message, hint }) => `${message} ${hint ?? ''}`).join('\n');
}

describe('alarms in the configuration', () => {
  test('are commands, the log, signals and messages to mules', () => {
    const built = build(`
alarm = a cmd:mail -s "x y" root
alarm = b log:
alarm = c signal:17
alarm = d mule:2
alarm = e mule:
log-alarm = a,b ^ERROR (.*)$
not-log-alarm = a fine
alarm-fd = a 7:8 it is readable
alarm-fd = b 8
alarm-backlog = a
alarm-segfault = b
alarm-freq = 10
alarm-msg-size = 100
alarm-list = true`);
    if (!built.ok) throw new Error(built.errors[0]?.message);
    expect(built.settings.alarms).toEqual({
      alarms: [
        { name: 'a', action: { type: 'cmd', command: 'mail -s "x y" root' }, text: 'cmd:mail -s "x y" root' },
        { name: 'b', action: { type: 'log' }, text: 'log:' },
        { name: 'c', action: { type: 'signal', signal: 17 }, text: 'signal:17' },
        { name: 'd', action: { type: 'mule', mule: 2 }, text: 'mule:2' },
        { name: 'e', action: { type: 'mule', mule: 0 }, text: 'mule:' },
      ],
      rules: [
        { alarms: ['a', 'b'], pattern: '^ERROR (.*)$', isExempt: false },
        { alarms: ['a'], pattern: 'fine', isExempt: true },
      ],
      descriptors: [
        { alarm: 'a', fd: 7, bytes: 8, text: 'it is readable' },
        { alarm: 'b', fd: 8, bytes: 8192, text: '' },
      ],
      onBacklog: ['a'],
      onCrash: ['b'],
      repeatSeconds: 10,
      maxTextBytes: 100,
      isListed: true,
    });
  });

  test('say what is wrong with them', () => {
    expect(messagesOf('alarm = a')).toContain('needs a name, a blank and what it does');
    expect(messagesOf('alarm = a cmd:')).toContain("needs a command behind 'cmd:'");
    expect(messagesOf('alarm = a signal:256')).toContain('needs the number of a signal');
    expect(messagesOf('alarm = a xmpp:x')).toContain("names 'xmpp', which the engine's alarms can not do");
    expect(messagesOf('alarm = a curl:http://x')).toContain("Write 'cmd:curl");
    expect(messagesOf('log-alarm = a (')).toMatch(/log-alarm/);
    expect(messagesOf('log-alarm = a x')).toContain("'log-alarm' names the alarm 'a', which does not exist.");
    expect(messagesOf('alarm-backlog = a')).toContain("'alarm-backlog' names the alarm 'a', which does not exist.");
    expect(messagesOf('alarm-fd = a b')).toContain('needs an alarm and a descriptor');
  });
});
