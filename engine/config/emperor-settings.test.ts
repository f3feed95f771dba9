import { describe, expect, it } from 'vitest';
import { buildSettings } from './build-settings.ts';
import { defaultEmperor, type EmperorSettings } from './emperor-settings.ts';
import { formatConfigError } from './errors.ts';
import { resolveConfig } from './resolve.ts';
import type { EngineSettings } from './settings.ts';
import { memoryHost } from './test-host.ts';

function build(lines: string) {
  const resolved = resolveConfig(['--ini', 'emperor.ini'], memoryHost({ 'emperor.ini': `[uwsgi]\n${lines}` }));
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
  return built.ok ? 'taken' : built.errors.map(formatConfigError).join('\n');
}

describe('the settings of an emperor', () => {
  const written: [line: string, settings: Partial<EmperorSettings>][] = [
    ['emperor-freq = 7', { freqSeconds: 7 }],
    ['emperor-tyrant = true', { isTyrant: true }],
    ['emperor-tyrant-nofollow = true', { tyrantNofollow: true }],
    ['emperor-nofollow = true', { nofollow: true }],
    ['emperor-extra-extension = .vassal\nemperor-extra-ext = .cfg', { extraExtensions: ['.vassal', '.cfg'] }],
    ['emperor-magic-exec = true', { magicExec: true }],
    ['emperor-stats = 127.0.0.1:1', { stats: { type: 'tcp', host: '127.0.0.1', port: 1 } }],
    ['emperor-pidfile = /run/e.pid', { pidfile: '/run/e.pid' }],
    ['emperor-procname = emp', { procname: 'emp' }],
    ['early-emperor = true', { isEarly: true }],
    ['emperor-required-heartbeat = 9', { requiredHeartbeatSeconds: 9 }],
    ['emperor-curse-tolerance = 8', { curseToleranceSeconds: 8 }],
    ['emperor-throttle = 50', { throttleMs: 50 }],
    ['emperor-max-throttle = 60', { maxThrottleMs: 60 }],
    ['emperor-no-blacklist = true', { noBlacklist: true }],
    ['emperor-graceful-shutdown = true', { gracefulShutdown: true }],
    ['reload-mercy = 4', { mercySeconds: 4 }],
    ['emperor-on-demand-ext = .socket', { onDemand: { extension: '.socket', folder: null, command: null } }],
    ['emperor-on-demand-dir = /s', { onDemand: { extension: null, folder: '/s', command: null } }],
    ['emperor-on-demand-exec = find', { onDemand: { extension: null, folder: null, command: 'find' } }],
    ['emperor-wrapper = uwsgi', { wrapper: 'uwsgi' }],
    ['emperor-wrapper-override = a', { wrapperOverrides: ['a'] }],
    ['emperor-wrapper-fallback = b', { wrapperFallbacks: ['b'] }],
    ['vassals-start-hook = up', { startHook: 'up' }],
    ['vassals-stop-hook = down', { stopHook: 'down' }],
    ['imperial-monitor-list = true', { listMonitors: true }],
    ['heartbeat = 3', { heartbeatSeconds: 3 }],
  ];

  it.each(written)('%s', (line, settings) => {
    const { monitors, ...rest } = settingsOf(`emperor = /v\n${line}`).emperor;
    expect(monitors).toEqual([{ type: 'folder', path: '/v', text: '/v' }]);
    const { monitors: _, ...usual } = defaultEmperor();
    expect(rest).toEqual({ ...usual, ...settings });
  });

  it('has the arguments of vassals as they are written, in five kinds', () => {
    const { vassalArguments } = settingsOf(`emperor = /v
vassals-inherit = i.ini
vassals-inherit = j.ini
vassals-include = c.ini
vassals-inherit-before = b.ini
vassals-include-before = a.ini
vassal-set = x=1
vassals-set = y=2`).emperor;
    expect(vassalArguments).toEqual({
      inheritBefore: ['b.ini'],
      includeBefore: ['a.ini'],
      set: ['x=1', 'y=2'],
      inherit: ['i.ini', 'j.ini'],
      include: ['c.ini'],
    });
  });

  it('tells folders from patterns, and starts both in the folder of the start', () => {
    const { monitors } = settingsOf('emperor = vassals\nemperor = /srv/*/uwsgi.ini\nemperor = glob:///a/b').emperor;
    expect(monitors).toEqual([
      { type: 'folder', path: '/srv/app/vassals', text: 'vassals' },
      { type: 'glob', pattern: '/srv/*/uwsgi.ini', text: '/srv/*/uwsgi.ini' },
      { type: 'glob', pattern: '/a/b', text: 'glob:///a/b' },
    ]);
    expect(errorOf('emperor = carrier://pigeon')).toContain("'emperor = carrier://pigeon'");
  });

  it('runs no workers and no gateways where it has nothing to answer on', () => {
    expect(settingsOf('emperor = /v\nprocesses = 4')).toMatchObject({ processes: 0, sockets: { gateways: 0 } });
    expect(settingsOf('emperor = /v\nhttp-socket = :1')).toMatchObject({ processes: 1, sockets: { gateways: 1 } });
    expect(errorOf('processes = 4')).toContain('names no address to answer on');
  });

  it.each([
    'emperor-broodlord = 2',
    'emperor-use-clone = pid',
    'emperor-cap = sys_chroot',
    'emperor-proxy-socket = /p',
  ])('%s is refused with its reason', (line) => {
    expect(errorOf(`emperor = /v\n${line}`)).toMatch(/does not support the option 'emperor-[a-z-]+': .{20}/);
  });
});
